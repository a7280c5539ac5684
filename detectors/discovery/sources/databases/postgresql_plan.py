"""Which rows of a PostgreSQL table are read: repeatable by the seed, over all of its pages, old and new.

A small heap is sampled row by row (BERNOULLI), a large one by pages (SYSTEM) of which a few rows each are taken, since
rows of one page were mostly written together. The first and last pages are added: there lie the oldest and the newest.
Partitions are sampled one by one, so that one that fails or is small is not missed.
"""

from collections.abc import Iterator
from typing import Any

import psycopg

from detectors.discovery.sources.base import Kind, Sampling
from detectors.discovery.sources.coverage import Method
from detectors.discovery.sources.databases.found import Found, Part
from detectors.discovery.sources.databases.plan import Piece, Plan, shares, spread
from soc.text import t

Session = psycopg.Connection[tuple[Any, ...]]

#: pages from which on a sample reads pages rather than rows, and rows of each page that it takes then
_LARGE, _OF_A_PAGE = 1000, 4
#: rows up to which a table is counted rather than estimated
COUNTED = 200_000
#: pages of one piece of a full reading: what one transaction holds the table for
_RANGE = 2048
#: partitions that one sample looks into
_PARTS = 24
_TID_RANGES = 140_000


def plan(session: Session, found: Found, sampling: Sampling) -> Plan:
    """Plan a reading; within a transaction."""
    if sampling.full:
        return Plan((_stream(session, found),))
    if found.kind in {Kind.VIEW, Kind.FOREIGN}:
        return _first(session, found, sampling)
    parts = [part for part in found.parts if part.readable]
    if found.parts and len(parts) == len(found.parts):
        return _of_parts(session, found, parts, sampling)
    rows, estimated = _rows(session, found)
    if rows <= sampling.whole:
        return Plan(((Piece(_from(found.schema, found.name)),),))
    return Plan(
        _stages(session, found, rows, sampling), Method.SPREAD, rows, estimated, fallback=_fallback(found, sampling)
    )


def _stages(session: Session, found: Found, rows: int, sampling: Sampling) -> tuple[tuple[Piece, ...], ...]:
    heap = Part(found.schema, found.name, found.size, rows)
    stages = [(_sample(heap, size, sampling.seed + number),) for number, size in enumerate(sampling.stages)]
    if found.kind is Kind.PARTITIONED or session.info.server_version < _TID_RANGES:
        return tuple(stages)
    return ((*stages[0], *_edges(heap, sampling)), *stages[1:])


def _from(schema: str | None, name: str) -> str:
    table = ".".join('"' + one.replace('"', '""') + '"' for one in (schema, name) if one)
    return f"FROM {table}"


def _sample(heap: Part, wanted: int, seed: int) -> Piece:
    """A sample of about ``wanted`` rows; the LIMIT is for estimates that are far too low."""
    rows, pages = max(heap.rows or 1, 1), max(heap.size, 1)
    limit = f"LIMIT {4 * wanted + 1000}"
    table = _from(heap.schema, heap.name)
    if pages <= _LARGE:
        percent = min(100.0, 100.0 * wanted / rows)
        return Piece(f"{table} TABLESAMPLE BERNOULLI ({percent:.6f}) REPEATABLE ({seed}) {limit}", heap.name)
    density = rows / pages
    step = max(1, round(density / max(_OF_A_PAGE, 2 * wanted / pages)))
    percent = min(100.0, 100.0 * wanted * step / density / pages)
    thinned = f"WHERE (hashtext(ctid::text) & 2147483647) % {step} = {seed % step} " if step > 1 else ""
    return Piece(f"{table} TABLESAMPLE SYSTEM ({percent:.6f}) REPEATABLE ({seed}) {thinned}{limit}", heap.name)


