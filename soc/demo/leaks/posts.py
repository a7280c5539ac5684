"""The posts (岗位) of transport administration: who sits where, when they work and what they ask for."""

from dataclasses import dataclass
from enum import StrEnum

from soc.demo.leaks.statements import Pattern, change, copy_out, listing, one_of, summary


class Post(StrEnum):
    """What somebody is there for."""

    WINDOW = "窗口受理"
    ENFORCEMENT = "执法办案"
    LICENSING = "运政管理"
    TOLL_AUDIT = "收费稽核"
    DISPATCH = "监控调度"
    HOTLINE = "热线客服"
    STATISTICS = "统计分析"
    FINANCE = "财务管理"
    PERSONNEL = "人事教育"
    PORTS = "港航管理"
    OPERATIONS = "数据运维"
    CONTRACTOR = "外包开发"
    AUDIT = "内部审计"


class Seat(StrEnum):
    """At which level of the administration a post sits."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


@dataclass(frozen=True, slots=True)
class Task:
    """A pattern with how often it is asked, against the post's others; some only at the month's end."""

    pattern: Pattern
    weight: float
    month_end: bool = False
    new_system: bool = False  # from the day on which the new system is switched on


@dataclass(frozen=True, slots=True)
class PostPlan:
    """One post: its share of the people, the program they use, statements of an ordinary day, and its tasks."""

    post: Post
    share: float
    prefix: str
    app: str
    daily: float
    seats: tuple[tuple[Seat, float], ...]
    tasks: tuple[Task, ...]
    shifts: bool = False
    weekend: float = 0.01  # share of the people at work on a rest day
    month_end_load: float = 1.0
    portal: float = 0.0  # share that works through the portal's account


_LOCAL = ((Seat.CITY, 0.35), (Seat.COUNTY, 0.65))
_OFFICE = ((Seat.PROVINCE, 0.25), (Seat.CITY, 0.5), (Seat.COUNTY, 0.25))
_CENTRE = ((Seat.PROVINCE, 0.7), (Seat.CITY, 0.3))
_PERSON = one_of("practitioner.archive", "id, xm, zglb, cyzgzh", "sfzh", "id")
_PLATE = one_of("vehicle.transport_vehicle", "cphm, cjh, yhid, nsrq", "cphm", "plate")
_MASKED = listing("practitioner.archive_masked", "id, zglb, xzqh, zt", 20, 300)

POSTS: tuple[PostPlan, ...] = (
    PostPlan(Post.WINDOW, 0.24, "win", "window-client", 17, _LOCAL, (
        Task(_PERSON, 6), Task(_PLATE, 3), Task(one_of("{c}.permit", "*", "id"), 4), Task(change("{c}.permit", "sxmc"), 2),
        Task(listing("{c}.permit", "id, sxmc, slrq", 5, 40), 2), Task(one_of("company.enterprise", "yhmc, tyshxydm", "id"), 2),
        Task(one_of("{c}.taxi_driver", "xm, cyzgzh, cphm", "sfzh", "id"), 1.5), Task(listing("{c}.permit", "id, xm, sjhm, sxmc", 10, 60), 0.7),
        Task(one_of("onestop.application", "*", "id"), 4, new_system=True),
        Task(listing("onestop.application", "id, xm, sxmc", 5, 40), 1.5, new_system=True),
        Task(one_of("onestop.material", "*", "application_id"), 2, new_system=True),
    ), portal=0.3),
    PostPlan(Post.ENFORCEMENT, 0.24, "zf", "enforcement-app", 13, _LOCAL, (
        Task(one_of("{c}.case_info", "ajbh, cphm, fkje, larq", "cphm", "plate"), 4), Task(_PLATE, 4),
        Task(one_of("practitioner.archive", "xm, sjhm", "sfzh", "id"), 2.5), Task(listing("overload.offsite", "cphm, jcsj, zz", 10, 80), 1.5),
        Task(listing("gnss.position", "lon, lat, gps_time", 20, 200), 0.6), Task(change("{c}.case_info", "fkje"), 1),
        Task(one_of("vehicle.owner", "xm, sjhm, jtzz", "cphm", "plate"), 1.2), Task(listing("{c}.case_info", "id, ajbh, xm, fkje", 10, 80), 0.8),
    ), shifts=True, weekend=0.18),
    PostPlan(Post.LICENSING, 0.12, "yz", "practitioner-admin", 15, _LOCAL, (
        Task(_PERSON, 5), Task(_MASKED, 2), Task(listing("practitioner.exam", "id, xm, kskm, cj", 20, 120), 1.2),
        Task(one_of("practitioner.credit_score", "nd, dj", "cyzgzh"), 3), Task(change("practitioner.archive", "zglb"), 1.5),
        Task(listing("practitioner.archive", "id, xm, cyzgzh, zglb", 20, 150), 0.8),
        Task(one_of("practitioner.health_check", "tjjl", "sfzh", "id"), 0.6),
        Task(listing("vehicle.transport_vehicle", "cphm, nsrq, hdzk", 30, 200), 1),
        Task(one_of("onestop.application", "*", "id"), 3, new_system=True),
        Task(listing("practitioner.archive", "id, xm, sjhm, zglb", 200, 900), 0.5, month_end=True),
    ), month_end_load=1.3),
    PostPlan(Post.TOLL_AUDIT, 0.06, "jh", "toll-client", 15, _OFFICE, (
        Task(listing("toll.gantry_pass", "cphm, gantry_id, pass_time, je", 100, 2_500), 3),
        Task(listing("toll.exit_bill", "cphm, je, exit_time", 100, 1_500), 2),
        Task(one_of("toll.etc_user", "xm, etckh, cphm", "cphm", "plate"), 3), Task(one_of("toll.blacklist", "reason", "cphm", "plate"), 2),
        Task(one_of("toll.refund", "etckh, je", "id"), 1), Task(listing("toll.refund", "id, etckh, je", 50, 400), 0.8, month_end=True),
    ), month_end_load=1.4),
    PostPlan(Post.DISPATCH, 0.05, "jk", "gnss-client", 19, _OFFICE, (
        Task(listing("gnss.position", "cphm, lon, lat, gps_time", 50, 500), 4), Task(listing("gnss.alarm", "cphm, kind, at", 10, 150), 4),
        Task(_PLATE, 2), Task(one_of("company.contact", "xm, sjhm", "yhid"), 1.2), Task(change("gnss.alarm", "kind"), 2),
    ), shifts=True, weekend=0.5),
    PostPlan(Post.HOTLINE, 0.05, "rx", "hotline-desk", 24, _CENTRE, (
        Task(one_of("hotline.ticket", "*", "id"), 5), Task(one_of("hotline.ticket", "id, xm, nr", "sjhm"), 3),
        Task(change("hotline.ticket", "nr"), 3),
        Task(one_of("toll.etc_user", "xm, etckh", "cphm", "plate"), 1.5), Task(listing("hotline.callback", "sjhm, jg", 10, 40), 1),
        Task(_PERSON, 0.6),
    ), shifts=True, weekend=0.45, portal=1.0),
    PostPlan(Post.STATISTICS, 0.04, "tj", "bi-report", 11, _OFFICE, (
        Task(summary("practitioner.archive", "xzqh, zglb", 60, 300), 3), Task(summary("toll.gantry_pass", "gantry_id", 200, 1_500), 3),
        Task(listing("stat.monthly_passenger", "xzqh, month, kyl", 100, 1_000), 2),
        Task(listing("stat.monthly_freight", "xzqh, month, hyl", 100, 1_000), 2),
        Task(_MASKED, 1), Task(listing("vehicle.transport_vehicle", "cphm, hdzk, nsrq", 200, 3_000), 0.8),
        Task(copy_out("(SELECT xzqh, month, kyl FROM stat.monthly_passenger)"), 0.4, month_end=True),
        Task(copy_out("(SELECT cphm, hdzk, nsrq FROM vehicle.transport_vehicle LIMIT 20000)"), 0.3, month_end=True),
    ), month_end_load=1.8),
    PostPlan(Post.FINANCE, 0.06, "cw", "finance-erp", 11, _OFFICE, (
        Task(one_of("finance.voucher", "*", "voucher_no"), 5), Task(listing("finance.voucher", "voucher_no, payee, je", 20, 150), 2),
        Task(one_of("finance.payee", "xm, yhkh", "id"), 1.5), Task(summary("finance.budget", "ksdm", 20, 60), 1),
        Task(change("finance.voucher", "payee"), 1.5),
        Task(listing("hr.salary", "gh, gz", 60, 500, "gh"), 1.2, month_end=True),
        Task(listing("finance.payee", "xm, yhkh", 30, 200), 0.6, month_end=True),
    ), month_end_load=1.9),
    PostPlan(Post.PERSONNEL, 0.04, "rs", "hr-client", 9, _OFFICE, (
        Task(one_of("hr.staff", "xm, bm, rzrq, sjhm", "gh"), 5), Task(listing("hr.staff", "gh, xm, bm", 8, 60, "gh"), 2),
        Task(change("hr.training", "kc"), 1),
        Task(listing("hr.training", "gh, kc, cj", 20, 150, "gh"), 1), Task(listing("hr.salary", "gh, gz, month", 40, 300, "gh"), 0.8, month_end=True),
    ), month_end_load=1.4),
    PostPlan(Post.PORTS, 0.05, "gh", "port-client", 11, _OFFICE, (
        Task(one_of("port.ship", "ship_name, mmsi, gross_ton", "id"), 3), Task(listing("port.port_call", "id, arrived_at, berth", 10, 80), 3),
        Task(listing("port.cargo", "box_no, weight", 10, 200), 2), Task(one_of("port.crew", "xm, jszh", "id"), 1.5),
        Task(listing("port.crew", "xm, jszh", 8, 40), 0.6),
    )),
    PostPlan(Post.OPERATIONS, 0.015, "yw", "psql", 16, _CENTRE, (
        Task(Pattern("SELECT pid, state, query_start FROM pg_stat_activity", 5, 90), 4), Task(summary("practitioner.archive", "zglb", 5, 9), 1.5),
        Task(Pattern("ANALYZE toll.gantry_pass", 0, 0, (("MISC", "ANALYZE"),)), 1),
        Task(Pattern("SELECT relname, n_live_tup FROM pg_stat_user_tables LIMIT {limit}", 10, 90), 2),
        Task(copy_out("port.cargo"), 0.1), Task(copy_out("gnss.alarm"), 0.1), Task(copy_out("toll.blacklist"), 0.15),
        Task(listing("practitioner.archive", "*", 1, 10), 0.5), Task(listing("toll.exit_bill", "*", 1, 20), 0.6),
        Task(listing("{c}.permit", "*", 1, 20), 0.5),
    ), weekend=0.2),
    PostPlan(Post.CONTRACTOR, 0.02, "wb", "DBeaver", 13, _CENTRE, (
        Task(listing("{c}.permit", "id, sxmc, slrq", 10, 200), 3), Task(listing("hotline.ticket", "id, nr", 10, 200), 2),
        Task(summary("toll.exit_bill", "etckh", 100, 200), 0.5),
        Task(listing("onestop.application", "*", 10, 100), 2),
        Task(Pattern("SELECT column_name FROM information_schema.columns WHERE table_name = '{n}'", 4, 30), 2),
        Task(listing("practitioner.archive_masked", "*", 10, 200), 1.5), Task(change("onestop.application", "sxmc"), 1),
    ), weekend=0.06),
    PostPlan(Post.AUDIT, 0.015, "sj", "audit-tool", 9, _CENTRE, (
        Task(listing("finance.voucher", "*", 50, 600), 2), Task(listing("audit.access_review", "*", 20, 200), 2),
        Task(listing("{c}.case_info", "id, ajbh, fkje", 50, 400), 1.5),
        Task(listing("toll.refund", "*", 20, 300), 1), Task(listing("hr.salary", "gh, gz, month", 20, 200, "gh"), 0.5),
        Task(one_of("hr.staff", "xm, bm", "gh"), 1),
        Task(listing("company.enterprise", "*", 20, 300), 1),
    )),
)  # fmt: skip
BY_POST: dict[Post, PostPlan] = {plan.post: plan for plan in POSTS}
