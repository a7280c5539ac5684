"""What the ledger's pages ask: the queue of an owner, and the counts over it."""

from sqlalchemy import ColumnElement, Select, case, or_, select
from sqlalchemy.orm import Session, joinedload

from soc.identity.actor import Actor
from soc.ledger.levels import RANKS
from soc.ledger.models import LedgerItem, LedgerTable, Source
from soc.ledger.waiting import count_waiting
from soc.tiers.models import Share
from soc.tiers.scope import visible, within

#: a column's order by level, the gravest last
LEVEL_ORDER: ColumnElement[int] = case(RANKS, value=LedgerItem.level, else_=0)


def items_within(actor: Actor) -> Select[LedgerItem]:
    """Every column that still exists in the actor's scope, with its table and source."""
    query = within(actor, LedgerItem).join(LedgerTable, LedgerTable.id == LedgerItem.table_id)
    query = query.join(Source, Source.id == LedgerItem.source_id).where(LedgerItem.gone_at.is_(None))
    return query.options(joinedload(LedgerItem.table), joinedload(LedgerItem.source))


def seen_items(session: Session, actor: Actor) -> ColumnElement[bool]:
    """The scope of items: shares are asked for first, since ``OR id IN (SELECT …)`` keeps SQLite from any one index."""
    shared = select(Share.item_id).where(Share.kind == LedgerItem.__tablename__, Share.org == actor.org)
    ids = session.scalars(shared).all()
    mine = visible(actor, LedgerItem.org)
    return or_(mine, LedgerItem.id.in_(ids)) if ids else mine


def items_seen(session: Session, actor: Actor) -> Select[LedgerItem]:
    """As :func:`items_within`, for lists of a whole province."""
    query = select(LedgerItem).join(LedgerTable, LedgerTable.id == LedgerItem.table_id)
    query = query.join(Source, Source.id == LedgerItem.source_id)
    query = query.where(seen_items(session, actor), LedgerItem.gone_at.is_(None))
    return query.options(joinedload(LedgerItem.table), joinedload(LedgerItem.source))


def count_to_confirm(session: Session, actor: Actor) -> int:
    """How many items of their own organisation wait for this person; 0 for those who may not decide."""
    return count_waiting(session, actor) if actor.may("ledger.write") else 0
