"""Numbers of devices, ships, roads, cards and papers, in the form they have, with right check digits."""

from collections.abc import Callable
from zlib import crc32

from soc.demo.chance import Rng, digits, letters, pick
from soc.demo.checkdigits import luhn_digit
from soc.demo.places import Place
from soc.demo.things import containers

_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_UPPER, _HEX = "ABCDEFGHJKLMNPQRSTUVWXYZ", "0123456789abcdef"
_AREAS = ("020", "0755", "0757", "0769", "0756", "0760", "0750", "0752", "0754", "0759")

Maker = Callable[[Rng, int, list[Place]], list[str]]


def _imei(rng: Rng, count: int, _places: list[Place]) -> list[str]:
    return [body + luhn_digit(body) for body in (f"86{tail}" for tail in digits(rng, count, 12))]


def _imo(rng: Rng, count: int, _places: list[Place]) -> list[str]:
    bodies = [f"9{tail}" for tail in digits(rng, count, 5)]
    return [body + str(sum(int(one) * (7 - at) for at, one in enumerate(body)) % 10) for body in bodies]


def _org_code(rng: Rng, count: int, _places: list[Place]) -> list[str]:
    marks = "0123456789X"
    made = []
    for body in digits(rng, count, 8):
        rest = 11 - sum(int(one) * weight for one, weight in zip(body, _ORG_WEIGHTS, strict=True)) % 11
        made.append(f"{body}-{'0' if rest == 11 else marks[rest]}")
    return made


def _coded(head: str, length: int) -> Maker:
    """Numbers that begin with ``head``."""
    return lambda rng, count, _places: [head + tail for tail in digits(rng, count, length)]


def _local(length: int, middle: str = "") -> Maker:
    """Numbers that begin with a county's code."""

    def make(rng: Rng, count: int, places: list[Place]) -> list[str]:
        chosen = rng.integers(0, len(places), count)
        return [places[at].code + middle + tail for at, tail in zip(chosen, digits(rng, count, length), strict=True)]

    return make


def _landline(rng: Rng, count: int, _places: list[Place]) -> list[str]:
    return [
        f"{area}-{lead}{tail}"
        for area, lead, tail in zip(
            pick(rng, _AREAS, count), pick(rng, ("2", "3", "6", "8"), count), digits(rng, count, 7), strict=True
        )
    ]


def _ip(rng: Rng, count: int, _places: list[Place]) -> list[str]:
    drawn = rng.integers(1, 255, (count, 3))
    return [f"10.{one}.{two}.{three}" for one, two, three in drawn.tolist()]


def _mac(rng: Rng, count: int, _places: list[Place]) -> list[str]:
    return [":".join(word[at : at + 2] for at in range(0, 12, 2)).upper() for word in letters(rng, count, 12, _HEX)]


def _route(rng: Rng, count: int, _places: list[Place]) -> list[str]:
    return [
        f"{grade}{number}" for grade, number in zip(pick(rng, "GSXY", count), rng.integers(1, 600, count), strict=True)
    ]


def _stake(rng: Rng, count: int, _places: list[Place]) -> list[str]:
    return [f"K{whole}+{part:03d}" for whole, part in rng.integers(0, 999, (count, 2)).tolist()]


def _bridge(rng: Rng, count: int, places: list[Place]) -> list[str]:
    return [
        f"{route}{places[at].code}L{number}"
        for route, at, number in zip(
            _route(rng, count, places), rng.integers(0, len(places), count), digits(rng, count, 4), strict=True
        )
    ]


def _pass_id(rng: Rng, count: int, _places: list[Place]) -> list[str]:
    return [
        f"4401{tail}202610{day:02d}{hour:02d}{rest:02d}00"
        for tail, day, hour, rest in zip(
            digits(rng, count, 16),
            rng.integers(1, 29, count),
            rng.integers(0, 24, count),
            rng.integers(0, 60, count),
            strict=True,
        )
    ]


