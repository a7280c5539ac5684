"""Alerts that somebody decided, in the order of the decisions: what chances are learnt from.

True is what a person called true, or what is in an incident that was worked on to its review. An alert that the policy
took into an incident by its points alone was judged by nobody: it would teach that high points are always right.
Benign and false are both not true; who could not tell says nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from detectors.calibration.curve import Tally
from detectors.findings import FindingKind
from incidents.alerts.models import Alert, AlertStatus, Verdict
from incidents.cases.models import Incident, IncidentStatus
from soc.identity.actor import Actor
from soc.tiers.scope import visible

_DECIDED = (Verdict.TRUE_POSITIVE, Verdict.BENIGN, Verdict.FALSE_POSITIVE)
_WORKED_OFF = (IncidentStatus.REVIEWED, IncidentStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class Judged:
    """An alert's detector and points, whether it proved true, and when that was said."""

    kind: str
    score: int
    real: bool
    at: datetime


def judged_alerts(session: Session, actor: Actor) -> list[Judged]:
    """Every decided alert that the actor sees, the earliest decision first."""
    in_incident = Alert.status == AlertStatus.IN_INCIDENT
    at = case(
        (in_incident, func.coalesce(Incident.reviewed_at, Incident.closed_at, Incident.opened_at)),
        else_=func.coalesce(Alert.closed_at, Alert.changed_at),
    )
    query = (
        select(Alert.kind, Alert.score, Alert.verdict, at)
        .outerjoin(Incident, Incident.id == Alert.incident_id)
        .where(visible(actor, Alert.org), Alert.verdict.in_(_DECIDED))
        .where(or_(~in_incident, and_(in_incident, Incident.status.in_(_WORKED_OFF))))
        .order_by(at, Alert.id)
    )
    rows = session.execute(query).all()
    return [Judged(kind, score, verdict is Verdict.TRUE_POSITIVE, when) for kind, score, verdict, when in rows]


def tallies(judged: Iterable[Judged]) -> dict[str, Tally]:
    """Count them by detector; a detector without any is there with none."""
    found: dict[str, list[tuple[int, bool]]] = {one.value: [] for one in FindingKind}
    for one in judged:
        found.setdefault(one.kind, []).append((one.score, one.real))
    return {kind: Tally.of(verdicts) for kind, verdicts in found.items()}


def real_among(judged: Sequence[Judged]) -> int:
    """How many of them proved true."""
    return sum(one.real for one in judged)


def by_kind(judged: Iterable[Judged]) -> Mapping[str, tuple[int, int]]:
    """How many of each detector were decided, and how many proved true."""
    return {kind: (int(one.judged.sum()), int(one.real.sum())) for kind, one in tallies(judged).items()}
