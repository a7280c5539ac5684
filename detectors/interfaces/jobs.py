"""The job that counts up interfaces from what was stored since its mark, and raises those that nobody registered.

Counts, mark and findings are one transaction: killed before, the same batches are counted again from the start;
killed after, they are not looked at any more. Two processes at the same are told apart by the mark, which only one
of them finds as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from audit.ingest.events import batch_uid
from audit.ingest.models import IngestBatch
from detectors.findings import NewFinding, raise_findings
from detectors.interfaces.counting import Arrived, Sighting, Sightings, folded, sightings
from detectors.interfaces.finding import beyond_registered, unregistered
from soc.clock import now
from soc.db import Database
from soc.identity.actors import job_actor
from soc.jobs import JobContext
from soc.ledger.beyond import beyond
from soc.ledger.seen import (
    GRAVE,
    MOST,
    MOST_ITEMS,
    InterfaceMark,
    SeenInterface,
    SeenStatus,
    registered_as,
    registered_near,
)

if TYPE_CHECKING:
    from soc.logstore.port import LogStore

#: batches that are counted in one transaction: one question names them all
MOST_BATCHES = 400
#: children of one path that are kept apart
MOST_CHILDREN = 100
_ACTOR = "interfaces"


class _OvertakenError(Exception):
    """Another process has counted these batches."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Batches to be counted, and where the mark stood when they were chosen."""

    org: str
    mark: UUID | None
    batches: Sequence[IngestBatch]

    def arrived(self) -> Arrived:
        """Return them as the log store knows them."""
        came = [one.received_at for one in self.batches]
        return Arrived(self.org, [batch_uid(one) for one in self.batches], min(came), max(came))


def count_job(context: JobContext) -> None:
    """Count up what was stored since; the worker calls it every few minutes."""
    count_up(context.database, context.store())


def count_up(database: Database, store: "LogStore") -> int:
    """Count up everything that was stored since the marks; returns how many batches that was."""
    done = 0
    with database.read() as session:
        orgs = list(session.scalars(select(IngestBatch.org).distinct().order_by(IngestBatch.org)))
    store.refresh()
    for org in orgs:
        while (turn := _next(database, org)) is not None:
            seen = sightings(store, turn.arrived())
            try:
                with database.write() as session:
                    _keep(session, turn, seen, now())
            except _OvertakenError:
                break
            done += len(turn.batches)
    return done


def _next(database: Database, org: str) -> Turn | None:
    """Return the batches after the mark, by when they were stored: one process stores, one group after the other."""
    with database.read() as session:
        mark = session.scalar(select(InterfaceMark).where(InterfaceMark.org == org))
        query = select(IngestBatch).where(IngestBatch.org == org, IngestBatch.stored_at.is_not(None))
        if mark is not None:
            same = and_(IngestBatch.stored_at == mark.stored_at, IngestBatch.id > mark.batch_id)
            query = query.where(or_(IngestBatch.stored_at > mark.stored_at, same))
        batches = list(session.scalars(query.order_by(IngestBatch.stored_at, IngestBatch.id).limit(MOST_BATCHES)))
    return Turn(org, mark.batch_id if mark else None, batches) if batches else None


def _keep(session: Session, turn: Turn, found: Sightings, at: datetime) -> None:
    mark = _moved(session, turn, at)
    held = {one.name: one for one in session.scalars(select(SeenInterface).where(SeenInterface.org == turn.org))}
    counted_as = folded(list(found.by_route), list(held), MOST_CHILDREN)
    joined: dict[str, Sighting] = {}
    for route, one in found.by_route.items():
        name = route if route in held else counted_as[route]
        joined[name] = joined[name].with_more(one) if name in joined else one
    registered = registered_near(session, turn.org)
    told = []
    left_out = found.left_out
    # those with data behind first, then the busiest: where there is no room for all, these have it
    for name, one in sorted(joined.items(), key=lambda pair: (-pair[1].rank, -pair[1].requests, pair[0])):
        row = held.get(name)
        if row is None and len(held) >= MOST:
            left_out += 1
            continue
        if row is None:
            row = held[name] = _new(session, turn.org, name, one)
        _add(row, one)
        row.table_id = registered_as(row.method, row.path, registered)
        if row.table_id is None and row.status is SeenStatus.OPEN and one.rank >= GRAVE:
            told.append((row, one))
    mark.left_out += left_out
    session.flush()
    findings = [unregistered(row, one) for row, one in told]
    findings += _beyond(session, [(held[name], one) for name, one in joined.items() if name in held])
    raise_findings(session, job_actor(session, _ACTOR), findings)


def _beyond(session: Session, seen: Sequence[tuple[SeenInterface, Sighting]]) -> list[NewFinding]:
    """Tell of registered interfaces whose statements read grave items that are not registered, or what is graver."""
    told = []
    for row, one in seen:
        if row.table_id is None or not one.statements:
            continue
        found = beyond(session, row.table_id, one.items, one.rank)
        if found is not None and found.worst >= GRAVE:
            told.append(beyond_registered(row, one, found))
    return told


def _moved(session: Session, turn: Turn, at: datetime) -> InterfaceMark:
    """Move the mark behind the batches.

    Raises:
        _OvertakenError: it stands elsewhere than when they were chosen.
    """
    mark = session.scalar(select(InterfaceMark).where(InterfaceMark.org == turn.org).with_for_update())
    if (mark.batch_id if mark else None) != turn.mark:
        raise _OvertakenError
    last = turn.batches[-1]
    assert last.stored_at is not None
    if mark is None:
        mark = InterfaceMark(org=turn.org, left_out=0, stored_at=last.stored_at, batch_id=last.id, counted_at=at)
        session.add(mark)
        session.flush()
    mark.stored_at, mark.batch_id, mark.counted_at = last.stored_at, last.id, at
    return mark


def _new(session: Session, org: str, name: str, one: Sighting) -> SeenInterface:
    method, _, path = name.partition(" ")
    row = SeenInterface(
        org=org, method=method, path=path, status=SeenStatus.OPEN, first_seen=one.first, last_seen=one.last,
        requests=0, statements=0, items=[], level_rank=0,
    )  # fmt: skip
    session.add(row)
    return row


def _add(row: SeenInterface, one: Sighting) -> None:
    row.first_seen, row.last_seen = min(row.first_seen, one.first), max(row.last_seen, one.last)
    row.requests += one.requests
    row.statements += one.statements
    row.level_rank = max(row.level_rank, one.rank)
    new = [name for name, _ in one.items.most_common() if name not in row.items]
    row.items = [*row.items, *new][:MOST_ITEMS]
