"""The posture page's figures as a file to print."""

from dataclasses import dataclass, field

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from dashboards.posture.asked import focused
from dashboards.posture.routes import DAYS, span_of
from dashboards.reports.contents import gather
from dashboards.reports.render import render
from dashboards.reports.service import record_report
from soc.clock import now
from soc.web.context import current_session, current_settings, viewer
from soc.web.forms import read_form
from soc.web.guard import requires

bp = Blueprint("reports", __name__, url_prefix="/reports")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose report, of how many days."""

    org: str = ""
    days: str = field(default="30", metadata={"choices": {str(one) for one in DAYS}})


@bp.post("/posture")
@requires("posture.read")
def posture() -> ResponseReturnValue:
    """Make the report of what the page shows; the trail keeps that it was made."""
    session, asked, at = current_session(), read_form(Asked), now()
    actor = focused(session, viewer(), asked.org)
    report = gather(session, actor, span_of({"days": asked.days}, at), at=at)
    record_report(session, actor, report, "html")
    name = f"guanlan-posture-{actor.org}-{at:%Y%m%d}.html"
    said = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(render(report, current_settings().timezone), mimetype="text/html", headers=said)
