"""What happens by itself when a finding is raised: it becomes an alert, and a grave one an incident."""

from datetime import datetime

from sqlalchemy.orm import Session

from config.settings import Settings
from detectors.findings import Finding, FindingRaised, find_finding
from incidents.alerts.grouping import Raised
from incidents.alerts.intake import take_in
from incidents.alerts.models import Alert, AlertStatus
from incidents.cases.models import Incident
from incidents.cases.service import OpenIncident, open_incident, refresh_exposure
from incidents.exceptions.service import keep_back
from soc.clock import now
from soc.identity.actor import Actor
from soc.text import Message


def on_finding_raised(session: Session, actor: Actor, event: FindingRaised) -> None:
    """Hear of a finding from the detectors."""
    finding = find_finding(session, event.finding_id)
    if finding is not None:
        on_finding(session, actor, raised_of(finding), at=now())


def raised_of(finding: Finding) -> Raised:
    """Return the finding as it is taken in."""
    return Raised(
        finding_id=finding.id,
        org=finding.org,
        dedup_key=finding.dedup_key,
        kind=finding.kind.value,
        entity_kind=finding.entity_kind.value,
        entity=finding.entity,
        entity_name=finding.entity_name,
        title=finding.title,
        reasons=finding.reasons,
        parts=finding.parts,
        score=finding.score,
        level=finding.level,
        rows=finding.rows,
        persons=finding.persons,
        events=finding.events,
        first_at=finding.first_at,
        last_at=finding.last_at,
        details=finding.details,
        rule_id=finding.rule_id,
    )


def on_finding(session: Session, actor: Actor, raised: Raised, *, at: datetime) -> Alert | None:
    """Take a finding in; open an incident at its centre where the score reaches the policy's threshold.

    What an exception covers is kept as such and becomes no alert: None.
    """
    settings: Settings = session.info["settings"]
    if keep_back(session, actor, raised, at=at, zone=settings.timezone):
        return None
    alert = take_in(session, actor, raised, at=at)
    if alert.incident_id is not None:
        refresh_exposure(session, session.get_one(Incident, alert.incident_id))
    elif alert.status in {AlertStatus.NEW, AlertStatus.TRIAGED} and alert.score >= settings.incident_threshold:
        reached = {"score": alert.score, "threshold": settings.incident_threshold}
        because = Message("incidents.timeline.opened_by_score", reached)
        open_incident(session, actor, OpenIncident((alert.id,), discovered_at=at, because=because), at=at)
    return alert
