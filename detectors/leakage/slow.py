"""What every slow leak has in common: two weeks against the peers' and against one's own before, and how it is told."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from detectors.behaviour.facts import DayFacts, EntityDay
from detectors.behaviour.reasons import asked_reasons, query_of
from detectors.behaviour.robust import Floats, robust_z
from detectors.findings import MOST_TABLES, EntityKind, FindingKind, NewFinding, RiskPart
from detectors.leakage.exposure import Exposure, exposure_of
from soc.text import Message

RECENT = timedelta(days=14)
OUT_BY = 3.5  # Iglewicz & Hoaglin's cut-off
#: of the weeks before, this many times as much is a change
GROWN = 2.5
#: a single day with more than this share of the sum is no slow leak: the day's own judgement tells of it
ONE_DAY = 0.35
_LEAST_PEERS = 5
_FLOOR = 0.35


@dataclass(frozen=True)
class SlowLeak(ABC):
    """An entity whose weeks stand out: how far from its peers (z), how many times its own before."""

    day: EntityDay
    total: DayFacts
    active_days: int
    z: float
    grown: float

    @property
    def exposed(self) -> Exposure:
        """What the weeks exposed."""
        return exposure_of(self.total)

    @property
    def query(self) -> str:
        """The search for what is charged to the entity in these weeks."""
        return query_of(replace(self.day, facts=self.total))

    @property
    def score(self) -> int:
        """From 45 at the cut-off to 80: a slow leak leaves time to look."""
        return round(min(80.0, 45 + 4 * (self.z - OUT_BY) + 3 * math.log2(max(self.grown / GROWN, 1.0))))

    @abstractmethod
    def told(self, log_org: str) -> NewFinding:
        """Tell of it in the logs of ``log_org``, with the events behind it."""


def summed(days: Iterable[EntityDay]) -> DayFacts:
    """Add up an entity's days."""
    total = DayFacts()
    for one in days:
        total.add(one.facts)
    return total


def by_entity(days: Iterable[EntityDay]) -> dict[str, list[EntityDay]]:
    """Group days by whose they are, the earliest first."""
    found: dict[str, list[EntityDay]] = {}
    for one in sorted(days, key=lambda one: one.day):
        found.setdefault(one.key.reference, []).append(one)
    return found


def from_peers(mine: float, peers: Floats) -> float:
    """Robust z of ``mine`` among the peers' figures, all on a log scale; 0 where the peers are too few."""
    if len(peers) < _LEAST_PEERS:
        return 0.0
    return float(robust_z(np.asarray([[mine]]), peers[:, None], floor=_FLOOR)[0, 0])


def finding_of(
    found: SlowLeak, log_org: str, *, name: str, title: Message, reasons: Sequence[Message], query: str
) -> NewFinding:
    """Tell of one in the logs of ``log_org``, with the events behind it; ``name`` is of its kind, in keys and views."""
    exposed, key = found.exposed, found.day.key
    return NewFinding(
        org=key.org,
        kind=FindingKind.DRIP,
        entity_kind=EntityKind(key.kind),
        entity_name=key.account,
        title=title,
        reasons=[
            *reasons,
            *asked_reasons(found.total.through),
            *([Message("behaviour.reason.unattributed")] if key.service else []),
        ],
        parts=[RiskPart(Message(f"behaviour.view.{name}"), found.score, query)],
        score=found.score,
        level=exposed.level,
        rows=exposed.rows,
        persons=exposed.persons,
        events=[uid for _, uid in found.total.events],
        first_at=datetime.fromtimestamp(found.total.first / 1e6, UTC),
        last_at=datetime.fromtimestamp(found.total.last / 1e6, UTC),
        details={"tables": sorted(found.total.tables)[:MOST_TABLES]},
        dedup_key=f"{name}/{log_org}/{key.reference}/{found.day.day:%G-W%V}",
    )
