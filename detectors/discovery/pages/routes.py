"""The scan pages: what is scanned, when, how far it is, what was seen and what was not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from detectors.discovery.pages.words import not_seen, rhythm_of, rhythms, schedule_words, took
from detectors.discovery.scanning.models import DiscoveryScan, Mode, ScanSchedule, ScanStatus
from detectors.discovery.scanning.schedules import RHYTHMS, ScheduleOrder, schedule_of, set_schedule
from detectors.discovery.scanning.service import (
    Sight,
    cancel_scan,
    find_scan,
    live_runs,
    pause_scan,
    sight_of,
    sights,
    start,
    take_up,
    what_to_do,
)
from soc.clock import now
from soc.identity.actor import Actor
from soc.ledger.models import ScanRun, ScanSnapshot, Source
from soc.ledger.sources import limit_source
from soc.text import t
from soc.tiers.scope import find_within, within
from soc.web.context import current_actor, current_session, viewer
from soc.web.forms import FormError, read_form
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.web.toasts import toast

bp = Blueprint("scans", __name__, url_prefix="/scans", template_folder="templates")
_OTHER = "other"

SOURCES = TableSpec(
    "scanned",
    (
        Column("name", "ledger.column.source", Source.name),
        Column("org", "word.organisation", Source.org),
        Column("kind", "ledger.column.kind", Source.kind),
        Column("scanned", "scans.column.last", Source.scanned_at),
        Column("now", "scans.column.now"),
        Column("schedule", "scans.column.schedule"),
        Column("do", ""),
    ),
    default_sort="name",
    search=lambda text: Source.name.icontains(text, autoescape=True),
)
HISTORY = TableSpec(
    "history",
    (
        Column("started", "scans.column.started", DiscoveryScan.started_at),
        Column("status", "word.status", DiscoveryScan.status),
        Column("mode", "scans.column.mode", DiscoveryScan.mode),
        Column("tables", "scans.column.tables", DiscoveryScan.total, numeric=True),
        Column("carried", "scans.column.carried", DiscoveryScan.carried, numeric=True),
        Column("skipped", "scans.column.skipped", DiscoveryScan.skipped, numeric=True),
        Column("rows", "scans.column.rows", DiscoveryScan.rows, numeric=True),
        Column("spent", "scans.column.spent", DiscoveryScan.spent),
        Column("by", "scans.column.by", DiscoveryScan.ordered_by),
    ),
    default_sort="-started",
    filters=(
        Filter(
            "status",
            "word.status",
            lambda: [Choice(one.value, t(f"scans.standing.{one.value}")) for one in ScanStatus],
            lambda value: DiscoveryScan.status == ScanStatus(value),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class StartForm:
    """What is read."""

    mode: Mode = Mode.CHANGED


@dataclass(frozen=True, slots=True)
class ScheduleForm:
    """When a source is scanned by itself: a rhythm that is offered, or a cron line."""

    rhythm: str = field(default="", metadata={"longest": 20, "choices": {"", *RHYTHMS, _OTHER}})
    cron: str = field(default="", metadata={"longest": 60})
    mode: Mode = Mode.CHANGED
    window_from: int | None = field(default=None, metadata={"least": 0, "most": 23})
    window_to: int | None = field(default=None, metadata={"least": 0, "most": 23})
    oldest_days: int = field(default=30, metadata={"least": 1, "most": 366})

    def order(self) -> ScheduleOrder:
        """What it asks for."""
        cron = self.cron if self.rhythm == _OTHER else RHYTHMS.get(self.rhythm)
        return ScheduleOrder(cron or None, self.mode, self.window_from, self.window_to, self.oldest_days)


_MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class BudgetForm:
    """How much one scan may read of a source; an empty field is no limit."""

    most_rows: int | None = field(default=None, metadata={"least": 1, "most": 10**12})
    #: in mebibytes
    most_size: int | None = field(default=None, metadata={"least": 1, "most": 10**9})

    def size(self, now: int | None) -> int | None:
        """The bytes it asks for; those of ``now`` where it says what the page had shown of them."""
        if self.most_size is None:
            return None
        return now if self.most_size == shown_size(now) else self.most_size * _MEBIBYTE


def shown_size(size: int | None) -> int | None:
    """Bytes as the form shows them: in mebibytes, a begun one as a whole."""
    return None if size is None else -(-size // _MEBIBYTE)


@bp.get("/")
@requires("ledger.read")
def index() -> ResponseReturnValue:
    """List the sources with how their scans stand; htmx asks again while the page is open."""
    session = current_session()
    page = page_of(_sources(viewer()), SOURCES, request.args)
    ids = [source.id for source in page.rows]
    seen = sights(session, ids, at=now())
    given = {
        "page": page,
        "seen": seen,
        "schedules": _schedules(session, ids),
        "words": schedule_words,
        "took": took,
        "live": any(one.standing.live for one in seen.values()),
        "may": current_actor().may,
        "modes": list(Mode),
    }
    template = "scans/rows.html" if request.headers.get("HX-Target") == "scans-live" else "scans/index.html"
    return render_template(template, **given)


def _sources(actor: Actor) -> Select[Source]:
    return within(actor, Source).where(Source.removed_at.is_(None))


def _schedules(session: Session, ids: Sequence[UUID]) -> dict[UUID, ScanSchedule]:
    query = select(ScanSchedule).where(ScanSchedule.source_id.in_(ids))
    return {one.source_id: one for one in session.scalars(query)}


@bp.get("/sources/<uuid:source_id>")
@requires("ledger.read", item=Source)
def source(source_id: UUID) -> ResponseReturnValue:
    """Show a source: its scan of now, its schedule and its history."""
    session, actor = current_session(), current_actor()
    found = find_within(session, actor, Source, source_id)
    given = _of_source(session, actor, found)
    if request.headers.get("HX-Target") == "scan-live":
        return render_template("scans/live.html", **given)
    return render_template("scans/source.html", **given, problems={})


def _of_source(session: Session, actor: Actor, found: Source) -> dict[str, Any]:
    history = within(actor, DiscoveryScan).where(DiscoveryScan.source_id == found.id)
    schedule = schedule_of(session, found)
    sight = sights(session, [found.id], at=now()).get(found.id)
    return {
        "source": found,
        "sight": sight,
        "next_step": what_to_do(sight.scan.message if sight and sight.scan else None),
        "schedule": schedule,
        "rhythm": rhythm_of(schedule),
        "rhythms": rhythms(),
        "words": schedule_words,
        "took": took,
        "page": page_of(history, HISTORY, request.args),
        "may": actor.may,
        "modes": list(Mode),
        "at": now(),
        "sight_of": sight_of,
        "size": shown_size(found.most_bytes),
    }


@bp.get("/reports/<uuid:scan_id>")
@requires("ledger.read", item=DiscoveryScan)
def show(scan_id: UUID) -> ResponseReturnValue:
    """Show one scan's report."""
    session, actor = current_session(), current_actor()
    scan = find_scan(session, actor, scan_id)
    run = session.get(ScanRun, scan.run_id) if scan.run_id else None
    given = {
        "scan": scan,
        "sight": _sight(session, scan),
        "run": run,
        "earlier": _earlier(session, actor, run),
        "source": session.get(Source, scan.source_id) if scan.source_id else None,
        "next_step": what_to_do(scan.message),
        "not_seen": not_seen,
        "took": took,
        "may": actor.may,
    }
    return render_template("scans/show.html", **given)


