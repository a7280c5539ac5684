"""Pages of weak spots: the list, one spot, ordering a look, results of other scanners."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from detectors.weaknesses.catalogue import checks
from detectors.weaknesses.imports import Columns, UnreadableResultError, read_csv, read_sarif
from detectors.weaknesses.jobs import LOOK
from detectors.weaknesses.models import SpotRun, SpotStatus, WeakSpot
from detectors.weaknesses.service import WAITING, bear, find_spot, hand_out, keep_foreign, notes_of, spots, take_up
from detectors.weaknesses.values import band
from soc.identity.actor import Actor
from soc.jobs import enqueue
from soc.ledger.models import Source
from soc.text import known, t
from soc.tiers.scope import find_within, visible, within
from soc.web.context import current_actor, current_session, current_settings, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.web.toasts import toast

bp = Blueprint("weaknesses", __name__, url_prefix="/weaknesses", template_folder="templates")
_BANDS = {"critical": (90, 101), "high": (60, 90), "medium": (35, 60), "low": (0, 35)}


@dataclass(frozen=True, slots=True)
class TaskForm:
    """Who mends it, and until when."""

    assignee: str = field(metadata={"longest": 100})
    due: date | None = None


@dataclass(frozen=True, slots=True)
class ExceptionForm:
    """Why it is borne, and until when."""

    why: str = field(metadata={"longest": 500})
    until: date = field(metadata={})


@dataclass(frozen=True, slots=True)
class ImportForm:
    """Where the results belong, and which columns of a CSV say what."""

    source: UUID
    tool: str = field(default="csv", metadata={"longest": 60})
    rule: str = field(default="rule", metadata={"longest": 100})
    title: str = field(default="title", metadata={"longest": 100})
    severity: str = field(default="", metadata={"longest": 100})
    place: str = field(default="", metadata={"longest": 100})


TABLE = TableSpec(
    "weaknesses",
    (
        Column("score", "weak.risk", WeakSpot.score, numeric=True),
        Column("what", "weak.what", WeakSpot.check),
        Column("source", "ledger.column.source", Source.name),
        Column("org", "word.organisation", WeakSpot.org),
        Column("level", "weak.behind", WeakSpot.level),
        Column("seen", "weak.last_seen", WeakSpot.last_seen),
        Column("assignee", "weak.assignee", WeakSpot.assignee),
        Column("status", "word.status", WeakSpot.status),
    ),
    default_sort="-score",
    filters=(
        Filter(
            "status",
            "word.status",
            lambda: [Choice(one.value, t(f"weak.status.{one.value}")) for one in SpotStatus],
            lambda value: WeakSpot.status == SpotStatus(value),
        ),
        Filter(
            "severity",
            "weak.risk",
            lambda: [Choice(name, t(f"severity.{name}")) for name in _BANDS],
            lambda value: WeakSpot.score.between(_BANDS[value][0], _BANDS[value][1] - 1),
        ),
    ),
    search=lambda text: (
        WeakSpot.check.icontains(text, autoescape=True)
        | WeakSpot.subject.icontains(text, autoescape=True)
        | WeakSpot.title.icontains(text, autoescape=True)
        | Source.name.icontains(text, autoescape=True)
    ),
)


def title_of(spot: WeakSpot) -> str:
    """What is weak, in the reader's language; another scanner's own words for its results."""
    key = f"weak.check.{spot.check}"
    # a check that a later version no longer has is named by its id
    own = t(key, None, **spot.params) if known(key) else f"{spot.check} {spot.subject}"
    return spot.title or own


@bp.get("/")
@requires("ledger.read")
def index() -> ResponseReturnValue:
    """List the weak spots, the gravest first."""
    actor = viewer()
    page = page_of(spots(actor).join(Source, Source.id == WeakSpot.source_id), TABLE, request.args)
    return render_template(
        "weaknesses/index.html", page=page, counts=_counts(actor), bands=list(_BANDS), title_of=title_of, band=band,
        may=current_actor().may,
    )  # fmt: skip


def _counts(actor: Actor) -> dict[str, int]:
    """Waiting spots by the band of their score."""
    query = select(WeakSpot.score, func.count()).where(visible(actor, WeakSpot.org), WeakSpot.status.in_(WAITING))
    counted = dict.fromkeys(_BANDS, 0)
    for points, count in current_session().execute(query.group_by(WeakSpot.score)):
        counted[band(points)] += count
    return counted


@bp.get("/<uuid:spot_id>")
@requires("ledger.read", item=WeakSpot)
def show(spot_id: UUID) -> ResponseReturnValue:
    """Show one weak spot: why it matters, how it is mended, its history."""
    session = current_session()
    spot = find_spot(session, current_actor(), spot_id)
    check = checks().get(spot.check)
    mend = f"weak.mend.{spot.check}"
    return render_template(
        "weaknesses/show.html", spot=spot, title=title_of(spot), check=check, notes=notes_of(session, spot),
        mend=t(mend, None, **spot.params) if known(mend) else "", band=band(spot.score), may=current_actor().may,
    )  # fmt: skip


@bp.post("/<uuid:spot_id>/task")
@requires("ledger.write", item=WeakSpot)
def assign(spot_id: UUID) -> ResponseReturnValue:
    """Ask somebody to mend it."""
    form = read_form(TaskForm)
    due_at = _end_of(form.due) if form.due else None
    hand_out(current_session(), current_actor(), _find(spot_id), assignee=form.assignee, due_at=due_at)
    return _back(spot_id)


@bp.post("/<uuid:spot_id>/except")
@requires("policies.write", item=WeakSpot)
def tolerate(spot_id: UUID) -> ResponseReturnValue:
    """Bear it until a day."""
    form = read_form(ExceptionForm)
    bear(current_session(), current_actor(), _find(spot_id), why=form.why, until=_end_of(form.until))
    return _back(spot_id)


@bp.post("/<uuid:spot_id>/reopen")
@requires("policies.write", item=WeakSpot)
def reopen(spot_id: UUID) -> ResponseReturnValue:
    """End an exception before its day."""
    take_up(current_session(), current_actor(), _find(spot_id))
    return _back(spot_id)


@bp.get("/sources")
@requires("ledger.read")
def sources() -> ResponseReturnValue:
    """List the sources with their last look, and what it could not see."""
    session, actor = current_session(), viewer()
    found = session.scalars(within(actor, Source).where(Source.removed_at.is_(None)).order_by(Source.name)).all()
    runs: dict[UUID, SpotRun] = {}
    for run in session.scalars(within(actor, SpotRun).order_by(SpotRun.at)):
        runs[run.source_id] = run
    return render_template("weaknesses/sources.html", sources=found, runs=runs, may=current_actor().may)


@bp.post("/sources/<uuid:source_id>/look")
@requires("ledger.write", item=Source)
def order_look(source_id: UUID) -> ResponseReturnValue:
    """Order a look at one source; a worker takes it within a second."""
    session, actor = current_session(), current_actor()
    source = find_within(session, actor, Source, source_id)
    enqueue(session, actor, LOOK, {"source": str(source.id)}, org=source.org)
    toast("weak.ordered", name=source.name)
    return redirect(url_for(".sources"))


@bp.get("/import")
@requires("ledger.write")
def import_form() -> ResponseReturnValue:
    """Offer to take in results of other scanners."""
    return _import_page()


@bp.post("/import")
@requires("ledger.write")
def take_in() -> ResponseReturnValue:
    """Take in a SARIF or CSV file; lines that cannot be read are named, the others stay."""
    session, actor, form = current_session(), current_actor(), read_form(ImportForm)
    source = find_within(session, actor, Source, form.source)
    given = request.files.get("file")
    raw = given.read() if given else b""
    try:
        if raw.lstrip()[:1] == b"{" or raw.startswith(b"\xef\xbb\xbf{"):
            read = read_sarif(raw)
        else:
            read = read_csv(raw, form.tool, Columns(form.rule, form.title, form.severity, form.place))
    except UnreadableResultError as error:
        return _import_page(refused=error), 422
    count = keep_foreign(session, actor, source, read.tool, read.found)
    toast("weak.imported", count=count)
    return _import_page(faults=read.faults) if read.faults else redirect(url_for(".index"))


def _import_page(refused: UnreadableResultError | None = None, faults: tuple[tuple[int, str], ...] = ()) -> str:
    found = current_session().scalars(within(current_actor(), Source).where(Source.removed_at.is_(None)))
    said = t(refused.key, None, **refused.params) if refused else ""
    return render_template(
        "weaknesses/import.html", sources=found.all(), refused=said, faults=faults, may=current_actor().may
    )


def _find(spot_id: UUID) -> WeakSpot:
    return find_spot(current_session(), current_actor(), spot_id)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), current_settings().timezone).astimezone(UTC)


def _back(spot_id: UUID) -> ResponseReturnValue:
    toast("weak.kept")
    return redirect(url_for(".show", spot_id=spot_id))
