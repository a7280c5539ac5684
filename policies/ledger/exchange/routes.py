"""Pages of the exchange: what goes out, what came in, and the merge of one import."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from werkzeug.datastructures import MultiDict

from policies.ledger.exchange import service
from policies.ledger.exchange.models import CatalogueImport, ImportStatus
from policies.ledger.exchange.rows import item_rows, resource_rows
from policies.ledger.exchange.service import Choices, Side
from policies.ledger.exchange.workbook import LARGEST, read, write
from policies.ledger.listing import TABLE, TABLE_NAME
from policies.ledger.service import items_within
from soc.clock import now
from soc.errors import InputError
from soc.identity.actor import Actor
from soc.ledger.models import LedgerItem, LedgerTable
from soc.text import t
from soc.tiers.scope import find_within, visible, within
from soc.web.context import current_actor, current_session, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.paging import narrow, page_of, page_of_rows
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.web.toasts import toast

bp = Blueprint("ledger_exchange", __name__, url_prefix="/ledger", template_folder="../templates")
#: catalogues that are offered by name; any other may be typed
CATALOGUES = ("一体化数字平台", "一网共享")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHOICE = "choice:"
_SHOW = ("differs", "conflict", "new", "same")

IMPORTS = TableSpec(
    "imports",
    (
        Column("name", "exchange.name", CatalogueImport.name),
        Column("catalogue", "exchange.catalogue", CatalogueImport.catalogue),
        Column("at", "exchange.at", CatalogueImport.at),
        Column("rows", "exchange.rows", CatalogueImport.rows, numeric=True),
        Column("faults", "exchange.faults", numeric=True),
        Column("status", "word.status", CatalogueImport.status),
    ),
    default_sort="-at",
)


def _never(_value: str) -> Any:
    raise AssertionError("rows are filtered here, not in the database")


MERGE = TableSpec(
    "merge",
    (Column("row", "exchange.row"), Column("differences", "exchange.differences")),
    default_sort="row",
    filters=(Filter("show", "exchange.show", lambda: [Choice(o, t(f"exchange.show_{o}")) for o in _SHOW], _never),),
    search=_never,
    page_size=40,
)


@dataclass(frozen=True, slots=True)
class ImportForm:
    """Whose file it is."""

    catalogue: str = field(metadata={"longest": 80})


@dataclass(frozen=True, slots=True)
class ExportForm:
    """For which catalogue, and whether that counts as agreed."""

    catalogue: str = field(metadata={"longest": 80})
    query: str = field(default="", metadata={"longest": 4000})


@bp.get("/exchange")
@requires("ledger.read")
def index() -> ResponseReturnValue:
    """List the imports, and offer both ways."""
    page = page_of(within(viewer(), CatalogueImport), IMPORTS, request.args)
    given = {"catalogues": CATALOGUES, "may": current_actor().may, "most": LARGEST >> 20}
    return render_template("ledger/exchange.html", page=page, **given)


@bp.post("/exchange/export")
@requires("ledger.write")
def export() -> ResponseReturnValue:
    """Give what the ledger says in the catalogue's form; what goes out is the base of the next merge."""
    form, session, actor = read_form(ExportForm), current_session(), current_actor()
    items, tables = chosen(form.query, viewer())
    rows = [*session.scalars(tables), *session.scalars(items)]
    raw = write(resource_rows(session, tables), item_rows(session, items))
    service.agree_export(session, actor, form.catalogue.strip(), rows, at=now())
    return workbook(raw, f"{form.catalogue}-{now():%Y%m%d}.xlsx")


def chosen(query: str, actor: Actor) -> tuple[Select[Any], Select[Any]]:
    """The items of a filtered list, all of the scope where it has no filter, and their tables."""
    items: Select[Any] = narrow(items_within(current_session(), actor), TABLE, MultiDict(parse_qsl(query)))
    ids = items.with_only_columns(LedgerItem.table_id).order_by(None)
    tables = select(LedgerTable).where(
        LedgerTable.id.in_(ids), visible(actor, LedgerTable.org), LedgerTable.gone_at.is_(None)
    )
    return items.order_by(TABLE_NAME, LedgerItem.place, LedgerItem.id), tables.order_by(LedgerTable.name)


