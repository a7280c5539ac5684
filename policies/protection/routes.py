"""The policy administrator's page on protection: the rules in force, what each role sees, versions."""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from policies.protection.copy import working_copy
from policies.protection.document import DOCUMENT, text_of
from policies.protection.policy import KIND, ProtectionPolicy, default_body
from policies.protection.service import shown_as
from soc.crypto import ring_of
from soc.identity.actor import Role
from soc.ledger.types import types
from soc.versions import service as versions
from soc.versions.models import VersionStatus
from soc.web.context import current_actor, current_session, current_settings, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.toasts import toast

bp = Blueprint("protection", __name__, url_prefix="/protection", template_folder="templates")
#: types whose treatment the page shows by an invented value
SHOWN_TYPES = ("person_name", "resident_id", "mobile", "bank_card", "plate", "address", "email", "health")
SHOWN_ROLES = (Role.ANALYST, Role.OWNER, Role.COMMANDER, Role.AUDITOR, Role.LEADER)


@dataclass(frozen=True, slots=True)
class Return:
    """Why an earlier version should be in force again."""

    reason: str = field(metadata={"longest": 1000})


@bp.get("/")
@requires("policies.read")
def index() -> ResponseReturnValue:
    """Show the rules in force, what each role sees, and the versions."""
    session, org = current_session(), viewer().org
    copy = working_copy(session, current_actor())
    policy = copy["policy"]
    assert isinstance(policy, ProtectionPolicy)
    purpose = request.args.get("purpose", "")
    purpose = purpose if purpose in policy.purposes else _first_purpose(policy)
    return render_template(
        "protection/index.html",
        active=versions.active(session, KIND, org),
        history=versions.history(session, KIND, org),
        purpose=purpose,
        seen=_seen(policy, purpose),
        roles=SHOWN_ROLES,
        **copy,
    )


@bp.get("/policy.yaml")
@requires("policies.read")
def download() -> ResponseReturnValue:
    """Give the document in force as the file that ``soc protection`` reads."""
    text = DOCUMENT.text(current_session(), viewer().org)
    return Response(
        text, mimetype="application/yaml", headers={"Content-Disposition": 'attachment; filename="protection.yaml"'}
    )


@bp.get("/versions/<int:number>")
@requires("policies.read")
def show(number: int) -> ResponseReturnValue:
    """Show one version against the one in force."""
    session, actor, org = current_session(), viewer(), viewer().org
    version = versions.find_version(session, actor, KIND, org, number)
    active = versions.active(session, KIND, org)
    before = active.body if active else default_body()
    return render_template(
        "protection/version.html",
        version=version,
        before=text_of(before),
        after=text_of(version.body),
        may_return=current_actor().may("policies.write") and version.status is VersionStatus.SUPERSEDED,
    )


@bp.post("/versions/<int:number>/return")
@requires("policies.write")
def roll_back(number: int) -> ResponseReturnValue:
    """Propose the body of an earlier version again."""
    versions.roll_back(current_session(), current_actor(), KIND, viewer().org, number, reason=read_form(Return).reason)
    toast("protection.was_proposed")
    return redirect(url_for(".index"))


def _seen(policy: ProtectionPolicy, purpose: str) -> list[tuple[str, list[Any]]]:
    ring = ring_of(current_settings())
    known = types()
    rows = []
    for name in SHOWN_TYPES:
        if name in known:
            level = known[name].level
            cells = [shown_as(policy, ring, name, level, role=role, purpose=purpose) for role in SHOWN_ROLES]
            rows.append((name, cells))
    return rows


def _first_purpose(policy: ProtectionPolicy) -> str:
    return "operations" if "operations" in policy.purposes else min(policy.purposes)
