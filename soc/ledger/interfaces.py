"""Interfaces: what an application gives out of a source, registered by hand with the items that it returns.

An interface is a table of the ledger whose items are copies of those it returns, each with an edge of the lineage
from the original: when that is graded anew, the copy's level is proposed anew. No scan takes one away.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, joinedload

from soc.db import new_id
from soc.errors import ConflictError, InputError, NotFoundError
from soc.identity.actor import Actor
from soc.ledger.changes import Reason, change_of
from soc.ledger.keeping import Edit, edit
from soc.ledger.levels import highest
from soc.ledger.lineage.edges import Origin, Transform
from soc.ledger.lineage.models import LedgerEdge
from soc.ledger.models import LedgerItem, LedgerTable, Source, TableKind
from soc.ledger.patterns import pattern_of
from soc.ledger.seen import match_around
from soc.ledger.stewardship import FIELDS
from soc.tiers.scope import in_scope, within
from soc.trail import Act, record

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: a path with its parameters in braces, without a host and without a query
_PATH = re.compile(r"/[^\s?#\x00-\x1f\x7f]{0,199}")
MOST_ITEMS = 500
#: what a copy has of its original; evidence stays with what was scanned
_COPIED = ("type", "entity", "level", "category", "masked", "confidence", "tier", "data_type", "comment", "scan_type")


@dataclass(frozen=True, slots=True)
class NewInterface:
    """An interface to register: its method, its path, whose it is (a code), what it is for."""

    method: str
    path: str
    purpose: str
    owner: str | None = None

    @property
    def name(self) -> str:
        """What the ledger calls it: "GET /path"."""
        return f"{self.method} {self.path}"


def interfaces_within(actor: Actor) -> Select[LedgerTable]:
    """Select the interfaces in scope, each with its source."""
    return all_interfaces_within(actor).where(LedgerTable.gone_at.is_(None))


def all_interfaces_within(actor: Actor) -> Select[LedgerTable]:
    """Select the interfaces in scope, those that were taken out too."""
    query = within(actor, LedgerTable).join(Source, Source.id == LedgerTable.source_id)
    return query.where(LedgerTable.kind == TableKind.INTERFACE).options(joinedload(LedgerTable.source))


def take_out(session: Session, actor: Actor, table_id: UUID, why: str, *, at: datetime) -> LedgerTable:
    """Say that an interface is no more: it and its items leave the lists, its history stays, it can be restored.

    Raises:
        NotFoundError: no such interface in the actor's scope, or it is out already.
        InputError: no reason is given.
    """
    found = session.scalar(interfaces_within(actor).where(LedgerTable.id == table_id))
    if found is None:
        raise NotFoundError
    if not why.strip():
        raise InputError("errors.interfaces.why")
    _put(session, actor, found, Reason("taken_out", why.strip()), Act.INTERFACE_TAKEN_OUT, at, gone_at=at)
    return found


def restore(session: Session, actor: Actor, table_id: UUID, *, at: datetime) -> LedgerTable:
    """Put an interface that was taken out back, with the items that went with it.

    Raises:
        NotFoundError: no such interface in the actor's scope.
        ConflictError: it is not out.
    """
    found = session.scalar(all_interfaces_within(actor).where(LedgerTable.id == table_id))
    if found is None:
        raise NotFoundError
    if found.gone_at is None:
        raise ConflictError("errors.interfaces.not_gone", name=found.name)
    _put(session, actor, found, Reason("restored"), Act.INTERFACE_RESTORED, at, gone_at=None)
    return found


def _put(
    session: Session, actor: Actor, found: LedgerTable, reason: Reason, act: Act, at: datetime, *,
    gone_at: datetime | None,
) -> None:  # fmt: skip
    was = found.gone_at
    theirs = update(LedgerItem).where(LedgerItem.table_id == found.id)
    same = LedgerItem.gone_at.is_(None) if was is None else LedgerItem.gone_at == was
    session.execute(theirs.where(same).values(gone_at=gone_at))
    found.gone_at = gone_at
    before, after = {"gone_at": was}, {"gone_at": gone_at}
    session.add(change_of(actor, found, reason, before, after, at))
    record(session, actor, act, found, after={"interface": found.name}, note=reason.why or None)
    session.flush()
    match_around(session, found.org)


def register_interface(
    session: Session,
    actor: Actor,
    source: Source,
    order: NewInterface,
    returns: Sequence[LedgerItem],
    *,
    at: datetime,
) -> LedgerTable:
    """Put an interface into the ledger, graded as the gravest of what it returns.

    Raises:
        NotFoundError: the source lies outside the actor's scope.
        InputError: no such method, no path, nothing returned, or items of another source.
        ConflictError: the source has one of this method and path.
    """
    if not in_scope(session, actor, source.org):
        raise NotFoundError
    _check(session, source, order, returns)
    handed = {name: getattr(source, name) for name in FIELDS}
    table = LedgerTable(
        id=new_id(), org=source.org, source_id=source.id, name=order.name, kind=TableKind.INTERFACE, flags=[],
        level=highest([one.level for one in returns]), first_seen=at, last_seen=at, **handed,
    )  # fmt: skip
    session.add(table)
    session.flush()
    for place, (name, one) in enumerate(_named(returns)):
        _return(session, table, _copy(table, one, name, place, at), one, at)
    said: dict[str, Any] = {"summary": order.purpose} | ({"owner": order.owner} if order.owner else {})
    edit(session, actor, table, Edit(said), at=at)
    record(session, actor, Act.TABLE_CHANGED, table, after={"interface": table.name, "items": len(returns)})
    session.flush()
    match_around(session, table.org)
    return table


def _check(session: Session, source: Source, order: NewInterface, returns: Sequence[LedgerItem]) -> None:
    if order.method not in METHODS or not _PATH.fullmatch(order.path):
        raise InputError("errors.interfaces.path")
    if not order.purpose.strip():
        raise InputError("errors.interfaces.purpose")
    if not 0 < len(returns) <= MOST_ITEMS or any(one.source_id != source.id for one in returns):
        raise InputError("errors.interfaces.returns", most=MOST_ITEMS)
    taken = select(LedgerTable).where(LedgerTable.source_id == source.id, LedgerTable.name == order.name)
    found = session.scalar(taken)
    if found is not None:
        raise ConflictError(f"errors.interfaces.{'taken' if found.gone_at is None else 'gone'}", name=order.name)


def _named(returns: Iterable[LedgerItem]) -> Iterator[tuple[str, LedgerItem]]:
    """Each item with its name in the interface: its own, and with its table's where two have the same."""
    seen: set[str] = set()
    for one in returns:
        name = one.name if one.name not in seen else f"{one.table.name}.{one.name}"
        if name not in seen:
            seen.add(name)
            yield name, one


