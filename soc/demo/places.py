"""The centres' districts, with streets and coordinates that are roughly theirs."""

import json
from dataclasses import dataclass

from config import content
from soc.demo.chance import Rng, pick

_ROADS = (
    "中山路",
    "人民路",
    "解放路",
    "建设路",
    "东风路",
    "环城路",
    "新华路",
    "朝阳路",
    "滨江路",
    "工业大道",
    "迎宾大道",
    "文明路",
    "教育路",
    "平安街",
    "和平街",
    "港口路",
    "站前路",
    "龙岗大道",
)
_ESTATES = ("花园", "小区", "新村", "家园", "公寓", "苑", "大厦")
_ESTATE_NAMES = ("阳光", "金碧", "翠湖", "锦绣", "东方", "丽景", "海棠", "云山", "珠江", "岭南", "南湖", "碧桂")
_WEST, _EAST, _SOUTH, _NORTH = 110.2, 117.0, 21.2, 24.8


@dataclass(frozen=True)
class Place:
    """A county, or a city without counties."""

    code: str
    name: str
    city: str
    city_code: str
    longitude: float
    latitude: float


def load_places() -> list[Place]:
    """Every county of the shipped division list; its position is spread over the tile of its city."""
    found = json.loads(content.path("guangdong-divisions.json").read_text(encoding="utf-8"))
    return [place for city in found["cities"] for place in _of_city(city)]


def _of_city(city: dict[str, object]) -> list[Place]:
    tile, counties = city["tile"], city["counties"] or [{"code": city["code"], "name": ""}]
    assert isinstance(tile, list)
    assert isinstance(counties, list)
    longitude = _WEST + (tile[0] + 0.5) * (_EAST - _WEST) / 7
    latitude = _NORTH - (tile[1] + 0.5) * (_NORTH - _SOUTH) / 6
    return [
        Place(
            code=one["code"],
            name=one["name"],
            city=str(city["name"]),
            city_code=str(city["code"]),
            longitude=longitude + 0.08 * (index % 3 - 1),
            latitude=latitude + 0.06 * (index // 3 % 3 - 1),
        )
        for index, one in enumerate(counties)
    ]


def addresses(rng: Rng, homes: list[Place]) -> list[str]:
    """A postal address in each place."""
    count = len(homes)
    roads, estates, names = pick(rng, _ROADS, count), pick(rng, _ESTATES, count), pick(rng, _ESTATE_NAMES, count)
    numbers, blocks, rooms = rng.integers(1, 480, count), rng.integers(1, 30, count), rng.integers(101, 3205, count)
    with_estate = rng.random(count) < 0.6
    return [
        f"广东省{home.city}{home.name}{road}{number}号" + (f"{name}{estate}{block}栋{room}房" if full else "")
        for home, road, number, name, estate, block, room, full in zip(
            homes, roads, numbers, names, estates, blocks, rooms, with_estate, strict=True
        )
    ]


def positions(rng: Rng, homes: list[Place], spread: float = 0.05) -> list[tuple[float, float]]:
    """Longitude and latitude (degrees, six decimals) around each place."""
    east, north = rng.normal(0, spread, len(homes)), rng.normal(0, spread, len(homes))
    return [
        (round(home.longitude + float(x), 6), round(home.latitude + float(y), 6))
        for home, x, y in zip(homes, east, north, strict=True)
    ]