def _sight(session: Session, scan: DiscoveryScan) -> Sight:
    run = live_runs(session, [scan.source_id]).get(scan.source_id) if scan.source_id else None
    return sight_of(scan, run if run is not None and run.id == scan.job_run_id else None, at=now())


def _earlier(session: Session, actor: Actor, run: ScanRun | None) -> ScanRun | None:
    """The scan before that it can be compared with."""
    if run is None:
        return None
    query = within(actor, ScanRun).join(ScanSnapshot, ScanSnapshot.run_id == ScanRun.id)
    query = query.where(ScanRun.source_id == run.source_id, ScanRun.finished_at < run.finished_at)
    return session.scalars(query.order_by(ScanRun.finished_at.desc()).limit(1)).first()


@bp.post("/sources/<uuid:source_id>/start")
@requires("ledger.write", item=Source)
def begin(source_id: UUID) -> ResponseReturnValue:
    """Order a scan."""
    session, actor = current_session(), current_actor()
    found = find_within(session, actor, Source, source_id)
    start(session, actor, found, read_form(StartForm).mode)
    toast("scans.said.started", name=found.name)
    return redirect(url_for(".source", source_id=found.id))


@bp.post("/sources/<uuid:source_id>/pause")
@requires("ledger.write", item=Source)
def hold_on(source_id: UUID) -> ResponseReturnValue:
    """Stop a scan where it is."""
    found = find_within(current_session(), current_actor(), Source, source_id)
    pause_scan(current_session(), current_actor(), found)
    toast("scans.said.paused")
    return redirect(url_for(".source", source_id=found.id))


@bp.post("/sources/<uuid:source_id>/resume")
@requires("ledger.write", item=Source)
def go_on(source_id: UUID) -> ResponseReturnValue:
    """Let a scan go on where it was."""
    found = find_within(current_session(), current_actor(), Source, source_id)
    take_up(current_session(), current_actor(), found)
    toast("scans.said.resumed")
    return redirect(url_for(".source", source_id=found.id))


@bp.post("/sources/<uuid:source_id>/cancel")
@requires("ledger.write", item=Source)
def stop(source_id: UUID) -> ResponseReturnValue:
    """End a scan for good."""
    found = find_within(current_session(), current_actor(), Source, source_id)
    cancel_scan(current_session(), current_actor(), found, at=now())
    toast("scans.said.cancelled")
    return redirect(url_for(".source", source_id=found.id))


@bp.post("/sources/<uuid:source_id>/schedule")
@requires("ledger.write", item=Source)
def schedule(source_id: UUID) -> ResponseReturnValue:
    """Set when a source is scanned by itself."""
    session, actor = current_session(), current_actor()
    found = find_within(session, actor, Source, source_id)
    try:
        set_schedule(session, actor, found, read_form(ScheduleForm).order(), at=now())
    except FormError as error:
        given = _of_source(session, actor, found)
        return render_template("scans/source.html", **given, problems=error.texts()), 422
    toast("scans.said.scheduled")
    return redirect(url_for(".source", source_id=found.id))


@bp.post("/sources/<uuid:source_id>/budget")
@requires("ledger.write", item=Source)
def budget(source_id: UUID) -> ResponseReturnValue:
    """Say how much one scan may read of a source."""
    session, actor = current_session(), current_actor()
    found = find_within(session, actor, Source, source_id)
    try:
        form = read_form(BudgetForm)
    except FormError as error:
        given = _of_source(session, actor, found)
        return render_template("scans/source.html", **given, problems=error.texts()), 422
    limit_source(session, actor, found, rows=form.most_rows, size=form.size(found.most_bytes))
    toast("scans.said.limited")
    return redirect(url_for(".source", source_id=found.id))