def workbook(raw: bytes, name: str) -> Response:
    """Answer with a workbook to keep."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(raw, mimetype=_XLSX, headers=headers)


@bp.post("/exchange")
@requires("ledger.write")
def bring_in() -> ResponseReturnValue:
    """Read a catalogue's workbook; nothing of the ledger changes before its merge."""
    form = read_form(ImportForm)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InputError("errors.exchange.no_file")
    lines, faults = read(file.stream.read(LARGEST + 1))
    name = file.filename.replace("\\", "/").rsplit("/", 1)[-1]
    found = service.bring_in(
        current_session(), current_actor(), form.catalogue, name, lines, faults, at=now()
    )  # fmt: skip
    return redirect(url_for(".show", import_id=found.id))


@bp.get("/exchange/<uuid:import_id>")
@requires("ledger.read", item=CatalogueImport)
def show(import_id: UUID) -> ResponseReturnValue:
    """Show what differs, row by row: ours, theirs, and what was last agreed."""
    session, actor = current_session(), current_actor()
    found = find_within(session, actor, CatalogueImport, import_id)
    rows = list(service.compared(session, actor, found))
    counts = {kind: sum(1 for one in rows if kind in kinds_of(one)) for kind in _SHOW}
    wanted = [kind for kind in request.args.getlist("show") if kind in _SHOW] or ["differs", "new"]
    q = request.args.get("q", "").strip().casefold()
    kept = [one for one in rows if set(wanted) & set(kinds_of(one)) and q in one.row.label.casefold()]
    empty = page_of_rows([], len(kept), MERGE, request.args)
    start = (empty.page - 1) * empty.size
    page = page_of_rows(kept[start : start + empty.size], len(kept), MERGE, request.args)
    given = {"counts": counts, "may": actor.may, "is_open": found.status is ImportStatus.OPEN}
    return render_template("ledger/merge.html", found=found, page=page, **given)


def kinds_of(one: service.Compared) -> tuple[str, ...]:
    """Which filters show a row."""
    if not one.known:
        return ("new",)
    if not one.differences:
        return ("same",)
    conflict = any(difference.lean is service.Lean.CONFLICT for difference in one.differences)
    return ("differs", "conflict") if conflict else ("differs",)


@bp.post("/exchange/<uuid:import_id>/merge")
@requires("ledger.write", item=CatalogueImport)
def merge(import_id: UUID) -> ResponseReturnValue:
    """Take over what was chosen, as one recorded act."""
    session, actor = current_session(), current_actor()
    found = find_within(session, actor, CatalogueImport, import_id)
    done = service.merge(session, actor, found, choices_of(request.form), at=now())
    toast("exchange.merged", rows=done.rows, fields=done.fields, new=done.new, waiting=done.waiting)
    return redirect(url_for(".show", import_id=import_id))


def choices_of(given: Mapping[str, Any]) -> Choices:
    """The choices of the form: ``choice:<row>:<field>`` is a side, ``every`` one for all, ``new`` rows to take in.

    Raises:
        InputError: a name or side that no form of ours has.
    """
    single: dict[tuple[UUID, str], Side] = {}
    many = MultiDict(given)
    try:
        for name, value in many.items():
            if name.startswith(_CHOICE) and value:
                _, row, field_name = name.split(":", 2)
                single[UUID(row), field_name] = Side(value)
        every = Side(many["every"]) if many.get("every") else None
        new = frozenset(UUID(one) for one in many.getlist("new"))
    except ValueError:
        raise InputError("errors.form") from None
    return Choices(single, every, new)


@bp.post("/exchange/<uuid:import_id>/discard")
@requires("ledger.write", item=CatalogueImport)
def discard(import_id: UUID) -> ResponseReturnValue:
    """Put an import away unmerged."""
    session, actor = current_session(), current_actor()
    service.discard(session, actor, find_within(session, actor, CatalogueImport, import_id), at=now())
    toast("exchange.discarded")
    return redirect(url_for(".index"))
