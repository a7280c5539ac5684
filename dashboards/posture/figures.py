"""What a leader looks at first: where the graded data is, what leaves, what waits, who is behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboards.posture.indicators import Span, ratios
from dashboards.posture.score import Ratio, Score, roll_up, score_of
from incidents.alerts.models import Alert, AlertStatus, Severity, Verdict
from incidents.cases.models import Clock, Incident, IncidentStatus, IncidentTask, TaskKind, TaskStatus
from soc.identity.actor import Actor
from soc.ledger.models import LedgerItem
from soc.tiers.models import Organisation, Tier
from soc.tiers.scope import visible

_OPEN_ALERTS = (AlertStatus.NEW, AlertStatus.TRIAGED)
_OPEN_INCIDENTS = (IncidentStatus.OPEN, IncidentStatus.CONTAINED)


@dataclass(slots=True)
class Counts:
    """Plain counts of one organisation; added up along the tree."""

    items: dict[str, int] = field(default_factory=dict)
    alerts: int = 0
    grave_alerts: int = 0
    incidents: int = 0
    overdue: int = 0
    rectifications: int = 0
    #: rows that may have left, by the alerts of the period that are not false: at least, and at most
    rows_low: int = 0
    rows_high: int | None = 0

    def add(self, other: "Counts") -> None:
        """Add another organisation's counts."""
        for level, count in other.items.items():
            self.items[level] = self.items.get(level, 0) + count
        self.alerts += other.alerts
        self.grave_alerts += other.grave_alerts
        self.incidents += other.incidents
        self.overdue += other.overdue
        self.rectifications += other.rectifications
        self.rows_low += other.rows_low
        self.rows_high = None if self.rows_high is None or other.rows_high is None else self.rows_high + other.rows_high

    @property
    def sensitive(self) -> int:
        """Items graded G3 and above."""
        return sum(count for level, count in self.items.items() if level not in {"G1", "G2"})


@dataclass(frozen=True, slots=True)
class Centre:
    """One organisation with everything below it."""

    org: Organisation
    counts: Counts
    indicators: Mapping[str, Ratio]
    score: Score


@dataclass(frozen=True, slots=True)
class Posture:
    """The centre looked at, and the centres right below it."""

    centre: Centre
    below: tuple[Centre, ...]
    span: Span
    as_of: datetime


def posture(session: Session, actor: Actor, span: Span, *, at: datetime) -> Posture:
    """Return the posture of the actor's organisation and of each below it, all counted in the database."""
    orgs = session.scalars(select(Organisation).where(visible(actor, Organisation.code))).all()
    own = next(org for org in orgs if org.code == actor.org)
    counts, found = _counts(session, actor, span, at), list(ratios(session, actor, span))
    below = [org for org in orgs if org.parent_code == own.code and org.tier is not Tier.UNIT]
    centres = tuple(_centre(org, orgs, counts, found) for org in sorted(below, key=lambda org: org.code))
    return Posture(_centre(own, orgs, counts, found), centres, span, at)


def _centre(
    org: Organisation, orgs: Sequence[Organisation], counts: Mapping[str, Counts], found: list[tuple[str, Ratio]]
) -> Centre:
    codes = {one.code for one in orgs if one.path.startswith(org.path)}
    total = Counts()
    for code in codes & counts.keys():
        total.add(counts[code])
    indicators = roll_up(ratio for code, ratio in found if code in codes)
    return Centre(org, total, indicators, score_of(indicators))


def _counts(session: Session, actor: Actor, span: Span, at: datetime) -> dict[str, Counts]:
    found: dict[str, Counts] = {}
    _count_items(session, actor, found)
    _count_alerts(session, actor, found)
    _count_exposure(session, actor, span, found)
    _count_incidents(session, actor, found, at)
    return found


def _of(found: dict[str, Counts], org: str) -> Counts:
    return found.setdefault(org, Counts())


def _count_items(session: Session, actor: Actor, found: dict[str, Counts]) -> None:
    query = select(LedgerItem.org, LedgerItem.level, func.count()).where(
        visible(actor, LedgerItem.org), LedgerItem.gone_at.is_(None)
    )
    for org, level, count in session.execute(query.group_by(LedgerItem.org, LedgerItem.level)):
        _of(found, org).items[level.value] = count


def _count_alerts(session: Session, actor: Actor, found: dict[str, Counts]) -> None:
    query = select(Alert.org, Alert.severity, func.count()).where(
        visible(actor, Alert.org), Alert.status.in_(_OPEN_ALERTS)
    )
    for org, severity, count in session.execute(query.group_by(Alert.org, Alert.severity)):
        _of(found, org).alerts += count
        if severity in {Severity.CRITICAL, Severity.HIGH}:
            _of(found, org).grave_alerts += count


def _count_exposure(session: Session, actor: Actor, span: Span, found: dict[str, Counts]) -> None:
    counted = (func.sum(Alert.rows_low), func.sum(Alert.rows_high), func.count(), func.count(Alert.rows_high))
    query = select(Alert.org, *counted).where(
        visible(actor, Alert.org),
        Alert.last_at >= span.since,
        Alert.last_at < span.until,
        Alert.level.in_(["G3", "G4", "I", "C"]),
        Alert.verdict.is_(None) | (Alert.verdict == Verdict.TRUE_POSITIVE),
    )
    for org, low, high, alerts, bounded in session.execute(query.group_by(Alert.org)):
        _of(found, org).rows_low = int(low or 0)
        _of(found, org).rows_high = int(high or 0) if alerts == bounded else None


def _count_incidents(session: Session, actor: Actor, found: dict[str, Counts], at: datetime) -> None:
    incidents = select(Incident.org, func.count()).where(
        visible(actor, Incident.org), Incident.status.in_(_OPEN_INCIDENTS)
    )
    for org, count in session.execute(incidents.group_by(Incident.org)):
        _of(found, org).incidents = count
    late = select(Clock.org, func.count()).where(
        visible(actor, Clock.org), Clock.met_at.is_(None), Clock.superseded_at.is_(None), Clock.due_at < at
    )
    for org, count in session.execute(late.group_by(Clock.org)):
        _of(found, org).overdue = count
    tasks = select(IncidentTask.org, func.count()).where(
        visible(actor, IncidentTask.org),
        IncidentTask.kind == TaskKind.RECTIFICATION,
        IncidentTask.status.in_([TaskStatus.OPEN, TaskStatus.DOING]),
    )
    for org, count in session.execute(tasks.group_by(IncidentTask.org)):
        _of(found, org).rectifications = count
