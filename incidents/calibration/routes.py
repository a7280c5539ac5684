"""The page of what points are worth: the version in force, how it does, the others, and how one comes back."""

from dataclasses import dataclass, field

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from detectors.findings import FindingKind
from incidents.calibration.book import KIND, Book, held_for
from incidents.calibration.charts import curve_chart, reliability_chart
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
