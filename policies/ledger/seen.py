"""The page of interfaces that the logs show: register one, or say that it is none to be registered."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement

from policies.ledger.interfaces import WhyForm
from soc.clock import now
from soc.ledger.levels import RANKS
from soc.ledger.seen import BY_COMMENT, MOST, SeenInterface, SeenStatus, heed, ignore, left_out_count, seen_within
from soc.text import t
from soc.web.context import current_actor, current_session, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.web.toasts import toast

bp = Blueprint("ledger_seen", __name__, url_prefix="/ledger/interfaces/seen", template_folder="templates")
LEVELS = {rank: level for level, rank in RANKS.items()}


def _in_state(value: str) -> ColumnElement[bool]:
    registered = SeenInterface.table_id.is_not(None)
    return registered if value == "registered" else ~registered & (SeenInterface.status == SeenStatus(value))


TABLE = TableSpec(
    "seen",
    (
        Column("path", "interfaces.name", SeenInterface.path),
        Column("org", "word.organisation", SeenInterface.org),
        Column("level", "word.level", SeenInterface.level_rank),
        Column("items", "interfaces.reads"),
        Column("requests", "interfaces.requests", SeenInterface.requests, numeric=True),
        Column("last", "interfaces.last_seen", SeenInterface.last_seen),
        Column("acts", ""),
    ),
    default_sort="-level",
    filters=(
        Filter(
            "state",
            "word.status",
            lambda: [Choice(one, t(f"interfaces.state.{one}")) for one in ("open", "registered", "ignored")],
            _in_state,
        ),
    ),
    search=lambda text: SeenInterface.path.icontains(text, autoescape=True),
)


@bp.get("/")
@requires("ledger.read")
def index() -> ResponseReturnValue:
    """List what the logs show, the gravest first."""
    page = page_of(seen_within(viewer()), TABLE, request.args)
    left_out = left_out_count(current_session(), viewer())
    return render_template(
        "ledger/seen.html",
        page=page,
        levels=LEVELS,
        left_out=left_out,
        most=MOST,
        confidence=BY_COMMENT,
        may=current_actor().may,
    )


@bp.post("/<uuid:seen_id>/ignore")
@requires("ledger.write", item=SeenInterface)
def leave(seen_id: UUID) -> ResponseReturnValue:
    """Say that it is none to be registered."""
    found = ignore(current_session(), current_actor(), seen_id, read_form(WhyForm).why, at=now())
    toast("interfaces.said.ignored", name=found.name)
    return redirect(url_for(".index"))


@bp.post("/<uuid:seen_id>/heed")
@requires("ledger.write", item=SeenInterface)
def take_up(seen_id: UUID) -> ResponseReturnValue:
    """Take that back."""
    found = heed(current_session(), current_actor(), seen_id, at=now())
    toast("interfaces.said.heeded", name=found.name)
    return redirect(url_for(".index"))
