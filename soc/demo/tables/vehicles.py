"""营运车辆 and 经营业户: companies, their vehicles, the devices in them and the permits they asked for."""

from datetime import date

from soc.demo.chance import days, digits, pick, some_none
from soc.demo.dirt import MASKED, NEGLECTED, dirty
from soc.demo.table import Column, SqlType, Table, rng_for
from soc.demo.world import TODAY, World


def tables(world: World) -> list[Table]:
    """Return the vehicles' and companies' tables."""
    return [_enterprise(world), _vehicle(world), _terminal(world), _permit(world)]


def _enterprise(world: World) -> Table:
    rng, firms = rng_for(world.seed, "enterprise"), world.enterprises
    return Table(
        "vehicle",
        "operator_enterprise",
        "道路运输经营业户",
        (
            Column("id", list(range(1, len(firms) + 1)), sql=SqlType.BIGINT),
            Column("yhmc", firms.names, "业户名称"),
            Column("tyshxydm", dirty(rng, firms.usccs), "统一社会信用代码", "uscc"),
            Column("fddbr", dirty(rng, firms.legal_persons), "法定代表人", "person_name"),
            Column("lxdh", dirty(rng, firms.phones), "联系电话", "mobile"),
            Column("jyxkzh", firms.licences, "经营许可证号", "operating_licence"),
            Column("zczb", (rng.integers(1, 500, len(firms)) * 10).tolist(), "注册资本（万元）", sql=SqlType.INTEGER),
        ),
    )


def _vehicle(world: World) -> Table:
    rng, fleet, firms = rng_for(world.seed, "vehicle"), world.vehicles, world.enterprises
    count = len(fleet)
    drivers = rng.integers(0, len(world.persons), count)
    return Table(
        "vehicle",
        "transport_vehicle",
        "营运车辆",
        (
            Column("id", list(range(1, count + 1)), sql=SqlType.BIGINT),
            Column("cphm", dirty(rng, fleet.plates), "车牌号码", "plate"),
            Column("cjh", dirty(rng, fleet.vins), "车架号", "vin"),
            Column("dlyszh", fleet.certificates, "道路运输证号", "road_transport_cert"),
            Column("yhid", [owner + 1 for owner in fleet.owners], "业户主键", sql=SqlType.BIGINT),
            # named after a person, holds a company's code
            Column("owner_name", [firms.usccs[owner] for owner in fleet.owners], "车主", "uscc"),
            Column("driver_id", [int(one) + 1 for one in drivers], "驾驶员主键", sql=SqlType.BIGINT),
            Column("fdjh", digits(rng, count, 8), "发动机号", "engine_no"),
            Column("hdzk", rng.integers(2, 56, count).tolist(), "核定载客", sql=SqlType.INTEGER),
            Column("nsrq", days(rng, count, date(2025, 1, 1), TODAY), "年审日期", sql=SqlType.DATE),
        ),
    )


def _terminal(world: World) -> Table:
    rng, fleet = rng_for(world.seed, "terminal"), world.vehicles
    count = len(fleet) // 2
    drivers = rng.integers(0, len(world.persons), count)
    return Table(
        "vehicle",
        "vehicle_terminal",
        "车载终端",
        (
            Column("id", list(range(1, count + 1)), sql=SqlType.BIGINT),
            Column("plate_no", fleet.plates[:count], "车牌", "plate"),
            Column("sim", [f"1064{tail}" for tail in digits(rng, count, 9)], "物联网卡号", "m2m_number"),
            Column(
                "contact",
                dirty(rng, [world.persons.mobiles[one] for one in drivers], MASKED),
                "联系人电话（已脱敏）",
                "mobile",
            ),
            Column("firmware", pick(rng, ("v2.1.3", "v2.2.0", "v3.0.1"), count), "固件版本"),
        ),
    )


def _permit(world: World) -> Table:
    rng, firms = rng_for(world.seed, "permit"), world.enterprises
    count = world.size.cases
    owners = rng.integers(0, len(firms), count)
    who = rng.integers(0, len(world.persons), count)
    people = world.persons
    return Table(
        "permit",
        "permit_approval",
        "行政许可审批",
        (
            Column("id", list(range(1, count + 1)), sql=SqlType.BIGINT),
            Column(
                "sxmc",
                pick(rng, ("道路客运经营许可", "危货运输许可", "港口经营许可", "大件运输许可"), count),
                "事项名称",
            ),
            Column("sqr", [firms.names[owner] for owner in owners], "申请人"),
            Column("xydm", dirty(rng, [firms.usccs[owner] for owner in owners]), "信用代码", "uscc"),
            Column("jbr", [people.names[one] for one in who], "经办人", "person_name"),
            # a code by its name, resident IDs by its values
            Column(
                "code", dirty(rng, [people.resident_ids[one] for one in who], NEGLECTED), "经办人证件", "resident_id"
            ),
            Column("tel", some_none(rng, [people.mobiles[one] for one in who], 0.1), "电话", "mobile"),
            Column("slrq", days(rng, count, date(2025, 1, 1), TODAY), "受理日期", sql=SqlType.DATE),
            Column("bljg", pick(rng, ("准予", "不予", "办理中"), count, (8, 1, 2)), "办理结果"),
        ),
    )
