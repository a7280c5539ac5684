"""Levels flow down the lineage: what is made of graded data is proposed its level, and its owner decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from soc.db import new_id
from soc.ledger.levels import Level
from soc.ledger.lineage.edges import Transform
from soc.ledger.lineage.models import LedgerEdge
from soc.ledger.models import ItemStatus, LedgerItem
from soc.ledger.opinions import LedgerProposal, ProposalKind, ProposalStatus

#: edges believed less carry no level
BELIEVED = 0.5
_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class _Item:
    """What the flow of levels needs of an item."""

    id: UUID
    org: str
    type: str | None
    level: Level
    status: ItemStatus
    sure: bool

    @property
    def graded(self) -> bool:
        """Whether its level is known well enough to be said of others: its owner spoke, or the scan is sure."""
        return self.type is not None and (self.status is not ItemStatus.PROPOSED or self.sure)


def propose_levels(session: Session, *, at: datetime) -> int:
    """Propose the level of graded data for what is made of it and graded lower; return how many are new."""
    downwards = _carrying(session)
    items = _items(session, set(downwards) | {down for some in downwards.values() for down in some})
    reached = _reached(downwards, items)
    asked = _asked(session, list(reached))
    rows = [_proposal(items[down], items[up], at) for down, up in reached.items() if (down, up) not in asked]
    rows = [row for row in rows if row["item_id"] not in _open(session, [one["item_id"] for one in rows])]
    for start in range(0, len(rows), _AT_ONCE):
        session.execute(insert(LedgerProposal), rows[start : start + _AT_ONCE])
    return len(rows)


def _carrying(session: Session) -> dict[UUID, list[UUID]]:
    """From each item to those that its values go on to."""
    query = select(LedgerEdge.up_item_id, LedgerEdge.down_item_id).where(
        LedgerEdge.up_item_id.is_not(None),
        LedgerEdge.down_item_id.is_not(None),
        LedgerEdge.transform.in_([one for one in Transform if one.carries]),
        LedgerEdge.confidence >= BELIEVED,
    )
    downwards: dict[UUID, list[UUID]] = {}
    for up, down in session.execute(query.distinct()):
        if up is not None and down is not None:
            downwards.setdefault(up, []).append(down)
    return downwards


def _items(session: Session, ids: set[UUID]) -> dict[UUID, _Item]:
    wanted, found = list(ids), {}
    for start in range(0, len(wanted), 500):
        query = select(LedgerItem).where(LedgerItem.id.in_(wanted[start : start + 500]), LedgerItem.gone_at.is_(None))
        for one in session.scalars(query):
            found[one.id] = _Item(one.id, one.org, one.type, one.level, one.status, one.tier == "high")
    return found


def _reached(downwards: dict[UUID, list[UUID]], items: dict[UUID, _Item]) -> dict[UUID, UUID]:
    """Each item that is graded lower than something it is made of, with the gravest such thing."""
    reached: dict[UUID, UUID] = {}
    seen: set[UUID] = set()
    for start in sorted((one for one in items.values() if one.graded), key=lambda one: -one.level.rank):
        waiting = [start.id]
        while waiting:
            for down in downwards.get(waiting.pop(), ()):
                item = items.get(down)
                if item is None or down in seen:
                    continue
                seen.add(down)
                waiting.append(down)
                if item.level.rank < start.level.rank and item.status is not ItemStatus.CORRECTED:
                    reached[down] = start.id
    return reached


def _asked(session: Session, items: Sequence[UUID]) -> set[tuple[UUID, UUID | None]]:
    """What was proposed before, whatever became of it: it is not asked twice."""
    asked: set[tuple[UUID, UUID | None]] = set()
    for start in range(0, len(items), 500):
        query = select(LedgerProposal.item_id, LedgerProposal.origin_id).where(
            LedgerProposal.kind == ProposalKind.LINEAGE, LedgerProposal.item_id.in_(items[start : start + 500])
        )
        asked |= {(item, origin) for item, origin in session.execute(query)}
    return asked


def _open(session: Session, items: Sequence[UUID]) -> set[UUID]:
    """Items that have an open proposal already."""
    found: set[UUID] = set()
    for start in range(0, len(items), 500):
        query = select(LedgerProposal.item_id).where(
            LedgerProposal.status == ProposalStatus.OPEN, LedgerProposal.item_id.in_(items[start : start + 500])
        )
        found |= set(session.scalars(query))
    return found


def _proposal(down: _Item, up: _Item, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(), "org": down.org, "item_id": down.id, "kind": ProposalKind.LINEAGE, "type": up.type,
        "level": up.level, "origin_id": up.id, "lesson_id": None, "made_at": at, "status": ProposalStatus.OPEN,
    }  # fmt: skip
