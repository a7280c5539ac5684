"""Saying who stands behind data: one row at a time, handed down to what lies in it; or many items at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session

from soc.db import new_id
from soc.errors import InputError, NotFoundError
from soc.identity.actor import Actor
from soc.ledger.changes import Kept, Reason, change_of, change_values, differing, plain
from soc.ledger.handing_down import belongs_to, follow_items, hand_down, inherited
from soc.ledger.models import LedgerChange, LedgerItem, LedgerSchema, LedgerTable, Source
from soc.ledger.stewardship import FIELDS, LONGEST, Sharing, own_fields, with_own
from soc.tiers.scope import in_scope
from soc.trail import Act, Subject, record

ACTS = {
    Source: Act.SOURCE_CHANGED,
    LedgerSchema: Act.SCHEMA_CHANGED,
    LedgerTable: Act.TABLE_CHANGED,
    LedgerItem: Act.ITEM_EDITED,
}
#: fields of a row alone, beside those that are handed down
ITEM_FIELDS = ("title", "code", "next_review")
TABLE_FIELDS = ("title", "code", "summary")
#: a summary may say more than other fields
_LONGEST = {"summary": 2_000}


_OWN: Mapping[type[Any], Sequence[str]] = {LedgerItem: ITEM_FIELDS, LedgerTable: TABLE_FIELDS}


@dataclass(frozen=True, slots=True)
class Edit:
    """New values by field; None takes a value back, so that the one from above holds again."""

    values: Mapping[str, Any]
    why: str = ""
    cause: str = "edited"
    #: changes that are one act have one batch
    batch: UUID | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What an edit of many items would change; ``moves`` are (field, from, to, items)."""

    items: int
    changed: int
    moves: tuple[tuple[str, Any, Any, int], ...]
    orgs: Mapping[str, int] = field(default_factory=dict)


def checked(session: Session, actor: Actor, edit: Edit, more: Sequence[str] = ()) -> Edit:
    """Return the edit with its values in their types.

    Raises:
        InputError: an unknown field or value, an owner outside the actor's scope, no reason for not sharing.
    """
    allowed = (*FIELDS, *more)
    unknown = [name for name in edit.values if name not in allowed]
    if unknown or not edit.values:
        raise InputError("errors.ledger.field_unknown", name=(unknown or [""])[0][:60])
    values = {name: _typed(name, value) for name, value in edit.values.items()}
    if values.get("owner") is not None and not in_scope(session, actor, values["owner"]):
        raise InputError("errors.ledger.owner_unknown", code=str(values["owner"])[:20])
    if values.get("sharing") in {Sharing.CONDITIONAL, Sharing.NONE} and not values.get("sharing_reason"):
        raise InputError("errors.ledger.sharing_reason")
    if values.get("sharing") is Sharing.UNCONDITIONAL:
        values["sharing_reason"] = None
    return replace(edit, values=values, why=edit.why.strip()[:500])


def _typed(name: str, value: Any) -> Any:
    """An empty value is none; an enum's value becomes the enum.

    Raises:
        InputError: the field has no such value.
    """
    if value is None or value == "":
        return None
    kind = FIELDS.get(name)
    if kind is not None:
        return _member(kind, name, value)
    if name == "next_review":
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise InputError("errors.ledger.value_unknown", name=name, value=str(value)[:60])
        return value
    text = str(value).strip()
    longest = _LONGEST.get(name, LONGEST)
    if len(text) > longest:
        raise InputError("errors.ledger.value_long", name=name, longest=longest)
    return text or None


def _member(kind: type[StrEnum], name: str, value: Any) -> StrEnum:
    try:
        return kind(value)
    except ValueError:
        raise InputError("errors.ledger.value_unknown", name=name, value=str(value)[:60]) from None


def edit(session: Session, actor: Actor, row: Kept, change: Edit, *, at: datetime) -> dict[str, Any]:
    """Change fields of one source, schema, table or item, and of all below that say nothing else.

    Returns:
        What is different now, by field; nothing is written where nothing is.

    Raises:
        InputError: see :func:`checked`.
        NotFoundError: it lies outside the actor's scope.
    """
    if not in_scope(session, actor, row.org):
        raise NotFoundError
    valid = checked(session, actor, change, _OWN.get(type(row), ()))
    old_own = own_fields(row)
    before = {name: getattr(row, name) for name in valid.values}
    for name, value in valid.values.items():
        if name in FIELDS:
            row.own = with_own(row.own, name, said=value is not None)
        from_above = value is None and name in FIELDS
        setattr(row, name, inherited(session, row, name) if from_above else value)
    old, new = differing(before, {name: getattr(row, name) for name in valid.values})
    if not new and own_fields(row) == old_own:
        return {}
    session.flush()
    _spread(session, row, valid.values)
    session.add(change_of(actor, row, Reason(valid.cause, valid.why, valid.batch), old, new, at))
    if isinstance(row, LedgerItem) and "owner" in new:
        session.flush()
        follow_items(session, [row.source_id])
    if valid.batch is None:  # a batch has one entry of its own
        record(session, actor, ACTS[type(row)], row, before=old, after=new, note=valid.why or None)
    return new


