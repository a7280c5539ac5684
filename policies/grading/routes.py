"""Pages of grading: the levels as tables, a change tried on the ledger and proposed, versions and roll-back."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from policies.grading.policy import KIND, check_body, policy_of
from policies.grading.service import active_body, propose_policy, what_if
from policies.grading.taxonomy import taxonomy
from soc.ledger.levels import Level
from soc.ledger.types import types
from soc.text import language, t
from soc.tiers.scope import find_within
from soc.versions.models import PolicyVersion
from soc.versions.service import FaultyBodyError, history, roll_back
from soc.versions.service import what_if as effect_of
from soc.web.context import current_actor, current_session
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.toasts import toast

bp = Blueprint("grading", __name__, url_prefix="/grading", template_folder="templates")
_GENERAL = (Level.G1, Level.G2, Level.G3, Level.G4)


@dataclass(frozen=True, slots=True)
class ChangeForm:
    """Levels as ``type:mobile=G3`` and ``category:ZY03=G4``; without a reason it is only tried."""

    levels: tuple[str, ...] = ()
    reason: str = field(default="", metadata={"longest": 500})


@dataclass(frozen=True, slots=True)
class RollBackForm:
    """Why an earlier version should come back."""

    reason: str = field(metadata={"longest": 500})


@bp.get("/")
@requires("policies.read")
def index() -> ResponseReturnValue:
    """Show the policy in force as tables, and its versions."""
    session, actor = current_session(), current_actor()
    return render_template(
        "grading/index.html",
        policy=policy_of(active_body(session, actor.org)),
        types=types().values(),
        categories=taxonomy(),
        versions=history(session, KIND, actor.org),
        levels=_GENERAL,
        lang=language(),
        may=actor.may,
    )


@bp.post("/try")
@requires("policies.write")
def try_out() -> ResponseReturnValue:
    """Show what a change would do to the ledger; nothing is stored."""
    session, actor, form = current_session(), current_actor(), read_form(ChangeForm)
    current = dict(active_body(session, actor.org))
    body = _changed(current, form.levels)
    changes = _differences(current, body)
    effect = what_if(session, actor, current, body)
    return render_template(
        "grading/try.html", changes=changes, effect=effect, given=form.levels, types=types(), lang=language()
    )


@bp.post("/propose")
@requires("policies.write")
def propose() -> ResponseReturnValue:
    """Ask a second person to put a change in force."""
    session, actor, form = current_session(), current_actor(), read_form(ChangeForm)
    body = _changed(dict(active_body(session, actor.org)), form.levels)
    version = propose_policy(session, actor, actor.org, body, reason=form.reason or t("grading.title"))
    toast(t("grading.proposed", number=version.number))
    return redirect(url_for(".show", version_id=version.id))


@bp.get("/versions/<uuid:version_id>")
@requires("policies.read", item=PolicyVersion)
def show(version_id: UUID) -> ResponseReturnValue:
    """Show one version: what it changed against the one in force, and what it would do."""
    session, actor = current_session(), current_actor()
    version = find_within(session, actor, PolicyVersion, version_id)
    changes = _differences(dict(active_body(session, version.org)), version.body) if version.kind == KIND else []
    return render_template(
        "grading/show.html",
        version=version,
        changes=changes,
        effect=effect_of(session, actor, version),
        types=types(),
        lang=language(),
        may=actor.may,
    )


@bp.post("/versions/<uuid:version_id>/roll-back")
@requires("policies.write", item=PolicyVersion)
def bring_back(version_id: UUID) -> ResponseReturnValue:
    """Propose an earlier version again."""
    session, actor, form = current_session(), current_actor(), read_form(RollBackForm)
    version = find_within(session, actor, PolicyVersion, version_id)
    approval = roll_back(session, actor, version.kind, version.org, version.number, reason=form.reason)
    toast(t("grading.proposed", number=approval.payload["number"]))
    return redirect(url_for("approvals.show", approval_id=approval.id))


def _changed(body: dict[str, Any], given: tuple[str, ...]) -> dict[str, Any]:
    """Put the given levels into a copy of the document.

    Raises:
        FaultyBodyError: a name or a level that does not exist.
    """
    kinds, categories = dict(body.get("types", {})), dict(body.get("taxonomy", {}))
    for one in given:
        name, _, level = one.partition("=")
        group, _, key = name.partition(":")
        (categories if group == "category" else kinds)[key] = level
    changed = body | {"types": kinds, "taxonomy": categories}
    problems = check_body(changed)
    if problems:
        raise FaultyBodyError(problems)
    return changed


def _differences(old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, str]]:
    """Every type and category whose level differs, with both levels."""
    before, after = policy_of(old), policy_of(new)
    found = [
        {"group": "type", "key": name, "before": before.types[name].value, "after": level.value}
        for name, level in after.types.items()
        if before.types[name] is not level
    ]
    return found + [
        {"group": "category", "key": code, "before": before.categories[code].value, "after": level.value}
        for code, level in after.categories.items()
        if before.categories[code] is not level
    ]
