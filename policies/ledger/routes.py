"""Pages of the ledger: the list, one item, the sources."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from policies.ledger.facets import explore
from policies.ledger.keeping import keeping_context, review_context
from policies.ledger.listing import GENERAL, matching
from policies.ledger.places import places_context
from policies.ledger.service import LEVEL_ORDER, items_within
from policies.ledger.words import category_words
from policies.protection.service import shown_to_roles
from soc.clock import now
from soc.identity.actor import Actor, Role
from soc.jobs import enqueue
from soc.ledger.levels import Level
from soc.ledger.models import LedgerItem, Source
from soc.ledger.service import Correction, confirm_item, correct_item, find_item, full_history
from soc.ledger.types import types
from soc.room import Hit
from soc.text import language, t
from soc.tiers.scope import find_within, within
from soc.web.context import current_actor, current_session, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Column, TableSpec
from soc.web.toasts import toast
from soc.web.views.routes import shown_views

bp = Blueprint("ledger", __name__, url_prefix="/ledger", template_folder="templates")
#: the job of the room above that scans; it is named because rooms import downwards only
SCAN_JOB = "discovery.scan"
_SEES = (Role.ANALYST, Role.OWNER, Role.COMMANDER, Role.AUDITOR, Role.POLICY, Role.LEADER)


@dataclass(frozen=True, slots=True)
class CorrectionForm:
    """What the owner says the column holds; an empty type means nothing sensitive."""

    level: Level
    type: str = field(default="", metadata={"longest": 60})
    why: str = field(default="", metadata={"longest": 500})


SOURCES = TableSpec(
    "sources",
    (
        Column("name", "ledger.column.source", Source.name),
        Column("org", "word.organisation", Source.org),
        Column("kind", "ledger.column.kind", Source.kind),
        Column("address", "ledger.column.address"),
        Column("scanned", "ledger.column.scanned", Source.scanned_at),
        Column("do", ""),
    ),
    default_sort="name",
)


@bp.get("/")
@requires("ledger.read")
def index() -> ResponseReturnValue:
    """Explore the columns of the organisation and those below: tree, facets and the list, the gravest first."""
    session, actor = current_session(), viewer()
    explored = explore(session, actor, request.args)
    given = {"types": types(), "lang": language(), "saved": shown_views(), "may": current_actor().may}
    return render_template("ledger/index.html", page=explored.page, facets=explored.facets, tree=explored.tree, **given)


@bp.get("/sources")
@requires("ledger.read")
def sources() -> ResponseReturnValue:
    """List the sources that are scanned; their passwords are never shown."""
    page = page_of(within(viewer(), Source).where(Source.removed_at.is_(None)), SOURCES, request.args)
    return render_template("ledger/sources.html", page=page, may=current_actor().may)


@bp.post("/sources/<uuid:source_id>/scan")
@requires("ledger.write", item=Source)
def scan_again(source_id: UUID) -> ResponseReturnValue:
    """Order a scan of one source; a worker takes it within a second."""
    session, actor = current_session(), current_actor()
    source = find_within(session, actor, Source, source_id)
    enqueue(session, actor, SCAN_JOB, {"source": str(source.id)}, org=source.org)
    toast("ledger.scan_ordered", name=source.name)
    return redirect(url_for(".sources"))


@bp.get("/<uuid:item_id>")
@requires("ledger.read", item=LedgerItem)
def show(item_id: UUID) -> ResponseReturnValue:
    """Show one column: what it holds, why, how it came to be so, and who sees how much of it."""
    session, actor = current_session(), current_actor()
    item = find_item(session, actor, str(item_id))
    seen = shown_to_roles(session, item)
    return render_template(
        "ledger/show.html",
        item=item,
        kind=types().get(item.type or ""),
        category_words=category_words,
        history=full_history(session, item),
        seen=[(role, seen[role]) for role in _SEES],
        types=types(),
        levels=GENERAL,
        lang=language(),
        **review_context(item.table),
        **keeping_context(item),
        **places_context(item),
    )


@bp.post("/<uuid:item_id>/confirm")
@requires("ledger.write", item=LedgerItem)
def confirm(item_id: UUID) -> ResponseReturnValue:
    """Take the scan's word as the owner's."""
    session, actor = current_session(), current_actor()
    confirm_item(session, actor, find_item(session, actor, str(item_id)), at=now())
    toast("ledger.confirmed")
    return redirect(url_for(".show", item_id=item_id))


@bp.post("/<uuid:item_id>/correct")
@requires("ledger.write", item=LedgerItem)
def correct(item_id: UUID) -> ResponseReturnValue:
    """Replace the scan's word by the owner's."""
    form, session, actor = read_form(CorrectionForm), current_session(), current_actor()
    correction = Correction(form.type or None, form.level, form.why)
    correct_item(session, actor, find_item(session, actor, str(item_id)), correction, at=now())
    toast("ledger.corrected")
    return redirect(url_for(".show", item_id=item_id))


def find(session: Session, actor: Actor, text: str) -> list[Hit]:
    """Columns whose name, table, source or type fits (the search everywhere)."""
    found = items_within(session, actor).where(matching(text), LedgerItem.type.is_not(None))
    query = found.order_by(LEVEL_ORDER.desc()).limit(8)
    return [
        Hit(f"{item.table.name}.{item.name}", url_for("ledger.show", item_id=item.id), t("ledger.title"))
        for item in session.scalars(query)
    ]
