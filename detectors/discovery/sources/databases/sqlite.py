"""SQLite files, by the newest driver there is, opened so that no byte beside them is written.

The database is asked to write each row as one text, which is parsed in bulk: twice the speed of the driver's rows.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from detectors.discovery.sources.base import VALUE_LIMIT, Kind, Sampling, SourceUnreachableError
from detectors.discovery.sources.coverage import Coverage, Method
from detectors.discovery.sources.databases.family import Account, Family
from detectors.discovery.sources.databases.found import Found, FoundColumn
from detectors.discovery.sources.databases.frames import BLOCK, SQLITE, parsed
from detectors.discovery.sources.databases.plan import Piece, Plan, between
from detectors.discovery.sources.databases.trouble import Trouble
from soc.sqlite import newest

_SQLITE: Any = newest()
Session = Any  # a connection of whichever module there is
_WAL_MARK = b"\x02\x02"  # at byte 18 of a file in WAL mode
#: span of row numbers up to which a table is counted
_COUNTED = 5_000_000
#: before the length of bytes, so that it is told apart from text
_BYTES_MARK = "\x01"
#: how a value is written: in quotes, cut behind one character more than the limit
_CELL = f"%!.{VALUE_LIMIT + 1}Q"
_ARGUMENTS = 100
_ROWS_AT_ONCE = 1000
_TROUBLES = {
    _SQLITE.SQLITE_BUSY: Trouble.LOCKED,
    _SQLITE.SQLITE_LOCKED: Trouble.LOCKED,
    _SQLITE.SQLITE_PERM: Trouble.FORBIDDEN,
    _SQLITE.SQLITE_INTERRUPT: Trouble.SLOW,
}


@dataclass(slots=True)
class SQLite(Family):
    """One file."""

    def connect(self) -> Session:
        """Open the file to read only.

        Raises:
            SourceUnreachableError: it is not there.
        """
        file = Path(str(self.url.database))
        if not file.is_file():
            raise SourceUnreachableError("errors.source.no_file", path=file.name)
        session = _SQLITE.connect(
            address_of(file), uri=True, timeout=self.limits.lock, check_same_thread=False, isolation_level=None
        )
        session.text_factory = bytes
        session.execute("PRAGMA query_only = ON")
        session.execute("PRAGMA trusted_schema = OFF")
        return session

    def close(self, session: Session) -> None:
        """Close the file."""
        session.close()

    def abort(self, session: Session) -> None:
        """End the statement."""
        session.interrupt()

    def catalogue(self, session: Session) -> list[Found]:
        """List tables and views; a view that names what is not there is listed with its trouble."""
        query = "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        mark = self._mark()
        rows = [
            (name.decode("utf-8", "replace"), kind == b"view", sql or b"") for name, kind, sql in session.execute(query)
        ]
        return [_found(session, name, mark, is_view=is_view, sql=sql) for name, is_view, sql in rows]

    def _mark(self) -> str:
        """What changes when anything in the file does: SQLite keeps no mark of a single table."""
        file = Path(str(self.url.database))
        marks = []
        for one in (file, file.with_name(f"{file.name}-wal")):
            with suppress(OSError):
                stat = one.stat()
                marks.append(f"{stat.st_size}.{stat.st_mtime_ns}")
        return "/".join(marks)

    def plan(self, session: Session, found: Found, sampling: Sampling) -> Plan:
        """Take rows at places spread over the row numbers; of a table without them, each so-many-th by its key."""
        table = f"FROM {quoted(found.name)}"
        if sampling.full:
            return Plan(((Piece(table),),))
        first = Piece(f"{table} LIMIT {sampling.rows}")
        if found.kind is Kind.VIEW:
            return Plan(((first,),), Method.FIRST, estimated=True, limit=sampling.rows)
        rows, estimated, span = _size(session, found)
        if rows <= sampling.whole:
            return Plan(((Piece(table),),))
        stages = tuple(
            (_sample(found, span, rows, size, sampling.seed + number),) for number, size in enumerate(sampling.stages)
        )
        return Plan(stages, Method.SPREAD, rows, estimated, fallback=first)

    def fetch(
        self,
        session: Session,
        found: Found,
        columns: Sequence[FoundColumn],
        piece: Piece,
        coverage: Coverage,
    ) -> Iterator[pl.DataFrame]:
        """Fetch one piece; a value's own kind counts, whatever its column was declared as."""
        cursor = session.execute(f"SELECT {_row_of([one.name for one in columns])} {piece.tail}")
        with closing(cursor):
            for block in _blocks(cursor):
                yield _without_bytes(parsed(block, columns, SQLITE, coverage), coverage)

    def account(self, session: Session) -> Account:
        """A file has no accounts."""
        return Account(user="", version=f"SQLite {_SQLITE.sqlite_version}")

    def trouble(self, error: Exception) -> tuple[Trouble, str] | None:
        """Tell by SQLite's code."""
        if not isinstance(error, _SQLITE.Error):
            return None
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return _TROUBLES.get(code, Trouble.REFUSED), str(getattr(error, "sqlite_errorname", ""))


