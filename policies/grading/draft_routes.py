"""Pages of a person's draft of the policy: what it changes, what it would do, proposing it, two edits side by side."""

from dataclasses import dataclass, field
from datetime import datetime

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from policies.grading.drafts import discard, edit, own_draft, propose_draft
from policies.grading.editing import with_figures
from policies.grading.impact import Degree, Harmed
from policies.grading.policy import KIND
from policies.grading.routes import working_copy
from policies.grading.rules import DERIVED
from policies.grading.service import active_body, what_if
from policies.grading.yaml_text import text_of
from soc.ledger.levels import Level
from soc.ledger.types import types
from soc.versions.drafts import merge
from soc.versions.service import FaultyBodyError, StaleBaseError
from soc.versions.side_by_side import chosen_sides, laid_side_by_side, seen_version
from soc.web.context import current_actor, current_session
from soc.web.errors import text_of as text_of_error
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.toasts import toast
from soc.yaml_text import YamlError, read_mapping

bp = Blueprint("grading_draft", __name__, url_prefix="/grading/draft", template_folder="templates")
_LONGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class ProposalForm:
    """Why the draft should be in force, and from when; without a time at once."""

    reason: str = field(metadata={"longest": 500})
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TextForm:
    """The whole document as text."""

    text: str = field(metadata={"longest": _LONGEST})


@dataclass(frozen=True, slots=True)
class FiguresForm:
    """Thresholds, steps of derived data, and the cells of the matrix as ``object/degree=level``."""

    persons: int = field(metadata={"least": 1})
    sensitive_persons: int = field(metadata={"least": 1})
    volume: int | None = field(default=None, metadata={"least": 1})
    raise_to_category: bool = False
    derived: tuple[str, ...] = ()
    impact: tuple[str, ...] = ()


@bp.get("/")
@requires("policies.write")
def show() -> ResponseReturnValue:
    """Show what the draft changes and what it would do to the ledger; nothing is stored."""
    session, actor = current_session(), current_actor()
    copy = working_copy(session, actor)
    draft = own_draft(session, actor, actor.org)
    effect = what_if(session, actor, None, draft.body) if draft else None
    return render_template("grading/draft.html", effect=effect, types=types(), **copy)


@bp.post("/propose")
@requires("policies.write")
def propose() -> ResponseReturnValue:
    """Ask a second person to put the draft in force; an overtaken one is laid beside what overtook it."""
    session, actor, form = current_session(), current_actor(), read_form(ProposalForm)
    try:
        approval = propose_draft(session, actor, actor.org, reason=form.reason, starts_at=form.starts_at)
    except StaleBaseError:
        return redirect(url_for(".compare"))
    toast("versions.proposed", number=approval.payload["number"])
    return redirect(url_for("approvals.show", approval_id=approval.id))


@bp.post("/discard")
@requires("policies.write")
def throw_away() -> ResponseReturnValue:
    """Throw the draft away."""
    discard(current_session(), current_actor(), current_actor().org)
    toast("grading.draft_gone")
    return redirect(url_for("grading.index"))


@bp.get("/text")
@requires("policies.write")
def text() -> ResponseReturnValue:
    """Edit the whole document as text."""
    copy = working_copy(current_session(), current_actor())
    return render_template("grading/text.html", text=text_of(copy["body"]), problems=(), unreadable=None, **copy)  # type: ignore[arg-type]


@bp.post("/text")
@requires("policies.write")
def set_text() -> ResponseReturnValue:
    """Keep the text as the draft; every fault is named with its place, and what was typed stays."""
    session, actor, form = current_session(), current_actor(), read_form(TextForm)
    given: dict[str, object] = {"text": form.text, "problems": (), "unreadable": None}
    try:
        kept = edit(session, actor, actor.org, read_mapping(form.text).body)
    except YamlError as error:
        given["unreadable"] = text_of_error(error)
    except FaultyBodyError as error:
        given["problems"] = tuple(error.problems)
    else:
        return redirect(url_for(".show" if kept else "grading.index"))
    return render_template("grading/text.html", **given, **working_copy(session, actor)), 422


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
    draft = own_draft(session, actor, actor.org)
    body = draft.body if draft else active_body(session, actor.org)
    kept = edit(session, actor, actor.org, with_figures(body, _figures(form)))
    return redirect(url_for(".show" if kept else ".figures"))


@bp.get("/compare")
@requires("policies.write")
def compare() -> ResponseReturnValue:
    """Lay the draft beside the version that came into force since it was begun."""
    session, actor = current_session(), current_actor()
    laid = laid_side_by_side(session, own_draft(session, actor, actor.org))
    if laid is None:
        return redirect(url_for(".show"))
    return render_template("grading/compare.html", laid=laid, **working_copy(session, actor))


@bp.post("/compare")
@requires("policies.write")
def take_both() -> ResponseReturnValue:
    """Put the draft's changes onto the version in force, as chosen."""
    session, actor = current_session(), current_actor()
    merge(session, actor, KIND, actor.org, chosen_sides(), seen=seen_version())
    toast("versions.merged")
    return redirect(url_for(".show"))


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
