"""Pages of interfaces: what is registered, and the form that registers one, takes one out, puts one back."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from policies.ledger.keeping import organisations
from soc.clock import now
from soc.errors import NotFoundError, SocError
from soc.ledger.interfaces import (
    METHODS,
    NewInterface,
    all_interfaces_within,
    interfaces_within,
    items_named,
    register_interface,
    restore,
    take_out,
)
from soc.ledger.models import LedgerItem, LedgerTable, Source
from soc.ledger.seen import SeenInterface, last_seen_of, suggested, unregistered_count
from soc.text import t
from soc.tiers.scope import find_within, within
from soc.web.context import current_actor, current_session, viewer
from soc.web.errors import text_of
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.web.toasts import toast

bp = Blueprint("ledger_interfaces", __name__, url_prefix="/ledger/interfaces", template_folder="templates")
#: what stands in the address where those that were taken out are shown
OUT = "out"
#: registered and not seen in the logs for so long: shown, not raised
UNSEEN = timedelta(days=30)
TABLE = TableSpec(
    "interfaces",
    (
        Column("name", "interfaces.name", LedgerTable.name),
        Column("source", "ledger.column.source", Source.name),
        Column("owner", "ledger.field.owner", LedgerTable.org),
        Column("purpose", "interfaces.purpose"),
        Column("items", "interfaces.items", numeric=True),
        Column("level", "word.level", LedgerTable.level),
        Column("seen", "interfaces.last_seen"),
        Column("acts", ""),
    ),
    default_sort="name",
    filters=(
        Filter(
            "state",
            "word.status",
            lambda: [Choice(OUT, t("interfaces.out"))],
            lambda _: LedgerTable.gone_at.is_not(None),
        ),
    ),
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
    """List the interfaces, and offer the form, filled in where it is about one that the logs show."""
    return _page(None, _of_seen(request.args.get("from", "")))


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


@dataclass(frozen=True, slots=True)
class WhyForm:
    """Why something is taken out or left alone."""

    why: str = field(metadata={"longest": 500})


@bp.post("/<uuid:table_id>/out")
@requires("ledger.write", item=LedgerTable)
def out(table_id: UUID) -> ResponseReturnValue:
    """Take an interface out."""
    found = take_out(current_session(), current_actor(), table_id, read_form(WhyForm).why, at=now())
    toast("interfaces.said.out", name=found.name)
    return redirect(url_for(".index"))


@bp.post("/<uuid:table_id>/restore")
@requires("ledger.write", item=LedgerTable)
def back(table_id: UUID) -> ResponseReturnValue:
    """Put one back that was taken out."""
    found = restore(current_session(), current_actor(), table_id, at=now())
    toast("interfaces.said.back", name=found.name)
    return redirect(url_for(".index"))


def _of_seen(key: str) -> InterfaceForm | None:
    """Return the form as the logs would fill it in; None where they do not show such an interface."""
    session, actor = current_session(), current_actor()
    try:
        seen = find_within(session, actor, SeenInterface, key)
    except NotFoundError:
        return None
    found = suggested(session, actor, seen)
    source, names = (found.source_id, found.names) if found else (UUID(int=0), ())
    return InterfaceForm(source, seen.method, seen.path, "", "\n".join(names))


def _page(problem: str | None, given: InterfaceForm | None) -> str:
    session, actor = current_session(), current_actor()
    shown = all_interfaces_within if OUT in request.args.getlist("state") else interfaces_within
    page = page_of(shown(viewer()), TABLE, request.args)
    ids = [one.id for one in page.rows]
    counted = select(LedgerItem.table_id, func.count()).where(
        LedgerItem.table_id.in_(ids), LedgerItem.gone_at.is_(None)
    )
    sources = within(actor, Source).where(Source.removed_at.is_(None)).order_by(Source.name)
    return render_template(
        "ledger/interfaces.html",
        page=page,
        counts=dict(session.execute(counted.group_by(LedgerItem.table_id)).all()),
        seen=last_seen_of(session, ids),
        long_ago=now() - UNSEEN,
        days=UNSEEN.days,
        unregistered=unregistered_count(session, viewer()),
        sources=[(str(one.id), one.name) for one in session.scalars(sources)],
        owners=organisations(),
        methods=METHODS,
        problem=problem,
        given=given,
        may=actor.may,
    )
