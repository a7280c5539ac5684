"""``GET|PATCH /api/v1/ledger/items``: the ledger for scripts, and an owner's word."""

from datetime import datetime
from typing import Any
from uuid import UUID

from apiflask.fields import AwareDateTime, String
from apiflask.validators import Length, OneOf

from policies.ledger.service import LEVEL_ORDER, items_within
from soc.clock import now
from soc.errors import InputError
from soc.ledger.changes import plain
from soc.ledger.keeping import ITEM_FIELDS
from soc.ledger.levels import Level
from soc.ledger.models import ItemStatus, LedgerItem
from soc.ledger.service import Correction, Edit, confirm_item, correct_item, edit, find_item
from soc.ledger.stewardship import (
    FIELDS,
    LONGEST,
    Domain,
    Layer,
    Lifecycle,
    Opening,
    Rhythm,
    Sharing,
    Stewarded,
    Store,
    own_fields,
)
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


class KeepingFields(ApiSchema):
    """The handed-down fields; null takes a value back, so that the one from above holds."""

    owner = String(allow_none=True, validate=Length(1, 40))
    operator = String(allow_none=True, validate=Length(1, LONGEST))
    system = String(allow_none=True, validate=Length(1, LONGEST))
    domain = String(allow_none=True, validate=OneOf([one.value for one in Domain]))
    layer = String(allow_none=True, validate=OneOf([one.value for one in Layer]))
    store = String(allow_none=True, validate=OneOf([one.value for one in Store]))
    standard = String(allow_none=True, validate=Length(1, LONGEST))
    steward = String(allow_none=True, validate=Length(1, LONGEST))
    lifecycle = String(allow_none=True, validate=OneOf([one.value for one in Lifecycle]))
    sharing = String(allow_none=True, validate=OneOf([one.value for one in Sharing]))
    sharing_reason = String(allow_none=True, validate=Length(1, LONGEST))
    share_way = String(allow_none=True, validate=Length(1, LONGEST))
    opening = String(allow_none=True, validate=OneOf([one.value for one in Opening]))
    rhythm = String(allow_none=True, validate=OneOf([one.value for one in Rhythm]))


class ItemChange(KeepingFields):
    """An owner's word: ``confirmed`` takes the scan's, ``corrected`` says otherwise by ``type`` and ``level``.

    The other fields say who stands behind the item; ``why`` goes into its history.
    """

    status = String(validate=OneOf([ItemStatus.CONFIRMED.value, ItemStatus.CORRECTED.value]))
    type = String(allow_none=True, validate=Length(1, 60))
    level = String(validate=OneOf(_GENERAL))
    title = String(allow_none=True, validate=Length(1, LONGEST))
    code = String(allow_none=True, validate=Length(1, LONGEST))
    next_review = AwareDateTime(allow_none=True)
    why = String(load_default="", validate=Length(max=500))


@bp.get("/ledger/items")
@bp.input(ItemArgs, location="query")
@bp.output(Listing)
@requires("ledger.read")
def items(query_data: dict[str, Any]) -> dict[str, Any]:
    """List the columns, the gravest first."""
    query = items_within(current_session(), current_actor())
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
    """Confirm or correct one column, or say who stands behind it."""
    session, actor, why = current_session(), current_actor(), json_data.pop("why")
    found = find_item(session, actor, str(item_id))
    kept = {name: json_data[name] for name in (*FIELDS, *ITEM_FIELDS) if name in json_data}
    if kept:
        edit(session, actor, found, Edit(kept, why), at=now())
    if "status" in json_data:
        _decide(found, json_data, why)
    elif not kept or "type" in json_data or "level" in json_data:
        raise InputError("errors.ledger.nothing_said")
    return shape(find_item(session, actor, str(item_id)))


def _decide(found: LedgerItem, said: dict[str, Any], why: str) -> None:
    session, actor = current_session(), current_actor()
    if said["status"] == ItemStatus.CONFIRMED.value:
        if "type" in said or "level" in said:
            raise InputError("errors.ledger.confirm_as_is")
        confirm_item(session, actor, found, at=now())
        return
    correction = Correction(said.get("type", found.type), Level(said.get("level", found.level.value)), why)
    correct_item(session, actor, found, correction, at=now())


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
        decided_at=_iso(found.decided_at),
        comment=found.comment,
        data_type=found.data_type,
        scan_type=found.scan_type,
        title=found.title,
        code=found.code,
        next_review=_iso(found.next_review),
        persons_low=found.table.persons_low,
        persons_high=found.table.persons_high,
        own=list(own_fields(found)),
        **kept_fields(found),
    )


def kept_fields(row: Stewarded) -> dict[str, Any]:
    """Return the handed-down fields in force."""
    return {name: plain(getattr(row, name)) for name in FIELDS}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
