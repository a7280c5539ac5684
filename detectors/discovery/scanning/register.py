"""Keeping the register: a scan is opened or taken up again, readings are kept group by group, and at the end they
become the ledger's in one transaction. A process that dies between any two of these leaves nothing doubled or lost.
"""

import os
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from detectors.discovery.finding import Skipped
from detectors.discovery.scan import Found
from detectors.discovery.scanning.messages import Outcome
from detectors.discovery.scanning.models import OPEN, DiscoveryReading, DiscoveryScan, Mode, ScanStatus
from detectors.discovery.scanning.opening import Unit
from detectors.discovery.scanning.packing import pack, unpack
from detectors.discovery.scanning.progress import Progress
from detectors.discovery.scanning.unchanged import Before
from detectors.discovery.sources.base import TableState
from soc.clock import now
from soc.db import new_id
from soc.errors import ConflictError
from soc.identity.actor import Actor
from soc.jobs import Lease, hold, worker_name
from soc.trail import Act, record

#: a scan whose process said nothing for this long is held by nobody
HELD = timedelta(seconds=60)
_SOME = 400


@dataclass(frozen=True, slots=True)
class Place:
    """What is scanned: an organisation's location by its name; ``source_id`` where it is a registered source."""

    org: str
    name: str
    source_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """This process's word that it scans a place; others keep off while it is renewed."""

    place: Place
    token: str

    @classmethod
    def here(cls, place: Place) -> "Holder":
        """A holder of this process."""
        return cls(place, worker_name())

    def renew(self, session: Session, at: datetime) -> None:
        """Take or keep the hold.

        Raises:
            ConflictError: another process scans it.
        """
        name = self._name
        if hold(session, name, self.token, at=at, span=HELD):
            return
        other = session.get_one(Lease, name)
        if _is_dead(other.holder):
            other.holder, other.until = self.token, at + HELD
            return
        raise ConflictError("errors.scan.under_way", name=self.place.name, holder=other.holder.rsplit(":", 1)[0])

    def let_go(self, session: Session) -> None:
        """Leave it to others."""
        session.execute(delete(Lease).where(Lease.name == self._name, Lease.holder == self.token))

    @property
    def _name(self) -> str:
        return f"scan {self.place.org} {self.place.name}"


def _is_dead(holder: str) -> bool:
    """Whether a holder is a process of this machine that is no more."""
    host, pid, _ = holder.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def begin(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    mode: Mode,
    digest: str,
    job_run_id: UUID | None,
    ordered_by: str,
    at: datetime,
) -> DiscoveryScan:
    """Take up the place's open scan, or open one. An open one of another order is given up."""
    open_scans = select(DiscoveryScan).where(
        DiscoveryScan.org == place.org, DiscoveryScan.name == place.name, DiscoveryScan.status.in_(OPEN)
    )
    same = None
    for scan in session.scalars(open_scans.order_by(DiscoveryScan.id)):
        if scan.mode is mode and scan.digest == digest and same is None:
            same = scan
        else:
            give_up(session, scan, at=at)
    if same is not None:
        same.status, same.message, same.beaten_at = ScanStatus.RUNNING, None, at
        same.job_run_id = job_run_id or same.job_run_id
        return same
    scan = DiscoveryScan(
        id=new_id(), org=place.org, name=place.name, source_id=place.source_id, job_run_id=job_run_id, mode=mode,
        digest=digest, ordered_by=ordered_by or actor.name, started_at=at, beaten_at=at, report={},
    )  # fmt: skip
    session.add(scan)
    session.flush()
    record(session, actor, Act.SCAN_STARTED, scan, after={"name": place.name, "mode": mode.value})
    return scan


def give_up(session: Session, scan: DiscoveryScan, *, at: datetime) -> None:
    """End an open scan without a result; what it read is dropped."""
    scan.status, scan.ended_at, scan.message = ScanStatus.CANCELLED, at, None
    session.execute(delete(DiscoveryReading).where(DiscoveryReading.scan_id == scan.id))


