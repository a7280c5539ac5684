"""The wall screen, and the part of it that is fetched again every 30 seconds."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from dashboards.posture.score import ALL_INDICATORS
from dashboards.screens.contents import wall
from incidents.cases.clocks import title_of
from soc.clock import now
from soc.web.context import current_session, current_store, viewer
from soc.web.guard import requires

bp = Blueprint("wall", __name__, url_prefix="/wall", template_folder="templates")


@bp.get("/")
@requires("posture.read")
def index() -> ResponseReturnValue:
    """Show the wall; htmx asks for its inner part alone."""
    shown = wall(current_session(), current_store(), viewer(), at=now())
    part = request.headers.get("HX-Target") == "wall"
    template = "screens/wall_part.html" if part else "screens/wall.html"
    return render_template(template, shown=shown, title_of=title_of, every=ALL_INDICATORS)
