"""How right the recognizers are: an owner's word on each finding, counted by type and month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from soc.identity.actor import Actor
from soc.ledger.models import LedgerChange, LedgerItem
from soc.ledger.opinions import LedgerVerdict, Verdict
from soc.tiers.scope import visible


@dataclass(frozen=True, slots=True)
class Precision:
    """The words on one recognizer in one month ("2026-11")."""

    month: str
    type: str
    accepted: int = 0
    corrected: int = 0
    rejected: int = 0
    missed: int = 0

    @property
    def precision(self) -> float | None:
        """Accepted of all findings that an owner spoke on; None where none spoke."""
        judged = self.accepted + self.corrected + self.rejected
        return self.accepted / judged if judged else None


def judge(scan_type: str | None, said: str | None) -> tuple[str, Verdict] | None:
    """What an owner's word makes of a scan's; None where both saw nothing."""
    if scan_type is None:
        return None if said is None else (said, Verdict.MISSED)
    if said == scan_type:
        return scan_type, Verdict.ACCEPTED
    return scan_type, Verdict.REJECTED if said is None else Verdict.CORRECTED


def keep_verdict(session: Session, item: LedgerItem, change: LedgerChange, scan_type: str | None) -> None:
    """Keep the verdict of a decision; an earlier one on the same item counts no more."""
    void_verdicts(session, [item.id])
    found = judge(scan_type, item.type)
    if found is not None:
        kind, verdict = found
        kept = LedgerVerdict(
            org=item.org, item_id=item.id, change_id=change.id, at=change.at, type=kind, verdict=verdict
        )
        session.add(kept)


def void_verdicts(session: Session, items: Iterable[UUID]) -> None:
    """Let the verdicts on items count no more."""
    query = update(LedgerVerdict).where(LedgerVerdict.item_id.in_(list(items)), LedgerVerdict.void.is_(False))
    session.execute(query.values(void=True), execution_options={"synchronize_session": False})


def restore_verdict(session: Session, change_id: UUID) -> None:
    """Let the verdict of an earlier decision count again."""
    query = update(LedgerVerdict).where(LedgerVerdict.change_id == change_id).values(void=False)
    session.execute(query, execution_options={"synchronize_session": False})


def precision_by_month(session: Session, actor: Actor, since: datetime, offset_hours: int = 8) -> list[Precision]:
    """Count the words of owners in the actor's scope, by month (of local time) and recognizer."""
    from datetime import timedelta

    query = select(LedgerVerdict.at, LedgerVerdict.type, LedgerVerdict.verdict)
    query = query.where(visible(actor, LedgerVerdict.org), LedgerVerdict.void.is_(False), LedgerVerdict.at >= since)
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for at, kind, verdict in session.execute(query):
        month = (at + timedelta(hours=offset_hours)).strftime("%Y-%m")
        row = counts.setdefault((month, kind), {})
        row[verdict.value] = row.get(verdict.value, 0) + 1
    return [Precision(month, kind, **row) for (month, kind), row in sorted(counts.items())]


def summed(rows: Iterable[Precision], *, by: str) -> list[Precision]:
    """Add up by ``type`` or by ``month``."""
    sums: dict[str, list[int]] = {}
    names = ("accepted", "corrected", "rejected", "missed")
    for row in rows:
        total = sums.setdefault(getattr(row, by), [0, 0, 0, 0])
        for place, name in enumerate(names):
            total[place] += getattr(row, name)
    found = []
    for key, total in sorted(sums.items()):
        month, kind = (key, "") if by == "month" else ("", key)
        found.append(Precision(month, kind, *total))
    return found
