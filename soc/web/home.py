"""``/``: where each person's day begins."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from soc.web.context import current_actor, current_session
from soc.web.frame import Frame
from soc.web.guard import signed_in
from soc.web.setup.steps import has_second

bp = Blueprint("home", __name__)


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Go to the first line of this person's menu."""
    if current_actor().may("system.write") and not has_second(current_session()):
        return redirect(url_for("setup.index"))
    menu = [line for line in Frame().menu if line.url != "/"]
    if menu:
        return redirect(menu[0].url)
    return render_template("home/nothing.html")
