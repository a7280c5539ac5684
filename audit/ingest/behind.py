"""How far detection is behind what came in: a figure, and one word to people where it is too far.

A record that no rule has looked at cannot become an alert. Behind is counted from the moment a batch was
acknowledged until rules and behaviour have gone through it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.ingest.models import BatchState, IngestBatch
from soc.clock import now
from soc.events import Event, emit
from soc.identity.actor import Actor
from soc.installation import InstallationFact
from soc.jobs import JobContext
from soc.trail import Act, Subject, record

#: the fact that detection is behind and people were told; gone when it has caught up
_TOLD = "ingest.behind"
_OPEN = (BatchState.RECEIVED, BatchState.STORED)
#: batches that the time taken is told of
_LATEST = 500


@dataclass(frozen=True, slots=True)
class DetectionFellBehind(Event):
    """The oldest record that was not looked at waits longer than the settings allow."""

    name: ClassVar[str] = "audit.detection_fell_behind"
    org: str
    #: when that record came, ISO 8601
    oldest: str
    seconds: int
    batches: int
    records: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was acknowledged and not looked at; ``oldest`` is None where nothing waits."""

    batches: int
    records: int
    oldest: datetime | None

    def age(self, at: datetime) -> timedelta:
        """Return how long the oldest has waited."""
        return at - self.oldest if self.oldest else timedelta()


def waiting(session: Session) -> Waiting:
    """Count what no rule has looked at."""
    counted = func.count(), func.coalesce(func.sum(IngestBatch.accepted), 0), func.min(IngestBatch.received_at)
    batches, records, oldest = session.execute(select(*counted).where(IngestBatch.state.in_(_OPEN))).one()
    return Waiting(int(batches), int(records), oldest)


def seconds_taken(session: Session) -> list[float]:
    """Return how long the latest batches took from acknowledgement to having been looked at, ascending."""
    latest = select(IngestBatch.received_at, IngestBatch.analysed_at).where(IngestBatch.state == BatchState.ANALYSED)
    rows = session.execute(latest.order_by(IngestBatch.id.desc()).limit(_LATEST))
    return sorted((done - came).total_seconds() for came, done in rows if done is not None)


def tell_behind(session: Session, actor: Actor, org: str, within: timedelta, *, at: datetime) -> bool:
    """Tell once that detection is behind, until it has caught up to half of what is allowed; returns whether it told."""
    found, told = waiting(session), session.get(InstallationFact, _TOLD)
    age = found.age(at)
    if told is not None:
        if age <= within / 2:
            session.delete(told)
            record(session, actor, Act.DETECTION_CAUGHT_UP, Subject("ingest", "", org), before={"since": told.value})
        return False
    if found.oldest is None or age <= within:
        return False
    session.add(InstallationFact(name=_TOLD, value=at.isoformat()))
    seconds = int(age.total_seconds())
    record(session, actor, Act.DETECTION_BEHIND, Subject("ingest", "", org), after={"seconds": seconds})
    emit(session, DetectionFellBehind(org, found.oldest.isoformat(), seconds, found.batches, found.records))
    return True


def behind_job(context: JobContext) -> None:
    """Look whether detection is behind; the worker calls it every half minute."""
    from soc.identity.actors import job_actor

    settings = context.settings
    with context.database.write() as session:
        tell_behind(session, job_actor(session, "ingest.behind"), settings.root_org, settings.detect_within, at=now())
