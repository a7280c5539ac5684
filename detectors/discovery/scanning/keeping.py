"""A scan that the state database keeps: opened or taken up, committed group by group, stored in the ledger at its end."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from config.settings import Settings
from detectors.discovery import sketches
from detectors.discovery.finding import ScanResult, TableFinding
from detectors.discovery.scan import Found
from detectors.discovery.scanning import register
from detectors.discovery.scanning.conduct import EndedEarly, Order, Scan, Signal, Watch
from detectors.discovery.scanning.engine import digest_of
from detectors.discovery.scanning.messages import Outcome
from detectors.discovery.scanning.models import DiscoveryScan, Mode, ScanStatus
from detectors.discovery.scanning.opening import Unit
from detectors.discovery.scanning.progress import Progress
from detectors.discovery.scanning.register import Holder, Place
from detectors.discovery.scanning.unchanged import OLDEST, Choice, choose
from detectors.discovery.service import Location, place_of, report_of, store, within_budget
from soc.clock import now
from soc.db import Database
from soc.errors import SocError
from soc.identity.actor import Actor
from soc.ledger.models import ScanRun, Source
from soc.text import Message

#: columns named one by one of those that were read in part
_NAMED = 200


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a scan is kept, and on whose behalf."""

    database: Database
    settings: Settings
    actor: Callable[[Session], Actor]
    job_run_id: UUID | None = None
    #: who asked for it, where that is not who carries it out
    ordered_by: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """A scan that has reached the ledger."""

    result: ScanResult
    run: ScanRun
    choice: Choice
    told: dict[str, Any]


@dataclass(slots=True)
class Kept:
    """The register's side of one scan."""

    desk: Desk
    place: Place
    mode: Mode
    digest: str
    oldest: timedelta = OLDEST
    scan_id: UUID | None = None
    basis_id: UUID | None = None
    spent_before: timedelta = timedelta(0)
    carried: tuple[str, ...] = ()
    carried_places: frozenset[str] = frozenset()
    _holder: Holder = field(init=False)

    def __post_init__(self) -> None:
        self._holder = Holder.here(self.place)

    def begin(self) -> None:
        """Take hold of the place, and open or take up its scan.

        Raises:
            ConflictError: another process scans it.
        """
        at = now()
        with self.desk.database.write() as session:
            self._holder.renew(session, at)
            scan = register.begin(
                session, self.desk.actor(session), self.place, mode=self.mode, digest=self.digest,
                job_run_id=self.desk.job_run_id, ordered_by=self.desk.ordered_by, at=at,
            )  # fmt: skip
            basis = register.basis_of(session, self.place)
            self.scan_id, self.spent_before = scan.id, scan.spent
            self.basis_id = basis.id if basis else None

    def choose(self, units: list[Unit]) -> tuple[Choice, list[Unit]]:
        """Choose by the readings before; and tell which units an earlier run of this scan has read as they are."""
        if self.scan_id is None:
            self.begin()
        assert self.scan_id is not None
        with self.desk.database.read() as session:
            basis = session.get(DiscoveryScan, self.basis_id) if self.basis_id else None
            useful = basis is None or basis.digest == self.digest
            before = register.readings_of(session, basis.id) if basis and useful else {} if useful else None
            had = register.readings_of(session, self.scan_id)
        choice = choose(units, before, self.mode, now(), self.oldest)
        self.carried = tuple(unit.key for unit in choice.carried)
        again = [unit for unit in choice.read if unit.key in had and had[unit.key].state == unit.state]
        return choice, again

    def keep(self, outcomes: list[Outcome], progress: Progress) -> None:
        """Commit a group of outcomes and how far the scan is."""
        assert self.scan_id is not None
        at = now()
        with self.desk.database.write() as session:
            self._holder.renew(session, at)
            register.keep(session, self.scan_id, outcomes, at=at)
            register.note(session, self.scan_id, progress, at=at)

    def found(self) -> Iterator[Found]:
        """What this scan read, and what it takes over, in the order of the keys."""
        assert self.scan_id is not None
        with self.desk.database.read() as session:
            carried = register.found_in(session, self.basis_id, self.carried) if self.basis_id else {}
            read = register.found_in(session, self.scan_id)
        taken = (one for found in carried.values() for one in found)
        self.carried_places = frozenset(place_of(one) for one in taken if isinstance(one, TableFinding))
        both = carried | read
        for key in sorted(both):
            yield from both[key]

    def stop(self, status: ScanStatus, message: dict[str, Any] | None) -> None:
        """Leave the scan where it is."""
        if self.scan_id is None:
            return
        at = now()
        with self.desk.database.write() as session:
            register.stop(session, self.scan_id, status, message, at=at)
            self._holder.let_go(session)

    def finish(self, session: Session, run: ScanRun, report: dict[str, Any]) -> None:
        """Close the scan in the transaction that brings it into the ledger."""
        scan = session.get_one(DiscoveryScan, self.scan_id)
        basis = session.get(DiscoveryScan, self.basis_id) if self.basis_id else None
        if basis is not None:
            register.carry_over(session, scan, basis, self.carried)
        scan.source_id, scan.carried, scan.skipped = run.source_id, len(self.carried), len(run.skipped)
        register.finished(session, scan, run.id, report)
        self._holder.let_go(session)


