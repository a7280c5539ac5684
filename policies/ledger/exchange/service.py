"""Merging a catalogue: what differs is shown with both sides and what was last agreed; a person chooses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from policies.ledger.exchange.form import Sheet, WordError, incoming, text_of, value_of
from policies.ledger.exchange.models import (
    CatalogueAgreed,
    CatalogueImport,
    CatalogueRow,
    ImportStatus,
    RowStatus,
)
from policies.ledger.exchange.rows import index_of
from policies.ledger.exchange.workbook import Fault, Line
from soc.db import new_id
from soc.errors import ConflictError, InputError
from soc.identity.actor import Actor
from soc.ledger.changes import plain
from soc.ledger.keeping import Edit, edit
from soc.ledger.models import LedgerItem, LedgerTable
from soc.ledger.stewardship import Sharing
from soc.tiers.scope import find_within, in_scope, within
from soc.trail import Act, record

#: columns by which a row is known, beside what it says
_NAMES = ("source", "table", "column", "resource_code", "resource_title")
Row = LedgerItem | LedgerTable


class Lean(StrEnum):
    """What the three sides say: who changed it since it was agreed."""

    THEIRS = "theirs"
    OURS = "ours"
    #: both changed it, or nothing was ever agreed
    CONFLICT = "conflict"


class Side(StrEnum):
    """Which side is taken over."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one row on which the two sides do not agree; all three as the catalogue writes them."""

    field: str
    ours: str
    theirs: str
    base: str | None
    lean: Lean


