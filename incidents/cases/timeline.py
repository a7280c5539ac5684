"""What is told of an incident, and to whom word is sent."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from incidents.cases.models import Incident, Notice, TimelineEntry
from soc.identity.actor import Actor
from soc.text import Message
from soc.tiers.scope import find_within, parts_within, within
from soc.trail import Act, record

#: word older than this is the timeline's business
_FRESH = timedelta(days=1)


def tell(
    session: Session, incident: Incident, who: str, text: Message, *, at: datetime, tone: str = "", org: str = ""
) -> None:
    """Write a line of the timeline; the caller's own act is in the trail.

    It is read by whoever sees the incident, or, where it is about somebody's part of it, by who sees ``org``.
    """
    whose = org or incident.org
    session.add(TimelineEntry(org=whose, incident_id=incident.id, at=at, who=who, text=text.as_json(), tone=tone))


def note(session: Session, actor: Actor, incident_id: object, text: str, *, at: datetime) -> None:
    """Write a person's own words.

    Raises:
        NotFoundError: no such incident within the actor's scope.
    """
    incident = find_within(session, actor, Incident, str(incident_id))
    tell(session, incident, actor.name, Message("incidents.timeline.note", {"text": text[:4000]}), at=at)
    record(session, actor, Act.TIMELINE_NOTED, incident)


def entries_of(session: Session, actor: Actor, incident: Incident) -> list[TimelineEntry]:
    """Return the timeline as far as the actor sees it, newest first."""
    query = parts_within(actor, TimelineEntry, incident)
    return list(session.scalars(query.order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc())))


def send_word(
    session: Session, actor: Actor, org: str, text: Message, *, at: datetime, incident: Incident | None, tone: str = ""
) -> Notice:
    """Leave word for a centre."""
    told = Notice(org=org, incident_id=incident.id if incident else None, at=at, text=text.as_json(), tone=tone)
    session.add(told)
    record(session, actor, Act.NOTIFICATION_SENT, told)
    return told


def unread(session: Session, actor: Actor, *, at: datetime, limit: int = 50) -> list[Notice]:
    """Return the word left for the actor's own centre within a day that nobody has read, newest first."""
    mine = within(actor, Notice).where(Notice.org == actor.org, Notice.read_at.is_(None))
    query = mine.where(Notice.at >= at - _FRESH)
    return list(session.scalars(query.order_by(Notice.at.desc()).limit(limit)))
