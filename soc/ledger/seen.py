"""Interfaces that the logs show: counted, told apart from those that are registered, decided on by people.

What was seen stands beside the register and never becomes a part of it by itself: a path is a guess, an owner and a
purpose are not. Counts are sums over the log store; what people decide has entries in the trail.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Select, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from soc.db import Identified, Model
from soc.errors import ConflictError, InputError
from soc.identity.actor import Actor
from soc.ledger.models import LedgerItem, LedgerTable, Source, TableKind
from soc.ledger.routes import ANY, alike, fits
from soc.tiers.models import Organisation, Scoped
from soc.tiers.scope import find_within, within
from soc.trail import Act, record

#: interfaces of one organisation that are kept: a log of a million paths has no more
MOST = 2_000
#: items that are named of one interface
MOST_ITEMS = 200
#: percent: how sure it is that a statement was asked through what its trace names, and through what its comment names
BY_TRACE, BY_COMMENT = 95, 80
#: what is graded so or graver makes an interface that nobody registered worth an alert
GRAVE = 3


class SeenStatus(StrEnum):
    """What people said of an interface that the logs show."""

    OPEN = "open"
    IGNORED = "ignored"


class SeenInterface(Scoped, Identified, Model):
    """An interface as the logs of ``org`` show it: a method, a template, and what its statements read."""

    __tablename__ = "seen_interfaces"
    __table_args__ = (UniqueConstraint("org", "method", "path"),)
    method: Mapped[str]
    path: Mapped[str]
    status: Mapped[SeenStatus] = mapped_column(default=SeenStatus.OPEN)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime] = mapped_column(index=True)
    #: requests that were answered, and statements that are known to be theirs
    requests: Mapped[int] = mapped_column(default=0)
    statements: Mapped[int] = mapped_column(default=0)
    #: "table.column" as the logs name them, the most read first, at most ``MOST_ITEMS``; and the gravest level's rank
    items: Mapped[list[str]] = mapped_column(default=list)
    level_rank: Mapped[int] = mapped_column(default=0, index=True)
    #: the registered interface that it is, if any
    table_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_tables.id", ondelete="SET NULL"), index=True)
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    why: Mapped[str | None]
    table: Mapped[LedgerTable | None] = relationship(lazy="raise")

    @property
    def by_comment(self) -> bool:
        """Whether nothing but comments in statements tells of it: a claim, without a method."""
        return self.method == ANY

    @property
    def name(self) -> str:
        """What it is called: "GET /drivers/{id}"."""
        return f"{self.method} {self.path}"


class InterfaceMark(Scoped, Identified, Model):
    """The last batch of an organisation that was counted, by when it was stored and its id; it moves with the counts."""

    __tablename__ = "interface_marks"
    __table_args__ = (UniqueConstraint("org"),)
    stored_at: Mapped[datetime]
    batch_id: Mapped[UUID]
    counted_at: Mapped[datetime]
    #: paths and interfaces that were not kept, since there were too many
    left_out: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True, slots=True)
class Registered:
    """A registered interface, by what it is compared with."""

    table_id: UUID
    method: str
    parts: tuple[str, ...]


def registered_near(session: Session, org: str) -> list[Registered]:
    """Return the registered interfaces of an organisation, of those above it and of those below."""
    held = select(LedgerTable.id, LedgerTable.name).where(
        LedgerTable.kind == TableKind.INTERFACE,
        LedgerTable.gone_at.is_(None),
        LedgerTable.org.in_(around(session, org)),
    )
    found = [(key, *name.partition(" ")) for key, name in session.execute(held.order_by(LedgerTable.id))]
    return [Registered(key, method, alike(template)) for key, method, _, template in found]


def registered_as(method: str, path: str, known: Iterable[Registered]) -> UUID | None:
    """Return which registered interface a seen one is: the same path first, else the longest that fits."""
    parts = alike(path)
    fitting = [one for one in known if method in (one.method, ANY) and fits(parts, one.parts)]
    best = max(fitting, key=lambda one: (one.parts == parts, len(one.parts)), default=None)
    return None if best is None else best.table_id


def match_again(session: Session, orgs: Iterable[str]) -> None:
    """Find anew which of the seen interfaces of some organisations are registered."""
    for org in orgs:
        known = registered_near(session, org)
        for one in session.scalars(select(SeenInterface).where(SeenInterface.org == org)):
            found = registered_as(one.method, one.path, known)
            if one.table_id != found:
                one.table_id = found


def match_around(session: Session, org: str) -> None:
    """Find anew what the register of ``org`` changed: in its own logs, and in those above and below."""
    seeing = select(SeenInterface.org).where(SeenInterface.org.in_(around(session, org))).distinct()
    match_again(session, session.scalars(seeing).all())


def around(session: Session, org: str) -> list[str]:
    """Return an organisation, those above it and those below."""
    path = session.scalars(select(Organisation.path).where(Organisation.code == org)).one()
    places = session.execute(select(Organisation.code, Organisation.path))
    return [code for code, other in places if other.startswith(path) or path.startswith(other)]


def seen_within(actor: Actor) -> Select[SeenInterface]:
    """Select the interfaces in scope that the logs show."""
    return within(actor, SeenInterface).options(joinedload(SeenInterface.table))


def unregistered_count(session: Session, actor: Actor) -> int:
    """Count the interfaces in scope that give out graded data, and that nobody registered or ignored."""
    waiting = within(actor, SeenInterface).where(
        SeenInterface.table_id.is_(None), SeenInterface.status == SeenStatus.OPEN, SeenInterface.level_rank >= GRAVE
    )
    return session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def left_out_count(session: Session, actor: Actor) -> int:
    """Return how often a path of the logs in scope was left out of the counting, since there were too many."""
    marks = within(actor, InterfaceMark).with_only_columns(func.sum(InterfaceMark.left_out))
    return session.scalar(marks) or 0


def ignore(session: Session, actor: Actor, seen_id: UUID, why: str, *, at: datetime) -> SeenInterface:
    """Say that an interface is none to be registered; it is counted on and not raised any more.

    Raises:
        NotFoundError: no such interface in the actor's scope.
        InputError: no reason is given.
        ConflictError: it is registered, or ignored already.
    """
    found = find_within(session, actor, SeenInterface, seen_id)
    if not why.strip():
        raise InputError("errors.interfaces.why")
    if found.table_id is not None or found.status is SeenStatus.IGNORED:
        raise ConflictError("errors.interfaces.decided", name=found.name)
    _decide(session, actor, found, SeenStatus.IGNORED, why.strip(), at)
    return found


def heed(session: Session, actor: Actor, seen_id: UUID, *, at: datetime) -> SeenInterface:
    """Take back that an interface is ignored.

    Raises:
        NotFoundError: no such interface in the actor's scope.
        ConflictError: it is not ignored.
    """
    found = find_within(session, actor, SeenInterface, seen_id)
    if found.status is SeenStatus.OPEN:
        raise ConflictError("errors.interfaces.not_ignored", name=found.name)
    _decide(session, actor, found, SeenStatus.OPEN, None, at)
    return found


def _decide(
    session: Session, actor: Actor, found: SeenInterface, status: SeenStatus, why: str | None, at: datetime
) -> None:
    before = {"status": found.status.value}
    found.status, found.why, found.decided_by, found.decided_at = status, why, actor.name, at
    after = {"interface": found.name, "status": status.value}
    record(session, actor, Act.INTERFACE_DECIDED, found, before=before, after=after, note=why)


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a form to register it begins with: the source that has most of its items, and their names there."""

    source_id: UUID
    names: tuple[str, ...]


