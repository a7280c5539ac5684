"""The pages of what points are worth: the version in force, how it does, how one comes back; and whether things moved."""

from dataclasses import dataclass, field

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from detectors.drift.service import LASTING, latest, looked_at, over_time
from detectors.findings import FindingKind
from incidents.calibration.book import KIND, Book, held_for
from incidents.calibration.charts import curve_chart, reliability_chart
from incidents.calibration.drift_charts import moves_chart, shape_chart, since_chart
from incidents.calibration.judged import by_kind, judged_alerts
from incidents.calibration.learning import LEAST_HELD, LEAST_LEARNT
from incidents.calibration.service import bring_in
from soc.jobs import enqueue
from soc.text import t
from soc.tiers.scope import in_scope
from soc.versions import service as versions
from soc.versions.models import VersionStatus
from soc.web.context import current_actor, current_session, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.toasts import toast

bp = Blueprint("calibration", __name__, url_prefix="/alerts/calibration", template_folder="templates")
JOB = "calibration.learn"
_MOST_VERSIONS = 30


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which version should be in force, and why."""

    number: int
    reason: str = field(metadata={"longest": 500})


@bp.get("/")
@requires("calibration.read")
def index() -> ResponseReturnValue:
    """Show what counts for the organisation, how it did on later verdicts, and every version."""
    session, actor, org = current_session(), viewer(), viewer().org
    held = held_for(session, org)
    # what others' verdicts were stays with them; what is made of them counts here
    mine = held is not None and in_scope(session, current_actor(), held.org)
    tried = held.book.held_out if held is not None and mine else None
    judged = judged_alerts(session, actor)
    names = {one.value: t(f"calibration.kind.{one.value}") for one in FindingKind}
    history = versions.history(session, KIND, org)
    return render_template(
        "calibration/index.html",
        held=held,
        mine=mine,
        tried=tried,
        judged=by_kind(judged),
        verdicts=len(judged),
        needed=LEAST_LEARNT + LEAST_HELD,
        names=names,
        curves=curve_chart(held.book, names, counts=mine) if held else None,
        reliability=reliability_chart(tried) if tried else None,
        versions=[(one, Book(one.body)) for one in history[:_MOST_VERSIONS]],
        back=[one for one in history if one.status in {VersionStatus.SUPERSEDED, VersionStatus.REJECTED}],
        own=held is not None and held.org == org,
        may=current_actor().may,
        may_write=current_actor().may("calibration.write"),
    )


@bp.get("/drift")
@requires("calibration.read")
def drift() -> ResponseReturnValue:
    """Show whether what detectors look at has moved, of one organisation's logs: how far, since when, and how."""
    session = current_session()
    orgs = looked_at(session, viewer())
    org = request.args.get("of", "")
    if org not in orgs:
        org = viewer().org if viewer().org in orgs else orgs[0] if orgs else ""
    rows = latest(session, org) if org else []
    chosen = next((one for one in rows if one.figure == request.args.get("figure")), rows[0] if rows else None)
    return render_template(
        "calibration/drift.html",
        orgs=orgs,
        org=org,
        rows=rows,
        chosen=chosen,
        lasting_from=LASTING,
        charts=[] if chosen is None else [moves_chart(rows), shape_chart(chosen)],
        since=None if chosen is None else since_chart(chosen.figure, over_time(session, org, chosen.figure)),
        may=current_actor().may,
    )


@bp.post("/learn")
@requires("calibration.write")
def learn() -> ResponseReturnValue:
    """Order that it is learnt anew; a worker does it."""
    enqueue(current_session(), current_actor(), JOB, {"org": viewer().org}, org=viewer().org)
    toast("calibration.ordered")
    return redirect(url_for(".index"))


@bp.post("/versions")
@requires("calibration.write")
def choose() -> ResponseReturnValue:
    """Propose that an earlier version, or one that was kept back, is put in force; a second person has to agree."""
    form = read_form(Chosen)
    bring_in(current_session(), current_actor(), viewer().org, form.number, reason=form.reason)
    toast("calibration.proposed")
    return redirect(url_for(".index"))
