"""From the ledger to rows of the form, and from a row's own words to what it means in the ledger."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from policies.ledger.exchange.form import Sheet, incoming, text_of
from soc.identity.actor import Actor
from soc.ledger.models import LedgerItem, LedgerTable, Source
from soc.tiers.models import Organisation
from soc.tiers.scope import visible

_AT_ONCE = 1_000


def resource_rows(session: Session, tables: Select[Any]) -> Iterator[dict[str, str]]:
    """Rows of the sheet of resources, in the query's order."""
    names = organisations(session)
    query = tables.options(joinedload(LedgerTable.source))
    for table in session.scalars(query.execution_options(yield_per=_AT_ONCE)):
        values = {name: text_of(name, getattr(table, name)) for name in incoming(Sheet.RESOURCES)}
        values["title"] = table.title or table.comment
        yield values | {
            "source": table.source.name, "table": table.name, "owner": table.owner or table.org,
            "owner_name": names.get(table.owner or table.org, ""), "level": table.level.value,
            "category": table.category or "", "rows": str(table.rows),
        }  # fmt: skip


def item_rows(session: Session, items: Select[Any]) -> Iterator[dict[str, str]]:
    """Rows of the sheet of items, in the query's order."""
    names = organisations(session)
    query = items.options(joinedload(LedgerItem.table), joinedload(LedgerItem.source))
    for item in session.scalars(query.execution_options(yield_per=_AT_ONCE)):
        values = {name: text_of(name, getattr(item, name)) for name in incoming(Sheet.ITEMS)}
        values["title"] = item.title or item.comment
        yield values | {
            "source": item.source.name, "table": item.table.name, "column": item.name,
            "resource_code": item.table.code or "", "resource_title": item.table.title or item.table.comment,
            "owner": item.owner or item.org, "owner_name": names.get(item.owner or item.org, ""),
            "data_type": item.data_type, "level": item.level.value, "category": item.category or "",
        }  # fmt: skip


def organisations(session: Session) -> Mapping[str, str]:
    """Names of organisations by their codes."""
    return dict(session.execute(select(Organisation.code, Organisation.name)).all())


@dataclass(slots=True)
class Index:
    """What rows may mean, by every name they may use; a name that two have means none of them."""

    tables: dict[tuple[str, ...], set[UUID]] = field(default_factory=dict)
    items: dict[tuple[str, ...], set[UUID]] = field(default_factory=dict)

    def table(self, named: Mapping[str, str], theirs: Mapping[str, Any]) -> UUID | None:
        """The table that a row of resources means."""
        return _only(self.tables, _table_keys(named, theirs.get("code"), theirs.get("title")))

    def item(self, named: Mapping[str, str], theirs: Mapping[str, Any]) -> UUID | None:
        """The item that a row of items means."""
        found = _only(self.items, [("code", str(theirs["code"]))] if theirs.get("code") else [])
        if found is not None:
            return found
        table = _only(self.tables, _table_keys(named, named.get("resource_code"), named.get("resource_title")))
        keys = [
            (str(table), kind, str(text).casefold())
            for kind, text in (("column", named.get("column")), ("title", theirs.get("title")))
            if table and text
        ]
        return _only(self.items, keys)


def _table_keys(named: Mapping[str, str], code: Any, title: Any) -> list[tuple[str, ...]]:
    keys: list[tuple[str, ...]] = [("code", str(code))] if code else []
    if named.get("table"):
        table = named["table"].casefold()
        keys += [("source", named["source"].casefold(), table)] if named.get("source") else []
        keys.append(("table", table))
    return keys + ([("title", str(title).casefold())] if title else [])


def _only(index: Mapping[tuple[str, ...], set[UUID]], keys: Sequence[tuple[str, ...]]) -> UUID | None:
    """What the first telling key means, if it means one thing."""
    for key in keys:
        found = index.get(key, set())
        if len(found) == 1:
            return next(iter(found))
    return None


def index_of(session: Session, actor: Actor) -> Index:
    """The tables and items in the actor's scope, by their names."""
    index = Index()
    tables = select(LedgerTable, Source.name).join(Source, Source.id == LedgerTable.source_id)
    tables = tables.where(visible(actor, LedgerTable.org), LedgerTable.gone_at.is_(None))
    for table, source in session.execute(tables):
        keys: list[tuple[str, ...]] = [("source", source.casefold(), table.name.casefold())]
        keys += [("table", name) for name in {table.name.casefold(), table.name.casefold().rpartition(".")[2]}]
        keys += [("code", table.code)] if table.code else []
        keys += [("title", text.casefold()) for text in {table.title, table.comment} if text]
        for key in keys:
            index.tables.setdefault(key, set()).add(table.id)
    columns = (
        LedgerItem.id,
        LedgerItem.table_id,
        LedgerItem.name,
        LedgerItem.code,
        LedgerItem.title,
        LedgerItem.comment,
    )
    items = select(*columns).where(visible(actor, LedgerItem.org), LedgerItem.gone_at.is_(None))
    for item_id, table_id, name, code, title, comment in session.execute(items):
        own: list[tuple[str, ...]] = [(str(table_id), "column", name.casefold())]
        own += [("code", code)] if code else []
        own += [(str(table_id), "title", text.casefold()) for text in {title, comment} if text]
        for key in own:
            index.items.setdefault(key, set()).add(item_id)
    return index
