"""A finding: what a detector noticed of one entity, with reasons in words and figures with their basis.

Rules and behaviour models raise the same. A finding told again (same ``dedup_key``) is raised only if it
became graver; what is done with it is the upper rooms' business, told by :class:`FindingRaised`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from config.settings import Settings
from soc.clock import now
from soc.crypto import hmac_sm3, ring_of
from soc.db import Identified, Model, new_id
from soc.events import Event, emit_each
from soc.exposure import Exposed, Figure
from soc.identity.actor import Actor
from soc.text import Message
from soc.tiers.models import Scoped
from soc.trail import Act, Deed, Subject, record_each

#: key purpose of the references that stand for entities in links
_ENTITY_REFERENCES = "finding.entity"
#: events a finding names; its window and entity find the others
MOST_EVENTS = 200
#: a finding told again counts as graver from this many points on, or this much more exposed
_GRAVER_BY, _MORE_BY = 3, 1.25
#: findings looked up with one question: an engine takes only so many values
_AT_ONCE = 500


#: tables a finding names in its ``details``: who reads them knows that a list as long as this may not be whole
MOST_TABLES = 200
#: events a rule's finding names; with fewer, it names all there were
MOST_NAMED_EVENTS = 200


class FindingKind(StrEnum):
    """Which detector speaks."""

    RULE = "rule"
    BEHAVIOUR = "behaviour"
    DRIP = "drip"


class EntityKind(StrEnum):
    """Whom it is about."""

    PERSON = "person"
    ACCOUNT = "account"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class RiskPart:
    """One part of a score: its points (0 to 100) and the search that shows the events behind it."""

    label: Message
    value: int
    query: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {"label": self.label.as_json(), "value": self.value, "query": self.query}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFinding:
    """What a detector tells. ``entity_name`` is the account or person as the log names it.

    ``score`` is 0 to 100; ``level`` the gravest level touched ("G4"), "" where unknown.
    """

    org: str
    kind: FindingKind
    entity_kind: EntityKind
    entity_name: str
    title: Message
    reasons: Sequence[Message]
    parts: Sequence[RiskPart]
    score: int
    level: str
    rows: Figure
    persons: Figure
    events: Sequence[str]
    first_at: datetime
    last_at: datetime
    dedup_key: str
    rule_id: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


class Finding(Exposed, Scoped, Identified, Model):
    """A finding as it is kept."""

    __tablename__ = "findings"
    __table_args__ = (Index("ix_findings_dedup", "org", "dedup_key"),)
    kind: Mapped[FindingKind]
    entity_kind: Mapped[EntityKind]
    #: a keyed reference: what stands in links instead of the name
    entity: Mapped[str] = mapped_column(index=True)
    entity_name: Mapped[str]
    title: Mapped[dict[str, Any]]
    reasons: Mapped[list[dict[str, Any]]]
    #: [{"label": message, "value": points, "query": search in the logs}]
    parts: Mapped[list[dict[str, Any]]]
    score: Mapped[int]
    level: Mapped[str]
    events: Mapped[list[str]]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    dedup_key: Mapped[str]
    rule_id: Mapped[str | None]
    details: Mapped[dict[str, Any]]
    raised_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class FindingRaised(Event):
    """A finding was raised; the row says what it is."""

    name: ClassVar[str] = "detectors.finding_raised"
    finding_id: str
    org: str
    kind: str
    score: int


def raise_finding(session: Session, actor: Actor, new: NewFinding) -> UUID | None:
    """Keep a finding and tell of it; returns its id, None where the same was told before and has not become graver."""
    return raise_findings(session, actor, [new])[0]


def raise_findings(session: Session, actor: Actor, told: Sequence[NewFinding]) -> list[UUID | None]:
    """Do with several findings, in their order, what ``raise_finding`` does with one; a batch may have hundreds."""
    latest = _latest(session, told)
    found: list[UUID | None] = []
    rows: list[dict[str, Any]] = []
    deeds: list[Deed] = []
    for new in told:
        before = latest.get((new.org, new.dedup_key))
        if before is not None and not _is_graver(before, new):
            found.append(None)
            continue
        latest[new.org, new.dedup_key] = _Told(new.score, new.rows.high)
        row = _row(session.info["settings"], new)
        subject = Subject(Finding.__tablename__, str(row["id"]), new.org)
        act = Act.FINDING_RAISED if before is None else Act.FINDING_UPDATED
        deeds.append(Deed(act, subject, after={"kind": new.kind.value, "score": new.score}))
        rows.append(row)
        found.append(row["id"])
    if rows:
        session.execute(insert(Finding), rows)
        record_each(session, actor, deeds)
        emit_each(session, [FindingRaised(str(row["id"]), row["org"], row["kind"].value, row["score"]) for row in rows])
    return found


@dataclass(frozen=True, slots=True)
class _Told:
    """How grave a finding was when it was told last."""

    score: int
    rows_high: int | None


def _latest(session: Session, told: Sequence[NewFinding]) -> dict[tuple[str, str], _Told]:
    """Return what was told last of the same, by organisation and key."""
    held: dict[tuple[str, str], _Told] = {}
    for first in range(0, len(told), _AT_ONCE):
        some = told[first : first + _AT_ONCE]
        same = Finding.org.in_({one.org for one in some}), Finding.dedup_key.in_({one.dedup_key for one in some})
        asked = select(Finding.org, Finding.dedup_key, Finding.score, Finding.rows_high)
        for org, key, score, high in session.execute(asked.where(*same).order_by(Finding.raised_at, Finding.id)):
            held[org, key] = _Told(score, high)
    return held


def entity_reference(settings: Settings, org: str, name: str) -> str:
    """A reference to an entity that does not give its name away: same entity, same reference."""
    key = ring_of(settings).current(_ENTITY_REFERENCES)
    return hmac_sm3(key.secret, f"{org}/{name}".encode()).hex()[:24]


def find_finding(session: Session, finding_id: str) -> Finding | None:
    """Return the finding an event tells of; None where it is gone."""
    return session.get(Finding, UUID(finding_id))


def _is_graver(before: _Told, new: NewFinding) -> bool:
    known, told = before.rows_high, new.rows.high
    more = known is not None and (told is None or told > known * _MORE_BY)
    return new.score >= before.score + _GRAVER_BY or (more and new.score >= before.score)


def _row(settings: Settings, new: NewFinding) -> dict[str, Any]:
    """The columns of a finding: rows inserted at once cost a fraction of objects that are flushed."""
    return {
        "id": new_id(),
        "org": new.org,
        "kind": new.kind,
        "entity_kind": new.entity_kind,
        "entity": entity_reference(settings, new.org, new.entity_name),
        "entity_name": new.entity_name,
        "title": new.title.as_json(),
        "reasons": [one.as_json() for one in new.reasons],
        "parts": [one.as_json() for one in new.parts],
        "score": new.score,
        "level": new.level,
        "rows_low": new.rows.low,
        "rows_high": new.rows.high,
        "rows_basis": new.rows.basis,
        "persons_low": new.persons.low,
        "persons_high": new.persons.high,
        "persons_basis": new.persons.basis,
        "events": list(new.events)[:MOST_EVENTS],
        "first_at": new.first_at,
        "last_at": new.last_at,
        "dedup_key": new.dedup_key,
        "rule_id": new.rule_id,
        "details": dict(new.details),
        "raised_at": now(),
    }
