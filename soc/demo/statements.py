# ruff: noqa: S608 - made-up statements of a made-up province, nothing in them comes from outside
"""The SQL of each post's work. It runs on the generated province and is rendered into history alike."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from soc.demo.accounts import Post
from soc.demo.chance import Rng
from soc.demo.world import World


@dataclass(frozen=True)
class Kind:
    """A statement with ``{placeholders}``; ``least`` to ``most`` rows come back (or are written)."""

    sql: str
    least: int
    most: int
    weight: float
    audit_class: str = "READ"
    command: str = "SELECT"
    month_end: bool = False
    counts_rows: bool = True  # pgaudit 1.7 logs 0 for COPY and cursors


@dataclass(frozen=True)
class Statement:
    """A kind with its values filled in; ``rows`` is what pgaudit writes of it."""

    kind: Kind
    sql: str
    rows: int


_ARCHIVE, _CREDIT = "practitioner.practitioner_archive", "practitioner.practitioner_credit"
_VEHICLE, _COMPANY = "vehicle.transport_vehicle", "vehicle.operator_enterprise"

_LOOK_UP_PERSON = Kind(f"SELECT id, xm, zglb, cyzgzh FROM {_ARCHIVE} WHERE sfzh = '{{resident_id}}'", 0, 1, 6)
_LOOK_UP_PLATE = Kind(f"SELECT cphm, cjh, yhid, nsrq FROM {_VEHICLE} WHERE cphm = '{{plate}}'", 0, 1, 4)

_KINDS: dict[Post, tuple[Kind, ...]] = {
    Post.WINDOW: (
        _LOOK_UP_PERSON,
        Kind("SELECT * FROM permit.permit_approval WHERE id = {number}", 1, 1, 3),
        Kind("UPDATE permit.permit_approval SET bljg = '办理中' WHERE id = {number}", 1, 1, 1, "WRITE", "UPDATE"),
        Kind(f"SELECT yhmc, jyxkzh FROM {_COMPANY} WHERE tyshxydm = '{{uscc}}'", 0, 1, 2),
        Kind("SELECT id, sxmc, slrq, bljg FROM permit.permit_approval\nWHERE slrq >= '{day}'\nORDER BY slrq LIMIT {some}", 5, 30, 1),
        _LOOK_UP_PLATE,
    ),
    Post.ENFORCEMENT: (
        Kind("SELECT ajbh, wfss, fkje, larq FROM enforcement.case_info WHERE cph = '{plate}'", 0, 3, 4),
        _LOOK_UP_PLATE,
        Kind(f"SELECT p.xm, p.lxdh FROM {_ARCHIVE} p WHERE p.sfzh = '{{resident_id}}'", 0, 1, 2),
        Kind("SELECT hphm, jcsj, zz FROM enforcement.offsite_overload WHERE jcsj >= '{day}' ORDER BY jcsj LIMIT {some}", 10, 60, 2),
        Kind("SELECT lon, lat, speed, gps_time FROM gnss.gps_position WHERE cphm = '{plate}' ORDER BY gps_time LIMIT {some}", 20, 100, 0.4),
        Kind("UPDATE enforcement.case_info SET fkje = {number} WHERE id = {number}", 1, 1, 0.5, "WRITE", "UPDATE"),
    ),
    Post.STATISTICS: (
        Kind(f"SELECT xzqh, zglb, count(*) FROM {_ARCHIVE} GROUP BY xzqh, zglb ORDER BY 1, 2 LIMIT {{some}}", 60, 300, 3),
        Kind("SELECT gantry_id, date_trunc('day', pass_time) AS d, count(*), sum(fee)\nFROM toll.toll_gantry GROUP BY 1, 2 LIMIT {some}", 200, 1_500, 3),
        Kind(f"SELECT year, grade, count(*) FROM {_CREDIT} GROUP BY year, grade", 20, 44, 2),
        Kind(f"SELECT cphm, hdzk, nsrq FROM {_VEHICLE} WHERE nsrq < '{{day}}' ORDER BY nsrq LIMIT {{some}}", 50, 200, 1),
        Kind(f"SELECT cphm, yhid, hdzk, nsrq FROM {_VEHICLE} ORDER BY nsrq LIMIT {{some}}", 200, 600, 1.5, month_end=True),
        Kind("SELECT zfdw, count(*), sum(fkje) FROM enforcement.case_info GROUP BY zfdw", 18, 21, 2),
    ),
    Post.OPERATIONS: (
        Kind("SELECT pid, state, query_start FROM pg_stat_activity", 5, 60, 4),
        Kind(f"SELECT count(*) FROM {_ARCHIVE}", 1, 1, 2),
        Kind("SHOW work_mem", 0, 0, 1, "MISC", "SHOW"),
        Kind("ANALYZE toll.toll_gantry", 0, 0, 1, "MISC", "ANALYZE"),
        Kind("SELECT schemaname, relname, n_live_tup FROM pg_stat_user_tables ORDER BY 3 DESC LIMIT {some}", 10, 20, 2),
        Kind("COPY port.port_cargo TO STDOUT (FORMAT csv)", 0, 0, 0.1, "READ", "COPY", counts_rows=False),
        Kind(f"SELECT id, xm, cyzgzh FROM {_ARCHIVE} WHERE id = {{number}}", 0, 1, 0.6),
    ),
    Post.FINANCE: (
        Kind("SELECT * FROM finance.finance_voucher WHERE voucher_no = '2026{serial}'", 0, 1, 5),
        Kind("SELECT voucher_no, payee, amount FROM finance.finance_voucher WHERE made_on >= '{day}' ORDER BY made_on LIMIT {some}", 20, 120, 2),
        Kind("SELECT gh, net FROM hr.salary WHERE month = '2026-10' ORDER BY gh LIMIT {some}", 60, 160, 1.2, month_end=True),
    ),
    Post.PERSONNEL: (
        Kind("SELECT xm, bm, rzrq, sjhm FROM hr.staff WHERE gh = 'GD{five}'", 0, 1, 4),
        Kind("SELECT gh, xm, bm FROM hr.staff WHERE bm = '科技信息处' ORDER BY gh LIMIT {some}", 8, 25, 1.5),
        Kind("SELECT gh, xm, rzrq FROM hr.staff ORDER BY rzrq DESC LIMIT {some}", 10, 40, 1),
    ),
    Post.PORTS: (
        Kind("SELECT ship_name, mmsi, gross_ton FROM port.ship_base WHERE id = {little}", 1, 1, 3),
        Kind("SELECT * FROM port.port_call WHERE arrived_at >= '{day}' ORDER BY arrived_at LIMIT {some}", 10, 50, 3),
        Kind("SELECT box_no, weight FROM port.port_cargo WHERE call_id = {little}", 0, 6, 3),
    ),
}  # fmt: skip
_SERVICE_KINDS: dict[str, tuple[Kind, ...]] = {
    "svc_portal": (_LOOK_UP_PERSON, _LOOK_UP_PLATE, Kind("SELECT sxmc, bljg FROM permit.permit_approval WHERE id = {number}", 1, 1, 5)),
    "svc_gnss": (
        Kind("SELECT cphm, lon, lat FROM gnss.gps_position ORDER BY gps_time DESC LIMIT {some}", 40, 60, 2),
        Kind("UPDATE gnss.gps_position SET alarm = '0' WHERE id = {number}", 1, 1, 3, "WRITE", "UPDATE"),
    ),
    "svc_etc": (
        Kind("SELECT trade_no, fee FROM toll.toll_gantry WHERE pass_time >= '{day}' ORDER BY id LIMIT {some}", 100, 200, 2),
        Kind("SELECT user_id, card_no FROM toll.etc_user WHERE plate = '{plate}'", 0, 1, 3),
    ),
    "svc_exchange": (Kind(f"SELECT id, xm, sfzh, zglb FROM {_ARCHIVE} WHERE id > {{number}} ORDER BY id LIMIT {{some}}", 90, 110, 1),),
    "svc_backup": tuple(
        Kind(f"COPY {table} TO stdout", 0, 0, 1, "READ", "COPY", counts_rows=False)
        for table in (_ARCHIVE, _CREDIT, _VEHICLE, _COMPANY, "enforcement.case_info", "toll.etc_user", "hr.staff", "finance.finance_voucher")
    ),
}  # fmt: skip


def kinds_of(post: Post, account: str) -> tuple[Kind, ...]:
    """What an account of this post does."""
    return _SERVICE_KINDS[account] if post is Post.SERVICE else _KINDS[post]


class Author:
    """Writes statements about the things of one province."""

    def __init__(self, world: World, rng: Rng) -> None:
        self._rng = rng
        self._ids, self._plates, self._codes = (
            world.persons.resident_ids,
            world.vehicles.plates,
            world.enterprises.usccs,
        )
        self._cases, self._ships = world.size.cases, world.size.ships
        self._draw: dict[str, Callable[[], object]] = {
            "{resident_id}": lambda: self._one(self._ids),
            "{plate}": lambda: self._one(self._plates),
            "{uscc}": lambda: self._one(self._codes),
            "{serial}": lambda: f"{self._below(self._cases):08d}",
            "{five}": lambda: f"{self._below(world.size.staff):05d}",
            "{little}": lambda: self._below(self._ships),
        }

    def write(self, kind: Kind, day: date) -> Statement:
        """Fill a kind's placeholders; ``{day}`` becomes the first of the month."""
        some = self._between(kind.least, kind.most)
        sql = kind.sql
        for mark, draw in self._draw.items():
            if mark in sql:
                sql = sql.replace(mark, str(draw()))
        while "{number}" in sql:
            sql = sql.replace("{number}", str(self._below(self._cases)), 1)
        sql = sql.replace("{some}", str(some)).replace("{day}", f"{day:%Y-%m}-01")
        return Statement(kind, sql, some if kind.counts_rows else 0)

    def _one(self, options: list[str]) -> str:
        return options[int(self._rng.random() * len(options))]

    def _below(self, most: int) -> int:
        return 1 + int(self._rng.random() * most)

    def _between(self, least: int, most: int) -> int:
        return least + int(self._rng.random() * (most - least + 1))
