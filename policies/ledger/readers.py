"""Who accesses an item or a table: what the access logs say of it, a part that comes after the page.

An event names the table, and the columns that its statement names; where it names none it may have given
out any of them. Tables of one name stand in many databases, so the event has to speak of this one's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from soc.clock import now
from soc.exposure import Figure
from soc.identity.actor import Actor
from soc.ledger.models import LedgerItem, LedgerTable, Source
from soc.ledger.service import find_item
from soc.logstore.exposed import READ, Read, rows_read
from soc.logstore.lucene import parse, term
from soc.logstore.port import SearchRequest
from soc.logstore.query import Scope
from soc.tiers.models import Organisation
from soc.tiers.scope import find_within, scope_codes
from soc.web.context import current_actor, current_session, current_store
from soc.web.guard import requires

if TYPE_CHECKING:
    from soc.logstore.port import LogStore

bp = Blueprint("ledger_readers", __name__, url_prefix="/ledger", template_folder="templates")
#: how far back it looks, and that stretch as the search page calls it
LOOKS_BACK, PERIOD = timedelta(days=30), "30d"
MOST = 20
_BY = ("actor.user.name", "guanlan.person", "guanlan.org")


@dataclass(frozen=True, slots=True)
class Reader:
    """One account: how often it came, how many rows of it came back, and when it was there last."""

    account: str
    person: str
    org: str
    times: int
    rows: Figure
    last: datetime | None
    #: the search for its events
    query: str


@dataclass(frozen=True, slots=True)
class Readers:
    """Those who came most often; ``accounts`` is how many there are in all."""

    found: tuple[Reader, ...]
    accounts: int
    query: str


@bp.get("/<uuid:item_id>/readers")
@requires("ledger.read", item=LedgerItem)
def of_item(item_id: UUID) -> ResponseReturnValue:
    """Show who accesses an item, or its table without saying which of its items."""
    item = find_item(current_session(), current_actor(), str(item_id))
    return _part(item.table, item)


@bp.get("/tables/<uuid:table_id>/readers")
@requires("ledger.read", item=LedgerTable)
def of_table(table_id: UUID) -> ResponseReturnValue:
    """Show who accesses a table."""
    return _part(find_within(current_session(), current_actor(), LedgerTable, table_id), None)


def _part(table: LedgerTable, item: LedgerItem | None) -> str:
    session, actor = current_session(), current_actor()
    found = readers(current_store(), session, actor, query_of(session, table, item), at=now())
    given = {"readers": found, "period": PERIOD, "days": LOOKS_BACK.days, "may": actor.may}
    return render_template("ledger/readers.html", **given)


def query_of(session: Session, table: LedgerTable, item: LedgerItem | None) -> str:
    """The search for events that touched a table, or one item of it; as people may write it, for the search page."""
    name = table.name.lower()
    touched = term("guanlan.tables", name)
    if item is not None:
        columns = [term("guanlan.columns", f"{name}.{one}") for one in (item.name.lower(), "*")]
        touched += f" AND ({_any([*columns, 'NOT guanlan.columns:*'])})"
    return f"{touched} AND ({_on(session, session.get_one(Source, table.source_id))})"


def _on(session: Session, source: Source) -> str:
    """Events of this database; those that name none, or of one that no log names, are its organisation's or above."""
    above = session.get_one(Organisation, source.org).path.strip("/").split("/")
    orgs = _any(term("guanlan.org", code) for code in above)
    if not source.database:
        return orgs
    named = _any(term("database.name", one) for one in sorted({source.database, source.database.lower()}))
    return f"{named} OR (NOT database.name:* AND ({orgs}))"


def _any(parts: Iterable[str]) -> str:
    return " OR ".join(parts)


def readers(store: "LogStore", session: Session, actor: Actor, query: str, *, at: datetime) -> Readers:
    """Return who comes up in the events of a query, as far as the actor sees whose events they are."""
    scope = Scope(scope_codes(session, actor))
    request = SearchRequest(parse(query), since=at - LOOKS_BACK, until=at, scope=scope)
    groups = store.aggregate(request, _BY, READ, MOST)
    found = rows_read(store, request, _BY, [row.key for row in groups.rows], groups.rows)
    return Readers(tuple(_reader(one, query) for one in found.values()), groups.total, query)


def _reader(one: Read, query: str) -> Reader:
    account, person, org = (str(value) if value is not None else "" for value in one.key)
    who = [term(name, value) for name, value in zip(_BY, one.key, strict=True) if value is not None]
    search = " AND ".join([query, *who])
    return Reader(account, person, org, times=one.times, rows=one.rows, last=one.last, query=search)
