"""``/api/v1/ledger/catalogue``: the exchange for scripts, in the form's own heads."""

from typing import Any
from uuid import UUID

from apiflask.fields import Dict, List, String
from apiflask.validators import Length, OneOf

from policies.ledger.exchange import service
from policies.ledger.exchange.form import HEADS, Sheet, head_named, heads_of
from policies.ledger.exchange.models import CatalogueImport
from policies.ledger.exchange.routes import chosen
from policies.ledger.exchange.rows import item_rows, resource_rows
from policies.ledger.exchange.service import Choices, Side
from policies.ledger.exchange.workbook import Fault, Line
from soc.clock import now
from soc.errors import InputError
from soc.text import t
from soc.tiers.scope import find_within, within
from soc.web.api import ApiSchema, ListArgs, Listing, api_blueprint, item, list_of, listing
from soc.web.context import current_actor, current_session
from soc.web.guard import requires

bp = api_blueprint("ledger_catalogue", __name__, "ledger")
_SHEETS = [sheet.value for sheet in Sheet]
_MOST = 20_000


class CatalogueArgs(ListArgs):
    """Which sheet."""

    sheet = String(load_default=Sheet.ITEMS.value, validate=OneOf(_SHEETS))


class NewImport(ApiSchema):
    """A catalogue's rows, each by the heads of the form or by the ledger's fields."""

    catalogue = String(required=True, validate=Length(1, 80))
    name = String(load_default="API", validate=Length(1, 200))
    resources = List(Dict(keys=String(), values=String(allow_none=True)), load_default=list, validate=Length(max=_MOST))
    items = List(Dict(keys=String(), values=String(allow_none=True)), load_default=list, validate=Length(max=_MOST))


class MergeChoice(ApiSchema):
    """Which side of one field of one row."""

    row_id = String(required=True, validate=Length(1, 40))
    field = String(required=True, validate=Length(1, 40))
    side = String(required=True, validate=OneOf([side.value for side in Side]))


class Merge(ApiSchema):
    """What is taken over; without a side for all, what the three sides suggest."""

    every = String(load_default=None, allow_none=True, validate=OneOf([side.value for side in Side]))
    choices = List(Dict(), load_default=list, validate=Length(max=_MOST))
    new = List(String(validate=Length(1, 40)), load_default=list, validate=Length(max=_MOST))


@bp.get("/ledger/catalogue")
@bp.input(CatalogueArgs, location="query")
@bp.output(Listing)
@requires("ledger.read")
def catalogue(query_data: dict[str, Any]) -> dict[str, Any]:
    """List what the ledger says in the catalogue's form: an object a row, by its heads."""
    session, sheet = current_session(), Sheet(query_data["sheet"])
    items, tables = chosen("", current_actor())
    query = items if sheet is Sheet.ITEMS else tables
    page = list_of(query, lambda row: {"id": row.id, "org": row.org}, query_data)
    ids = [one["id"] for one in page["items"]]
    model = query.column_descriptions[0]["entity"]
    rows = item_rows if sheet is Sheet.ITEMS else resource_rows
    told = list(rows(session, query.where(model.id.in_(ids)))) if ids else []
    named = [
        {"id": str(one["id"]), "org": one["org"]} | {head.title: row.get(head.field, "") for head in heads_of(sheet)}
        for one, row in zip(page["items"], told, strict=True)
    ]
    return listing(named, page["total"], page["next"])


@bp.get("/ledger/catalogue/imports")
@bp.input(ListArgs, location="query")
@bp.output(Listing)
@requires("ledger.read")
def imports(query_data: dict[str, Any]) -> dict[str, Any]:
    """List the imports, the newest first."""
    query = within(current_actor(), CatalogueImport)
    return list_of(query.order_by(CatalogueImport.at.desc(), CatalogueImport.id.desc()), shape, query_data)


@bp.post("/ledger/catalogue/imports")
@bp.input(NewImport)
@requires("ledger.write")
def bring_in(json_data: dict[str, Any]) -> dict[str, Any]:
    """Bring a catalogue's rows in; nothing of the ledger changes before the merge."""
    lines: list[Line] = []
    faults: list[Fault] = []
    for sheet in Sheet:
        for number, row in enumerate(json_data[sheet.value], start=1):
            lines.append(Line(sheet, number, _cells(sheet, number, row, faults)))
    session, actor = current_session(), current_actor()
    found = service.bring_in(session, actor, json_data["catalogue"], json_data["name"], lines, faults, at=now())
    return one(found.id)


def _cells(sheet: Sheet, number: int, row: dict[str, Any], faults: list[Fault]) -> dict[str, str]:
    """A row's cells by the ledger's field; heads that nobody knows are named."""
    fields = {head.field for head in HEADS}
    cells = {}
    for name, text in row.items():
        head = head_named(sheet, name)
        key = head.field if head else name if name in fields else None
        if key is None:
            faults.append(Fault(sheet.caption, number, "errors.exchange.unknown_head", {"head": name[:40]}))
        elif text:
            cells[key] = str(text)
    return cells


@bp.get("/ledger/catalogue/imports/<uuid:import_id>")
@requires("ledger.read", item=CatalogueImport)
def one(import_id: UUID) -> dict[str, Any]:
    """Return one import with what differs: ours, theirs and what was last agreed."""
    session, actor = current_session(), current_actor()
    found = find_within(session, actor, CatalogueImport, import_id)
    return shape(found) | {"differing": [_compared(one) for one in service.compared(session, actor, found)]}


def _compared(one: service.Compared) -> dict[str, Any]:
    row = one.row
    return {
        "row_id": str(row.id),
        "sheet": row.sheet.value,
        "line": row.line,
        "label": row.label,
        "known": one.known,
        "status": row.status.value,
        "item_id": str(row.item_id) if row.item_id else None,
        "table_id": str(row.table_id) if row.table_id else None,
        "differences": [
            {"field": d.field, "ours": d.ours, "theirs": d.theirs, "base": d.base, "lean": d.lean.value}
            for d in one.differences
        ],
    }


@bp.post("/ledger/catalogue/imports/<uuid:import_id>/merge")
@bp.input(Merge)
@requires("ledger.write", item=CatalogueImport)
def merge(import_id: UUID, json_data: dict[str, Any]) -> dict[str, Any]:
    """Take over what was chosen, as one recorded act; conflicts nobody decided go on waiting."""
    session, actor = current_session(), current_actor()
    found = find_within(session, actor, CatalogueImport, import_id)
    done = service.merge(session, actor, found, _choices(json_data), at=now())
    return shape(found) | {
        "merged": {"rows": done.rows, "fields": done.fields, "new": done.new},
        "waiting": done.waiting,
    }


def _choices(said: dict[str, Any]) -> Choices:
    schema = MergeChoice()
    try:
        read = [schema.load(one) for one in said["choices"]]
        single = {(UUID(one["row_id"]), str(one["field"])): Side(one["side"]) for one in read}
        new = frozenset(UUID(text) for text in said["new"])
    except ValueError as error:
        raise InputError("errors.form") from error
    return Choices(single, Side(said["every"]) if said["every"] else None, new)


def shape(found: CatalogueImport) -> dict[str, Any]:
    """Return an import's JSON."""
    return item(
        found,
        catalogue=found.catalogue,
        name=found.name,
        at=found.at.isoformat(),
        by=found.by,
        status=found.status.value,
        rows=found.rows,
        faults=[{**fault, "message": t(fault["key"], **fault["params"])} for fault in found.faults],
    )
