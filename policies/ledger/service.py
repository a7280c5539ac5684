"""What the ledger's pages ask: the queue of an owner, and the counts over it."""

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, joinedload

from soc.identity.actor import Actor
from soc.ledger.levels import RANKS
from soc.ledger.models import LedgerItem, LedgerTable, Source
from soc.ledger.waiting import count_waiting
from soc.tiers.scope import visible, within

#: a column's order by level, the gravest last
LEVEL_ORDER: ColumnElement[int] = case(RANKS, value=LedgerItem.level, else_=0)


def items_within(actor: Actor) -> Select[LedgerItem]:
    """Every column that still exists in the actor's scope, with its table and source."""
    query = within(actor, LedgerItem).join(LedgerTable, LedgerTable.id == LedgerItem.table_id)
    query = query.join(Source, Source.id == LedgerItem.source_id).where(LedgerItem.gone_at.is_(None))
    return query.options(joinedload(LedgerItem.table), joinedload(LedgerItem.source))


def count_to_confirm(session: Session, actor: Actor) -> int:
    """How many items of their own organisation wait for this person; 0 for those who may not decide."""
    return count_waiting(session, actor) if actor.may("ledger.write") else 0


def counts_by_level(session: Session, actor: Actor) -> dict[str, int]:
    """How many sensitive columns there are of each level."""
    query = (
        select(LedgerItem.level, func.count())
        .where(visible(actor, LedgerItem.org), LedgerItem.type.is_not(None), LedgerItem.gone_at.is_(None))
        .group_by(LedgerItem.level)
    )
    return {level.value: count for level, count in session.execute(query)}