def address_of(file: Path) -> str:
    """The address of a file to read only. One in WAL mode that nobody has open would be given two files beside it."""
    path = str(file.resolve()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    with file.open("rb") as opened:
        alone = opened.read(20)[18:20] == _WAL_MARK and not file.with_name(f"{file.name}-wal").exists()
    return f"file:{path}?mode=ro" + ("&immutable=1" if alone else "")


def _found(session: Session, name: str, mark: str, *, is_view: bool, sql: bytes) -> Found:
    try:
        described = session.execute(f"PRAGMA table_xinfo({quoted(name)})").fetchall()
    except _SQLITE.Error:
        return Found(name, (), kind=Kind.VIEW, trouble=Trouble.REFUSED)
    shown = [
        FoundColumn(column.decode("utf-8", "replace"), declared.decode("utf-8", "replace") if declared else "")
        for _, column, declared, _, _, _, hidden in described
        if hidden != 1
    ]
    key = sorted((row[5], row[1].decode("utf-8", "replace")) for row in described if row[5])
    has_numbers = not is_view and b"WITHOUT ROWID" not in sql.upper() and not sql.upper().startswith(b"CREATE VIRTUAL")
    return Found(
        name=name,
        columns=tuple(shown),
        kind=Kind.VIEW if is_view else Kind.TABLE,
        watermark=mark,
        key=("rowid",) if has_numbers else tuple(column for _, column in key),
    )


def _size(session: Session, found: Found) -> tuple[int, bool, tuple[int, int] | None]:
    """How many rows there are, whether that is a guess, and the lowest and highest row number."""
    table = quoted(found.name)
    span = None
    if found.key == ("rowid",):
        low, high = session.execute(f"SELECT min(rowid), max(rowid) FROM {table}").fetchone()  # noqa: S608 - quoted
        span = None if low is None else (low, high)
        if span and high - low > _COUNTED:
            return high - low + 1, True, span
    return session.execute(f"SELECT count(*) FROM {table}").fetchone()[0], False, span  # noqa: S608 - quoted


def _sample(found: Found, span: tuple[int, int] | None, rows: int, size: int, seed: int) -> Piece:
    table = quoted(found.name)
    if span is not None:
        places = ", ".join(f"({one})" for one in [*between(*span, size, seed), span[1]])
        nearest = (
            f"SELECT (SELECT min(rowid) FROM {table} WHERE rowid >= place.column1) FROM (VALUES {places}) AS place"  # noqa: S608
        )
        return Piece(f"FROM {table} WHERE rowid IN ({nearest})")
    if not found.key:
        return Piece(f"FROM {table} LIMIT {size}")
    step = max(1, rows // size)
    key = ", ".join(quoted(one) for one in found.key)
    numbered = f"SELECT {key}, row_number() OVER (ORDER BY {key}) AS place FROM {table}"  # noqa: S608 - quoted
    chosen = f"SELECT {key} FROM ({numbered}) WHERE place % {step} = {seed % step}"  # noqa: S608 - quoted
    return Piece(f"FROM {table} WHERE ({key}) IN ({chosen})")


def _row_of(names: Sequence[str]) -> str:
    """An expression that writes a row as one text: each value quoted and cut, of bytes the length behind a mark.

    A function takes 127 arguments at most.
    """
    parts = [names[start : start + _ARGUMENTS] for start in range(0, len(names), _ARGUMENTS)]
    return " || ',' || ".join(f"printf('{','.join([_CELL] * len(part))}', {_values(part)})" for part in parts)


def _values(names: Sequence[str]) -> str:
    return ", ".join(f"iif(typeof({one}) = 'blob', char(1) || length({one}), {one})" for one in map(quoted, names))


def _blocks(cursor: Any) -> Iterator[bytes]:
    """Rows put together to blocks."""
    held: list[bytes] = []
    size = 0
    while rows := cursor.fetchmany(_ROWS_AT_ONCE):
        held += [line for (line,) in rows]
        size += sum(len(line) for (line,) in rows)
        if size >= BLOCK:
            yield b"\n".join(held)
            held, size = [], 0
    if held:
        yield b"\n".join(held)


def _without_bytes(frame: pl.DataFrame, coverage: Coverage) -> pl.DataFrame:
    """Turn lengths of bytes into no value, and note the longest."""
    marked = [one.name for one in frame.get_columns() if one.str.starts_with(_BYTES_MARK).any()]
    for name in marked:
        lengths = frame[name].filter(frame[name].str.starts_with(_BYTES_MARK)).str.slice(1).cast(pl.Int64, strict=False)
        longest = lengths.max()
        if isinstance(longest, int):
            coverage.binary[name] = max(longest, coverage.binary.get(name, 0))
    return frame.with_columns(
        pl.when(pl.col(name).str.starts_with(_BYTES_MARK)).then(None).otherwise(pl.col(name)).alias(name)
        for name in marked
    )


def quoted(name: str) -> str:
    """A name in double quotes."""
    return '"' + name.replace('"', '""') + '"'
