"""What happens by itself when a finding is raised: it becomes an alert, and a grave one an incident."""

from datetime import datetime

from sqlalchemy.orm import Session

from config.settings import Settings
from incidents.alerts.grouping import Raised
from incidents.alerts.intake import take_in
from incidents.alerts.models import Alert, AlertStatus
from incidents.cases.models import Incident
from incidents.cases.service import OpenIncident, open_incident, refresh_exposure
from soc.identity.actor import Actor


def on_finding(session: Session, actor: Actor, raised: Raised, *, at: datetime) -> Alert:
    """Take a finding in; open an incident at its centre where the score reaches the policy's threshold."""
    settings: Settings = session.info["settings"]
    alert = take_in(session, actor, raised, at=at)
    if alert.incident_id is not None:
        refresh_exposure(session, session.get_one(Incident, alert.incident_id))
    elif alert.status in {AlertStatus.NEW, AlertStatus.TRIAGED} and alert.score >= settings.incident_threshold:
        open_incident(session, actor, OpenIncident(alerts=(alert.id,), discovered_at=at), at=at)
    return alert
