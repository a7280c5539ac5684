"""Made-up vehicles, companies and ships."""

from dataclasses import dataclass

from soc.demo.chance import Rng, digits, letters, pick
from soc.demo.checkdigits import container_digit, uscc_mark, vin_mark
from soc.demo.people import make_mobiles, make_names
from soc.demo.places import Place

_CITY_LETTERS = {
    "440100": "A", "440200": "F", "440300": "B", "440400": "C", "440500": "D", "440600": "E", "440700": "J",
    "440800": "G", "440900": "K", "441200": "H", "441300": "L", "441400": "M", "441500": "N", "441600": "P",
    "441700": "Q", "441800": "R", "441900": "S", "442000": "T", "445100": "U", "445200": "V", "445300": "W",
}  # fmt: skip
_PLATE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
_VIN_ALPHABET = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_MAKERS = ("LSV", "LFV", "LGB", "LVG", "LZY", "LGA", "LZZ", "LJ1")
_TRADES = ("运输", "物流", "客运", "货运代理", "危险品运输", "汽车服务", "港务", "出租汽车")
_SHOP_NAMES = (
    "粤通",
    "南粤",
    "珠江",
    "顺达",
    "恒运",
    "安捷",
    "广联",
    "华南",
    "金海",
    "鹏程",
    "岭海",
    "联泰",
    "万顺",
    "宏远",
    "捷运",
    "通达",
)
_SHIP_NAMES = ("粤港", "珠海", "南海", "东江", "西江", "北江", "海丰", "顺德", "明珠")


@dataclass(frozen=True)
class Enterprises:
    """Parallel lists of companies."""

    names: list[str]
    usccs: list[str]
    legal_persons: list[str]
    phones: list[str]
    licences: list[str]
    homes: list[Place]

    def __len__(self) -> int:
        """Count of companies."""
        return len(self.names)


@dataclass(frozen=True)
class Vehicles:
    """Parallel lists of vehicles; ``owners`` are places in the list of companies."""

    plates: list[str]
    vins: list[str]
    certificates: list[str]
    owners: list[int]
    homes: list[Place]
    electric: list[bool]

    def __len__(self) -> int:
        """Count of vehicles."""
        return len(self.plates)


def make_enterprises(rng: Rng, places: list[Place], count: int) -> Enterprises:
    """Make up transport companies."""
    homes = [places[index] for index in rng.integers(0, len(places), count)]
    stems, trades = pick(rng, _SHOP_NAMES, count), pick(rng, _TRADES, count)
    numbers = digits(rng, count, 5)
    bodies = [
        f"91{home.code}MA{tail}"
        for home, tail in zip(homes, letters(rng, count, 7, "0123456789ABCDEFGHJKLMNPQRTUWXY"), strict=True)
    ]
    return Enterprises(
        names=[
            f"{home.city[:-1]}{stem}{trade}有限公司" for home, stem, trade in zip(homes, stems, trades, strict=True)
        ],
        usccs=[body + uscc_mark(body) for body in bodies],
        legal_persons=make_names(rng, count),
        phones=make_mobiles(rng, count),
        licences=[f"{home.code}3{number}" for home, number in zip(homes, numbers, strict=True)],
        homes=homes,
    )


def make_vehicles(rng: Rng, enterprises: Enterprises, count: int) -> Vehicles:
    """Make up vehicles of those companies."""
    owners = rng.integers(0, len(enterprises), count).tolist()
    homes = [enterprises.homes[owner] for owner in owners]
    electric = (rng.random(count) < 0.2).tolist()
    numbers = digits(rng, count, 6)
    return Vehicles(
        plates=_plates(rng, homes, electric),
        vins=_vins(rng, count),
        certificates=[f"{home.code}{number}" for home, number in zip(homes, numbers, strict=True)],
        owners=owners,
        homes=homes,
        electric=electric,
    )


def _plates(rng: Rng, homes: list[Place], electric: list[bool]) -> list[str]:
    tails = letters(rng, len(homes), 4, _PLATE_ALPHABET)
    figures = digits(rng, len(homes), 5)
    return [
        f"粤{_CITY_LETTERS[home.city_code]}" + (f"D{figure}" if green else f"{figure[0]}{tail}")
        for home, green, tail, figure in zip(homes, electric, tails, figures, strict=True)
    ]


def _vins(rng: Rng, count: int) -> list[str]:
    made = []
    parts = zip(pick(rng, _MAKERS, count), letters(rng, count, 9, _VIN_ALPHABET), digits(rng, count, 4), strict=True)
    for maker, middle, serial in parts:
        open_vin = f"{maker}{middle[:5]}0{middle[5:]}{serial}"
        made.append(open_vin[:8] + vin_mark(open_vin) + open_vin[9:])
    return made


def ship_names(rng: Rng, count: int) -> list[str]:
    """Names of ships."""
    return [
        f"{name}{number}" for name, number in zip(pick(rng, _SHIP_NAMES, count), digits(rng, count, 4), strict=True)
    ]


def containers(rng: Rng, count: int) -> list[str]:
    """Container numbers with a right check digit."""
    owners = pick(rng, ("CSQU", "TGHU", "MSKU", "CBHU", "OOLU"), count)
    bodies = [owner + serial for owner, serial in zip(owners, digits(rng, count, 6), strict=True)]
    return [body + container_digit(body) for body in bodies]