@dataclass(frozen=True, slots=True)
class Compared:
    """One row of an import beside what it means in the ledger."""

    row: CatalogueRow
    differences: tuple[Difference, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """What is taken over: by (row, field), else a side for all, else what the three sides suggest."""

    single: Mapping[tuple[UUID, str], Side] = field(default_factory=dict)
    every: Side | None = None
    #: rows of what the ledger does not know that shall be taken in
    new: frozenset[UUID] = frozenset()

    def of(self, row: UUID, difference: Difference) -> Side | None:
        """The side for one field; None where a conflict waits for a person."""
        chosen = self.single.get((row, difference.field)) or self.every
        if chosen is not None:
            return chosen
        return None if difference.lean is Lean.CONFLICT else Side(difference.lean.value)


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did."""

    rows: int
    fields: int
    new: int
    waiting: int


def bring_in(
    session: Session,
    actor: Actor,
    catalogue: str,
    name: str,
    lines: Sequence[Line],
    faults: Sequence[Fault] = (),
    *,
    at: datetime,
) -> CatalogueImport:
    """Keep a catalogue's rows to be merged; rows that cannot be used are named and the others kept.

    Raises:
        InputError: it has no name, or no row can be used.
    """
    if not catalogue.strip():
        raise InputError("errors.exchange.no_name")
    index = index_of(session, actor)
    found = CatalogueImport(
        id=new_id(), org=actor.org, catalogue=catalogue.strip()[:80], name=name[:200], at=at, by=actor.name
    )
    bad = list(faults)
    rows = []
    for line in lines:
        try:
            theirs = _theirs(session, actor, line)
        except _BadCellError as error:
            bad.append(Fault(line.sheet.caption, line.line, error.key, error.params))
            continue
        named = {key: line.cells[key] for key in _NAMES if key in line.cells}
        row = CatalogueRow(
            org=actor.org, import_id=found.id, sheet=line.sheet, line=line.line, label=_label(named, theirs),
            theirs=theirs, named=named,
        )  # fmt: skip
        if line.sheet is Sheet.ITEMS:
            row.item_id = index.item(named, theirs)
        else:
            row.table_id = index.table(named, theirs)
        rows.append(row)
    if not rows:
        raise InputError("errors.exchange.no_rows")
    found.rows, found.faults = len(rows), [_fault(one) for one in bad[:500]]
    session.add(found)
    session.flush()
    session.add_all(rows)
    record(session, actor, Act.CATALOGUE_IMPORTED, found, after={"catalogue": found.catalogue, "rows": found.rows})
    return found


class _BadCellError(Exception):
    def __init__(self, key: str, **params: str) -> None:
        self.key, self.params = key, params


def _theirs(session: Session, actor: Actor, line: Line) -> dict[str, Any]:
    """What a row says, field by field, in the ledger's values; columns that it does not have say nothing."""
    said: dict[str, Any] = {}
    for name in incoming(line.sheet):
        if name in line.cells:
            try:
                said[name] = plain(value_of(name, line.cells[name]))
            except WordError as error:
                raise _BadCellError("errors.exchange.word", field=name, word=str(error)[:60]) from error
    if said.get("owner") and not in_scope(session, actor, str(said["owner"])):
        raise _BadCellError("errors.exchange.owner", code=str(said["owner"])[:20])
    if said.get("sharing") in {Sharing.CONDITIONAL.value, Sharing.NONE.value} and not said.get("sharing_reason"):
        raise _BadCellError("errors.exchange.reason")
    if not any(key in line.cells for key in (*_NAMES, "code", "title")):
        raise _BadCellError("errors.exchange.nameless")
    return said


def _label(named: Mapping[str, str], theirs: Mapping[str, Any]) -> str:
    table = named.get("resource_title") or named.get("table") or ""
    own = theirs.get("title") or named.get("column") or theirs.get("code") or ""
    return " / ".join(part for part in (table, str(own)) if part)[:300] or "–"


def _fault(one: Fault) -> dict[str, Any]:
    return {"sheet": one.sheet, "line": one.line, "key": one.key, "params": dict(one.params)}


def rows_of(actor: Actor, found: CatalogueImport) -> Select[CatalogueRow]:
    """The rows of an import, in the file's order."""
    query = within(actor, CatalogueRow).where(CatalogueRow.import_id == found.id)
    return query.order_by(CatalogueRow.sheet.desc(), CatalogueRow.line, CatalogueRow.id)


def compared(
    session: Session, actor: Actor, found: CatalogueImport, rows: Sequence[CatalogueRow] | None = None
) -> Iterator[Compared]:
    """Lay rows beside the ledger as it is now; rows that agree have no differences."""
    chosen = session.scalars(rows_of(actor, found)).all() if rows is None else rows
    known = _known(session, actor, chosen)
    agreed = _agreed(session, found.catalogue, chosen)
    for row in chosen:
        ours = known.get(row.item_id or row.table_id or row.id)
        base = agreed.get(row.item_id or row.table_id or row.id)
        differences = tuple(_differences(row, ours, base)) if ours is not None else ()
        yield Compared(row, differences, ours is not None)


def _known(session: Session, actor: Actor, rows: Sequence[CatalogueRow]) -> dict[UUID, Row]:
    items, tables = [one.item_id for one in rows if one.item_id], [one.table_id for one in rows if one.table_id]
    found: dict[UUID, Row] = {}
    for start in range(0, len(items), 500):
        query = within(actor, LedgerItem).where(LedgerItem.id.in_(items[start : start + 500]))
        found |= {one.id: one for one in session.scalars(query)}
    for start in range(0, len(tables), 500):
        query_tables = within(actor, LedgerTable).where(LedgerTable.id.in_(tables[start : start + 500]))
        found |= {one.id: one for one in session.scalars(query_tables)}
    return found


def _agreed(session: Session, catalogue: str, rows: Sequence[CatalogueRow]) -> dict[UUID, Mapping[str, Any]]:
    ids = [one.item_id or one.table_id for one in rows if one.item_id or one.table_id]
    found: dict[UUID, Mapping[str, Any]] = {}
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        query = select(CatalogueAgreed).where(
            CatalogueAgreed.catalogue == catalogue,
            CatalogueAgreed.item_id.in_(some) | CatalogueAgreed.table_id.in_(some),
        )
        found |= {key: one.values for one in session.scalars(query) if (key := one.item_id or one.table_id)}
    return found


def _differences(row: CatalogueRow, ours: Row, base: Mapping[str, Any] | None) -> Iterator[Difference]:
    for name, theirs in row.theirs.items():
        mine = plain(_value(ours, name))
        if _same(mine, theirs):
            continue
        agreed = base.get(name) if base is not None else None
        lean = _lean(mine, theirs, agreed, known=base is not None and name in base)
        told = None if base is None or name not in base else text_of(name, agreed)
        yield Difference(name, text_of(name, mine), text_of(name, theirs), told, lean)


def _value(row: Row, name: str) -> Any:
    """Our side of a field: what is said, else what the source's own words are."""
    value = getattr(row, name)
    if name == "title":
        return value or row.comment or None
    return value or row.org if name == "owner" else value


def _same(one: Any, other: Any) -> bool:
    return (one or None) == (other or None)


def _lean(ours: Any, theirs: Any, base: Any, *, known: bool) -> Lean:
    if known:
        if _same(ours, base):
            return Lean.THEIRS
        return Lean.OURS if _same(theirs, base) else Lean.CONFLICT
    if not ours:
        return Lean.THEIRS
    return Lean.OURS if not theirs else Lean.CONFLICT


def merge(session: Session, actor: Actor, found: CatalogueImport, choices: Choices, *, at: datetime) -> Merged:
    """Take over what was chosen, as one recorded act; conflicts that nobody decided go on waiting.

    Raises:
        ConflictError: the import was merged or discarded already.
    """
    if found.status is not ImportStatus.OPEN:
        raise ConflictError("errors.exchange.closed")
    batch = new_id()
    rows = fields = new = waiting = 0
    for one in list(compared(session, actor, found)):
        if not one.known:
            new += _take_in(session, actor, found, one.row, choices, at)
            waiting += one.row.status is RowStatus.WAITING
            continue
        taken, left = _settle(session, actor, found, one, choices, batch, at)
        rows, fields, waiting = rows + bool(taken), fields + taken, waiting + bool(left)
    if not waiting:
        found.status, found.merged_at, found.merged_by = ImportStatus.MERGED, at, actor.name
    told = {"catalogue": found.catalogue, "rows": rows, "fields": fields, "new": new, "waiting": waiting}
    record(session, actor, Act.CATALOGUE_MERGED, found, after=told)
    return Merged(rows, fields, new, waiting)


def _settle(
    session: Session,
    actor: Actor,
    found: CatalogueImport,
    one: Compared,
    choices: Choices,
    batch: UUID,
    at: datetime,
) -> tuple[int, int]:
    """Take over the chosen fields of one row; return how many, and how many conflicts are left."""
    if one.row.status is not RowStatus.WAITING:
        return 0, 0
    sides = {difference.field: choices.of(one.row.id, difference) for difference in one.differences}
    taken = {name: one.row.theirs[name] for name, side in sides.items() if side is Side.THEIRS}
    ours = _find(session, actor, one.row)
    if taken:
        values = dict(taken)
        if "sharing" in values:  # a kind of sharing goes with its reason
            values.setdefault("sharing_reason", one.row.theirs.get("sharing_reason") or ours.sharing_reason)
        edit(session, actor, ours, Edit(values, found.catalogue, "merged", batch), at=at)
    left = sum(1 for side in sides.values() if side is None)
    if not left:
        one.row.status = RowStatus.MERGED
        _agree(session, found.catalogue, one.row, ours, at)
    return len(taken), left


def _find(session: Session, actor: Actor, row: CatalogueRow) -> Row:
    if row.item_id is not None:
        return find_within(session, actor, LedgerItem, row.item_id)
    assert row.table_id is not None
    return find_within(session, actor, LedgerTable, row.table_id)


def _agree(session: Session, catalogue: str, row: CatalogueRow, ours: Row, at: datetime) -> None:
    """Keep what both sides have now: the base of the next merge."""
    session.flush()
    key = CatalogueAgreed.item_id == row.item_id if row.item_id else CatalogueAgreed.table_id == row.table_id
    kept = session.scalars(select(CatalogueAgreed).where(CatalogueAgreed.catalogue == catalogue, key)).first()
    if kept is None:
        kept = CatalogueAgreed(
            org=ours.org, catalogue=catalogue, item_id=row.item_id, table_id=row.table_id, values={}, at=at
        )
        session.add(kept)
    kept.values = dict(kept.values) | {name: plain(_value(ours, name)) for name in row.theirs}
    kept.at = at


def _take_in(
    session: Session, actor: Actor, found: CatalogueImport, row: CatalogueRow, choices: Choices, at: datetime
) -> int:
    """Take in a row of what the ledger does not know, where it was chosen; others are left."""
    from policies.ledger.exchange.newcomers import take_in

    if row.status is not RowStatus.WAITING:
        return 0
    if row.id not in choices.new:
        row.status = RowStatus.LEFT
        return 0
    take_in(session, actor, found, row, at=at)
    row.status = RowStatus.MERGED
    return 1


def discard(session: Session, actor: Actor, found: CatalogueImport, *, at: datetime) -> None:
    """Put an import away unmerged.

    Raises:
        ConflictError: it was merged or discarded already.
    """
    if found.status is not ImportStatus.OPEN:
        raise ConflictError("errors.exchange.closed")
    found.status, found.merged_at, found.merged_by = ImportStatus.DISCARDED, at, actor.name
    record(session, actor, Act.CATALOGUE_MERGED, found, after={"discarded": True})


def agree_export(session: Session, actor: Actor, catalogue: str, rows: Sequence[Row], *, at: datetime) -> None:
    """Note that a catalogue was given what the ledger says: where it comes back changed, they changed it."""
    ids = [one.id for one in rows]
    known: dict[UUID | None, CatalogueAgreed] = {}
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        query = select(CatalogueAgreed).where(
            CatalogueAgreed.catalogue == catalogue,
            CatalogueAgreed.item_id.in_(some) | CatalogueAgreed.table_id.in_(some),
        )
        known |= {one.item_id or one.table_id: one for one in session.scalars(query)}
    for row in rows:
        is_item = isinstance(row, LedgerItem)
        values = {name: plain(_value(row, name)) for name in incoming(Sheet.ITEMS if is_item else Sheet.RESOURCES)}
        kept = known.get(row.id)
        if kept is None:
            kept = CatalogueAgreed(
                org=row.org, catalogue=catalogue, item_id=row.id if is_item else None,
                table_id=None if is_item else row.id, values=values, at=at,
            )  # fmt: skip
            session.add(kept)
        else:
            kept.values, kept.at = values, at
    record(session, actor, Act.CATALOGUE_EXPORTED, _subject(catalogue, actor), after={"rows": len(rows)})


def _subject(catalogue: str, actor: Actor) -> Any:
    from soc.trail import Subject

    return Subject("catalogues", catalogue, actor.org)
