"""Pages of 多源: the same data in several places, which place counts, and how many persons all of it speaks of."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload

from policies.ledger.words import title_of
from soc.clock import now
from soc.ledger.models import LedgerItem
from soc.ledger.persons import persons_below, persons_by_centre
from soc.ledger.places import Place, Standing, choose_authority, groups_within, places_of, proposed_authority
from soc.ledger.service import find_item
from soc.text import t
from soc.tiers.scope import within
from soc.web.context import current_actor, current_session, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.paging import page_of_rows
from soc.web.show import percent
from soc.web.tables import Column, TableSpec
from soc.web.toasts import toast

bp = Blueprint("ledger_places", __name__, url_prefix="/ledger", template_folder="templates")
GROUPS = TableSpec(
    "places",
    (
        Column("type", "ledger.column.type"),
        Column("places", "ledger.places.places", numeric=True),
        Column("where", "ledger.places.where"),
        Column("authority", "ledger.places.authority"),
    ),
    default_sort="places",
    page_size=30,
)


@dataclass(frozen=True, slots=True)
class Group:
    """Items that hold the same values: those the reader sees, and the one that counts or should."""

    items: list[LedgerItem]
    authority: LedgerItem | None
    decided: bool


@dataclass(frozen=True, slots=True)
class ChoiceForm:
    """Which place counts."""

    chosen: UUID = field()


@bp.get("/places")
@requires("ledger.read")
def index() -> ResponseReturnValue:
    """List what is kept in several places, the most scattered first."""
    session, actor = current_session(), viewer()
    groups = groups_within(session, actor)
    empty = page_of_rows([], len(groups), GROUPS, request.args)
    start = (empty.page - 1) * empty.size
    rows = [_group(ids) for ids in groups[start : start + empty.size]]
    page = page_of_rows([row for row in rows if row.items], len(groups), GROUPS, request.args)
    return render_template("ledger/places.html", page=page, title_of=title_of, may=current_actor().may)


def _group(ids: list[UUID]) -> Group:
    query = within(viewer(), LedgerItem).where(LedgerItem.id.in_(ids)).order_by(LedgerItem.first_seen, LedgerItem.id)
    found = current_session().scalars(query.options(joinedload(LedgerItem.table), joinedload(LedgerItem.source)))
    items = list(found)
    decided = next((one for one in items if any(other.authority_id == one.id for other in items)), None)
    if decided is not None or not items:
        return Group(items, decided, decided=decided is not None)
    ranked = proposed_authority(items[0], places_of(current_session(), current_actor(), items[0]))
    return Group(items, ranked[0].item if ranked else None, decided=False)


@bp.post("/<uuid:item_id>/authority")
@requires("ledger.write", item=LedgerItem)
def choose(item_id: UUID) -> ResponseReturnValue:
    """Say which place of an item counts."""
    session, actor = current_session(), current_actor()
    item = find_item(session, actor, str(item_id))
    count = choose_authority(session, actor, item, read_form(ChoiceForm).chosen, at=now())
    toast("ledger.places.chosen", count=count)
    return redirect(url_for("ledger.show", item_id=item_id))


@bp.get("/persons")
@requires("ledger.read")
def persons() -> ResponseReturnValue:
    """Show how many persons the ledger speaks of, each counted once."""
    session, actor = current_session(), viewer()
    whole, centres = persons_below(session, actor), persons_by_centre(session, actor)
    given = {"whole": whole, "centres": centres, "title_of": title_of, "may": current_actor().may}
    return render_template("ledger/persons.html", **given)


def places_context(item: LedgerItem) -> dict[str, Any]:
    """What an item's page shows of its other places."""
    places = places_of(current_session(), current_actor(), item)
    ranked = proposed_authority(item, places)
    known = {one.item.id for one in ranked}
    return {
        "places": places,
        "proposed": ranked[0] if ranked else None,
        "proposed_why": _why(ranked, places) if ranked else "",
        "authority": item.authority_id if item.authority_id in known else None,
    }


def _why(ranked: list[Standing], places: list[Place]) -> str:
    """Why the first place is proposed, in words."""
    first = ranked[0]
    if first.in_source_layer:
        return t("ledger.places.why_layer")
    if round(first.covers, 1) > round(ranked[1].covers, 1):
        return t("ledger.places.why_covers", share=percent(first.covers))
    return t("ledger.places.why_standard") if first.has_standard else t("ledger.places.why_oldest")
