"""Kept habits: one row an entity and day, added to as batches come; and which batches were added."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from sys import intern
from typing import Any

from sqlalchemy import Index, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from detectors.behaviour.facts import DayFacts, EntityDay, EntityKey
from soc.accounts.models import Account
from soc.clock import now
from soc.db import Identified, Model
from soc.tiers.models import Organisation, Scoped

#: a habit is made of this many days before
HABIT = timedelta(days=30)
#: rows are kept this long, for leaks that drip
_KEPT = timedelta(days=100)
_BATCHES_KEPT = timedelta(days=14)
#: rows that are fetched at a time
_AT_ONCE = 2_000


class BehaviourDay(Scoped, Identified, Model):
    """What one entity did with data on one local day, in the logs of ``org``."""

    __tablename__ = "behaviour_days"
    __table_args__ = (UniqueConstraint("org", "reference", "day"), Index("ix_behaviour_days_org_day", "org", "day"))
    reference: Mapped[str]
    day: Mapped[date]
    kind: Mapped[str]
    name: Mapped[str]
    account: Mapped[str]
    post: Mapped[str]
    service: Mapped[bool]
    #: the organisation the entity belongs to
    home: Mapped[str]
    facts: Mapped[dict[str, Any]]


class BehaviourBatch(Model):
    """An ingest batch whose events are in the days: it is never added twice."""

    __tablename__ = "behaviour_batches"
    batch: Mapped[str] = mapped_column(primary_key=True)
    added_at: Mapped[datetime]


def new_batches(session: Session, batches: Iterable[str]) -> set[str]:
    """Register batches; return those that were not added before."""
    given = set(batches)
    known = set(session.scalars(select(BehaviourBatch.batch).where(BehaviourBatch.batch.in_(given))))
    session.add_all(BehaviourBatch(batch=one, added_at=now()) for one in given - known)
    return given - known


def add_days(session: Session, org: str, days: Sequence[EntityDay]) -> None:
    """Add parts of days to what is kept of them."""
    held = {(row.reference, row.day): row for row in session.scalars(_touched(org, days))}
    for one in days:
        row = held.get((one.key.reference, one.day))
        if row is None:
            row = held[one.key.reference, one.day] = _row(org, one)
            session.add(row)
        else:
            facts = DayFacts.from_json(row.facts)
            facts.add(one.facts)
            row.facts = facts.as_json()
    session.flush()


def _touched(org: str, days: Sequence[EntityDay]) -> Any:
    references, dates = {one.key.reference for one in days}, {one.day for one in days}
    return select(BehaviourDay).where(
        BehaviourDay.org == org, BehaviourDay.reference.in_(references), BehaviourDay.day.in_(dates)
    )


def _row(org: str, one: EntityDay) -> BehaviourDay:
    return BehaviourDay(
        org=org,
        reference=one.key.reference,
        day=one.day,
        kind=one.key.kind,
        name=one.key.name,
        account=one.key.account,
        post=one.key.post,
        service=one.key.service,
        home=one.key.org,
        facts=one.facts.as_json(),
    )


def days_between(
    session: Session, org: str, first: date, before: date, references: Collection[str] | None = None
) -> list[EntityDay]:
    """Days from ``first`` on and before ``before``: of everybody, or of those of ``references``."""
    query = select(BehaviourDay).where(BehaviourDay.org == org, BehaviourDay.day >= first, BehaviourDay.day < before)
    if references is not None:
        query = query.where(BehaviourDay.reference.in_(references))
    return [entity_day(row) for row in session.scalars(query.order_by(BehaviourDay.day, BehaviourDay.reference))]


def days_on(session: Session, org: str, dates: Collection[date]) -> list[EntityDay]:
    """Return everybody's days of some dates."""
    query = select(BehaviourDay).where(BehaviourDay.org == org, BehaviourDay.day.in_(dates))
    return [entity_day(row) for row in session.scalars(query.order_by(BehaviourDay.day, BehaviourDay.reference))]


def slow_days(session: Session, org: str, first: date, before: date) -> list[EntityDay]:
    """The same days with what slow leaks are judged by and nothing else of their facts.

    Of 5,000 people they are hundreds of thousands: the database takes the documents apart, and what people and
    subjects are called is kept once.
    """
    row, facts = BehaviourDay, BehaviourDay.facts
    query = select(
        row.day, row.kind, row.name, row.account, row.post, row.service, row.home,
        facts["rows"], facts["tables"], facts["subjects"], facts["knows_subjects"],
    )  # fmt: skip
    query = query.where(row.org == org, row.day >= first, row.day < before).order_by(row.day, row.reference)
    keys: dict[tuple[Any, ...], EntityKey] = {}
    found = []
    for day, *whose, rows, tables, subjects, known in session.execute(query.execution_options(yield_per=_AT_ONCE)):
        key = keys.setdefault(tuple(whose), EntityKey(*whose))
        mine = {intern(token): times for token, times in (subjects or {}).items()}
        read = {intern(table): weight for table, weight in tables.items()}
        by_rank = {int(rank): figures for rank, figures in rows.items()}
        held = DayFacts(rows=by_rank, tables=read, subjects=mine, knows_subjects=bool(known))
        found.append(EntityDay(key, day, held))
    return found


def days_known(session: Session, org: str, first: date, before: date) -> int:
    """How many rows :func:`days_between` would give."""
    query = select(func.count()).where(BehaviourDay.org == org, BehaviourDay.day >= first, BehaviourDay.day < before)
    return session.scalar(query) or 0


def entity_day(row: BehaviourDay) -> EntityDay:
    """Read a row back."""
    key = EntityKey(row.kind, row.name, row.account, row.post, row.service, row.home)
    return EntityDay(key, row.day, DayFacts.from_json(row.facts))


def newest_day(session: Session, org: str) -> date | None:
    """The latest day that anything is known of."""
    return session.scalar(select(func.max(BehaviourDay.day)).where(BehaviourDay.org == org))


def account_keys(session: Session, org: str) -> dict[str, EntityKey]:
    """Who stands behind each account of an organisation or one below; of two of one name the organisation's own."""
    path = select(Organisation.path).where(Organisation.code == org).scalar_subquery()
    below = select(Organisation.code).where(Organisation.path.startswith(path))
    rows = session.scalars(select(Account).where(Account.org.in_(below)).order_by(Account.org == org, Account.id))
    return {
        row.name: EntityKey(
            # an application is nobody: what is not known to be a person's stays the account's
            kind="person" if row.person and not row.is_service else "account",
            name=row.name if row.is_service else row.person or row.name,
            account=row.name,
            post=row.post,
            service=row.is_service,
            org=row.org,
        )
        for row in rows
    }


def forget_old(session: Session) -> None:
    """Remove days and batch marks that nothing is judged by any more."""
    session.execute(delete(BehaviourDay).where(BehaviourDay.day < (now() - _KEPT).date()))
    session.execute(delete(BehaviourBatch).where(BehaviourBatch.added_at < now() - _BATCHES_KEPT))


def forget_days(session: Session, org: str, first: date) -> None:
    """Remove the days from ``first`` on, to be built anew."""
    session.execute(delete(BehaviourDay).where(BehaviourDay.org == org, BehaviourDay.day >= first))


def forget_batches(session: Session, batches: Sequence[str]) -> None:
    """Let batches be added anew."""
    session.execute(delete(BehaviourBatch).where(BehaviourBatch.batch.in_(batches)))
