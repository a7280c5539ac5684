"""Pages of a person's draft of the grading policy, and its figures."""

from dataclasses import dataclass, field

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from policies.grading.drafts import DRAFTS
from policies.grading.editing import with_figures
from policies.grading.impact import Degree, Harmed
from policies.grading.routes import working_copy
from policies.grading.rules import DERIVED
from policies.grading.service import what_if
from policies.grading.yaml_text import text_of
from soc.ledger.levels import Level
from soc.web.context import current_actor, current_session
from soc.web.drafting import Desk, install_drafting
from soc.web.forms import read_form
from soc.web.guard import requires

bp = Blueprint("grading_draft", __name__, url_prefix="/grading/draft", template_folder="templates")
install_drafting(
    bp,
    Desk(
        drafting=DRAFTS,
        home="grading.index",
        download="grading.download",
        folder="grading",
        copy=working_copy,
        what_if=lambda session, actor, body: what_if(session, actor, None, body),
        text=text_of,
    ),
)


@dataclass(frozen=True, slots=True)
class FiguresForm:
    """Thresholds, steps of derived data, and the cells of the matrix as ``object/degree=level``."""

    persons: int = field(metadata={"least": 1})
    sensitive_persons: int = field(metadata={"least": 1})
    volume: int | None = field(default=None, metadata={"least": 1})
    raise_to_category: bool = False
    derived: tuple[str, ...] = ()
    impact: tuple[str, ...] = ()


@bp.get("/figures")
@requires("policies.read")
def figures() -> ResponseReturnValue:
    """Show thresholds, derived data and the impact matrix."""
    copy = working_copy(current_session(), current_actor())
    return render_template(
        "grading/figures.html", objects=list(Harmed), degrees=list(Degree), levels=list(Level), kinds=DERIVED, **copy
    )


@bp.post("/figures")
@requires("policies.write")
def set_figures() -> ResponseReturnValue:
    """Keep changed figures in the draft."""
    session, actor, form = current_session(), current_actor(), read_form(FiguresForm)
    body = with_figures(DRAFTS.body(session, actor, actor.org), _figures(form))
    kept = DRAFTS.edit(session, actor, actor.org, body)
    return redirect(url_for(".show" if kept else ".figures"))


def _figures(form: FiguresForm) -> dict[str, object]:
    derived = dict(one.partition("=")[::2] for one in form.derived)
    cells = [one.partition("=")[::2] for one in form.impact]
    impact: dict[str, dict[str, str]] = {}
    for cell, level in cells:
        harmed, _, degree = cell.partition("/")
        impact.setdefault(harmed, {})[degree] = level
    return {
        "raise_to_category": form.raise_to_category,
        "important": {"persons": form.persons, "sensitive_persons": form.sensitive_persons},
        "derived": {kind: int(steps) if steps.isdecimal() else steps for kind, steps in derived.items()},
        "impact": impact,
        "volume": form.volume,
    }
