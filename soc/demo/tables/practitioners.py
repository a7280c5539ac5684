"""从业人员: who may drive, guard and load, and how they behaved."""

from datetime import date

from soc.demo.chance import days, digits, pick, some_none
from soc.demo.dirt import NEGLECTED, dirty
from soc.demo.table import Column, SqlType, Table, rng_for
from soc.demo.world import TODAY, World


def tables(world: World) -> list[Table]:
    """Return the practitioners' tables."""
    return [_practitioner(world), _credit(world), _training(world)]


def _practitioner(world: World) -> Table:
    rng, people = rng_for(world.seed, "practitioner"), world.persons
    count = len(people)
    posts = pick(
        rng,
        ("道路旅客运输驾驶员", "道路货物运输驾驶员", "危险货物押运员", "出租汽车驾驶员", "装卸管理员"),
        count,
        (3, 6, 1, 2, 1),
    )
    first_licence = [max(born.replace(day=1, year=born.year + 18), date(1985, 1, 1)) for born in people.births]
    return Table(
        "practitioner",
        "practitioner_archive",
        "从业人员档案",
        (
            Column("id", list(range(1, count + 1)), "主键", sql=SqlType.BIGINT),
            Column("xm", dirty(rng, people.names), "姓名", "person_name"),
            Column("sfzh", dirty(rng, people.resident_ids), "公民身份号码", "resident_id"),
            Column("xb", ["女" if woman else "男" for woman in people.women], "性别"),
            Column("csrq", people.births, "出生日期", "birth_date", SqlType.DATE),
            Column("lxdh", dirty(rng, people.mobiles), "联系电话", "mobile"),
            Column("txdz", dirty(rng, people.addresses), "通讯地址", "address"),
            Column("dzyx", some_none(rng, people.emails, 0.6), "电子邮箱", "email"),
            Column("zglb", posts, "从业资格类别"),
            Column(
                "cyzgzh",
                [f"{home.code}{tail}" for home, tail in zip(people.homes, digits(rng, count, 13), strict=True)],
                "从业资格证号",
                "practitioner_cert",
            ),
            Column("clrq", first_licence, "初次领证日期", sql=SqlType.DATE),
            Column("xzqh", [home.code for home in people.homes], "行政区划", "division_code"),
            Column("bz2", [None] * count, "备用字段二"),
            Column(
                "tjjg", pick(rng, ("合格", "合格", "合格", "血压偏高，复查", "色觉异常"), count), "体检结果", "health"
            ),
        ),
    )


def _credit(world: World) -> Table:
    rng, people = rng_for(world.seed, "credit"), world.persons
    who = rng.integers(0, len(people), len(people) // 2)
    return Table(
        "practitioner",
        "practitioner_credit",
        "从业人员信用考核",
        (
            Column("id", list(range(1, len(who) + 1)), sql=SqlType.BIGINT),
            Column("person_id", [int(one) + 1 for one in who], "从业人员主键", sql=SqlType.BIGINT),
            # a join by the number itself, kept as it was typed then
            Column(
                "idcard", dirty(rng, [people.resident_ids[one] for one in who], NEGLECTED), "身份证号", "resident_id"
            ),
            Column("score", rng.integers(0, 21, len(who)).tolist(), "记分", sql=SqlType.INTEGER),
            Column("grade", pick(rng, ("AAA", "AA", "A", "B"), len(who), (5, 3, 1, 0.2)), "诚信等级"),
            Column("phone", rng.integers(100, 20_000, len(who)).tolist(), "奖惩金额（分）", sql=SqlType.INTEGER),
            Column("year", rng.integers(2016, 2027, len(who)).tolist(), "考核年度", sql=SqlType.INTEGER),
        ),
    )


def _training(world: World) -> Table:
    rng, people = rng_for(world.seed, "training"), world.persons
    who = rng.integers(0, len(people), len(people) // 3)
    notes = [
        f"学员{people.names[one]}，联系电话{people.mobiles[one]}，{note}" if told else note
        for one, told, note in zip(
            who, rng.random(len(who)) < 0.4, pick(rng, ("按时完成", "缺课一次", "需补考"), len(who)), strict=True
        )
    ]
    return Table(
        "practitioner",
        "training_record",
        "继续教育记录",
        (
            Column("id", list(range(1, len(who) + 1)), sql=SqlType.BIGINT),
            Column("person_id", [int(one) + 1 for one in who], sql=SqlType.BIGINT),
            Column("course", pick(rng, ("安全驾驶", "危货应急", "法规更新", "节能驾驶"), len(who)), "课程"),
            Column("held_on", days(rng, len(who), date(2024, 1, 1), TODAY), "日期", sql=SqlType.DATE),
            Column("remark", notes, "备注"),
        ),
    )
