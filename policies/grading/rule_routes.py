"""Pages of the rules of the grading policy: the table, one rule as a form."""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from policies.grading.drafts import DRAFTS
from policies.grading.editing import with_rule, without_rule
from policies.grading.impact import Degree, Harmed
from policies.grading.routes import working_copy
from policies.grading.rules import DERIVED, MARKS
from policies.grading.taxonomy import taxonomy
from soc.errors import NotFoundError
from soc.ledger.levels import GENERAL
from soc.ledger.types import types
from soc.text import t
from soc.tiers.models import Tier
from soc.versions.service import FaultyBodyError
from soc.web.context import current_actor, current_session
from soc.web.forms import read_form
from soc.web.guard import requires

bp = Blueprint("grading_rules", __name__, url_prefix="/grading/rules", template_folder="templates")
_PATTERN = {"longest": 500}


@dataclass(frozen=True, slots=True)
class RuleForm:
    """One rule as typed; what is empty is no condition. ``outcome`` says which of the results is meant."""

    id: str = field(metadata={"longest": 64})
    outcome: str = field(metadata={"choices": frozenset({"level", "impact", "review", "derived"})})
    was: str = field(default="", metadata={"longest": 64})
    title_zh: str = field(default="", metadata={"longest": 200})
    title_en: str = field(default="", metadata={"longest": 200})
    mark: str = "D"
    basis: str = field(default="", metadata={"longest": 500})
    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    name: str = field(default="", metadata=_PATTERN)
    table: str = field(default="", metadata=_PATTERN)
    domains: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    rows: int | None = field(default=None, metadata={"least": 0})
    persons: int | None = field(default=None, metadata={"least": 0})
    tiers: tuple[str, ...] = ()
    metres: float | None = field(default=None, metadata={"least": 0})
    timed: bool = False
    needs: tuple[str, ...] = ()
    level: str = "G3"
    to: str = "table"
    object: str = Harmed.PERSON.value
    degree: str = Degree.SERIOUS.value
    review: str = "I"
    derived: str = DERIVED[0]


@bp.get("/")
@requires("policies.read")
def index() -> ResponseReturnValue:
    """List the rules, with what each rests on."""
    return render_template("grading/rules.html", types=types(), **working_copy(current_session(), current_actor()))


@bp.get("/new")
@requires("policies.write")
def new() -> ResponseReturnValue:
    """Begin a rule."""
    return _form({}, ())


@bp.get("/<name>")
@requires("policies.read")
def show(name: str) -> ResponseReturnValue:
    """Show one rule as a form."""
    return _form(_find(name), ())


@bp.post("/")
@requires("policies.write")
def keep() -> ResponseReturnValue:
    """Keep a rule in the draft; every fault is named and what was typed stays."""
    session, actor, form = current_session(), current_actor(), read_form(RuleForm)
    rule = rule_of(form)
    try:
        DRAFTS.edit(session, actor, actor.org, with_rule(_body(), rule, instead_of=form.was or None))
    except FaultyBodyError as error:
        return _form(rule, tuple(error.problems), was=form.was), 422
    return redirect(url_for("grading_draft.show"))


@bp.post("/<name>/delete")
@requires("policies.write")
def remove(name: str) -> ResponseReturnValue:
    """Take a rule out of the draft."""
    session, actor = current_session(), current_actor()
    _find(name)
    DRAFTS.edit(session, actor, actor.org, without_rule(_body(), name))
    return redirect(url_for("grading_draft.show"))


def rule_of(form: RuleForm) -> dict[str, Any]:
    """The row of a document that a form stands for."""
    lists = ("all", "any", "kinds", "domains", "categories", "tiers", "needs")
    when: dict[str, Any] = {name: list(getattr(form, name)) for name in lists if getattr(form, name)}
    when |= {
        name: getattr(form, name) for name in ("name", "table", "rows", "persons", "metres") if getattr(form, name)
    }
    if form.timed:
        when["timed"] = True
    titles = {"zh": form.title_zh, "en": form.title_en}
    return {
        "id": form.id,
        "title": {lang: text for lang, text in titles.items() if text},
        "mark": form.mark,
        "basis": form.basis,
        "when": when,
        "then": _outcome(form),
    }


def _outcome(form: RuleForm) -> dict[str, Any]:
    if form.outcome == "impact":
        return {"impact": {"object": form.object, "degree": form.degree}, "to": form.to}
    if form.outcome == "level":
        return {"level": form.level, "to": form.to}
    return {form.outcome: getattr(form, form.outcome)}


def _body() -> dict[str, Any]:
    return DRAFTS.body(current_session(), current_actor(), current_actor().org)


def _find(name: str) -> dict[str, Any]:
    for rule in _body().get("rules", ()):
        if rule.get("id") == name:
            return dict(rule)
    raise NotFoundError


def _form(rule: dict[str, Any], problems: tuple[Any, ...], *, was: str | None = None) -> str:
    copy = working_copy(current_session(), current_actor())
    return render_template(
        "grading/rule.html",
        rule=rule,
        was=rule.get("id", "") if was is None else was,
        problems=problems,
        kinds=sorted({one.kind for one in types().values()}),
        types=types().values(),
        categories=taxonomy(),
        tiers=list(Tier),
        objects=list(Harmed),
        degrees=list(Degree),
        levels=GENERAL,
        marks=MARKS,
        derived=DERIVED,
        title=rule.get("title", {}).get(str(copy["lang"])) or rule.get("id") or t("grading.rule_new"),
        **copy,
    )
