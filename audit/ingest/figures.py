"""Ingest in figures: for ``/metrics`` and for ``soc check``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.ingest.behind import seconds_taken, waiting
from audit.ingest.models import BatchState, IngestBatch, QuarantinedRecords
from audit.ingest.receive.counts import Counts, read_all
from audit.ingest.receive.models import LogSender
from config.settings import Settings
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Actor
from soc.room import CheckFinding
from soc.tiers.scope import visible

Figure = tuple[str, str, Mapping[str, str], float]
#: acknowledged and not searchable for longer than this is a fault (the promise is 5 s)
_LATE = timedelta(minutes=1)


def collect(session: Session, settings: Settings) -> list[Figure]:
    """Return queue depth, lag and counts of records."""
    count, size, oldest = session.execute(
        select(func.count(), func.coalesce(func.sum(IngestBatch.size), 0), func.min(IngestBatch.received_at)).where(
            IngestBatch.state == BatchState.RECEIVED
        )
    ).one()
    lag = (now() - oldest).total_seconds() if count else 0.0
    figures: list[Figure] = [
        ("guanlan_ingest_queue_batches", "Batches acknowledged and not yet searchable", {}, float(count)),
        ("guanlan_ingest_queue_bytes", "Bytes acknowledged and not yet searchable", {}, float(size)),
        ("guanlan_ingest_lag_seconds", "Age of the oldest batch that is not searchable", {}, lag),
        ("guanlan_ingest_spool_bytes", "Bytes in the spool's open segments", {}, float(_spooled(settings))),
    ]
    figures += _of_detection(session)
    rows = session.execute(
        select(IngestBatch.format, func.sum(IngestBatch.accepted), func.sum(IngestBatch.quarantined)).group_by(
            IngestBatch.format
        )
    )
    for name, accepted, quarantined in rows:
        figures.append(("guanlan_ingest_records", "Records taken in", {"format": name}, float(accepted)))
        figures.append(("guanlan_ingest_quarantined", "Records kept aside", {"format": name}, float(quarantined)))
    silent = session.scalar(select(func.count()).select_from(LogSender).where(LogSender.silent_at.is_not(None)))
    figures.append(("guanlan_ingest_silent_senders", "Senders not heard for too long", {}, float(silent or 0)))
    return figures + [figure for counts in read_all(settings) for figure in _of_receiver(counts)]


def _of_detection(session: Session) -> list[Figure]:
    """Return how far rules and behaviour are behind, and how long they took lately."""
    left, taken = waiting(session), seconds_taken(session)
    said = "Seconds from acknowledgement until rules had looked, of the latest batches"
    shares = {"0.5": len(taken) // 2, "0.95": len(taken) * 95 // 100, "1": len(taken) - 1} if taken else {}
    return [
        (
            "guanlan_detection_lag_seconds",
            "Age of the oldest record that no rule has looked at",
            {},
            left.age(now()).total_seconds(),
        ),
        ("guanlan_detection_waiting_records", "Records that no rule has looked at", {}, float(left.records)),
        *(("guanlan_detection_seconds", said, {"quantile": share}, taken[place]) for share, place in shares.items()),
    ]


def _of_receiver(counts: Counts) -> list[Figure]:
    """Return what one syslog port counts, since its process began."""
    named = {"receiver": counts.name}
    said = {
        "up": ("Whether the receiver's process is there", counts.is_up),
        "messages": ("Messages taken in", counts.messages),
        "bytes": ("Bytes of messages", counts.bytes),
        "dropped": ("Datagrams that found no room", counts.dropped),
        "cut": ("Messages longer than the longest, cut", counts.cut),
        "refused": ("Connections and datagrams not let in", counts.refused),
        "broken": ("Connections that ended badly", counts.broken),
        "connections": ("Connections so far", counts.connections),
        "open": ("Connections now", counts.open),
        "waiting": ("Messages in no batch yet", counts.waiting),
    }
    return [(f"guanlan_receiver_{name}", told, named, float(value)) for name, (told, value) in said.items()]


def _spooled(settings: Settings) -> int:
    return sum(path.stat().st_size for path in settings.folder("spool").glob("*.spool"))


def check_ingest(database: Database, settings: Settings) -> list[CheckFinding]:
    """Look for batches that wait too long, are lost, or lie in quarantine."""
    with database.read() as session:
        late = _count(session, BatchState.RECEIVED, older=True)
        lost = _count(session, BatchState.LOST, older=False)
        aside = session.scalar(select(func.coalesce(func.sum(QuarantinedRecords.count), 0))) or 0
    found = []
    if lost:
        found.append(CheckFinding("bad", "ingest.check.lost", {"count": lost}))
    if late:
        found.append(CheckFinding("weak", "ingest.check.late", {"count": late}))
    found += [
        CheckFinding("bad", "receive.check.down", {"name": one.name})
        for one in read_all(settings)
        if one.name in {listener.name for listener in settings.syslog_listen} and not one.is_up
    ]
    if aside:
        found.append(CheckFinding("note", "ingest.check.quarantine", {"count": int(aside)}))
    return found or [CheckFinding("ok", "ingest.check.ok")]


def _count(session: Session, state: BatchState, *, older: bool) -> int:
    query = select(func.count()).select_from(IngestBatch).where(IngestBatch.state == state)
    if older:
        query = query.where(IngestBatch.received_at < now() - _LATE)
    return session.scalar(query) or 0


@dataclass(frozen=True, slots=True)
class Health:
    """How ingest is, within a person's organisations."""

    waiting: int
    lost: int
    aside: int


def health(session: Session, actor: Actor) -> Health:
    """Count what waits, what is lost and what could not be read."""
    ours = visible(actor, IngestBatch.org)
    rows = session.execute(select(IngestBatch.state, func.count()).where(ours).group_by(IngestBatch.state))
    counts = {state: int(count) for state, count in rows}
    query = select(func.coalesce(func.sum(QuarantinedRecords.count), 0)).where(visible(actor, QuarantinedRecords.org))
    return Health(counts.get(BatchState.RECEIVED, 0), counts.get(BatchState.LOST, 0), int(session.scalar(query) or 0))
