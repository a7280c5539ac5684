"""港航: ships, their calls, and the boxes they carry."""

from datetime import date, timedelta

from soc.demo.chance import digits, moments, pick
from soc.demo.people import make_names
from soc.demo.table import Column, SqlType, Table, rng_for
from soc.demo.things import containers, ship_names
from soc.demo.world import TODAY, World

_BERTHS = ("南沙一期 3 号", "盐田 7 号", "高栏 2 号", "湛江霞山 5 号", "汕头广澳 1 号", "虎门 4 号")


def tables(world: World) -> list[Table]:
    """Return the ports' tables."""
    return [_ship(world), _call(world), _cargo(world)]


def _ship(world: World) -> Table:
    rng, count = rng_for(world.seed, "ship"), world.size.ships
    return Table(
        "port",
        "ship_base",
        "船舶档案",
        (
            Column("id", list(range(1, count + 1)), sql=SqlType.BIGINT),
            Column("ship_name", ship_names(rng, count), "船名"),
            Column("mmsi", [f"413{tail}" for tail in digits(rng, count, 6)], "MMSI", "mmsi"),
            Column("captain", make_names(rng, count), "船长", "person_name"),
            Column("gross_ton", rng.integers(300, 80_000, count).tolist(), "总吨", sql=SqlType.INTEGER),
        ),
    )


def _call(world: World) -> Table:
    rng, count = rng_for(world.seed, "call"), world.size.ships * 12
    arrived = moments(rng, count, date(2026, 1, 1), TODAY)
    hours = rng.integers(6, 72, count)
    return Table(
        "port",
        "port_call",
        "船舶进出港",
        (
            Column("id", list(range(1, count + 1)), sql=SqlType.BIGINT),
            Column("ship_id", rng.integers(1, world.size.ships + 1, count).tolist(), sql=SqlType.BIGINT),
            Column("berth", pick(rng, _BERTHS, count), "泊位"),
            Column("arrived_at", arrived, "抵港", sql=SqlType.TIME),
            Column(
                "left_at",
                [at + timedelta(hours=int(stay)) for at, stay in zip(arrived, hours, strict=True)],
                "离港",
                sql=SqlType.TIME,
            ),
        ),
    )


def _cargo(world: World) -> Table:
    rng, count = rng_for(world.seed, "cargo"), world.size.ships * 30
    return Table(
        "port",
        "port_cargo",
        "港口集装箱",
        (
            Column("id", list(range(1, count + 1)), sql=SqlType.BIGINT),
            Column("call_id", rng.integers(1, world.size.ships * 12, count).tolist(), sql=SqlType.BIGINT),
            Column("box_no", containers(rng, count), "箱号", "container"),
            Column("weight", rng.integers(2_000, 30_000, count).tolist(), "重量（千克）", sql=SqlType.INTEGER),
        ),
    )
