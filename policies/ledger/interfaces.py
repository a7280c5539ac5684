"""Pages of interfaces: what is registered, and the form that registers one."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from policies.ledger.keeping import organisations
from soc.clock import now
from soc.errors import SocError
from soc.ledger.interfaces import METHODS, NewInterface, interfaces_within, items_named, register_interface
from soc.ledger.models import LedgerItem, LedgerTable, Source
from soc.tiers.scope import find_within, within
from soc.web.context import current_actor, current_session, viewer
from soc.web.errors import text_of
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Column, TableSpec
from soc.web.toasts import toast

bp = Blueprint("ledger_interfaces", __name__, url_prefix="/ledger/interfaces", template_folder="templates")
TABLE = TableSpec(
    "interfaces",
    (
        Column("name", "interfaces.name", LedgerTable.name),
        Column("source", "ledger.column.source", Source.name),
        Column("owner", "ledger.field.owner", LedgerTable.org),
        Column("purpose", "interfaces.purpose"),
        Column("items", "interfaces.items", numeric=True),
        Column("level", "word.level", LedgerTable.level),
    ),
    default_sort="name",
    search=lambda text: LedgerTable.name.icontains(text, autoescape=True),
)


@dataclass(frozen=True, slots=True)
class InterfaceForm:
    """An interface: ``returns`` has a line of "table.column" for each item."""

    source: UUID
    method: str = field(metadata={"longest": 10})
    path: str = field(metadata={"longest": 200})
    purpose: str = field(metadata={"longest": 500})
    returns: str = field(metadata={"longest": 20_000})
    owner: str = field(default="", metadata={"longest": 40})


@bp.get("/")
@requires("ledger.read")
def index() -> ResponseReturnValue:
    """List the interfaces, and offer the form."""
    return _page(None, None)


@bp.post("/")
@requires("ledger.write")
def add() -> ResponseReturnValue:
    """Register an interface."""
    session, actor, form = current_session(), current_actor(), read_form(InterfaceForm)
    source = find_within(session, actor, Source, form.source)
    order = NewInterface(form.method, form.path, form.purpose, form.owner or None)
    try:
        returns = items_named(session, actor, source, form.returns.splitlines())
        table = register_interface(session, actor, source, order, returns, at=now())
    except SocError as error:
        g.refused = True
        return _page(text_of(error), form), error.status
    toast("interfaces.said.registered", name=table.name)
    return redirect(url_for("ledger_keeping.table", table_id=table.id))


def _page(problem: str | None, given: InterfaceForm | None) -> str:
    session, actor = current_session(), current_actor()
    page = page_of(interfaces_within(viewer()), TABLE, request.args)
    ids = [one.id for one in page.rows]
    counted = select(LedgerItem.table_id, func.count()).where(
        LedgerItem.table_id.in_(ids), LedgerItem.gone_at.is_(None)
    )
    sources = within(actor, Source).where(Source.removed_at.is_(None)).order_by(Source.name)
    return render_template(
        "ledger/interfaces.html",
        page=page,
        counts=dict(session.execute(counted.group_by(LedgerItem.table_id)).all()),
        sources=[(str(one.id), one.name) for one in session.scalars(sources)],
        owners=organisations(),
        methods=METHODS,
        problem=problem,
        given=given,
        may=actor.may,
    )
