"""How a field goes down from a source to its schemas, tables and items, until one of them says otherwise."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from soc.ledger.changes import Kept
from soc.ledger.models import LedgerChange, LedgerItem, LedgerSchema, LedgerTable, Source
from soc.ledger.stewardship import Domain, domain_of, own_fields, says
from soc.tiers.models import Organisation


def inherited(session: Session, row: Kept, name: str) -> Any:
    """The value that a row has of a field when nothing is said of it itself."""
    above = parent_of(session, row)
    while above is not None:
        if name in own_fields(above):
            return getattr(above, name)
        above = parent_of(session, above)
    return _domain_by_category(session, row) if name == "domain" else None


def _domain_by_category(session: Session, row: Kept) -> Domain | None:
    """The domain of an item's category, else of its table's."""
    if isinstance(row, LedgerItem):
        return domain_of(row.category) or domain_of(session.get_one(LedgerTable, row.table_id).category)
    return domain_of(row.category) if isinstance(row, LedgerTable) else None


def parent_of(session: Session, row: Kept) -> Source | LedgerSchema | LedgerTable | None:
    """What a row lies in; None for a source."""
    if isinstance(row, LedgerItem):
        return session.get_one(LedgerTable, row.table_id)
    if isinstance(row, LedgerTable) and row.schema_id is not None:
        return session.get_one(LedgerSchema, row.schema_id)
    return None if isinstance(row, Source) else session.get_one(Source, row.source_id)


def hand_down(session: Session, row: Source | LedgerSchema | LedgerTable, name: str) -> None:
    """Give a row's value of one field to everything in it that says nothing else."""
    value = getattr(row, name)
    derived = name == "domain" and value is None
    for model, clause in _below(row, name):
        given = _from_category(model) if derived and model is not LedgerSchema else value
        values: dict[str, Any] = {name: given}
        if name == "owner" and model is not LedgerSchema:
            values["org"] = belongs_to(session, session.get_one(Source, _source_id(row)).org, value)
        statement = update(model).where(clause, ~says(model, name)).values(values)
        session.execute(statement, execution_options={"synchronize_session": False})
    if name == "owner":
        follow_items(session, [_source_id(row)])
    session.expire_all()


def follow_items(session: Session, sources: Iterable[Any]) -> None:
    """Let what is kept of items belong to whom the items belong to now."""
    from soc.ledger.opinions import LedgerPart, LedgerProposal, LedgerVerdict
    from soc.ledger.sketches import LedgerSketch, LedgerTwin

    followers: tuple[Any, ...] = (LedgerChange, LedgerPart, LedgerProposal, LedgerSketch, LedgerTwin, LedgerVerdict)
    for model in followers:
        org = select(LedgerItem.org).where(LedgerItem.id == model.item_id).scalar_subquery()
        own = select(LedgerItem.id).where(LedgerItem.source_id.in_(list(sources)))
        moved = update(model).where(model.item_id.in_(own), model.org != org).values(org=org)
        session.execute(moved, execution_options={"synchronize_session": False})


def _source_id(row: Source | LedgerSchema | LedgerTable) -> Any:
    return row.id if isinstance(row, Source) else row.source_id


def _below(row: Source | LedgerSchema | LedgerTable, name: str) -> list[tuple[Any, ColumnElement[bool]]]:
    """What lies in a row and hears from it: models, each with its clause."""
    if isinstance(row, LedgerTable):
        return [(LedgerItem, LedgerItem.table_id == row.id)]
    if isinstance(row, LedgerSchema):
        tables = LedgerTable.schema_id == row.id
        return [(LedgerTable, tables), (LedgerItem, _in_tables(and_(tables, ~says(LedgerTable, name))))]
    silent = select(LedgerSchema.id).where(LedgerSchema.source_id == row.id, ~says(LedgerSchema, name))
    tables = and_(
        LedgerTable.source_id == row.id, or_(LedgerTable.schema_id.is_(None), LedgerTable.schema_id.in_(silent))
    )
    return [
        (LedgerSchema, LedgerSchema.source_id == row.id),
        (LedgerTable, tables),
        (LedgerItem, _in_tables(and_(tables, ~says(LedgerTable, name)))),
    ]


def _in_tables(clause: ColumnElement[bool]) -> ColumnElement[bool]:
    return LedgerItem.table_id.in_(select(LedgerTable.id).where(clause))


def _from_category(model: Any) -> ColumnElement[Any]:
    own = _coded(model.category)
    if model is not LedgerItem:
        return own
    table = select(_coded(LedgerTable.category)).where(LedgerTable.id == LedgerItem.table_id).scalar_subquery()
    return func.coalesce(own, table)


def _coded(category: Any) -> ColumnElement[Any]:
    codes = {one.value: one.value for one in Domain}
    return case(codes, value=func.substr(category, 1, 2), else_=None)


def belongs_to(session: Session, source_org: str, owner: str | None) -> str:
    """Whose row it is: the owner's where the owner is the source's organisation or lies below it, else the source's.

    So the people of an office see and confirm their own data in the centre's database, and a source
    that holds somebody else's data does not lose it from view.
    """
    if owner is None or owner == source_org:
        return source_org
    paths = dict(
        session.execute(
            select(Organisation.code, Organisation.path).where(Organisation.code.in_((owner, source_org)))
        ).all()
    )
    return owner if owner in paths and paths[owner].startswith(paths[source_org]) else source_org
