"""What a leader looks at first: where the graded data is, what leaves, what waits, who is behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from dashboards.posture.indicators import Span, ratios
from dashboards.posture.score import Ratio, Score, roll_up, score_of
from incidents.alerts.models import Alert, AlertStatus, Severity, Verdict
from incidents.cases.models import Clock, Incident, IncidentStatus, IncidentTask, TaskKind, TaskStatus
from soc.exposure import NOTHING, Basis, Figure, added, widest
from soc.identity.actor import Actor
from soc.ledger.models import LedgerItem
from soc.tiers.models import Organisation, Tier
from soc.tiers.scope import visible


def _of_basis(column: InstrumentedAttribute[Basis], basis: Basis) -> ColumnElement[int]:
    return func.sum(case((column == basis, 1), else_=0))


#: alerts are of different events, so their rows add up; their persons may be the same ones
_SUMMED = tuple(
    one
    for least, high, basis in (
        (func.sum(Alert.rows_low), Alert.rows_high, Alert.rows_basis),
        (func.max(Alert.persons_low), Alert.persons_high, Alert.persons_basis),
    )
    for one in (
        least,
        func.sum(high),
        func.count() == func.count(high),
        _of_basis(basis, Basis.UNKNOWN),
        _of_basis(basis, Basis.ESTIMATED),
    )
)
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
    #: what may have left, by the alerts of the period that are not false
    rows: Figure = NOTHING
    persons: Figure = NOTHING

    def add(self, other: "Counts") -> None:
        """Add another organisation's counts."""
        for level, count in other.items.items():
            self.items[level] = self.items.get(level, 0) + count
        self.alerts += other.alerts
        self.grave_alerts += other.grave_alerts
        self.incidents += other.incidents
        self.overdue += other.overdue
        self.rectifications += other.rectifications
        self.rows = added([self.rows, other.rows])
        self.persons = widest([self.persons, other.persons])

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
    query = select(Alert.org, *_SUMMED).where(
        visible(actor, Alert.org),
        Alert.last_at >= span.since,
        Alert.last_at < span.until,
        Alert.level.in_(["G3", "G4", "I", "C"]),
        Alert.verdict.is_(None) | (Alert.verdict == Verdict.TRUE_POSITIVE),
    )
    for org, *summed in session.execute(query.group_by(Alert.org)):
        _of(found, org).rows = _summed(*summed[:5])
        _of(found, org).persons = _summed(*summed[5:])


def _summed(low: int, high: int | None, bounded: bool, unknown: int, estimated: int) -> Figure:
    """Put together what the database counted; the sums come as its own kind of number."""
    basis = Basis.UNKNOWN if unknown else Basis.ESTIMATED if estimated else Basis.MEASURED
    return Figure(int(low), int(high or 0) if bounded else None, basis)


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
