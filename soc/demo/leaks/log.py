"""What was done, statement by statement, as a frame of a day; and the same as lines of the server's log."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl

from soc.demo.leaks.statements import Book, Pattern
from soc.demo.serverlog import LoggedSession, audit_text, error_text, stamp
from soc.demo.world import World

_CHINA = timedelta(hours=8)
_REASON = "canceling statement due to statement timeout"
#: ``asked``: whose work a service's account does, by the application's comment; ``seed`` chooses the literals
DONE: dict[str, pl.DataType] = {
    "second": pl.Float64(), "account": pl.String(), "asked": pl.String(), "app": pl.String(), "ip": pl.String(),
    "pattern": pl.Int32(), "rows": pl.Int64(), "failed": pl.Boolean(), "seed": pl.Int64(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """One statement that somebody makes outside the common run of work, ``second`` seconds after midnight of ``day``."""

    day: int
    second: float
    account: str
    app: str
    ip: str
    pattern: int
    rows: int
    asked: str | None = None


def acts_frame(acts: Iterable[Act], seed: int) -> pl.DataFrame:
    """Return the acts of one day as a frame of :data:`DONE`."""
    rows = [
        (act.second, act.account, act.asked, act.app, act.ip, act.pattern, act.rows, False, seed + number)
        for number, act in enumerate(acts)
    ]
    return pl.DataFrame(rows, schema=DONE, orient="row")


def ordered(frames: Iterable[pl.DataFrame], day: date) -> pl.DataFrame:
    """Put the statements of a day in order, with ``time`` (UTC), ``session`` and ``number`` in it."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - _CHINA
    start = int(midnight.timestamp())
    whole = pl.concat(frames).sort("second", "account", "seed").with_columns(pl.col("second").floor().alias("whole"))
    millis = ((pl.col("second") - pl.col("whole")) * 1000).cast(pl.Int64).alias("millis")
    half = (pl.col("second") // 21_600).cast(pl.Int64)
    pid = (pl.concat_str("account", "ip", "app", half).hash(7) % 58_000 + 2_000).cast(pl.Int64)
    whole = whole.with_columns(millis, pid.alias("pid"), (start + half * 21_600).alias("started"))
    instant = pl.lit(midnight).cast(pl.Datetime("us", "UTC")) + pl.duration(
        milliseconds=pl.col("whole").cast(pl.Int64) * 1000 + pl.col("millis")
    )
    return whole.with_columns(
        instant.alias("time"), (pl.int_range(pl.len()).over("account", "pid", "started") + 1).alias("number")
    )


class Scribe:
    """Writes a day's statements as pgaudit's lines; the literals are persons and things of a made-up province."""

    def __init__(self, book: Book, seed: int) -> None:
        self._book = book
        world = World.of(seed, "small")
        self._ids, self._plates = world.persons.resident_ids, world.vehicles.plates

    @property
    def asked_after(self) -> tuple[Sequence[str], Sequence[str]]:
        """The persons' numbers and the plates that literals are taken from, by a statement's ``seed`` modulo their count."""
        return self._ids, self._plates

    def lines(self, done: pl.DataFrame, day: date) -> Iterator[str]:
        """Yield the lines of a frame that :func:`ordered` gave, each ending in a newline."""
        for row in done.iter_rows(named=True):
            session = LoggedSession(row["account"], row["app"], row["ip"], row["pid"], row["started"])
            second = row["whole"] + (row["millis"] + 0.5) / 1000
            pattern = self._book.patterns[row["pattern"]]
            sql = self.sql(pattern, row["rows"], row["seed"], day, row["asked"])
            head = stamp(day, second) + session.prefix
            yield from self._texts(head, pattern, sql, row)

    def sql(self, pattern: Pattern, rows: int, seed: int, day: date, asked: str | None) -> str:
        """Fill in a pattern; what an application asks for somebody carries the comment that says so."""
        text = pattern.sql
        for mark, value in (
            ("{id}", self._ids[seed % len(self._ids)]),
            ("{plate}", self._plates[seed % len(self._plates)]),
            ("{n}", str(1 + seed % 99_991)),
            ("{limit}", str(max(rows, 1))),
            ("{day}", f"{day:%Y-%m}-01"),
        ):
            text = text.replace(mark, value)
        return text if asked is None else f"{text} /*user='{asked}'*/"

    def _texts(self, head: str, pattern: Pattern, sql: str, row: dict[str, object]) -> Iterator[str]:
        if row["failed"]:
            yield f"{head}{error_text(head, sql, _REASON)}\n"
            return
        number, rows = int(str(row["number"])), int(str(row["rows"]))
        for part, (audit_class, command) in enumerate(pattern.parts, start=1):
            counted = rows if pattern.counted and part == 1 else 0
            yield f"{head}{audit_text(number, audit_class, command, sql, counted, part)}\n"
