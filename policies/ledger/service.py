"""What the ledger's pages ask: the items in scope, and how many wait for their owner."""

from sqlalchemy import ColumnElement, Select, case, or_, select
from sqlalchemy.orm import Session, joinedload

from soc.identity.actor import Actor
from soc.ledger.levels import RANKS
from soc.ledger.models import LedgerItem
from soc.ledger.waiting import count_waiting
from soc.tiers.models import Share
from soc.tiers.scope import visible

#: a column's order by level, the gravest last
LEVEL_ORDER: ColumnElement[int] = case(RANKS, value=LedgerItem.level, else_=0)


def seen_items(session: Session, actor: Actor) -> ColumnElement[bool]:
    """The clause for items that still exist in the actor's scope.

    Shares are asked for first, since ``OR id IN (SELECT …)`` keeps SQLite from any one index.
    """
    shared = select(Share.item_id).where(Share.kind == LedgerItem.__tablename__, Share.org == actor.org)
    ids = session.scalars(shared).all()
    mine = visible(actor, LedgerItem.org)
    return (or_(mine, LedgerItem.id.in_(ids)) if ids else mine) & LedgerItem.gone_at.is_(None)


def items_of(seen: ColumnElement[bool]) -> Select[LedgerItem]:
    """The items of a scope, each with its table and source.

    Nothing else is joined: what narrows and orders items (:mod:`policies.ledger.listing`) asks by itself, so that
    a list of a whole province is narrowed by an index and only the rows of its page are read.
    """
    whole = (joinedload(LedgerItem.table), joinedload(LedgerItem.source))
    return select(LedgerItem).where(seen).options(*whole)


def items_within(session: Session, actor: Actor) -> Select[LedgerItem]:
    """Every column that still exists in the actor's scope, with its table and source."""
    return items_of(seen_items(session, actor))


def count_to_confirm(session: Session, actor: Actor) -> int:
    """How many items of their own organisation wait for this person; 0 for those who may not decide."""
    return count_waiting(session, actor) if actor.may("ledger.write") else 0
