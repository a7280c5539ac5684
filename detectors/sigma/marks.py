"""What correlations have still to look at: a mark for each stretch of events that came in.

A mark is written when its events are stored and before their batch counts as analysed, and removed in the
transaction that keeps what was found: whenever a process is killed, what it had not finished is looked at again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from soc.clock import now
from soc.db import Identified, Model
from soc.tiers.models import Scoped

#: marks looked at in one turn
MOST_AT_ONCE = 5_000


class CorrelationMark(Scoped, Identified, Model):
    """Events of ``org`` between two instants, tagged with rules that a correlation stands on."""

    __tablename__ = "correlation_marks"
    rule_id: Mapped[str]
    #: times of the first and the last of the events
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    #: the groups they are of; None where they are too many to name
    groups: Mapped[list[Any] | None]
    noted_at: Mapped[datetime]
    #: when it can be looked at: a condition with an upper bound waits until its window is over
    due_at: Mapped[datetime] = mapped_column(index=True)


Group = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Marks of one correlation and organisation whose windows run into one another."""

    org: str
    rule_id: str
    first_at: datetime
    last_at: datetime
    groups: frozenset[Group] | None
    marks: tuple[UUID, ...]


def due(session: Session, *, at: datetime, most: int = MOST_AT_ONCE) -> list[CorrelationMark]:
    """Return the marks that can be looked at, oldest first."""
    query = select(CorrelationMark).where(CorrelationMark.due_at <= at).order_by(CorrelationMark.id)
    return list(session.scalars(query.limit(most)))


def take(session: Session, marks: Sequence[UUID]) -> bool:
    """Remove marks that were looked at; False where another process has taken one: then its answer counts."""
    taken = session.execute(delete(CorrelationMark).where(CorrelationMark.id.in_(marks)))
    return bool(taken.rowcount == len(marks))  # type: ignore[attr-defined]


def stretches(marks: Sequence[CorrelationMark], reach: timedelta) -> list[Stretch]:
    """Join marks of one correlation and organisation that lie within ``reach`` of one another."""
    found: list[Stretch] = []
    for mark in sorted(marks, key=lambda one: one.first_at):
        last = found[-1] if found else None
        if last is not None and mark.first_at - last.last_at <= reach and len(last.marks) < _MOST_OF_ONE:
            found[-1] = _joined(last, mark)
        else:
            found.append(Stretch(mark.org, mark.rule_id, mark.first_at, mark.last_at, _groups(mark), (mark.id,)))
    return found


#: a statement names only so many
_MOST_OF_ONE = 500


def _joined(one: Stretch, mark: CorrelationMark) -> Stretch:
    more = _groups(mark)
    groups = None if one.groups is None or more is None else one.groups | more
    last_at = max(one.last_at, mark.last_at)
    return Stretch(one.org, one.rule_id, one.first_at, last_at, groups, (*one.marks, mark.id))


def _groups(mark: CorrelationMark) -> frozenset[Group] | None:
    return None if mark.groups is None else frozenset(tuple(map(str, group)) for group in mark.groups)


def oldest(session: Session) -> timedelta:
    """How long the oldest mark that is due waits."""
    at = now()
    noted = session.scalar(
        select(CorrelationMark.noted_at).where(CorrelationMark.due_at <= at).order_by(CorrelationMark.noted_at).limit(1)
    )
    return at - noted if noted is not None else timedelta(0)