def _edges(heap: Part, sampling: Sampling) -> tuple[Piece, ...]:
    """The first and the last pages of a heap of many pages."""
    if heap.size <= _LARGE:
        return ()
    table, few = _from(heap.schema, heap.name), max(1, sampling.first // 10)
    return (
        Piece(f"{table} WHERE ctid < '(2,0)' LIMIT {few}", heap.name),
        Piece(f"{table} WHERE ctid >= '({heap.size - 4},0)' LIMIT {few}", heap.name),
    )


def _of_parts(session: Session, found: Found, parts: list[Part], sampling: Sampling) -> Plan:
    """Sample partitions one by one: the first and last by name, and of many some between, others at each stage."""
    rows = sum(part.rows or 0 for part in parts)
    if rows <= sampling.whole and all(part.kind is Kind.TABLE for part in parts):
        counted = _count(session, found)
        if counted is not None and counted <= sampling.whole:
            pieces = tuple(Piece(_from(part.schema, part.name), part.name) for part in parts)
            return Plan((pieces,))
    seen: set[int] = set()
    stages = []
    for number, size in enumerate(sampling.stages):
        chosen = spread(len(parts), _PARTS, sampling.seed + number)
        seen |= set(chosen) if number < 2 else set()
        split = shares(size, [parts[place].size for place in chosen])
        stages.append(
            tuple(
                _of_part(parts[place], share, sampling.seed + number)
                for place, share in zip(chosen, split, strict=True)
            )
        )
    unread = tuple(
        (part.name, t("discovery.unread.partition")) for place, part in enumerate(parts) if place not in seen
    )
    counted = _count(session, found) if rows <= COUNTED else None
    return Plan(tuple(stages), Method.SPREAD, rows if counted is None else counted, counted is None, unread=unread)


def _of_part(part: Part, wanted: int, seed: int) -> Piece:
    if part.kind is Kind.FOREIGN:
        return Piece(f"{_from(part.schema, part.name)} LIMIT {wanted}", part.name)
    return _sample(part, wanted, seed)


def _first(session: Session, found: Found, sampling: Sampling) -> Plan:
    """A view or a foreign table gives its first rows; how many it has is the planner's guess."""
    piece = Piece(f"{_from(found.schema, found.name)} LIMIT {sampling.rows}")
    return Plan(((piece,),), Method.FIRST, _guessed(session, found), estimated=True, limit=sampling.rows)


def _fallback(found: Found, sampling: Sampling) -> Piece:
    """For an engine that knows no TABLESAMPLE, or not for this kind of table."""
    return Piece(f"{_from(found.schema, found.name)} LIMIT {sampling.rows}")


def _stream(session: Session, found: Found) -> Iterator[Piece]:
    """Every row: by ranges of pages where the engine can go to them, else in one statement for each partition."""
    heaps = found.parts if all(part.readable for part in found.parts) else ()
    ranged = session.info.server_version >= _TID_RANGES
    if not heaps:
        heaps = (Part(found.schema, found.name, found.size, kind=found.kind),)
    whole = len(heaps) == 1
    for heap in heaps:
        table, name = _from(heap.schema, heap.name), "" if whole else heap.name
        if not ranged or heap.kind not in {Kind.TABLE, Kind.MATERIALIZED}:
            yield Piece(table, name)
            continue
        starts = range(0, max(heap.size, 1), _RANGE)
        for start in starts:
            end = f" AND ctid < '({start + _RANGE},0)'" if start != starts[-1] else ""
            yield Piece(f"{table} WHERE ctid >= '({start},0)'{end}", name)


def _rows(session: Session, found: Found) -> tuple[int, bool]:
    guess = found.rows or 0
    counted = _count(session, found) if guess <= COUNTED else None
    return (guess, True) if counted is None else (counted, False)


def _count(session: Session, found: Found) -> int | None:
    try:
        row = session.execute(f"SELECT count(*) {_from(found.schema, found.name)}".encode()).fetchone()
    except psycopg.errors.QueryCanceled:
        session.execute(b"ROLLBACK")
        return None
    return int(row[0]) if row else None


def _guessed(session: Session, found: Found) -> int | None:
    """How many rows the planner thinks a view has."""
    row = session.execute(f"EXPLAIN (FORMAT JSON) SELECT * {_from(found.schema, found.name)}".encode()).fetchone()
    document = row[0] if row else None
    if isinstance(document, list) and document:
        return int(document[0]["Plan"]["Plan Rows"])
    return None
