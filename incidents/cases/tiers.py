"""The way between the tiers: up from county to city to province, down to whoever has to act."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.cases.models import Incident
from incidents.cases.service import still_open
from incidents.cases.timeline import send_word, tell
from incidents.errors import TierError
from soc.identity.actor import Actor
from soc.text import Message
from soc.tiers.models import Organisation, Share
from soc.tiers.scope import in_scope
from soc.trail import Act, record


def escalate(session: Session, actor: Actor, incident_id: UUID, reason: str, *, at: datetime) -> Incident:
    """Hand the incident to the centre above the one that holds it; the clocks run on from discovery.

    Raises:
        NotFoundError: no such incident within the actor's scope.
        IncidentStateError: it is closed.
        TierError: there is nobody above.
    """
    incident = still_open(session, actor, incident_id)
    above = session.get_one(Organisation, incident.held_by).parent_code
    if above is None:
        raise TierError("incidents.error.top_tier")
    return _hand(session, actor, incident, above, Act.INCIDENT_ESCALATED, "escalated", reason, at)


def dispatch_down(
    session: Session, actor: Actor, incident_id: UUID, org: str, reason: str, *, at: datetime
) -> Incident:
    """Hand the incident to a centre below; where it belongs to a higher one it is shown to that centre alone.

    Raises:
        NotFoundError: no such incident within the actor's scope.
        IncidentStateError: it is closed.
        TierError: ``org`` is not below the actor.
    """
    incident = still_open(session, actor, incident_id)
    if org == incident.held_by or not in_scope(session, actor, org):
        raise TierError("incidents.error.no_such_tier")
    show_to(session, actor, incident, org)
    return _hand(session, actor, incident, org, Act.INCIDENT_DISPATCHED, "dispatched", reason, at)


def show_to(session: Session, actor: Actor, incident: Incident, org: str) -> None:
    """Share the incident with a centre that does not see it; that centre alone, and of it no part of others."""
    if not _sees(session, org, incident.org) and not _shared(session, incident, org):
        session.add(Share(kind=Incident.__tablename__, item_id=incident.id, org=org, owner=incident.org))
        record(session, actor, Act.ITEM_SHARED, incident, after={"org": org})


def _hand(
    session: Session, actor: Actor, incident: Incident, org: str, act: Act, what: str, reason: str, at: datetime
) -> Incident:
    before, incident.held_by = incident.held_by, org
    centre = session.get_one(Organisation, org)
    record(session, actor, act, incident, before={"held_by": before}, after={"held_by": org}, note=reason or None)
    params = {"name": {"zh": centre.name, "en": centre.name_en or centre.name}, "reason": reason or "—"}
    tell(session, incident, actor.name, Message(f"incidents.timeline.{what}", params), at=at)
    word = Message(f"incidents.notice.{what}", {"number": incident.number, "reason": reason or "—"})
    send_word(session, actor, org, word, at=at, incident=incident)
    return incident


def _sees(session: Session, org: str, other: str) -> bool:
    """Whether ``org`` holds ``other`` (itself or below)."""
    one, two = session.get_one(Organisation, org), session.get_one(Organisation, other)
    return two.path.startswith(one.path)


def _shared(session: Session, incident: Incident, org: str) -> bool:
    query = select(Share.id).where(Share.kind == Incident.__tablename__, Share.item_id == incident.id, Share.org == org)
    return session.scalar(query) is not None
