"""Pages of the rules of the protection policy: one rule as a form, its place among the others."""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from policies.protection.copy import edited_body, kept, working_copy
from policies.protection.drafts import DRAFTS
from policies.protection.editing import moved, with_rule, without_rule
from policies.protection.operators import OPERATORS
from soc.errors import NotFoundError
from soc.identity.actor import Role
from soc.ledger.levels import Level
from soc.text import t
from soc.versions.service import FaultyBodyError
from soc.web.context import current_actor, current_session
from soc.web.forms import read_form
from soc.web.guard import requires

bp = Blueprint("protection_rules", __name__, url_prefix="/protection", template_folder="templates")
#: the place of a rule that is not to be moved
_STAYS = "."
_SAID = {"longest": 300}
_CONDITIONS = ("levels", "types", "roles", "purposes")


@dataclass(frozen=True, slots=True)
class RuleForm:
    """One rule as typed; a condition without a choice fits everything. ``behind`` is a rule's id, "" or "."."""

    id: str = field(metadata={"longest": 64})
    why_zh: str = field(metadata=_SAID)
    why_en: str = field(metadata=_SAID)
    operator: str
    was: str = field(default="", metadata={"longest": 64})
    behind: str = field(default=_STAYS, metadata={"longest": 64})
    levels: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveForm:
    """One place up or down."""

    by: int = field(metadata={"least": -1, "most": 1})


@bp.get("/rule")
@requires("policies.write")
def new() -> ResponseReturnValue:
    """Begin a rule."""
    return _form({"operator": "partial"}, ())


@bp.get("/rules/<name>")
@requires("policies.read")
def show(name: str) -> ResponseReturnValue:
    """Show one rule as a form."""
    return _form(_find(name), ())


@bp.post("/rules")
@requires("policies.write")
def keep() -> ResponseReturnValue:
    """Keep a rule in the draft; every fault is named and what was typed stays."""
    form = read_form(RuleForm)
    rule, behind = rule_of(form), None if form.behind == _STAYS else form.behind
    try:
        return kept(with_rule(edited_body(), rule, was=form.was, behind=behind))
    except FaultyBodyError as error:
        return _form(rule, tuple(error.problems), was=form.was, behind=form.behind), 422


@bp.post("/rules/<name>/delete")
@requires("policies.write")
def remove(name: str) -> ResponseReturnValue:
    """Take a rule out of the draft."""
    _find(name)
    return kept(without_rule(edited_body(), name))


@bp.post("/rules/<name>/move")
@requires("policies.write")
def move(name: str) -> ResponseReturnValue:
    """Move a rule by one place, and stay at the table."""
    _find(name)
    session, actor = current_session(), current_actor()
    DRAFTS.edit(session, actor, actor.org, moved(edited_body(), name, read_form(MoveForm).by))
    return redirect(url_for("protection.index", _anchor=f"rule-{name}"))


def rule_of(form: RuleForm) -> dict[str, Any]:
    """The row of a document that a form stands for."""
    conditions = {name: list(getattr(form, name)) for name in _CONDITIONS if getattr(form, name)}
    return {
        "id": form.id,
        "why": {"zh": form.why_zh, "en": form.why_en},
        **conditions,
        "operator": form.operator,
    }


def _find(name: str) -> dict[str, Any]:
    for rule in edited_body()["rules"]:
        if rule["id"] == name:
            return dict(rule)
    raise NotFoundError


def _form(rule: dict[str, Any], problems: tuple[Any, ...], *, was: str | None = None, behind: str = _STAYS) -> str:
    copy = working_copy(current_session(), current_actor())
    return render_template(
        "protection/rule.html",
        rule=rule,
        was=rule.get("id", "") if was is None else was,
        behind=behind,
        stays=_STAYS,
        problems=problems,
        levels=list(Level),
        roles=list(Role),
        operators=list(OPERATORS),
        title=rule.get("why", {}).get(str(copy["lang"])) or rule.get("id") or t("protection.rule_new"),
        **copy,
    )