def scan_kept(
    desk: Desk, location: Location, org: str, order: Order, mode: Mode, watch: Watch, *, oldest: timedelta = OLDEST
) -> Finished:
    """Scan a location and bring it into the ledger of ``org``; what a kill or an error ends, the next call goes on with.

    Raises:
        ConflictError: another process scans it.
        EndedEarly: it was paused or cancelled.
        SocError: the source does not answer, or the state database is away or full.
    """
    source = location.source
    place = Place(source.org if source else org, location.name, source.id if source else None)
    kept = Kept(desk, place, mode, digest_of(order.sampling, order.own), oldest)
    started = now()
    if source is not None:
        kept.begin()  # a registered source shows its failures; of a mistyped address nothing is kept
    try:
        with within_budget(desk.settings, location, order.sampling) as sampling:
            scan = Scan(replace(order, sampling=sampling, sketch_key=sketches.key_of(desk.settings)), kept, watch)
            result = scan.run()
        return _stored(desk, location, org, kept, scan, result, started)
    except EndedEarly as ended:
        paused = ended.signal is Signal.PAUSE
        kept.stop(ScanStatus.PAUSED if paused else ScanStatus.CANCELLED, None)
        raise
    except SocError as error:
        kept.stop(ScanStatus.INTERRUPTED, {"key": error.key, "params": dict(error.params)})
        raise
    except KeyboardInterrupt:
        kept.stop(ScanStatus.INTERRUPTED, Message("scan.ended_by_person", {}).as_json())
        raise


def _stored(
    desk: Desk, location: Location, org: str, kept: Kept, scan: Scan, result: ScanResult, started: datetime
) -> Finished:
    report = report_of(
        result, started_at=started, finished_at=now(), full=kept.mode is Mode.FULL, carried=kept.carried_places,
        sketch_key=sketches.key_id(desk.settings),
    )  # fmt: skip
    told = told_of(result, scan)
    with desk.database.write() as session:
        run = store(session, desk.actor(session), desk.settings, location, org, report)
        if report.secrets and location.source is None:  # the place may be named after what nobody is to know of
            session.get_one(DiscoveryScan, kept.scan_id).name = session.get_one(Source, run.source_id).name
        kept.finish(session, run, told)
        return Finished(result, run, scan.choice, told)


def told_of(result: ScanResult, scan: Scan) -> dict[str, Any]:
    """What a scan's page says of it beyond the ledger's counts: what was read why, and what was not seen."""
    partly = [(one, one.coverage) for one in result.tables if one.coverage.get("unread") or _cut(one)]
    methods = Counter(str(one.coverage.get("method", "whole")) for one in result.tables)
    return {
        "reasons": {why.value: count for why, count in scan.choice.reasons.items()},
        "methods": dict(methods),
        "tables": len(result.tables),
        "items": sum(len(one.columns) for one in result.tables),
        "sensitive": sum(1 for one in result.tables for column in one.columns if column.type),
        "rows_there": sum(one.rows for one in result.tables),
        "rows_read": sum(int(one.coverage.get("rows_read", one.rows)) for one in result.tables),
        "empty": sum(1 for one in result.tables if not one.rows),
        "cpu": round(scan.cpu, 1),
        "memory": scan.memory,
        "partly": [{"table": one.name, **_not_seen(coverage)} for one, coverage in partly[:_NAMED]],
        "partly_count": len(partly),
    }


def _cut(table: TableFinding) -> bool:
    return any(table.coverage.get(kind) for kind in ("cut", "binary", "garbled"))


def _not_seen(coverage: Any) -> dict[str, Any]:
    return {kind: coverage[kind] for kind in ("unread", "cut", "binary", "garbled") if coverage.get(kind)}