def basis_of(session: Session, place: Place) -> DiscoveryScan | None:
    """The newest scan of the place that reached the ledger: what the next is compared with."""
    query = select(DiscoveryScan).where(
        DiscoveryScan.org == place.org, DiscoveryScan.name == place.name, DiscoveryScan.status == ScanStatus.DONE
    )
    return session.scalars(query.order_by(DiscoveryScan.id.desc()).limit(1)).first()


def readings_of(session: Session, scan_id: UUID) -> dict[str, Before]:
    """What is known of each unit that a scan read."""
    query = select(DiscoveryReading).where(DiscoveryReading.scan_id == scan_id)
    return {one.key: _before(one) for one in session.scalars(query)}


def _before(reading: DiscoveryReading) -> Before:
    state = None
    if reading.schema_digest is not None:
        state = TableState(reading.schema_digest, reading.table_rows, reading.watermark, reading.table_bytes)
    return Before(state, reading.read_at, reading.failed)


def found_in(session: Session, scan_id: UUID, keys: Iterable[str] | None = None) -> dict[str, list[Found]]:
    """Everything that a scan's readings found, by key; of ``keys`` only, if given."""
    wanted = None if keys is None else frozenset(keys)
    query = select(DiscoveryReading.key, DiscoveryReading.packed).where(DiscoveryReading.scan_id == scan_id)
    return {key: unpack(packed) for key, packed in session.execute(query) if wanted is None or key in wanted}


def keep(session: Session, scan_id: UUID, outcomes: Iterable[Outcome], *, at: datetime) -> None:
    """Keep what a group of units gave."""
    made = [_reading(scan_id, outcome.unit, outcome.found, at) for outcome in outcomes]
    keys = [one.key for one in made]
    session.execute(
        delete(DiscoveryReading).where(DiscoveryReading.scan_id == scan_id, DiscoveryReading.key.in_(keys)),
        execution_options={"synchronize_session": False},
    )
    session.add_all(made)


def _reading(scan_id: UUID, unit: Unit, found: list[Found], at: datetime) -> DiscoveryReading:
    state = unit.state
    return DiscoveryReading(
        scan_id=scan_id,
        key=unit.key,
        packed=pack(found),
        failed=bool(found) and all(isinstance(one, Skipped) for one in found),
        read_at=at,
        schema_digest=state.schema_digest if state else None,
        table_rows=state.rows if state else None,
        table_bytes=state.bytes if state else None,
        watermark=state.watermark if state else "",
    )


def note(session: Session, scan_id: UUID, progress: Progress, *, at: datetime) -> None:
    """Say how far a scan is."""
    session.execute(
        update(DiscoveryScan)
        .where(DiscoveryScan.id == scan_id)
        .values(
            settled=progress.settled,
            total=progress.total,
            rows=progress.rows,
            cells=progress.cells,
            share=progress.share,
            spent=progress.spent,
            beaten_at=at,
        )
    )


def stop(session: Session, scan_id: UUID, status: ScanStatus, message: dict[str, Any] | None, *, at: datetime) -> None:
    """Leave a scan where it is, or for good."""
    scan = session.get_one(DiscoveryScan, scan_id)
    if status is ScanStatus.CANCELLED:
        give_up(session, scan, at=at)
        return
    scan.status, scan.message, scan.beaten_at = status, message, at
    scan.ended_at = at if status is ScanStatus.DONE else None


def carry_over(session: Session, scan: DiscoveryScan, basis: DiscoveryScan, keys: Sequence[str]) -> None:
    """Take readings of the scan before over; the others of it are dropped."""
    for start in range(0, len(keys), _SOME):
        session.execute(
            update(DiscoveryReading)
            .where(DiscoveryReading.scan_id == basis.id, DiscoveryReading.key.in_(list(keys[start : start + _SOME])))
            .values(scan_id=scan.id),
            execution_options={"synchronize_session": False},
        )
    session.execute(delete(DiscoveryReading).where(DiscoveryReading.scan_id == basis.id))


def finished(session: Session, scan: DiscoveryScan, run_id: UUID | None, report: dict[str, Any]) -> None:
    """Close a scan that has reached the ledger."""
    at = now()
    scan.status, scan.ended_at, scan.beaten_at, scan.share = ScanStatus.DONE, at, at, 1.0
    scan.run_id, scan.report, scan.message = run_id, report, None
