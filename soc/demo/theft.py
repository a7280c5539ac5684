# ruff: noqa: S608 - made-up statements of a made-up province, nothing in them comes from outside
"""One bulk theft, of a kind and by a person that the seed chooses."""

from dataclasses import dataclass
from enum import StrEnum

from soc.demo.accounts import DemoAccount, Post, demo_accounts
from soc.demo.table import rng_for
from soc.demo.world import World


class TheftKind(StrEnum):
    """How it is taken out."""

    PAGES = "pages"  # a whole table, page after page
    COPY = "copy"  # COPY TO STDOUT: the log counts nothing
    STAGED = "staged"  # into a table of one's own, and out of that
    DRIP = "drip"  # a little every day


@dataclass(frozen=True)
class Stolen:
    """A statement of the theft; ``rows`` is what pgaudit writes for it, ``taken`` what really left.

    Each part is (audit class, command) as pgaudit logs it, one line a part.
    """

    sql: str
    rows: int
    taken: int
    parts: tuple[tuple[str, str], ...] = (("READ", "SELECT"),)


@dataclass(frozen=True)
class Theft:
    """Who takes what, and how."""

    thief: DemoAccount
    kind: TheftKind
    table: str
    statements: tuple[Stolen, ...]


_THIEVES = (Post.WINDOW, Post.ENFORCEMENT, Post.STATISTICS, Post.OPERATIONS)
_KINDS = (TheftKind.PAGES, TheftKind.COPY, TheftKind.STAGED)
_TABLES = ("toll.etc_user", "practitioner.practitioner_archive")
_PAGE = 500


def plan_theft(world: World, kind: TheftKind | None = None) -> Theft:
    """Choose the thief, the table and (unless given) the way, all by the seed."""
    rng = rng_for(world.seed, "theft")
    thieves = [one for one in demo_accounts(world) if one.post in _THIEVES and one.starts_on == 0]
    thief = thieves[int(rng.integers(0, len(thieves)))]
    way = kind or _KINDS[int(rng.integers(0, len(_KINDS)))]
    table = _TABLES[int(rng.integers(0, len(_TABLES)))]
    size = min(world.size.persons, world.size.vehicles) if table == _TABLES[0] else world.size.persons
    return Theft(thief, way, table, tuple(_statements(way, table, size)))


def _statements(way: TheftKind, table: str, size: int) -> list[Stolen]:
    key = "user_id" if table == _TABLES[0] else "id"
    if way is TheftKind.COPY:
        return [Stolen(f"COPY {table} TO STDOUT (FORMAT csv, HEADER)", 0, size, (("READ", "COPY"),))]
    if way is TheftKind.STAGED:
        copy = f"legacy.tmp_{size}"
        return [
            Stolen(
                f"CREATE TABLE {copy} AS SELECT * FROM {table}",
                size,
                0,
                (("READ", "SELECT"), ("DDL", "CREATE TABLE AS")),
            ),
            Stolen(f"SELECT * FROM {copy}", size, size),
            Stolen(f"DROP TABLE {copy}", 0, 0, (("DDL", "DROP TABLE"),)),
        ]
    if way is TheftKind.DRIP:
        return [
            Stolen(f"SELECT * FROM {table} WHERE {key} > {start} ORDER BY {key} LIMIT 60", 60, 60)
            for start in range(0, size, 60)
        ]
    pages = range(0, size, _PAGE)
    return [
        Stolen(
            f"SELECT * FROM {table} ORDER BY {key} LIMIT {_PAGE} OFFSET {start}",
            min(_PAGE, size - start),
            min(_PAGE, size - start),
        )
        for start in pages
    ]
