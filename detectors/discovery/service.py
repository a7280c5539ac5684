"""Scanning for the ledger: which locations a name stands for, and how a scan's words become the ledger's."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from config.settings import Settings
from detectors.discovery.finding import ScanResult, TableFinding
from detectors.discovery.sources import budget
from detectors.discovery.sources.base import Sampling, UnreadableError
from policies.grading.policy import GradingPolicy
from policies.grading.service import active_policy
from soc.errors import NotFoundError
from soc.identity.actor import Actor
from soc.ledger.models import ScanRun, Source
from soc.ledger.own_types import OwnDefinition
from soc.ledger.service import store_scan
from soc.ledger.sources import NewSource, ensure_source, find_source, is_url, shown_address, url_of
from soc.ledger.values import ScannedColumn, ScannedTable, ScanReport

__all__ = ["Location", "Standard", "active_policy", "locate", "report_of", "store", "within_budget"]


@dataclass(frozen=True, slots=True)
class Standard:
    """By what an organisation's sources are judged: its policy, and the recognizers of its own."""

    policy: GradingPolicy
    own: tuple[OwnDefinition, ...] = ()


@dataclass(frozen=True, slots=True)
class Location:
    """Something to scan: a registered source's name, a URL or a path, and its whole address."""

    name: str
    address: str
    source: Source | None = None


def locate(session: Session, actor: Actor, settings: Settings, given: str, org: str | None) -> Location:
    """Return what ``given`` stands for: a source's name first, then a URL or a path.

    Raises:
        UnreadableError: no such source, and no such path.
    """
    if is_url(given):
        return Location(shown_address(given), given)
    try:
        source = find_source(session, actor, given, org)
    except NotFoundError:
        path = Path(given)
        if not path.exists() and not path.is_symlink():
            raise UnreadableError("errors.source.no_path", name=given) from None
        return Location(str(path.absolute()), given)
    return Location(source.name, url_of(settings, source), source)


@contextmanager
def within_budget(settings: Settings, location: Location, sampling: Sampling) -> Iterator[Sampling]:
    """The sampling with what one scan may read of the source, for all the processes that the scan is split over."""
    source = location.source
    rows, size = (source.most_rows, source.most_bytes) if source else (None, None)
    with budget.shared(settings.home / "work", rows, size) as given:
        yield replace(sampling, budget=given)


def store(
    session: Session, actor: Actor, settings: Settings, location: Location, org: str, report: ScanReport
) -> ScanRun:
    """Bring a scan into the ledger; a location that is no source yet becomes one.

    A single file with a mark of state secrets does not, its folder does: a source's address is seen by many.

    Raises:
        NotFoundError: the organisation lies outside the actor's scope.
    """
    if location.source is None and report.secrets and Path(location.address).is_file():
        folder = str(Path(location.address).absolute().parent)
        location, report = Location(folder, folder), replace(report, partial=True)
    order = NewSource(name=location.name, url=location.address, org=org)
    source = (
        find_source(session, actor, location.source.name, location.source.org)
        if location.source
        else ensure_source(session, actor, settings, order)
    )
    return store_scan(session, actor, source, report)


def report_of(
    result: ScanResult,
    *,
    started_at: datetime,
    finished_at: datetime,
    full: bool,
    carried: frozenset[str] = frozenset(),
    sketch_key: str = "",
) -> ScanReport:
    """Turn what a scan says into what the ledger takes; of ``carried`` places (see :func:`place_of`) nothing is new."""
    return ScanReport(
        started_at=started_at,
        finished_at=finished_at,
        tables=tuple(_table(table) for table in result.tables if place_of(table) not in carried),
        unchanged=tuple(table.name for table in result.tables if place_of(table) in carried),
        skipped=tuple(one.as_dict() for one in result.skipped),
        full=full,
        secrets=tuple(one.path for one in result.secrets),
        sketch_key=sketch_key,
    )


def place_of(table: TableFinding) -> str:
    """What tells a table from every other of its source."""
    return table.path or table.name


def _table(table: TableFinding) -> ScannedTable:
    columns = tuple(
        ScannedColumn(
            name=one.name,
            type=one.type,
            entity=one.entity,
            confidence=one.confidence,
            tier=one.tier.value,
            level=one.level,
            category=one.category,
            masked=one.masked,
            comment=one.comment,
            evidence=one.evidence.as_dict(),
            sketch=base64.b64decode(one.sketch) if one.sketch else None,
        )
        for one in table.columns
    )
    return ScannedTable(
        name=table.name,
        rows=table.rows,
        columns=columns,
        rows_estimated=table.rows_estimated,
        category=table.category,
        level=table.level,
        flags=table.flags,
        complete=_complete(table),
        path=table.path,
    )


def _complete(table: TableFinding) -> bool:
    """Whether every row was read."""
    seen = table.coverage
    return seen.get("method") == "whole" and not seen.get("stop") and not seen.get("unread")
