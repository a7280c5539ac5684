"""``GET|PATCH /api/v1/ledger/items``: the ledger for scripts, and an owner's word."""

from typing import Any
from uuid import UUID

from apiflask.fields import String
from apiflask.validators import Length, OneOf

from policies.ledger.service import LEVEL_ORDER, items_within
from soc.clock import now
from soc.errors import InputError
from soc.ledger.levels import Level
from soc.ledger.models import ItemStatus, LedgerItem
from soc.ledger.service import Correction, confirm_item, correct_item, find_item
from soc.web.api import ApiSchema, ListArgs, Listing, api_blueprint, item, list_of
from soc.web.context import current_actor, current_session
from soc.web.guard import requires

bp = api_blueprint("ledger", __name__, "ledger")
_GENERAL = [Level.G1.value, Level.G2.value, Level.G3.value, Level.G4.value]


class ItemArgs(ListArgs):
    """Which items."""

    level = String(validate=OneOf(_GENERAL))
    status = String(validate=OneOf([one.value for one in ItemStatus]))
    type = String(validate=Length(1, 60))


class ItemChange(ApiSchema):
    """An owner's word: ``confirmed`` takes the scan's, ``corrected`` says otherwise by ``type`` and ``level``."""

    status = String(required=True, validate=OneOf([ItemStatus.CONFIRMED.value, ItemStatus.CORRECTED.value]))
    type = String(allow_none=True, validate=Length(1, 60))
    level = String(validate=OneOf(_GENERAL))


@bp.get("/ledger/items")
@bp.input(ItemArgs, location="query")
@bp.output(Listing)
@requires("ledger.read")
def items(query_data: dict[str, Any]) -> dict[str, Any]:
    """List the columns, the gravest first."""
    query = items_within(current_actor())
    if "level" in query_data:
        query = query.where(LedgerItem.level == Level(query_data["level"]))
    if "status" in query_data:
        query = query.where(LedgerItem.status == ItemStatus(query_data["status"]))
    if "type" in query_data:
        query = query.where(LedgerItem.type == query_data["type"])
    return list_of(query.order_by(LEVEL_ORDER.desc(), LedgerItem.id), shape, query_data)


@bp.get("/ledger/items/<uuid:item_id>")
@requires("ledger.read", item=LedgerItem)
def one(item_id: UUID) -> dict[str, Any]:
    """Return one column."""
    return shape(find_item(current_session(), current_actor(), str(item_id)))


@bp.patch("/ledger/items/<uuid:item_id>")
@bp.input(ItemChange)
@requires("ledger.write", item=LedgerItem)
def change(item_id: UUID, json_data: dict[str, Any]) -> dict[str, Any]:
    """Confirm or correct one column."""
    session, actor = current_session(), current_actor()
    found = find_item(session, actor, str(item_id))
    if json_data["status"] == ItemStatus.CONFIRMED.value:
        if "type" in json_data or "level" in json_data:
            raise InputError("errors.ledger.confirm_as_is")
        return shape(confirm_item(session, actor, found, at=now()))
    correction = Correction(json_data.get("type", found.type), Level(json_data.get("level", found.level.value)))
    return shape(correct_item(session, actor, found, correction, at=now()))


def shape(found: LedgerItem) -> dict[str, Any]:
    """Return an item's JSON."""
    return item(
        found,
        source_id=str(found.source_id),
        table=found.table.name,
        name=found.name,
        type=found.type,
        entity=found.entity,
        confidence=round(found.confidence, 4),
        tier=found.tier,
        masked=found.masked,
        category=found.category,
        level=found.level.value,
        rows=found.table.rows,
        evidence=found.evidence,
        status=found.status.value,
        decided_by=found.decided_by,
        decided_at=found.decided_at.isoformat() if found.decided_at else None,
    )
