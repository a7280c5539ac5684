"""The walk through the first day."""

from dataclasses import dataclass, field

from flask import Blueprint, current_app, g, render_template, url_for
from flask.typing import ResponseReturnValue

from soc.web.context import current_actor, current_session, current_settings, current_store
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.setup.steps import Step, add_second, progress

bp = Blueprint("setup", __name__, url_prefix="/setup")
#: where a room's page for a step is, if the room is there
_PAGES = {Step.SOURCE: "sources.index", Step.LOG: "ingest.index"}


@dataclass(frozen=True, slots=True)
class SecondAdministrator:
    """The person beside the first."""

    username: str = field(metadata={"longest": 64})
    display_name: str = field(metadata={"longest": 64})


@bp.get("/")
@requires("system.write")
def index() -> ResponseReturnValue:
    """Show the steps, and the form of the one that comes next."""
    steps = progress(current_session(), current_store(), g.person)
    following = next((one.step for one in steps if not one.done), None)
    pages = {step.value: url_for(name) for step, name in _PAGES.items() if name in current_app.view_functions}
    return render_template(
        "setup/index.html",
        steps=steps,
        following=following,
        pages=pages,
        actor=current_actor(),
        home=current_settings(),
    )


@bp.post("/administrator")
@requires("system.write")
def second_administrator() -> ResponseReturnValue:
    """Make the second administrator; the one-time password is shown on this answer alone."""
    given = read_form(SecondAdministrator)
    person, password = add_second(current_session(), current_actor(), given.username, given.display_name)
    return render_template("setup/made.html", person=person, password=password)
