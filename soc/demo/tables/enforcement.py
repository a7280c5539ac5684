"""行政执法: cases with whom they are about, overload records, and evidence too big to look at."""

from datetime import date

from soc.demo.chance import days, letters, moments, pick
from soc.demo.dirt import dirty
from soc.demo.places import positions
from soc.demo.table import Column, SqlType, Table, rng_for
from soc.demo.world import TODAY, World

_FACTS = ("超限运输", "未取得经营许可从事客运", "未随车携带从业资格证", "擅自改装车辆", "危货运输未按规定路线")
_HEX = "0123456789abcdef"


def tables(world: World) -> list[Table]:
    """Return the enforcement tables."""
    return [_case(world), _overload(world), _evidence(world)]


def _case(world: World) -> Table:
    rng, people, fleet = rng_for(world.seed, "case"), world.persons, world.vehicles
    count = world.size.cases
    who, cars = rng.integers(0, len(people), count), rng.integers(0, len(fleet), count)
    opened = days(rng, count, date(2024, 1, 1), TODAY)
    facts = pick(rng, _FACTS, count)
    stories = [
        f"{day:%Y年%m月%d日}，执法人员在{people.homes[one].city}{people.homes[one].name}检查发现，当事人{people.names[one]}驾驶{fleet.plates[car]}号车辆{fact}。"
        for day, one, car, fact in zip(opened, who, cars, facts, strict=True)
    ]
    return Table(
        "enforcement",
        "case_info",
        "执法案件",
        (
            Column("id", list(range(1, count + 1)), sql=SqlType.BIGINT),
            Column(
                "ajbh",
                [f"粤交罚〔{day.year}〕{number:06d}号" for number, day in enumerate(opened, start=1)],
                "案号",
                "penalty_no",
            ),
            Column("dsr", dirty(rng, [people.names[one] for one in who]), "当事人", "person_name"),
            Column("zjhm", dirty(rng, [people.resident_ids[one] for one in who]), "证件号码", "resident_id"),
            Column("cph", [fleet.plates[car] for car in cars], "车牌号", "plate"),
            Column("wfss", stories, "违法事实"),
            Column("fkje", (rng.integers(1, 60, count) * 500).tolist(), "罚款金额（元）", sql=SqlType.MONEY),
            Column("larq", opened, "立案日期", sql=SqlType.DATE),
            Column("zfdw", [people.homes[one].city_code for one in who], "执法单位区划", "division_code"),
        ),
    )


def _overload(world: World) -> Table:
    rng, fleet = rng_for(world.seed, "overload"), world.vehicles
    count = world.size.cases * 2
    cars = rng.integers(0, len(fleet), count)
    spots = positions(rng, [fleet.homes[car] for car in cars])
    return Table(
        "enforcement",
        "offsite_overload",
        "不停车超限检测",
        (
            Column("id", list(range(1, count + 1)), sql=SqlType.BIGINT),
            Column("hphm", [fleet.plates[car] for car in cars], "号牌号码", "plate"),
            Column("jcsj", moments(rng, count, date(2026, 1, 1), TODAY), "检测时间", sql=SqlType.TIME),
            Column("zz", rng.integers(3_000, 90_000, count).tolist(), "总重（千克）", sql=SqlType.INTEGER),
            Column("zb", [f"{x},{y}" for x, y in spots], "坐标", "lonlat"),
        ),
    )


def _evidence(world: World) -> Table:
    """A few rows whose one column is enormous, as photographs kept in a text column are."""
    rng = rng_for(world.seed, "evidence")
    count, longest = 24, world.size.huge_text
    lengths = [int(longest / (row + 1)) + 10 for row in range(count)]
    blocks = letters(rng, count, 64, _HEX)
    return Table(
        "enforcement",
        "case_evidence",
        "证据材料",
        (
            Column("id", list(range(1, count + 1)), sql=SqlType.BIGINT),
            Column("case_id", rng.integers(1, world.size.cases, count).tolist(), sql=SqlType.BIGINT),
            Column("kind", pick(rng, ("照片", "笔录", "视频截图"), count), "材料类型"),
            Column(
                "content",
                [(block * (length // 64 + 1))[:length] for block, length in zip(blocks, lengths, strict=True)],
                "内容（编码）",
            ),
        ),
    )
