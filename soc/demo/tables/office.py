"""组织人事 and 财务: the departments' own people and money, and what nobody cleaned up."""

from datetime import date

import numpy as np

from soc.demo.chance import days, digits, pick
from soc.demo.dirt import NEGLECTED, dirty
from soc.demo.table import Column, SqlType, Table, rng_for
from soc.demo.world import TODAY, World

_UNITS = ("运输管理处", "执法监督处", "科技信息处", "财务审计处", "安全监督处", "综合规划处", "人事教育处")


def tables(world: World) -> list[Table]:
    """Return the offices' tables, the leftovers among them."""
    return [_staff(world), _salary(world), _voucher(world), _export(world), _empty(world), _import_error(world)]


def _staff(world: World) -> Table:
    rng, people = rng_for(world.seed, "hr_staff"), world.staff
    count = len(people)
    return Table(
        "hr",
        "staff",
        "干部职工信息",
        (
            Column("gh", [f"GD{number:05d}" for number in range(1, count + 1)], "工号"),
            Column("xm", people.names, "姓名", "person_name"),
            Column("sfzhm", dirty(rng, people.resident_ids), "身份证号码", "resident_id"),
            Column("sjhm", dirty(rng, people.mobiles), "手机号码", "mobile"),
            Column("yx", [f"{number}@gdjt.example" for number in range(10_001, 10_001 + count)], "工作邮箱", "email"),
            Column("bm", pick(rng, _UNITS, count), "部门"),
            Column("rzrq", days(rng, count, date(2000, 1, 1), date(2026, 6, 30)), "入职日期", sql=SqlType.DATE),
            Column("jtzz", people.addresses, "家庭住址", "address"),
        ),
    )


def _salary(world: World) -> Table:
    rng, people = rng_for(world.seed, "salary"), world.staff
    months = ("2026-08", "2026-09", "2026-10")
    rows = [(index, month) for month in months for index in range(len(people))]
    return Table(
        "hr",
        "salary",
        "工资发放",
        (
            Column("id", list(range(1, len(rows) + 1)), sql=SqlType.BIGINT),
            Column("gh", [f"GD{index + 1:05d}" for index, _ in rows], "工号"),
            Column("month", [month for _, month in rows], "月份"),
            Column("account", [people.cards[index] for index, _ in rows], "工资卡号", "bank_card"),
            Column(
                "net",
                np.round(rng.normal(9_800, 2_200, len(rows)).clip(3_000), 2).tolist(),
                "实发（元）",
                sql=SqlType.MONEY,
            ),
        ),
    )


def _voucher(world: World) -> Table:
    rng, firms = rng_for(world.seed, "voucher"), world.enterprises
    count = world.size.cases
    owners = rng.integers(0, len(firms), count)
    return Table(
        "finance",
        "finance_voucher",
        "财务凭证",
        (
            Column("voucher_no", [f"2026{number:08d}" for number in range(1, count + 1)], "凭证号"),
            Column("payee", [firms.names[owner] for owner in owners], "收款单位"),
            Column("payee_code", [firms.usccs[owner] for owner in owners], "收款单位代码", "uscc"),
            Column("bank_account", [f"4405{tail}" for tail in digits(rng, count, 16)], "收款账户", "bank_account"),
            Column("amount", np.round(rng.lognormal(9, 1.6, count), 2).tolist(), "金额（元）", sql=SqlType.MONEY),
            Column("made_on", days(rng, count, date(2026, 1, 1), TODAY), "日期", sql=SqlType.DATE),
        ),
    )


def _export(world: World) -> Table:
    """What somebody once imported from a sheet: columns without a name, full of people."""
    rng, people = rng_for(world.seed, "export"), world.persons
    count = max(50, len(people) // 5)
    return Table(
        "legacy",
        "tmp_20231107",
        "",
        (
            Column("c1", list(range(1, count + 1)), sql=SqlType.BIGINT),
            Column("c2", dirty(rng, people.names[:count]), "", "person_name"),
            Column("c3", dirty(rng, people.resident_ids[:count], NEGLECTED), "", "resident_id"),
            Column("c4", dirty(rng, people.mobiles[:count], NEGLECTED), "", "mobile"),
            Column("id_card", [f"{number:018d}" for number in range(1, count + 1)], "序号（补零）"),
            Column("c6", rng.integers(19_000_101, 20_261_231, count).tolist(), "", sql=SqlType.INTEGER),
        ),
    )


def _empty(world: World) -> Table:
    return Table(
        "legacy",
        "crew_record_new",
        "船员档案（未启用）",
        tuple(
            Column(name, [], comment) for name, comment in (("xm", "姓名"), ("sfzh", "身份证号"), ("hyzh", "海员证号"))
        ),
    )


def _import_error(world: World) -> Table:
    """A log of failed imports that keeps the lines it failed on."""
    rng, people = rng_for(world.seed, "import_error"), world.persons
    who = rng.integers(0, len(people), 200)
    lines = [
        f"第{row}行: {people.names[one]}|{people.resident_ids[one]}|{people.mobiles[one]} 字段数不符"
        for row, one in enumerate(who, start=2)
    ]
    return Table(
        "legacy",
        "import_error",
        "导入错误日志",
        (
            Column("id", list(range(1, len(who) + 1)), sql=SqlType.BIGINT),
            Column("at", days(rng, len(who), date(2026, 1, 1), TODAY), sql=SqlType.DATE),
            Column("msg", lines, "错误信息"),
        ),
    )
