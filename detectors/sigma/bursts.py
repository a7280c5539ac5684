"""One burst, one finding: windows that overlap are one stretch, and a stretch told before goes on under its old name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Index, Select, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from detectors.sigma.marks import Group
from soc.clock import now
from soc.db import Identified, Model
from soc.tiers.models import Scoped

#: what goes on for longer is told anew
LONGEST_BURST = timedelta(hours=6)
_KEPT = timedelta(days=60)


class CorrelationBurst(Scoped, Identified, Model):
    """A stretch in which a group fulfilled a correlation, window upon window."""

    __tablename__ = "correlation_bursts"
    __table_args__ = (Index("ix_correlation_bursts_group", "org", "rule_id", "group_key", "ends"),)
    rule_id: Mapped[str]
    #: a digest of the group's values
    group_key: Mapped[str]
    begins: Mapped[datetime]
    ends: Mapped[datetime]
    #: events in it when it was last looked at
    events: Mapped[int]
    #: the dedup key of its finding: made when it was first seen, kept as it grows to either side
    key: Mapped[str] = mapped_column(unique=True)
    told_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Stretched:
    """From the first event of a burst to its last."""

    begins: datetime
    ends: datetime

    def meets(self, other: "Stretched") -> bool:
        """Whether they have a moment in common."""
        return self.begins <= other.ends and other.begins <= self.ends

    def with_(self, other: "Stretched") -> "Stretched":
        """From where the one begins to where the other ends."""
        return Stretched(min(self.begins, other.begins), max(self.ends, other.ends))


def longest(span: float) -> timedelta:
    """How long a burst of windows of ``span`` seconds may go on before it is told anew."""
    return max(LONGEST_BURST, timedelta(seconds=2 * span))


def joined(windows: Iterable[Stretched], most: timedelta) -> list[Stretched]:
    """Join windows that overlap, as long as what they make is not longer than ``most``."""
    found: list[Stretched] = []
    for one in sorted(windows, key=lambda window: (window.begins, window.ends)):
        last = found[-1] if found else None
        if last is not None and last.meets(one) and last.with_(one).ends - last.begins <= most:
            found[-1] = last.with_(one)
        else:
            found.append(one)
    return found


def key_of_group(group: Group) -> str:
    """A digest of a group: what it says stays in the finding alone."""
    return sha256("\x1f".join(group).encode()).hexdigest()[:20]


def held(
    session: Session, org: str, rule_id: str, since: datetime, until: datetime
) -> dict[str, list[CorrelationBurst]]:
    """Return the bursts kept of a correlation that have a moment between two instants, by group."""
    query = select(CorrelationBurst).where(
        CorrelationBurst.org == org,
        CorrelationBurst.rule_id == rule_id,
        CorrelationBurst.ends >= since,
        CorrelationBurst.begins <= until,
    )
    found: dict[str, list[CorrelationBurst]] = {}
    for one in session.scalars(query.order_by(CorrelationBurst.begins)):
        found.setdefault(one.group_key, []).append(one)
    return found


def grown(window: Stretched, before: Sequence[CorrelationBurst], most: timedelta) -> Stretched:
    """Return a stretch together with what was kept of it before, where that does not make it too long."""
    for one in before:
        both = window.with_(Stretched(one.begins, one.ends))
        if window.meets(Stretched(one.begins, one.ends)) and both.ends - both.begins <= most:
            window = both
    return window


@dataclass(frozen=True, slots=True)
class Kept:
    """A burst as it is kept: the name of its finding, and whether it is other than when it was last looked at."""

    key: str
    changed: bool


def keep(session: Session, org: str, rule_id: str, group: Group, stretch: Stretched, events: int) -> Kept:
    """Keep a burst; those that it has swallowed go, the first of them gives its name."""
    group_key = key_of_group(group)
    within = list(session.scalars(_within(org, rule_id, group_key, stretch)))
    if not within:
        key = f"{org}/correlation/{rule_id}/{group_key}/{stretch.begins:%Y%m%dT%H%M%S.%f}"
        within = [CorrelationBurst(org=org, rule_id=rule_id, group_key=group_key, key=key)]
        session.add(within[0])
    for other in within[1:]:
        session.delete(other)
    kept = within[0]
    changed = (kept.begins, kept.ends, kept.events) != (stretch.begins, stretch.ends, events)
    kept.begins, kept.ends, kept.events, kept.told_at = stretch.begins, stretch.ends, events, now()
    return Kept(kept.key, changed)


def _within(org: str, rule_id: str, group_key: str, stretch: Stretched) -> Select[CorrelationBurst]:
    return (
        select(CorrelationBurst)
        .where(
            CorrelationBurst.org == org,
            CorrelationBurst.rule_id == rule_id,
            CorrelationBurst.group_key == group_key,
            CorrelationBurst.begins >= stretch.begins,
            CorrelationBurst.ends <= stretch.ends,
        )
        .order_by(CorrelationBurst.begins)
    )


def forget_old(session: Session) -> None:
    """Let go of what was told long ago."""
    session.execute(delete(CorrelationBurst).where(CorrelationBurst.told_at < now() - _KEPT))
