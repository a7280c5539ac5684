"""What waits for an owner's word: findings nobody spoke on, and proposals on what somebody did."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from soc.identity.actor import Actor
from soc.ledger.models import ItemStatus, LedgerItem, LedgerTable, Source
from soc.ledger.opinions import LedgerPart, LedgerProposal, ProposalStatus
from soc.tiers.scope import within

#: items confirmed by one act at most
MOST_ALIKE = 2_000


def waits() -> ColumnElement[bool]:
    """The clause for items that wait for their owner's word."""
    found = and_(LedgerItem.type.is_not(None), LedgerItem.status == ItemStatus.PROPOSED)
    return or_(found, has_proposal())


def has_proposal() -> ColumnElement[bool]:
    """The clause for items with an open proposal."""
    return exists().where(LedgerProposal.item_id == LedgerItem.id, LedgerProposal.status == ProposalStatus.OPEN)


def waiting(actor: Actor) -> Select[LedgerItem]:
    """What waits for the people of the actor's own organisation."""
    query = within(actor, LedgerItem).join(LedgerTable, LedgerTable.id == LedgerItem.table_id)
    query = query.join(Source, Source.id == LedgerItem.source_id)
    query = query.where(LedgerItem.org == actor.org, LedgerItem.gone_at.is_(None), waits())
    return query.options(joinedload(LedgerItem.table), joinedload(LedgerItem.source))


def count_waiting(session: Session, actor: Actor) -> int:
    """How many items wait for the people of the actor's own organisation."""
    query = select(func.count()).select_from(LedgerItem)
    query = query.where(LedgerItem.org == actor.org, LedgerItem.gone_at.is_(None), waits())
    return session.scalar(query) or 0


def alike(session: Session, actor: Actor, item: LedgerItem) -> Sequence[LedgerItem]:
    """Items of one pattern that wait with the same finding, and of which nobody proposes anything else."""
    query = waiting(actor).where(
        LedgerItem.pattern == item.pattern,
        LedgerItem.type == item.type,
        LedgerItem.level == item.level,
        LedgerItem.status == ItemStatus.PROPOSED,
        ~has_proposal(),
    )
    return session.scalars(query.order_by(LedgerItem.id).limit(MOST_ALIKE)).all() if item.pattern else [item]


def count_alike(session: Session, actor: Actor, patterns: Iterable[str]) -> dict[str, int]:
    """How many items of each pattern wait for their first word."""
    query = select(LedgerItem.pattern, func.count()).where(
        LedgerItem.org == actor.org,
        LedgerItem.gone_at.is_(None),
        LedgerItem.pattern.in_({one for one in patterns if one}),
        LedgerItem.type.is_not(None),
        LedgerItem.status == ItemStatus.PROPOSED,
        ~has_proposal(),
    )
    return dict(session.execute(query.group_by(LedgerItem.pattern)).all())


def proposals_of(session: Session, items: Iterable[UUID]) -> dict[UUID, LedgerProposal]:
    """The newest open proposal of each item."""
    query = select(LedgerProposal).where(
        LedgerProposal.item_id.in_(list(items)), LedgerProposal.status == ProposalStatus.OPEN
    )
    return {one.item_id: one for one in session.scalars(query.order_by(LedgerProposal.made_at, LedgerProposal.id))}


def parts_of(session: Session, item: LedgerItem) -> Sequence[LedgerPart]:
    """What an item was split into."""
    query = select(LedgerPart).where(LedgerPart.item_id == item.id)
    return session.scalars(query.order_by(LedgerPart.place)).all()
