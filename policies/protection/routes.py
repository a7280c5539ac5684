"""The policy administrator's page on protection: the rules in force, what each role sees, versions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from policies.protection.policy import KIND, ProtectionPolicy, check, default_body
from policies.protection.service import body_for, policy_for, shown_as, what_if
from soc.crypto import ring_of
from soc.identity.actor import Role
from soc.ledger.types import types
from soc.text import language
from soc.versions import service as versions
from soc.versions.models import VersionStatus
from soc.versions.values import Problem, WhatIf
from soc.web.context import current_actor, current_session, current_settings, viewer
from soc.web.errors import text_of
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.toasts import toast
from soc.yaml_text import YamlError, read_mapping, write_yaml

bp = Blueprint("protection", __name__, url_prefix="/protection", template_folder="templates")
#: types whose treatment the page shows by an invented value
SHOWN_TYPES = ("person_name", "resident_id", "mobile", "bank_card", "plate", "address", "email", "health")
SHOWN_ROLES = (Role.ANALYST, Role.OWNER, Role.COMMANDER, Role.AUDITOR, Role.LEADER)
_LONGEST = 200_000
_KEYS = ("title", "purposes", "rules", "shapes")
_RULE_KEYS = ("id", "why", "levels", "types", "roles", "purposes", "operator")


@dataclass(frozen=True, slots=True)
class Change:
    """A document as it was typed, and why it should be in force."""

    text: str = field(metadata={"longest": _LONGEST})
    reason: str = field(default="", metadata={"longest": 1000})
    title: str = field(default="", metadata={"longest": 200})


@dataclass(frozen=True, slots=True)
class Return:
    """Why an earlier version should be in force again."""

    reason: str = field(metadata={"longest": 1000})


@dataclass(frozen=True, slots=True)
class Tried:
    """A document that was tried: what is wrong with it, or what it would change."""

    problems: tuple[Problem, ...] = ()
    what_if: WhatIf | None = None
    unreadable: str | None = None


@bp.get("/")
@requires("policies.read")
def index() -> ResponseReturnValue:
    """Show the rules in force, what each role sees, and the versions."""
    session, org = current_session(), viewer().org
    policy = policy_for(session, org)
    purpose = request.args.get("purpose", "")
    purpose = purpose if purpose in policy.purposes else _first_purpose(policy)
    return render_template(
        "protection/index.html",
        policy=policy,
        active=versions.active(session, KIND, org),
        history=versions.history(session, KIND, org),
        purpose=purpose,
        seen=_seen(policy, purpose),
        roles=SHOWN_ROLES,
        types=types(),
        lang=language(),
        may_write=current_actor().may("policies.write"),
    )


@bp.get("/edit")
@requires("policies.write")
def edit() -> ResponseReturnValue:
    """Edit the document in force, or an earlier one, as text."""
    session, org = current_session(), viewer().org
    active = versions.active(session, KIND, org)
    body = body_for(session, org)
    return render_template("protection/edit.html", text=_text(body), base=active.number if active else None, tried=None)


@bp.post("/try")
@requires("policies.write")
def attempt() -> ResponseReturnValue:
    """Check a document and count what it would change; nothing is stored."""
    return render_template("protection/tried.html", tried=_tried(read_form(Change).text))


@bp.post("/propose")
@requires("policies.write")
def propose() -> ResponseReturnValue:
    """Keep the document as a version and ask a second person to put it in force."""
    given = read_form(Change)
    tried = _tried(given.text)
    session, actor, org = current_session(), current_actor(), viewer().org
    active = versions.active(session, KIND, org)
    base = active.number if active else None
    if tried.problems or tried.unreadable:
        return render_template("protection/edit.html", text=given.text, base=base, tried=tried), 422
    body = read_mapping(given.text).body
    version = versions.draft(session, actor, KIND, org, body, title=given.title or str(body["title"]), base=base)
    versions.propose(session, actor, version, reason=given.reason)
    toast("protection.was_proposed")
    return redirect(url_for(".index"))


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
        before=_text(before),
        after=_text(version.body),
        may_return=current_actor().may("policies.write") and version.status is VersionStatus.SUPERSEDED,
    )


@bp.post("/versions/<int:number>/return")
@requires("policies.write")
def roll_back(number: int) -> ResponseReturnValue:
    """Propose the body of an earlier version again."""
    versions.roll_back(current_session(), current_actor(), KIND, viewer().org, number, reason=read_form(Return).reason)
    toast("protection.was_proposed")
    return redirect(url_for(".index"))


def _tried(text: str) -> Tried:
    try:
        body = read_mapping(text).body
    except YamlError as error:
        return Tried(unreadable=text_of(error))
    problems = check(body)
    if problems:
        return Tried(problems=tuple(problems))
    session = current_session()
    return Tried(what_if=what_if(session, viewer(), body_for(session, viewer().org), body))


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


def _text(body: Mapping[str, Any]) -> str:
    # in an order of its own: PostgreSQL does not keep the keys of a document in theirs
    ordered = {key: body[key] for key in _KEYS if key in body}
    ordered["rules"] = [{key: rule[key] for key in _RULE_KEYS if key in rule} for rule in body["rules"]]
    return write_yaml(ordered)
