"""The walk through the first day."""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, current_app, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from soc.centre import Centre, centre_of, named_centre
from soc.tiers.models import Organisation, Tier
from soc.tiers.names import shown_name
from soc.web.context import current_actor, current_session, current_store
from soc.web.cookies import show_organisation
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.setup.centre import centres, choose_centre
from soc.web.setup.steps import Step, add_second, has_second, progress
from soc.web.toasts import toast

bp = Blueprint("setup", __name__, url_prefix="/setup")
#: how far in each tier's centres stand in the list of them
_INDENTS = {Tier.PROVINCE: "", Tier.CITY: "\u3000", Tier.COUNTY: "\u3000\u3000"}
#: where a room's page for a step is, if the room is there
_PAGES = {Step.SOURCE: "sources.index", Step.LOG: "ingest.index"}


@dataclass(frozen=True, slots=True)
class SecondAdministrator:
    """The person beside the first."""

    username: str = field(metadata={"longest": 64})
    display_name: str = field(metadata={"longest": 64})


@dataclass(frozen=True, slots=True)
class CentreForm:
    """The centre the installation is for; names that are left empty are made from the centre's own."""

    code: str = field(metadata={"longest": 40})
    name: str = field(default="", metadata={"longest": 80})
    name_en: str = field(default="", metadata={"longest": 80})


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
        **_centre(),
    )


@bp.get("/organisation")
@requires("system.write")
def organisation() -> ResponseReturnValue:
    """Show which centre the installation is for, to be changed."""
    return render_template("setup/organisation.html", **_centre())


@bp.post("/organisation")
@requires("system.write")
def choose_organisation() -> ResponseReturnValue:
    """Say which centre the installation is for, and what it is called."""
    given = read_form(CentreForm)
    choose_centre(current_session(), current_actor(), given.code, given.name, given.name_en)
    show_organisation(None)  # whoever comes to stand elsewhere sees the whole of it
    toast("web.setup.centre_kept")
    return redirect(url_for(".index"))


@bp.post("/administrator")
@requires("system.write")
def second_administrator() -> ResponseReturnValue:
    """Make the second administrator; the one-time password is shown on this answer alone."""
    given = read_form(SecondAdministrator)
    person, password = add_second(current_session(), current_actor(), given.username, given.display_name)
    return render_template("setup/made.html", person=person, password=password)


def _centre() -> dict[str, Any]:
    """Return what the form of the centre is drawn from."""
    session, actor = current_session(), current_actor()
    found = centre_of(session)
    chosen = found.code if found else actor.org
    example = named_centre(session.get_one(Organisation, chosen), "", "")
    return {
        "centre": found,
        "chosen": chosen,
        "centres": [(one.code, f"{_INDENTS[one.tier]}{shown_name(one)} {one.code}") for one in centres(session, actor)],
        "example": example,
        # a name that was made from the centre's own is made anew for another one
        "given": {part: "" if found is None else _given(found, example, part) for part in ("name", "name_en")},
        "alone": not has_second(session),
    }


def _given(found: Centre, example: Centre, part: str) -> str:
    name: str = getattr(found, part)
    return "" if name == getattr(example, part) else name
