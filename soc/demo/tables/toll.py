"""高速收费 and 车辆动态: who has an ETC account, where cars passed, where they were."""

from datetime import date, timedelta

import numpy as np

from soc.demo.chance import digits, moments, pick
from soc.demo.dirt import dirty
from soc.demo.places import positions
from soc.demo.table import Column, SqlType, Table, rng_for
from soc.demo.world import World

_FIRST, _LAST = date(2026, 10, 1), date(2026, 11, 20)


def tables(world: World) -> list[Table]:
    """Return the toll and tracking tables."""
    return [_etc_user(world), _passage(world), _position(world)]


def _etc_user(world: World) -> Table:
    rng, people, fleet = rng_for(world.seed, "etc_user"), world.persons, world.vehicles
    count = min(len(people), len(fleet))
    return Table(
        "toll",
        "etc_user",
        "ETC 用户档案",
        (
            Column("user_id", list(range(1, count + 1)), sql=SqlType.BIGINT),
            Column("user_name", dirty(rng, people.names[:count]), "用户名称", "person_name"),
            Column("cert_no", dirty(rng, people.resident_ids[:count]), "证件号", "resident_id"),
            Column("mobile", dirty(rng, people.mobiles[:count]), "手机号", "mobile"),
            Column("pay_account", dirty(rng, people.cards[:count]), "绑定账户", "bank_card"),
            Column("card_no", _cards(rng, count), "ETC 卡号", "etc_card"),
            Column("plate", fleet.plates[:count], "车牌", "plate"),
        ),
    )


def _cards(rng: np.random.Generator, count: int) -> list[str]:
    return [f"4401{tail}" for tail in digits(rng, count, 16)]


def _passage(world: World) -> Table:
    rng, fleet = rng_for(world.seed, "passage"), world.vehicles
    count = world.size.passages
    cars = rng.zipf(1.4, count) % len(fleet)
    gantries = rng.integers(1, 400, count)
    return Table(
        "toll",
        "toll_gantry",
        "门架通行记录",
        (
            Column("id", list(range(1, count + 1)), sql=SqlType.BIGINT),
            Column("gantry_id", [f"G{number:06d}" for number in gantries], "门架编号"),
            Column("vehicle_plate", [fleet.plates[car] for car in cars], "车牌", "plate"),
            Column("pass_time", moments(rng, count, _FIRST, _LAST), "通行时间", sql=SqlType.TIME),
            Column("trade_no", digits(rng, count, 16), "交易流水号（不是卡号）"),
            Column("fee", rng.integers(100, 20_000, count).tolist(), "金额（分）", sql=SqlType.INTEGER),
        ),
    )


def _position(world: World) -> Table:
    """Tracks: one vehicle's fixes follow one another, ten seconds apart."""
    rng, fleet = rng_for(world.seed, "position"), world.vehicles
    count = world.size.positions
    length = 100
    tracked = rng.choice(len(fleet), max(1, count // length), replace=len(fleet) < count // length)
    cars = np.repeat(tracked, length)[:count]
    starts = moments(rng, len(tracked), _FIRST, _LAST)
    times = [starts[row // length] + timedelta(seconds=10 * (row % length)) for row in range(len(cars))]
    anchors = positions(rng, [fleet.homes[car] for car in tracked])
    steps = rng.normal(0, 0.0008, (len(cars), 2)).reshape(len(tracked), length, 2).cumsum(axis=1).reshape(-1, 2)
    return Table(
        "gnss",
        "gps_position",
        "两客一危车辆定位",
        (
            Column("id", list(range(1, len(cars) + 1)), sql=SqlType.BIGINT),
            Column("cphm", [fleet.plates[car] for car in cars], "车牌号码", "plate"),
            Column(
                "lon",
                [round(anchors[row // length][0] + float(steps[row, 0]), 6) for row in range(len(cars))],
                "经度",
                "lonlat",
                SqlType.REAL,
            ),
            Column(
                "lat",
                [round(anchors[row // length][1] + float(steps[row, 1]), 6) for row in range(len(cars))],
                "纬度",
                "lonlat",
                SqlType.REAL,
            ),
            Column("speed", rng.integers(0, 110, len(cars)).tolist(), "速度（千米每时）", sql=SqlType.INTEGER),
            Column("gps_time", times, "定位时间", sql=SqlType.TIME),
            Column("alarm", pick(rng, ("0", "0", "0", "1"), len(cars)), "报警标志"),
        ),
    )