def _copy(table: LedgerTable, one: LedgerItem, name: str, place: int, at: datetime) -> LedgerItem:
    handed = {field: getattr(table, field) for field in FIELDS}
    copied = {field: getattr(one, field) for field in _COPIED}
    return LedgerItem(
        id=new_id(), org=table.org, source_id=table.source_id, table_id=table.id, name=name, place=place, evidence={},
        pattern=pattern_of(name, one.type, ""), first_seen=at, last_seen=at,
        **handed | {"domain": table.domain or one.domain}, **copied,
    )  # fmt: skip


def _return(session: Session, table: LedgerTable, copy: LedgerItem, one: LedgerItem, at: datetime) -> None:
    session.add(copy)
    session.flush()
    session.add(
        LedgerEdge(
            id=new_id(), org=table.org, source_id=table.source_id, origin=Origin.INTERFACE, detail=table.name,
            up_table=one.table.name, up_column=one.name, down_table=table.name, down_column=copy.name,
            up_item_id=one.id, down_item_id=copy.id, transform=Transform.IDENTITY, confidence=1.0,
            first_seen=at, last_seen=at,
        )
    )  # fmt: skip


def items_named(session: Session, actor: Actor, source: Source, lines: Iterable[str]) -> list[LedgerItem]:
    """The items of a source that lines of "table.column" name.

    Raises:
        InputError: a line names none; which one is said.
    """
    query = within(actor, LedgerItem).join(LedgerTable, LedgerTable.id == LedgerItem.table_id)
    query = query.where(LedgerItem.source_id == source.id, LedgerItem.gone_at.is_(None))
    found = []
    for line in (one.strip() for one in lines):
        table, _, column = line.rpartition(".")
        one = session.scalars(
            query.where(LedgerTable.name == table, LedgerItem.name == column).options(joinedload(LedgerItem.table))
        ).first()
        if line and one is None:
            raise InputError("errors.interfaces.unknown_item", name=line[:120])
        if one is not None:
            found.append(one)
    return found
