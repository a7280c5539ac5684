"""Bringing the ledger to the policy in force: when a version begins, and after each scan.

An owner's correction stands, and so does what a person judged to be important or core data. Every change of a
level is in the ledger's history; what leads to important data opens a review.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from policies.grading.decision import ColumnGrade, TableGrade
from policies.grading.in_force import InForce
from policies.grading.regrade import KeptItem, KeptTable, kept_tables
from soc.clock import now
from soc.db import new_id
from soc.events import emit
from soc.identity.actor import Actor
from soc.ledger.levels import GENERAL, Level, highest
from soc.ledger.models import LedgerChange, LedgerItem, LedgerTable, Source
from soc.ledger.values import ReviewOpened, SourceScanned
from soc.trail import Act, record
from soc.versions.models import PolicyVersion

_AT_ONCE = 500

Rows = list[dict[str, Any]]


@dataclass(slots=True)
class _Changes:
    """What differs from the ledger, to be written in few statements."""

    actor: Actor
    at: datetime
    why: str
    items: Rows = field(default_factory=list)
    tables: Rows = field(default_factory=list)
    history: Rows = field(default_factory=list)
    reviews: list[ReviewOpened] = field(default_factory=list)

    def item(self, item: KeptItem, graded: ColumnGrade) -> None:
        """Take an item's new level or category over."""
        category = graded.category if item.type else item.category
        if item.fixed or (item.level, item.category) == (graded.level, category):
            return
        self.items.append({"id": item.id, "level": graded.level, "category": category})
        if item.level is not graded.level:
            self._tell(item.org, graded.level, item.level, item_id=item.id)

    def table(self, table: KeptTable, graded: TableGrade) -> None:
        """Take a table's new level, category and flags over; a person's judgement of important data stays."""
        fixed = [item.level for item in table.items if item.fixed]
        level = highest([graded.level, *fixed]) if table.level in GENERAL else table.level
        opened = [flag for flag in graded.flags if flag not in table.flags and flag != "trajectory"]
        if opened:
            self.reviews.append(ReviewOpened(str(table.id), table.org, opened))
        if (table.level, table.category, table.flags) == (level, graded.category, graded.flags):
            return
        self.tables.append({"id": table.id, "level": level, "category": graded.category, "flags": list(graded.flags)})
        if table.level is not level:
            self._tell(table.org, level, table.level, table_id=table.id)

    def _tell(self, org: str, after: Level, before: Level, **subject: UUID) -> None:
        blank = {"item_id": None, "table_id": None}
        self.history.append(
            {
                "id": new_id(), "org": org, "at": self.at, "by": self.actor.name, "by_id": self.actor.id,
                "cause": "graded", "why": self.why, "before": {"level": before.value}, "after": {"level": after.value},
                **blank, **subject,
            }
        )  # fmt: skip

    def write(self, session: Session) -> None:
        """Write everything, and emit the reviews."""
        for model, rows in ((LedgerItem, self.items), (LedgerTable, self.tables)):
            for start in range(0, len(rows), _AT_ONCE):
                session.execute(update(model), rows[start : start + _AT_ONCE])
        for start in range(0, len(self.history), _AT_ONCE):
            session.execute(insert(LedgerChange), self.history[start : start + _AT_ONCE])
        for review in self.reviews:
            emit(session, review)
        session.expire_all()


def apply_active(session: Session, actor: Actor, version: PolicyVersion) -> None:
    """Regrade what lies under a version that came into force (what :mod:`soc.versions` calls)."""
    changed = _regrade(session, actor, f"{version.kind} v{version.number}")
    record(session, actor, Act.ITEM_GRADED, version, after={"changed": changed, "version": version.number})


def after_scan(session: Session, actor: Actor, event: SourceScanned) -> None:
    """Grade a scanned source by all the ledger knows: whose it is, persons counted, what owners corrected."""
    source = session.get(Source, UUID(event.source_id))
    if source is None or source.removed_at is not None:
        return
    changed = _regrade(session, actor, "", source_id=source.id)
    if changed:
        record(session, actor, Act.ITEM_GRADED, source, after={"changed": changed})


def _regrade(session: Session, actor: Actor, why: str, *, source_id: UUID | None = None) -> int:
    """Grade the tables in scope by the policies in force; return how many items and tables changed."""
    session.flush()
    policies, changes = InForce.read(session), _Changes(actor, now(), why)
    for table in kept_tables(session, actor, source_id=source_id):
        graded = table.graded(policies.policy(table.org))
        for item, one in zip(table.items, graded.columns, strict=True):
            changes.item(item, one)
        changes.table(table, graded)
    changes.write(session)
    return len(changes.items) + len(changes.tables)
