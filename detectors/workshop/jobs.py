"""Trying a recognizer in the background: on the ledger, or on fresh values of one source.

On the ledger it is judged by names, comments and shapes: the ledger keeps no values. On a source the engine itself
reads a small sample of each table, read-only and within the source's budget, with the recognizer beside those in force;
what it says of each column is compared with the ledger. Nothing is stored but counts, and of the first columns their
names and the silhouette of their values (9 a digit, A a letter, 字 a Han sign).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from detectors.discovery.finding import ColumnFinding, TableFinding
from detectors.discovery.scan import Orders, scan_location
from detectors.discovery.service import Location, active_policy, within_budget
from detectors.discovery.sources.base import Sampling
from detectors.recognizers.own import seeking
from detectors.workshop.claims import claims, collides_with
from soc.jobs import JobContext
from soc.ledger.models import LedgerItem, LedgerTable, Source
from soc.ledger.own_types import OwnDefinition, definition_of, sought
from soc.ledger.sources import url_of
from soc.tiers.scope import narrowed, visible

#: columns that a trial names, those that collide first
SHOWN = 20
#: of a source: how much of each table is read, and how many tables
SAMPLING = Sampling(rows=1000, first=500, most=2000)
MOST_TABLES = 200
_EVERY = 500


@dataclass(slots=True)
class Trial:
    """What was found so far: counts, and a few columns as ``{name, type, by_name, by_shape, shape, collides}``."""

    seen: int = 0
    left_out: int = 0
    claimed: int = 0
    collisions: int = 0
    cut: bool = False
    _colliding: list[dict[str, Any]] = field(default_factory=list)
    _others: list[dict[str, Any]] = field(default_factory=list)

    def take(self, found: dict[str, Any]) -> None:
        """Count one column that it would claim, and keep it for looking at while there is room."""
        self.claimed += 1
        self.collisions += bool(found["collides"])
        shown = self._colliding if found["collides"] else self._others
        if len(shown) < SHOWN:
            shown.append(found)

    def message(self, *, sampled: bool) -> dict[str, Any]:
        """What the run keeps of it."""
        counts = {"count": self.claimed, "collisions": self.collisions, "seen": self.seen, "left_out": self.left_out}
        found = (self._colliding + self._others)[:SHOWN]
        more = {"found": found, "cut": self.cut, "sampled": sampled}
        return {"key": "workshop.tried_on_source" if sampled else "workshop.tried_on_ledger", "params": counts | more}


def try_recognizer(context: JobContext) -> None:
    """Try the recognizer of ``params["table"]`` as one of ``params["org"]``, on ``params["source"]`` or the ledger.

    Raises:
        SocError: the source cannot be read at all.
        CancelledError: a person asked to stop; what was found is kept nowhere.
    """
    given = context.params
    definition = definition_of(given["org"], given["table"])
    trial = Trial()
    total = _on_source(context, definition, trial) if given.get("source") else _on_ledger(context, definition, trial)
    context.progress(total, total, trial.message(sampled=bool(given.get("source"))))


def _on_ledger(context: JobContext, definition: OwnDefinition, trial: Trial) -> int:
    with context.database.read() as session:
        place = narrowed(session, context.actor(session), context.params["org"])
        there = visible(place, LedgerItem.org), LedgerItem.gone_at.is_(None)
        total = session.scalar(select(func.count()).select_from(LedgerItem).where(*there)) or 0

        def watch(seen: int) -> None:
            trial.seen = seen
            if seen % _EVERY == 0:
                context.progress(seen, total)

        for claim in claims(session, place, definition, watch):
            named = {"by_name": claim.by_name, "by_shape": claim.by_shape, "shape": ""}
            trial.take({"name": claim.name, "type": claim.type, "collides": claim.collides} | named)
    return total


def _on_source(context: JobContext, definition: OwnDefinition, trial: Trial) -> int:
    with context.database.read() as session:
        source = session.get_one(Source, UUID(context.params["source"]))
        location = Location(source.name, url_of(context.settings, source), source)
        others = [one for one in sought(session, source.org) if one.id != definition.id]
        with seeking([*others, definition]):  # the policy grades the new type too
            policy, known = active_policy(session, source.org), _known(session, source)
    total = min(len({table for table, _ in known}), MOST_TABLES)
    with within_budget(context.settings, location, SAMPLING) as sampling, seeking([*others, definition]):
        orders = Orders(sampling=sampling, policy=policy)
        for table in _tables(scan_location(location.address, orders), context, trial, total):
            for column in table.columns:
                if column.type == definition.id:
                    today = known.get((table.name, column.name))
                    trial.take(_seen(f"{table.name}.{column.name}", column, today, definition))
    return max(total, trial.seen)


def _tables(found: Iterator[Any], context: JobContext, trial: Trial, total: int) -> Iterator[TableFinding]:
    for one in found:
        if trial.seen + trial.left_out >= MOST_TABLES:
            trial.cut = True
            return
        if isinstance(one, TableFinding):
            trial.seen += 1
            yield one
        else:
            trial.left_out += 1
        done = trial.seen + trial.left_out
        context.progress(done, max(done, total))


def _known(session: Session, source: Source) -> dict[tuple[str, str], str | None]:
    """What the ledger says today of each column of a source, by the names of table and column."""
    query = select(LedgerTable.name.label("table"), LedgerItem.name, LedgerItem.type).join(LedgerItem.table)
    query = query.where(LedgerItem.source_id == source.id, LedgerItem.gone_at.is_(None))
    return {(row.table, row.name): row.type for row in session.execute(query)}


def _seen(name: str, column: ColumnFinding, today: str | None, definition: OwnDefinition) -> dict[str, Any]:
    by_name = definition.id in column.evidence.said
    told = {"by_name": by_name, "by_shape": True, "shape": column.evidence.shape}
    return {"name": name, "type": today, "collides": collides_with(today, definition)} | told
