"""Looking at one store: every check of its kind, one after another; what cannot be looked at is named with its reason."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from detectors.discovery.sources.base import SourceRefusedError, SourceUnreachableError
from detectors.discovery.sources.database import engine_of, reaching
from detectors.weaknesses.catalogue import checks_for
from detectors.weaknesses.values import Hit, NotCheckedError, Store, StoreCheck
from soc.clock import now
from soc.ledger.levels import Level
from soc.ledger.models import LedgerItem, LedgerTable, Source
from soc.logstore.port import SearchRequest
from soc.logstore.query import Scope, Term

if TYPE_CHECKING:
    from soc.logstore.port import LogStore

_SQL = frozenset({"postgresql", "mysql", "mariadb"})
#: an account that was not seen for so long is stale (GB/T 22239-2019 asks for accounts to be removed in time)
UNUSED_FOR = timedelta(days=90)
_MOST_GROUPS = 100_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What one check found; ``unseen`` says why it could not look, or no further."""

    check: StoreCheck
    hits: tuple[Hit, ...] = ()
    unseen: NotCheckedError | None = None


@dataclass(frozen=True, slots=True)
class Behind:
    """What the ledger and the access logs know of a source."""

    graded: Mapping[str, Level] = field(default_factory=dict)
    clear: Mapping[Level, int] = field(default_factory=dict)
    users: frozenset[str] | None = None
    touched: Mapping[str, frozenset[str]] = field(default_factory=dict)


def behind(session: Session, source: Source, store: "LogStore | None", orgs: frozenset[str]) -> Behind:
    """Read what lies behind a source: the levels of its tables, its items in clear, who used it of late."""
    tables = select(LedgerTable.name, LedgerTable.level).where(
        LedgerTable.source_id == source.id, LedgerTable.gone_at.is_(None)
    )
    clear = (
        select(LedgerItem.level, func.count())
        .where(
            LedgerItem.source_id == source.id,
            LedgerItem.gone_at.is_(None),
            LedgerItem.type.is_not(None),
            LedgerItem.masked.is_(False),
        )
        .group_by(LedgerItem.level)
    )
    users, touched = _used(store, source, orgs)
    return Behind(
        graded={row.name: row.level for row in session.execute(tables)},
        clear={row[0]: row[1] for row in session.execute(clear)},
        users=users,
        touched=touched,
    )


def _used(
    store: "LogStore | None", source: Source, orgs: frozenset[str]
) -> tuple[frozenset[str] | None, Mapping[str, frozenset[str]]]:
    """Accounts and the tables that they touched; None where no log of this database came in."""
    if store is None or not source.database:
        return None, {}
    until = now()
    request = SearchRequest(
        Term("database.name", source.database), since=until - UNUSED_FOR, until=until, scope=Scope(orgs)
    )
    groups = store.aggregate(request, ["actor.user.name", "guanlan.tables"], limit=_MOST_GROUPS)
    touched: dict[str, set[str]] = {}
    for row in groups.rows:
        account, table = row.key
        if account is not None:
            touched.setdefault(str(account), set()).update({str(table)} if table else set())
    if not touched or groups.cut:
        return None, {}
    return frozenset(touched), {account: frozenset(tables) for account, tables in touched.items()}


def look(source: Source, address: str, known: Behind, *, today: date) -> tuple[Seen, ...]:
    """Run every check of the source's kind.

    Raises:
        SourceUnreachableError: the store does not answer: then nothing was looked at, and nothing is closed.
    """
    with ExitStack() as stack:
        ask = _asking(source.kind, address, stack)
        store = Store(
            kind=source.kind, ask=ask, address=address, today=today, graded=known.graded, clear=known.clear,
            users=known.users, touched=known.touched,
        )  # fmt: skip
        return tuple(_run(check, store) for check in checks_for(source.kind))


def _asking(kind: str, address: str, stack: ExitStack) -> Callable[[str], list[tuple[Any, ...]]]:
    if kind not in _SQL:
        return _nothing
    connection = stack.enter_context(reaching(engine_of(address)))

    def ask(statement: str) -> list[tuple[Any, ...]]:
        try:
            with connection.begin():
                return [tuple(row) for row in connection.execute(text(statement.replace(":", "\\:")))]
        except SQLAlchemyError as error:
            # its own words may show a part of the catalogue that the reader should not see
            raise NotCheckedError("weak.unseen.refused") from error

    return ask


def _nothing(_statement: str) -> list[tuple[Any, ...]]:
    raise NotCheckedError("weak.unseen.refused")


def _run(check: StoreCheck, store: Store) -> Seen:
    """Look; what was found before it could look no further stands."""
    hits: list[Hit] = []
    try:
        hits.extend(check.run(store))
    except NotCheckedError as error:
        return Seen(check, tuple(hits), unseen=error)
    except (SourceUnreachableError, SourceRefusedError):
        return Seen(check, tuple(hits), unseen=NotCheckedError("weak.unseen.lost"))
    except OSError:
        return Seen(check, tuple(hits), unseen=NotCheckedError("weak.unseen.path"))
    return Seen(check, tuple(hits))
