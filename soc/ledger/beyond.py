"""What a registered interface gives out beyond what is registered: items, and a level that is graver.

The statements behind its traces tell what is read, not what is answered: a column that a statement only compares
with is among them. So this is a question to the owner, and no proof.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from soc.identity.actor import Actor
from soc.ledger.levels import RANKS, Level
from soc.ledger.lineage.edges import Origin
from soc.ledger.lineage.models import LedgerEdge
from soc.ledger.models import LedgerItem, LedgerTable, TableKind
from soc.ledger.seen import SeenInterface, around
from soc.tiers.scope import within


@dataclass(frozen=True, slots=True)
class BeyondItem:
    """An item that is read and not registered, as the ledger names it, and its level there."""

    name: str
    level: Level


@dataclass(frozen=True, slots=True)
class Beyond:
    """Items beyond those registered, the gravest first; ``rank`` is the gravest that was read, ``registered`` the one registered."""

    items: tuple[BeyondItem, ...]
    rank: int
    registered: int

    @property
    def graver(self) -> bool:
        """Whether what was read is graver than what is registered."""
        return self.rank > self.registered

    @property
    def worst(self) -> int:
        """The rank of the gravest that is beyond."""
        items = max((RANKS[one.level] for one in self.items), default=0)
        return max(items, self.rank if self.graver else 0)

    @property
    def nothing(self) -> bool:
        """Whether all that is read is registered."""
        return not self.items and not self.graver


def beyond(session: Session, table_id: UUID, items: Iterable[str], rank: int) -> Beyond | None:
    """Set what an interface's statements read against what is registered of it; None where it is not registered any more.

    Args:
        session: the state.
        table_id: the registered interface.
        items: "table.column" as the logs name them; what the ledger does not know of is left out.
        rank: of the gravest level that they read.
    """
    table = session.get(LedgerTable, table_id)
    if table is None or table.gone_at is not None:
        return None
    known = _registered(session, table_id)
    found = {
        name: level for name, level in _in_ledger(session, table.org, set(items)).items() if name.lower() not in known
    }
    ordered = sorted(found.items(), key=lambda pair: (-RANKS[pair[1]], pair[0]))
    return Beyond(tuple(BeyondItem(*pair) for pair in ordered), rank, RANKS[table.level])


def beyond_of(session: Session, actor: Actor, table_id: UUID) -> Beyond | None:
    """Return what is beyond of a registered interface, by all that the logs in the actor's scope show of it."""
    seen = session.scalars(within(actor, SeenInterface).where(SeenInterface.table_id == table_id)).all()
    items = {name for one in seen for name in one.items}
    found = beyond(session, table_id, items, max((one.level_rank for one in seen), default=0))
    return None if found is None or found.nothing else found


def _registered(session: Session, table_id: UUID) -> set[str]:
    """Return what it is registered to return, in small letters."""
    own = select(LedgerItem.id).where(LedgerItem.table_id == table_id, LedgerItem.gone_at.is_(None))
    edges = select(LedgerEdge.up_table, LedgerEdge.up_column).where(
        LedgerEdge.origin == Origin.INTERFACE, LedgerEdge.down_item_id.in_(own)
    )
    return {f"{table}.{column}".lower() for table, column in session.execute(edges)}


def _in_ledger(session: Session, org: str, names: set[str]) -> dict[str, Level]:
    """Return the items of the ledger that these names mean, with their gravest level; "table.*" means all of a table's."""
    small = {name.lower() for name in names}
    tables = {name.rpartition(".")[0] for name in small}
    query = select(LedgerTable.name, LedgerItem.name, LedgerItem.level).join(
        LedgerItem, LedgerItem.table_id == LedgerTable.id
    )
    query = query.where(
        func.lower(LedgerTable.name).in_(tables), LedgerItem.gone_at.is_(None), LedgerTable.gone_at.is_(None),
        LedgerTable.kind != TableKind.INTERFACE, LedgerTable.org.in_(around(session, org)),
    )  # fmt: skip
    found: dict[str, Level] = {}
    for table, column, level in session.execute(query) if tables else ():
        name = f"{table}.{column}"
        if name.lower() in small or f"{table}.*".lower() in small:
            found[name] = max(found.get(name, level), level, key=RANKS.__getitem__)
    return found