def _spread(session: Session, row: Kept, values: Mapping[str, Any]) -> None:
    for name in values:
        if name in FIELDS and not isinstance(row, LedgerItem):
            hand_down(session, row, name)
    if "owner" in values and isinstance(row, LedgerTable | LedgerItem):
        row.org = belongs_to(session, session.get_one(Source, row.source_id).org, row.owner)


def preview(session: Session, actor: Actor, items: Select[Any], change: Edit) -> Preview:
    """Tell what :func:`edit_many` would do; nothing is written.

    Raises:
        InputError: see :func:`checked`.
    """
    valid = checked(session, actor, change, ITEM_FIELDS)
    rows = _rows(session, items, valid)
    moves: Counter[tuple[str, Any, Any]] = Counter()
    orgs: Counter[str] = Counter()
    changed = 0
    for row in rows:
        different = [name for name, value in valid.values.items() if value is not None and row[name] != value]
        different += [name for name, value in valid.values.items() if value is None and f",{name}," in row["own"]]
        moves.update((name, plain(row[name]), plain(valid.values[name])) for name in different)
        changed += bool(different)
        if different:
            orgs[row["org"]] += 1
    told = tuple((*move, count) for move, count in sorted(moves.items(), key=lambda pair: (pair[0][0], -pair[1])))
    return Preview(len(rows), changed, told, dict(orgs))


def _rows(session: Session, items: Select[Any], change: Edit) -> Sequence[Mapping[str, Any]]:
    wanted = [getattr(LedgerItem, name) for name in change.values]
    query = items.with_only_columns(LedgerItem.id, LedgerItem.org, LedgerItem.own, LedgerItem.source_id, *wanted)
    return [dict(row) for row in session.execute(query.order_by(None)).mappings()]


def edit_many(session: Session, actor: Actor, items: Select[Any], change: Edit, *, at: datetime) -> int:
    """Change fields of every item a scoped query selects, as one act; return how many changed.

    A value that is taken back is worked out anew for each item, from what lies above it.

    Raises:
        InputError: see :func:`checked`.
    """
    valid = checked(session, actor, change, ITEM_FIELDS)
    batch, updates, changes = new_id(), [], []
    orgs = _Orgs(session, valid.values.get("owner"))
    for row in _rows(session, items, valid):
        new = {name: value for name, value in valid.values.items() if value is not None and row[name] != value}
        new |= {name: None for name, value in valid.values.items() if value is None and f",{name}," in row["own"]}
        if not new:
            continue
        own = row["own"]
        for name in set(new) & set(FIELDS):
            own = with_own(own, name, said=new[name] is not None)
        org = {"org": orgs.of(row["source_id"])} if "owner" in new else {}
        updates.append({"id": row["id"], "own": own, **new, **org})
        changes.append(_line(actor, row, Reason("edited", valid.why, batch), new, at))
    _write(session, updates, changes)
    _take_back(session, [row["id"] for row in updates], [name for name, value in valid.values.items() if value is None])
    if "owner" in valid.values:
        session.flush()
        follow_items(session, orgs.sources)
    if updates:
        after = {"items": len(updates), **{name: plain(value) for name, value in valid.values.items()}}
        subject = Subject(LedgerItem.__tablename__, str(batch), actor.org)
        record(session, actor, Act.ITEM_EDITED, subject, after=after, note=valid.why or None)
    return len(updates)


class _Orgs:
    """Where an item of each source belongs under a new owner."""

    def __init__(self, session: Session, owner: str | None) -> None:
        self._session, self._owner = session, owner
        self._known: dict[UUID, str] = {}

    def of(self, source_id: UUID) -> str:
        if source_id not in self._known:
            org = self._session.scalars(select(Source.org).where(Source.id == source_id)).one()
            self._known[source_id] = belongs_to(self._session, org, self._owner)
        return self._known[source_id]

    @property
    def sources(self) -> list[UUID]:
        """The sources of the items that moved."""
        return list(self._known)


def _line(actor: Actor, row: Mapping[str, Any], reason: Reason, new: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    item = LedgerItem(id=row["id"], org=row["org"])
    before = {name: row[name] for name in new}
    return {"id": new_id(), **change_values(actor, item, reason, before, new, at)}


def _write(session: Session, updates: list[dict[str, Any]], changes: list[dict[str, Any]]) -> None:
    """Group the updates by the fields they set: the driver takes one statement for many rows."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in updates:
        groups.setdefault(tuple(row), []).append(row)
    for rows in groups.values():
        session.execute(update(LedgerItem), rows)
    if changes:
        session.execute(insert(LedgerChange), changes)


def _take_back(session: Session, items: list[UUID], names: list[str]) -> None:
    for item_id in items if names else ():
        item = session.get_one(LedgerItem, item_id, populate_existing=True)
        for name in names:
            if name in FIELDS and name not in own_fields(item):
                setattr(item, name, inherited(session, item, name))
        if "owner" in names:
            item.org = belongs_to(session, session.get_one(Source, item.source_id).org, item.owner)
