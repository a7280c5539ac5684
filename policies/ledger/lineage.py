"""Pages of the lineage: the edges that are known, files of statements brought in, and the graph around one item."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import joinedload

from policies.ledger.drawing import HEIGHT, WIDTH, Drawing, draw
from policies.ledger.words import title_of
from soc.clock import now
from soc.errors import InputError
from soc.ledger.lineage.edges import Origin, Transform
from soc.ledger.lineage.models import LedgerEdge
from soc.ledger.lineage.service import DIALECT_OF, Stored, edges_around, edges_within, place_of, store_script
from soc.ledger.lineage.statements import DIALECTS
from soc.ledger.models import LedgerItem, Source
from soc.ledger.service import find_item
from soc.ledger.sources import list_sources
from soc.text import t
from soc.tiers.scope import find_within, within
from soc.web.context import current_actor, current_session, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Choice, Column, Filter, TableSpec

bp = Blueprint("ledger_lineage", __name__, url_prefix="/ledger", template_folder="templates")
_LARGEST = 16 << 20
_LONGEST_PASTED = 200_000


@dataclass(frozen=True, slots=True)
class ScriptForm:
    """Statements to read: of which source, in which dialect."""

    source: UUID | None = None
    dialect: str = field(default="", metadata={"choices": frozenset({"", *DIALECTS})})
    sql: str = field(default="", metadata={"longest": _LONGEST_PASTED})
    name: str = field(default="", metadata={"longest": 120})


@dataclass(frozen=True, slots=True)
class Node:
    """One column in the graph: an item that the reader may see, or only a name."""

    key: str
    table: str
    column: str
    item: LedgerItem | None


def _named(text: str) -> ColumnElement[bool]:
    columns = (LedgerEdge.up_table, LedgerEdge.up_column, LedgerEdge.down_table, LedgerEdge.down_column)
    return or_(*(column.icontains(text, autoescape=True) for column in columns))


EDGES = TableSpec(
    "edges",
    (
        Column("upstream", "lineage.upstream", LedgerEdge.up_table),
        Column("downstream", "lineage.downstream", LedgerEdge.down_table),
        Column("transform", "lineage.transform", LedgerEdge.transform),
        Column("origin", "lineage.origin", LedgerEdge.origin),
        Column("confidence", "ledger.column.confidence", LedgerEdge.confidence, numeric=True),
        Column("seen", "lineage.seen", LedgerEdge.last_seen),
    ),
    default_sort="-seen",
    filters=(
        Filter(
            "origin",
            "lineage.origin",
            lambda: [Choice(one.value, t(f"lineage.from.{one.value}")) for one in Origin],
            lambda value: LedgerEdge.origin == Origin(value),
        ),
        Filter(
            "transform",
            "lineage.transform",
            lambda: [Choice(one.value, t(f"lineage.by.{one.value}")) for one in Transform],
            lambda value: LedgerEdge.transform == Transform(value),
        ),
    ),
    search=_named,
)


@bp.get("/lineage")
@requires("ledger.read")
def index() -> ResponseReturnValue:
    """List the edges that are known; whoever may write brings files in."""
    return _listed(None, "")


@bp.post("/lineage")
@requires("ledger.write")
def store() -> ResponseReturnValue:
    """Read a file of statements, or pasted ones, into the lineage."""
    form, session, actor = read_form(ScriptForm), current_session(), current_actor()
    name, script = _script(form)
    source = find_within(session, actor, Source, form.source) if form.source else None
    dialect = form.dialect or DIALECT_OF.get(source.kind if source else "", "postgres")
    stored = store_script(session, actor, place_of(session, actor, source), script, dialect, name, at=now())
    session.flush()
    return _listed(stored, name)


def _script(form: ScriptForm) -> tuple[str, str]:
    """The statements and what they are called; the file's own folders are nobody's business."""
    file = request.files.get("file")
    if file is not None and file.filename:
        raw = file.stream.read(_LARGEST + 1)
        if len(raw) > _LARGEST:
            raise InputError("errors.lineage.too_large", most=_LARGEST >> 20)
        return file.filename.replace("\\", "/").rsplit("/", 1)[-1][:120], _decoded(raw)
    if not form.sql.strip():
        raise InputError("errors.lineage.no_file")
    return form.name or t("lineage.pasted"), form.sql


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")


def _listed(stored: Stored | None, name: str) -> str:
    session, actor = current_session(), viewer()
    page = page_of(edges_within(actor), EDGES, request.args)
    given = {"stored": stored, "name": name, "dialects": DIALECTS, "items": _items(page.rows)}
    sources = [(str(one.id), one.name) for one in list_sources(session, current_actor())]
    return render_template("ledger/lineage.html", page=page, sources=sources, may=current_actor().may, **given)


def _items(edges: Sequence[LedgerEdge]) -> dict[UUID, LedgerItem]:
    """The items at the ends of edges, as far as the reader may see them."""
    wanted = {one for edge in edges for one in (edge.up_item_id, edge.down_item_id) if one is not None}
    if not wanted:
        return {}
    query = within(current_actor(), LedgerItem).where(LedgerItem.id.in_(wanted)).options(joinedload(LedgerItem.table))
    return {item.id: item for item in current_session().scalars(query)}


@bp.get("/<uuid:item_id>/lineage")
@requires("ledger.read", item=LedgerItem)
def graph(item_id: UUID) -> ResponseReturnValue:
    """Draw what an item is made of and what is made of it, three steps each way."""
    session, actor = current_session(), current_actor()
    item = find_item(session, actor, str(item_id))
    edges = edges_around(session, actor, item)
    items = _items(edges) | {item.id: item}
    nodes, pairs = _nodes(edges, items)
    drawing: Drawing = draw(str(item.id), pairs)
    given = {"item": item, "edges": edges, "nodes": nodes, "drawing": drawing, "size": (WIDTH, HEIGHT), "items": items}
    url = lambda one: url_for(".graph", item_id=one.id)  # noqa: E731
    return render_template("ledger/lineage_graph.html", title_of=title_of, url=url, may=actor.may, **given)


def _nodes(edges: Sequence[LedgerEdge], items: dict[UUID, LedgerItem]) -> tuple[dict[str, Node], list[tuple[str, str]]]:
    """Nodes by key and the edges between them; an item that the reader may not see is only its name."""
    nodes: dict[str, Node] = {str(one.id): Node(str(one.id), one.table.name, one.name, one) for one in items.values()}
    pairs = []
    for edge in edges:
        ends = []
        for item_id, table, column in (
            (edge.up_item_id, edge.up_table, edge.up_column),
            (edge.down_item_id, edge.down_table, edge.down_column),
        ):
            item = items.get(item_id) if item_id else None
            key = str(item.id) if item else f"{table}.{column}"
            nodes.setdefault(key, Node(key, table, column, item))
            ends.append(key)
        pairs.append((ends[0], ends[1]))
    return nodes, pairs


@bp.post("/lineage/<uuid:edge_id>/remove")
@requires("ledger.write", item=LedgerEdge)
def remove(edge_id: UUID) -> ResponseReturnValue:
    """Take an edge out that is wrong."""
    from soc.trail import Act, record

    session, actor = current_session(), current_actor()
    edge = find_within(session, actor, LedgerEdge, edge_id)
    told = {"upstream": f"{edge.up_table}.{edge.up_column}", "downstream": f"{edge.down_table}.{edge.down_column}"}
    record(session, actor, Act.LINEAGE_STORED, edge, before=told, after={"removed": True})
    session.delete(edge)
    return redirect(url_for(".index"))
