"""What waits for a second person: the proposal, what it would change, and the decision."""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from soc.approvals.models import Approval, ApprovalStatus
from soc.approvals.service import approval_kinds, approve, pending, reject, withdraw
from soc.clock import now
from soc.room import resolve
from soc.text import Message, known, t
from soc.tiers.scope import find_within, within
from soc.web.context import current_actor, current_session, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.web.toasts import toast

bp = Blueprint("approvals", __name__, url_prefix="/approvals")


@dataclass(frozen=True, slots=True)
class Decision:
    """The second person's word; ``digest`` is what they were shown."""

    digest: str = field(metadata={"longest": 64})
    note: str = field(default="", metadata={"longest": 1000})


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal says why."""

    note: str = field(metadata={"longest": 1000})
    digest: str = field(default="", metadata={"longest": 64})


_STATUSES = Filter(
    "status",
    "word.status",
    lambda: [Choice(one.value, t(f"web.approvals.status.{one.value}")) for one in ApprovalStatus],
    lambda value: Approval.status == ApprovalStatus(value),
)
TABLE = TableSpec(
    "approvals",
    (
        Column("title", "web.approvals.what", Approval.title),
        Column("kind", "web.approvals.kind", Approval.kind),
        Column("proposer", "web.approvals.proposer", Approval.proposer_name),
        Column("org", "word.organisation", Approval.org),
        Column("at", "word.time", Approval.created_at),
        Column("status", "word.status", Approval.status),
    ),
    default_sort="-at",
    filters=(_STATUSES,),
    search=lambda text: Approval.title.icontains(text, autoescape=True),
)


@bp.get("/")
@requires("approvals.read")
def index() -> ResponseReturnValue:
    """List what waits for this person, or everything within their scope."""
    everything = request.args.get("view") == "all"
    query = within(viewer(), Approval) if everything else pending(current_actor())
    page = page_of(query, TABLE, request.args)
    return render_template(
        "approvals/index.html",
        page=page,
        everything=everything,
        kind_name=kind_name,
        title_of=title_of,
        reason_of=reason_of,
    )


@bp.get("/<uuid:approval_id>")
@requires("approvals.read", item=Approval)
def show(approval_id: UUID) -> ResponseReturnValue:
    """Show a proposal with what it would change."""
    session, actor = current_session(), current_actor()
    approval = find_within(session, actor, Approval, approval_id)
    kind = approval_kinds().get(approval.kind)
    is_open = approval.status is ApprovalStatus.PENDING
    told: dict[str, Any] = {}
    if kind is not None and kind.describe is not None and is_open:
        told = resolve(kind.describe)(session, actor, approval)
    may = kind is not None and is_open and actor.may(kind.approver_permission) and approval.proposer_id != actor.id
    return render_template(
        "approvals/show.html",
        approval=approval,
        told=told,
        before=_text(told.get("before")),
        after=_text(told.get("after", approval.payload)),
        may_decide=may,
        mine=is_open and approval.proposer_id == actor.id,
        kind_name=kind_name,
        title_of=title_of,
        reason_of=reason_of,
    )


@bp.post("/<uuid:approval_id>/approve")
@requires("approvals.read", item=Approval)
def agree(approval_id: UUID) -> ResponseReturnValue:
    """Agree, and have it done: who may is the kind's own permission, checked by the service."""
    given = read_form(Decision)
    digest = given.digest
    decided = approve(current_session(), current_actor(), approval_id, at=now(), digest=digest, note=given.note)
    if decided.status is ApprovalStatus.VOID:
        toast("web.approvals.was_voided", "bad")
        return redirect(url_for(".show", approval_id=approval_id))
    toast("web.approvals.was_approved")
    return redirect(url_for(".index"))


@bp.post("/<uuid:approval_id>/reject")
@requires("approvals.read", item=Approval)
def refuse(approval_id: UUID) -> ResponseReturnValue:
    """Refuse, with a reason."""
    given = read_form(Refusal)
    reject(current_session(), current_actor(), approval_id, at=now(), note=given.note)
    toast("web.approvals.was_rejected")
    return redirect(url_for(".index"))


@bp.post("/<uuid:approval_id>/withdraw")
@requires("approvals.read", item=Approval)
def take_back(approval_id: UUID) -> ResponseReturnValue:
    """Take one's own proposal back."""
    withdraw(current_session(), current_actor(), approval_id, at=now())
    toast("web.approvals.was_withdrawn")
    return redirect(url_for(".show", approval_id=approval_id))


def title_of(approval: Approval) -> str:
    """Return the title: what a job proposes carries it as a message, a person's own words stay."""
    return _told(approval, "title") or approval.title


def reason_of(approval: Approval) -> str:
    """Return the reason, as :func:`title_of` the title."""
    return _told(approval, "reason") or approval.reason


def _told(approval: Approval, part: str) -> str:
    found = approval.payload.get(part)
    return Message.from_json(found).render() if isinstance(found, dict) and known(str(found.get("key"))) else ""


def kind_name(kind: str) -> str:
    """Return the words for a kind of approval; a room names its own as ``approvals.kind.<name>``."""
    key = f"approvals.kind.{kind}"
    return t(key) if known(key) else kind


def _text(body: Any) -> str:
    return "" if body is None else json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True, default=str)
