"""Pages of grading: the levels and rules in force as tables, the versions, roll-back."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from policies.grading.document import DOCUMENT
from policies.grading.drafts import DRAFTS
from policies.grading.editing import level_changes, ordered, with_levels
from policies.grading.policy import KIND, policy_of
from policies.grading.service import active_body, policy_above
from policies.grading.taxonomy import taxonomy
from policies.grading.yaml_text import text_of
from soc.identity.actor import Actor
from soc.ledger.levels import GENERAL
from soc.ledger.types import types
from soc.text import language
from soc.tiers.scope import find_within
from soc.versions.models import PolicyVersion
from soc.versions.service import history, roll_back
from soc.versions.service import what_if as effect_of
from soc.web.context import current_actor, current_session
from soc.web.drafting import standing
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.toasts import toast

bp = Blueprint("grading", __name__, url_prefix="/grading", template_folder="templates")


@dataclass(frozen=True, slots=True)
class LevelsForm:
    """Levels as ``type:mobile=G3`` and ``category:ZY03=G4``."""

    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RollBackForm:
    """Why an earlier version should come back."""

    reason: str = field(metadata={"longest": 500})


def working_copy(session: Session, actor: Actor) -> dict[str, object]:
    """What every page of the editor shows: the document being edited, and the draft that it is, if it is one."""
    draft = DRAFTS.own(session, actor, actor.org)
    body = ordered(DRAFTS.shown(session, actor.org, draft))
    return standing(session, draft) | {
        "body": body,
        "policy": policy_of(body),
        "above": policy_above(session, actor.org),
        "known_types": types(),
        "lang": language(),
        "may": actor.may,
    }


@bp.get("/")
@requires("policies.read")
def index() -> ResponseReturnValue:
    """Show the levels of types and categories, in force or as the person's draft has them."""
    session, actor = current_session(), current_actor()
    return render_template(
        "grading/index.html",
        **working_copy(session, actor),
        active=policy_of(active_body(session, actor.org)),
        types=types().values(),
        categories=taxonomy(),
        levels=GENERAL,
    )


@bp.post("/levels")
@requires("policies.write")
def set_levels() -> ResponseReturnValue:
    """Keep changed levels in the person's draft, and go and see what they would do."""
    session, actor, form = current_session(), current_actor(), read_form(LevelsForm)
    body = with_levels(DRAFTS.body(session, actor, actor.org), form.levels)
    return redirect(url_for("grading_draft.show" if DRAFTS.edit(session, actor, actor.org, body) else ".index"))


@bp.get("/versions")
@requires("policies.read")
def versions() -> ResponseReturnValue:
    """List every version, newest first."""
    session, actor = current_session(), current_actor()
    found = history(session, KIND, actor.org)
    return render_template("grading/versions.html", versions=found, **working_copy(session, actor))


@bp.get("/policy.yaml")
@requires("policies.read")
def download() -> ResponseReturnValue:
    """Give the document in force as the file that ``soc grading`` reads."""
    text = DOCUMENT.text(current_session(), current_actor().org)
    return Response(
        text, mimetype="application/yaml", headers={"Content-Disposition": 'attachment; filename="grading.yaml"'}
    )


@bp.get("/versions/<uuid:version_id>")
@requires("policies.read", item=PolicyVersion)
def show(version_id: UUID) -> ResponseReturnValue:
    """Show one version: what it changed against the one in force, and what it would do."""
    session, actor = current_session(), current_actor()
    version = find_within(session, actor, PolicyVersion, version_id)
    current = active_body(session, version.org)
    is_grading = version.kind == KIND
    return render_template(
        "grading/show.html",
        version=version,
        changes=level_changes(current, version.body) if is_grading else [],
        before=text_of(current) if is_grading else "",
        after=text_of(version.body) if is_grading else "",
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
    toast("versions.proposed", number=approval.payload["number"])
    return redirect(url_for("approvals.show", approval_id=approval.id))
