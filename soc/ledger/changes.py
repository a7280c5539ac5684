"""The one change log: every change of any field in the ledger, who made it and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from soc.identity.actor import Actor
from soc.ledger.models import LedgerChange, LedgerItem, LedgerSchema, LedgerTable, Source
from soc.ledger.stewardship import FIELDS

#: anything that has a history
Kept = Source | LedgerSchema | LedgerTable | LedgerItem
REFERENCES = {Source: "source_id", LedgerSchema: "schema_id", LedgerTable: "table_id", LedgerItem: "item_id"}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something changes: the kind of act, a person's own words, and the act it is part of."""

    cause: str
    why: str = ""
    batch: UUID | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a history: a field that changed, and where it was said."""

    change: LedgerChange
    #: item, table, schema or source
    place: str
    field: str
    before: Any
    after: Any


def plain(value: object) -> object:
    """A value as the log keeps it."""
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime) else value


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What two states of something do not have in common, as the log keeps it."""
    names = [name for name in after if plain(before.get(name)) != plain(after[name])]
    return {name: plain(before.get(name)) for name in names}, {name: plain(after[name]) for name in names}


def change_of(
    actor: Actor, row: Kept, reason: Reason, before: Mapping[str, Any], after: Mapping[str, Any], at: datetime
) -> LedgerChange:
    """Return the log's line; the caller adds it."""
    return LedgerChange(**change_values(actor, row, reason, before, after, at))


def change_values(
    actor: Actor, row: Kept, reason: Reason, before: Mapping[str, Any], after: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    """Return the columns of the log's line, for those who insert many at once."""
    references: dict[str, UUID | None] = dict.fromkeys(REFERENCES.values())
    return references | {
        REFERENCES[type(row)]: row.id,
        "org": row.org,
        "at": at,
        "by": actor.name,
        "by_id": actor.id,
        "cause": reason.cause,
        "why": reason.why,
        "batch": reason.batch,
        "before": {name: plain(value) for name, value in before.items()},
        "after": {name: plain(value) for name, value in after.items()},
    }


def history_of(session: Session, item: LedgerItem) -> list[LedgerChange]:
    """Every change of an item itself, newest first."""
    query = select(LedgerChange).where(LedgerChange.item_id == item.id)
    return list(session.scalars(query.order_by(LedgerChange.at.desc(), LedgerChange.id.desc())))


def full_history(session: Session, item: LedgerItem, limit: int = 200) -> list[Told]:
    """Every change that an item's fields went through, newest first: its own, and those handed down to it."""
    table = session.get_one(LedgerTable, item.table_id)
    above = [LedgerChange.table_id == table.id, LedgerChange.source_id == item.source_id]
    if table.schema_id is not None:
        above.append(LedgerChange.schema_id == table.schema_id)
    query = select(LedgerChange).where(or_(LedgerChange.item_id == item.id, *above))
    query = query.order_by(LedgerChange.at.desc(), LedgerChange.id.desc()).limit(limit)
    return [told for change in session.scalars(query) for told in _told(change, only_handed_down=True)]


def history_of_place(session: Session, row: Source | LedgerSchema | LedgerTable, limit: int = 100) -> list[Told]:
    """Every change of a source, schema or table itself, newest first."""
    column = getattr(LedgerChange, REFERENCES[type(row)])
    query = select(LedgerChange).where(column == row.id)
    query = query.order_by(LedgerChange.at.desc(), LedgerChange.id.desc()).limit(limit)
    return [told for change in session.scalars(query) for told in _told(change)]


def _told(change: LedgerChange, *, only_handed_down: bool = False) -> Iterator[Told]:
    """One line a field; of what lies above an item only the fields that are handed down to it."""
    place = place_of(change)
    for name, value in change.after.items():
        if place == "item" or name in FIELDS or not only_handed_down:
            yield Told(change, place, name, change.before.get(name), value)


def place_of(change: LedgerChange) -> str:
    """Where a change was made: item, table, schema or source."""
    return next((name[:-3] for name in REFERENCES.values() if getattr(change, name) is not None), "item")