def _case_number(rng: Rng, count: int, _places: list[Place]) -> list[str]:
    return [
        f"粤{city}交罚〔{year}〕{number:05d}号"
        for city, year, number in zip(
            pick(rng, ("穗", "深", "佛", "莞", "珠", "惠", "中"), count),
            rng.integers(2020, 2027, count),
            rng.integers(1, 99_999, count),
            strict=True,
        )
    ]


def _mixed(head: str, length: int, alphabet: str) -> Maker:
    return lambda rng, count, _places: [head + tail for tail in letters(rng, count, length, alphabet)]


def _flight(rng: Rng, count: int, _places: list[Place]) -> list[str]:
    return [a + b for a, b in zip(pick(rng, ("CZ", "ZH", "MU", "CA", "HU"), count), digits(rng, count, 4), strict=True)]


def _train(rng: Rng, count: int, _places: list[Place]) -> list[str]:
    return [f"{a}{b}" for a, b in zip(pick(rng, "GDCZK", count), rng.integers(1, 9_000, count), strict=True)]


def _jwt(rng: Rng, count: int, _places: list[Place]) -> list[str]:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return [
        f"eyJhbGciOiJIUzI1NiJ9.eyJ{body}.{seal}"
        for body, seal in zip(letters(rng, count, 40, alphabet), letters(rng, count, 43, alphabet), strict=True)
    ]


def _jdbc(rng: Rng, count: int, _places: list[Place]) -> list[str]:
    parts = zip(
        _ip(rng, count, []), pick(rng, ("yz", "lz", "oa", "hr"), count), letters(rng, count, 10, _HEX), strict=True
    )
    return [f"jdbc:mysql://{host}:3306/{name}?user={name}_app&password={word}" for host, name, word in parts]


def _password(rng: Rng, count: int, _places: list[Place]) -> list[str]:
    alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return [f"$2a$10${tail}" for tail in letters(rng, count, 53, alphabet)]


def _ship_mmsi(rng: Rng, count: int, _places: list[Place]) -> list[str]:
    return [a + b for a, b in zip(pick(rng, ("412", "413", "414", "477"), count), digits(rng, count, 6), strict=True)]


#: kinds whose values are numbers in a certain form
MAKERS: dict[str, Maker] = {
    "person.file_no": _local(6), "person.cert": _local(13), "person.landline": _landline, "person.passport": _coded("E", 8),
    "person.postcode": _coded("5", 5), "person.social": _mixed("", 9, _UPPER + "0123456789"),
    "person.wechat": _mixed("wxid_", 12, _HEX), "vehicle.etc": _coded("4401", 16), "vehicle.obu": _coded("4401", 12),
    "vehicle.terminal": _coded("01", 10), "enterprise.org_code": _org_code, "enterprise.account": _coded("44050", 15),
    "ship.mmsi": _ship_mmsi, "ship.imo": _imo, "ship.id": _coded("CN20", 9), "ship.reg": _coded("0901", 8),
    "cargo.container": lambda rng, count, _places: containers(rng, count), "device.imei": _imei, "device.iccid": _coded("898600", 14),
    "device.imsi": _coded("46000", 10), "device.ip": _ip, "device.mac": _mac, "device.m2m": _coded("10648", 8),
    "road.route": _route, "road.stake": _stake, "road.bridge": _bridge, "trip.pass_id": _pass_id, "trip.train": _train,
    "trip.flight": _flight, "trip.ticket": _coded("4401002026", 10), "case.number": _case_number, "secret.password": _password,
    "secret.jwt": _jwt, "secret.jdbc": _jdbc, "secret.cloud_ak": _mixed("LTAI", 20, _UPPER + _HEX), "payment.id": _coded("2026100122", 18),
}  # fmt: skip


def numbers(name: str, rng: Rng, count: int, places: list[Place]) -> list[str]:
    """Values of the kind ``name``."""
    return MAKERS[name](rng, count, places)


def place_of(text: str) -> int:
    """A number that depends on ``text`` alone, the same in every process."""
    return crc32(text.encode())
