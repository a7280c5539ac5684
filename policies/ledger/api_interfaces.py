"""``/api/v1/ledger/interfaces``: the interfaces of the ledger, read and registered by scripts."""

from typing import Any
from uuid import UUID

from apiflask import fields
from apiflask.validators import Length, OneOf
from sqlalchemy.orm import joinedload

from policies.ledger.api import kept_fields
from soc.clock import now
from soc.errors import NotFoundError
from soc.ledger.interfaces import (
    METHODS,
    MOST_ITEMS,
    NewInterface,
    all_interfaces_within,
    interfaces_within,
    register_interface,
    restore,
    take_out,
)
from soc.ledger.models import LedgerItem, LedgerTable, Source
from soc.ledger.seen import SeenInterface, heed, ignore, seen_within, shape_of
from soc.tiers.scope import find_within, within
from soc.web.api import ApiSchema, ListArgs, Listing, api_blueprint, item, list_of
from soc.web.context import current_actor, current_session
from soc.web.guard import requires

bp = api_blueprint("ledger_interfaces", __name__, "ledger")


class InterfaceArgs(ListArgs):
    """Which interfaces."""

    source_id = fields.UUID()


class NewInterfaceBody(ApiSchema):
    """An interface: ``returns`` are the ids of the items that it gives out, all of ``source_id``."""

    source_id = fields.UUID(required=True)
    method = fields.String(required=True, validate=OneOf(METHODS))
    path = fields.String(required=True, validate=Length(1, 200))
    purpose = fields.String(required=True, validate=Length(1, 500))
    owner = fields.String(load_default=None, allow_none=True, validate=Length(1, 40))
    returns = fields.List(fields.UUID(), required=True, validate=Length(1, MOST_ITEMS))


class WhyBody(ApiSchema):
    """Why."""

    why = fields.String(required=True, validate=Length(1, 500))


@bp.get("/ledger/interfaces")
@bp.input(InterfaceArgs, location="query")
@bp.output(Listing)
@requires("ledger.read")
def listed(query_data: dict[str, Any]) -> dict[str, Any]:
    """List the interfaces by name."""
    query = interfaces_within(current_actor())
    if "source_id" in query_data:
        query = query.where(LedgerTable.source_id == query_data["source_id"])
    return list_of(query.order_by(LedgerTable.name, LedgerTable.id), shape, query_data)


@bp.get("/ledger/interfaces/<uuid:table_id>")
@requires("ledger.read", item=LedgerTable)
def one(table_id: UUID) -> dict[str, Any]:
    """Return one interface with the items that it returns."""
    session, actor = current_session(), current_actor()
    found = session.scalar(all_interfaces_within(actor).where(LedgerTable.id == table_id))
    if found is None:
        raise NotFoundError
    query = within(actor, LedgerItem).where(LedgerItem.table_id == found.id, LedgerItem.gone_at.is_(None))
    returns = [
        {"id": str(row.id), "name": row.name, "type": row.type, "level": row.level.value, "category": row.category}
        for row in session.scalars(query.order_by(LedgerItem.place))
    ]
    return shape(found) | {"returns": returns}


@bp.post("/ledger/interfaces")
@bp.input(NewInterfaceBody)
@requires("ledger.write")
def add(json_data: dict[str, Any]) -> dict[str, Any]:
    """Register an interface."""
    session, actor = current_session(), current_actor()
    source = find_within(session, actor, Source, json_data["source_id"])
    wanted = list(dict.fromkeys(json_data["returns"]))
    query = within(actor, LedgerItem).where(LedgerItem.id.in_(wanted)).options(joinedload(LedgerItem.table))
    found = {row.id: row for row in session.scalars(query)}
    if set(found) != set(wanted):
        raise NotFoundError
    order = NewInterface(json_data["method"], json_data["path"], json_data["purpose"], json_data["owner"])
    table = register_interface(session, actor, source, order, [found[key] for key in wanted], at=now())
    return one(table.id)


@bp.post("/ledger/interfaces/<uuid:table_id>/out")
@bp.input(WhyBody)
@requires("ledger.write", item=LedgerTable)
def out(table_id: UUID, json_data: dict[str, Any]) -> dict[str, Any]:
    """Take an interface out that is no more; its history stays."""
    return shape(take_out(current_session(), current_actor(), table_id, json_data["why"], at=now()))


@bp.post("/ledger/interfaces/<uuid:table_id>/restore")
@requires("ledger.write", item=LedgerTable)
def back(table_id: UUID) -> dict[str, Any]:
    """Put one back that was taken out."""
    return shape(restore(current_session(), current_actor(), table_id, at=now()))


@bp.get("/ledger/interfaces/seen")
@bp.input(ListArgs, location="query")
@bp.output(Listing)
@requires("ledger.read")
def seen(query_data: dict[str, Any]) -> dict[str, Any]:
    """List the interfaces that the logs show, the gravest first."""
    query = seen_within(current_actor()).order_by(SeenInterface.level_rank.desc(), SeenInterface.id)
    return list_of(query, lambda one: item(one, **shape_of(one)), query_data)


@bp.post("/ledger/interfaces/seen/<uuid:seen_id>/ignore")
@bp.input(WhyBody)
@requires("ledger.write", item=SeenInterface)
def leave(seen_id: UUID, json_data: dict[str, Any]) -> dict[str, Any]:
    """Say that an interface is none to be registered."""
    found = ignore(current_session(), current_actor(), seen_id, json_data["why"], at=now())
    return item(found, **shape_of(found))


@bp.post("/ledger/interfaces/seen/<uuid:seen_id>/heed")
@requires("ledger.write", item=SeenInterface)
def take_up(seen_id: UUID) -> dict[str, Any]:
    """Take back that it is ignored."""
    found = heed(current_session(), current_actor(), seen_id, at=now())
    return item(found, **shape_of(found))


def shape(found: LedgerTable) -> dict[str, Any]:
    """Return an interface's JSON."""
    method, _, path = found.name.partition(" ")
    return item(
        found,
        source_id=str(found.source_id),
        method=method,
        path=path,
        purpose=found.summary,
        level=found.level.value,
        gone_at=found.gone_at.isoformat() if found.gone_at else None,
        **kept_fields(found),
    )
