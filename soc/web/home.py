"""``/``: where each person's day begins."""

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from soc.web.context import current_actor
from soc.web.frame import Frame
from soc.web.guard import signed_in

bp = Blueprint("home", __name__)


@bp.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Go to the first line of this person's menu."""
    current_actor()
    menu = [line for line in Frame().menu if line.url != "/"]
    if menu:
        return redirect(menu[0].url)
    return render_template("home/nothing.html")