def suggested(session: Session, actor: Actor, seen: SeenInterface) -> Suggested | None:
    """Return the items of the ledger that an interface's statements read; None where the ledger has none of them."""
    wanted = set(seen.items)
    held = _held_by_source(session, actor, wanted)
    best = max(held.items(), key=lambda pair: (len(pair[1]), str(pair[0])), default=None)
    if best is None:
        return None
    return Suggested(best[0], tuple(sorted(best[1])))


def _held_by_source(session: Session, actor: Actor, wanted: set[str]) -> dict[UUID, list[str]]:
    """Names as the ledger writes them: logs name tables and columns in small letters."""
    tables = {name.rpartition(".")[0].lower() for name in wanted}
    query = within(actor, LedgerItem).join(LedgerTable, LedgerTable.id == LedgerItem.table_id)
    query = query.join(Source, Source.id == LedgerItem.source_id).where(
        func.lower(LedgerTable.name).in_(tables), LedgerItem.gone_at.is_(None), Source.removed_at.is_(None),
        LedgerTable.kind != TableKind.INTERFACE,
    )  # fmt: skip
    small = {name.lower() for name in wanted}
    whole = {name.lower().rpartition(".")[0] for name in wanted if name.endswith(".*")}
    held: dict[UUID, list[str]] = {}
    for one in session.scalars(query.options(joinedload(LedgerItem.table))):
        name = f"{one.table.name}.{one.name}"
        if name.lower() in small or one.table.name.lower() in whole:
            held.setdefault(one.source_id, []).append(name)
    return held


def shape_of(seen: SeenInterface) -> dict[str, Any]:
    """Return what scripts and commands are told of one."""
    return {
        "method": seen.method,
        "path": seen.path,
        "status": seen.status.value,
        "registered_as": None if seen.table_id is None else str(seen.table_id),
        "level_rank": seen.level_rank,
        "requests": seen.requests,
        "statements": seen.statements,
        "items": list(seen.items),
        "first_seen": seen.first_seen.isoformat(),
        "last_seen": seen.last_seen.isoformat(),
        "why": seen.why,
    }


def last_seen_of(session: Session, tables: Sequence[UUID]) -> dict[UUID, datetime]:
    """Return when registered interfaces were seen in the logs last; those that never were are missing."""
    newest = select(SeenInterface.table_id, func.max(SeenInterface.last_seen)).where(SeenInterface.table_id.in_(tables))
    return {key: at for key, at in session.execute(newest.group_by(SeenInterface.table_id)) if key is not None}
