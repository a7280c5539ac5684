"""The check before each flush: a session writes only what it acts for, on every engine.

Where PostgreSQL's policies stand behind the queries, this stands before them: it says in our own words
what was refused, and it is all there is on SQLite. A statement on rows that belong to somebody, in a
session that acts for nobody, is a mistake of ours and is refused as one.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, event, inspect, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria

from soc.acting import Acting
from soc.db import Model
from soc.errors import BrokenError, ForbiddenError
from soc.identity.actor import LineGrant
from soc.statesession import StateSession, acting_of
from soc.tiers.models import Organisation, Scoped, Share


class ActsForNobodyError(BrokenError):
    """A session touched what belongs to somebody, and acts for nobody."""

    def __init__(self, table: str) -> None:
        """Name the table."""
        super().__init__("errors.scope.nobody", table=table)


class OutsideScopeError(ForbiddenError):
    """A write to what belongs to an organisation that the session does not act for."""

    def __init__(self, table: str) -> None:
        """Name the table, never whose row it is."""
        super().__init__("errors.scope.outside", table=table)


def codes_below(path: str, lines: tuple[LineGrant, ...]) -> ColumnElement[bool]:
    """Return the clause on organisations that scope consists of: a subtree, and lines granted across tiers."""
    granted = [
        (Organisation.line == one.line) & Organisation.path.startswith(one.root_path, autoescape=True) for one in lines
    ]
    return or_(Organisation.path.startswith(path, autoescape=True), *granted)


@event.listens_for(StateSession, "before_flush")
def _check_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
    changed = [one for one in session.dirty if session.is_modified(one)]
    rows = [one for one in [*session.new, *changed, *session.deleted] if isinstance(one, Scoped | Share | Organisation)]
    if not rows:
        return
    acting = acting_of(session)
    if acting is None:
        raise ActsForNobodyError(_table(rows[0]))
    if acting.sees_all:
        return
    reach = _Reach(session, acting)
    for row in rows:
        if not reach.may_write(row):
            raise OutsideScopeError(_table(row))


@event.listens_for(StateSession, "do_orm_execute")
def _check_statement(state: ORMExecuteState) -> None:
    acting = acting_of(state.session)
    if acting is not None and (acting.sees_all or not (state.is_update or state.is_delete)):
        return
    scoped = [one.class_ for one in state.all_mappers if issubclass(one.class_, Scoped)]
    if not scoped:
        return
    if acting is None:
        raise ActsForNobodyError(_table(scoped[0]))
    mine = select(Organisation.code).where(codes_below(acting.path, acting.lines))
    for model in scoped:
        # a bulk statement passes by no flush: it reaches what is in scope, as a query would
        state.statement = state.statement.options(with_loader_criteria(model, model.org.in_(mine)))


class _Reach:
    """What one session may write, asked of the database once."""

    def __init__(self, session: Session, acting: Acting) -> None:
        self._session, self._acting = session, acting
        self._codes: frozenset[str] | None = None

    def may_write(self, row: Scoped | Share | Organisation) -> bool:
        """Tell whether a row, as it was and as it is to be, is the session's to write."""
        if isinstance(row, Organisation):
            return all(path.startswith(self._acting.path) for path in _paths(row))
        if isinstance(row, Share):
            return self._has(row.owner)
        inside = all(self._has(code) for code in _owners(row))
        return inside or self._is_shared(row) or (self._session_is_new(row) and row.sent_upwards and self._above(row))

    def _has(self, code: str) -> bool:
        if self._codes is None:
            mine = select(Organisation.code).where(codes_below(self._acting.path, self._acting.lines))
            # by the connection: a query of the session would flush what is being flushed
            self._codes = frozenset(self._session.connection().scalars(mine))
        return code in self._codes

    def _above(self, row: Scoped) -> bool:
        return row.org in self._acting.path.strip("/").split("/")

    def _session_is_new(self, row: Scoped) -> bool:
        return row in self._session.new

    def _is_shared(self, row: Scoped) -> bool:
        """Tell whether the row, or what it is part of, was shared with one's own organisation; its owner stays."""
        if len(_owners(row)) > 1:
            return False
        model: type[Any] = type(row)
        key, whole = _known(row, "id"), None if model.part_of is None else _known(row, model.part_of[0])
        while key is not None:
            if self._share(_table(model), key, row.org):
                return True
            if model.part_of is None:
                return False
            key, model = whole, _model(model.part_of[1])
            whole = None if model.part_of is None else self._whole_of(model, key)
        return False

    def _share(self, kind: str, key: UUID, owner: str) -> bool:
        mine = (Share.kind == kind) & (Share.item_id == key) & (Share.org == self._acting.org)
        found = select(Share.id).where(mine, Share.owner == owner)
        return self._session.connection().scalar(found) is not None

    def _whole_of(self, model: type[Any], key: UUID | None) -> UUID | None:
        """Return what a stored row is part of."""
        table = model.__table__
        found: UUID | None = self._session.connection().scalar(
            select(table.c[model.part_of[0]]).where(table.c.id == key)
        )
        return found


def _known(row: Scoped, name: str) -> UUID | None:
    """Return a value of a row as the session has it; nothing is loaded in the midst of a flush."""
    found: UUID | None = inspect(row).dict.get(name)
    return found


def _owners(row: Scoped) -> frozenset[str]:
    """Return the organisations a row belonged to and is to belong to."""
    history = inspect(row).attrs.org.history
    return frozenset([row.org, *history.deleted])


def _paths(row: Organisation) -> frozenset[str]:
    """Return where an organisation stood and is to stand; a granted line opens what is in a unit, not the unit."""
    history = inspect(row).attrs.path.history
    return frozenset([row.path, *history.deleted])


def _table(row: Any) -> str:
    return str(row.__tablename__)


def _model(table: str) -> type[Any]:
    return next(one.class_ for one in Model.registry.mappers if one.local_table.name == table)  # type: ignore[attr-defined]
