"""What one entity did with data on one day: sums and sets that can be added to, batch by batch.

Only readings count. Rows are kept from ``low`` (counted) to ``high`` (counted or bounded); what nothing
bounds is counted apart. Weighted rows let a G4 row weigh more than a hundred G1 rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from heapq import nlargest
from typing import Any

#: weight of a row by the rank of the level it was read at (0: no level known), as the protection baseline's
#: daily alert thresholds have it: 1 000 rows of G4 weigh as much as 10 000 of G3 or 100 000 of G2
WEIGHTS: Mapping[int, float] = {0: 0.1, 1: 0.002, 2: 0.02, 3: 0.2, 4: 2.0, 5: 4.0, 6: 8.0}
#: rows that a reading counts for where nothing says or bounds how many there were
UNBOUNDED_ROWS = 2_000
#: rows that a plain query is likely to have given where the log does not count them
UNCOUNTED_QUERY_ROWS = 20
#: rank from which a row is called sensitive
SENSITIVE_RANK = 3
#: rank from which a row is called grave: what a thief comes for
GRAVE_RANK = 4
_MOST_KEYS = 400
_MOST_EVENTS = 60


@dataclass(frozen=True)
class EntityKey:
    """Whose day: ``person`` (a staff number) or ``account``; ``account`` is the name the log knows."""

    kind: str
    name: str
    account: str
    post: str
    service: bool
    org: str

    @property
    def reference(self) -> str:
        """A text that is unique within an organisation's logs."""
        return f"{self.kind}:{self.name}"


@dataclass
class DayFacts:
    """One entity's readings of one day. Hours are of the local clock, 0 to 23.

    ``rows`` maps a rank to [low, high, likely]; the other mappings lead from a table, shape, hour or address
    to weighted rows. What is likely of an uncounted reading is its bound for a copy or a cursor, few rows for
    a plain query.
    """

    reads: int = 0
    exports: int = 0
    unbounded: int = 0
    uncounted: int = 0
    peak: float = 0.0
    rows: dict[int, list[int]] = field(default_factory=dict)
    person_rows: list[int] = field(default_factory=lambda: [0, 0])
    tables: dict[str, float] = field(default_factory=dict)
    shapes: dict[str, float] = field(default_factory=dict)
    hours: dict[int, float] = field(default_factory=dict)
    hosts: dict[str, float] = field(default_factory=dict)
    #: "account/basis": what an application did for this person, and how that is known
    through: dict[str, float] = field(default_factory=dict)
    #: token of a subject looked up → how often without a business number; of too many those looked up least are let go
    subjects: dict[str, float] = field(default_factory=dict)
    #: False of days kept before subjects were known: they say nothing of how many are usual
    knows_subjects: bool = True
    #: (weighted rows, event id), heaviest first
    events: list[tuple[float, str]] = field(default_factory=list)
    first: int = 0
    last: int = 0

    @property
    def weight(self) -> float:
        """Weighted rows of the day."""
        return sum(WEIGHTS.get(rank, 0.0) * likely for rank, (_, _, likely) in self.rows.items())

    @property
    def grave(self) -> int:
        """Grave rows that are likely to have been read that day."""
        return sum(likely for rank, (_, _, likely) in self.rows.items() if rank >= GRAVE_RANK)

    @property
    def rank(self) -> int:
        """The gravest rank that rows were read at."""
        return max((rank for rank, (_, high, _) in self.rows.items() if high), default=0)

    @property
    def leading_rank(self) -> int:
        """The rank at which most of the weight was read."""
        return max(self.rows, key=lambda rank: (WEIGHTS.get(rank, 0.0) * self.rows[rank][2], rank), default=0)

    @property
    def looked_up(self) -> int:
        """Different subjects that were looked up without a business number."""
        return sum(times > 0 for times in self.subjects.values())

    def add(self, other: "DayFacts") -> None:
        """Add a later part of the same day."""
        self.reads += other.reads
        self.exports += other.exports
        self.unbounded += other.unbounded
        self.uncounted += other.uncounted
        self.peak = max(self.peak, other.peak)
        for rank, figures in other.rows.items():
            mine = self.rows.get(rank, [0, 0, 0])
            self.rows[rank] = [had + more for had, more in zip(mine, figures, strict=True)]
        self.person_rows = [mine + more for mine, more in zip(self.person_rows, other.person_rows, strict=True)]
        for name in ("tables", "shapes", "hours", "hosts", "through", "subjects"):
            setattr(self, name, _added(getattr(self, name), getattr(other, name)))
        self.knows_subjects = self.knows_subjects and other.knows_subjects
        self.events = nlargest(_MOST_EVENTS, [*self.events, *other.events])
        self.first = min(self.first or other.first, other.first or self.first)
        self.last = max(self.last, other.last)

    def as_json(self) -> dict[str, Any]:
        """Return what is stored; keys become text."""
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            **{name: {str(key): value for key, value in getattr(self, name).items()} for name in _MAPS},
            "knows_subjects": self.knows_subjects,
            "events": [[weight, uid] for weight, uid in self.events],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "DayFacts":
        """Read back what :meth:`as_json` wrote."""
        return cls(
            **{name: stored[name] for name in _PLAIN},
            rows={int(key): list(value) for key, value in stored["rows"].items()},
            tables=dict(stored["tables"]),
            shapes=dict(stored["shapes"]),
            hours={int(key): value for key, value in stored["hours"].items()},
            hosts=dict(stored["hosts"]),
            through=dict(stored.get("through", {})),  # days kept before it was known have none
            subjects=dict(stored.get("subjects", {})),
            knows_subjects=bool(stored.get("knows_subjects", False)),
            events=[(weight, uid) for weight, uid in stored["events"]],
        )


_PLAIN = ("reads", "exports", "unbounded", "uncounted", "peak", "person_rows", "first", "last")
_MAPS = ("rows", "tables", "shapes", "hours", "hosts", "through", "subjects")


def _added(mine: dict[Any, float], more: dict[Any, float]) -> dict[Any, float]:
    """Sums by key; of too many keys the lightest are let go."""
    joined = dict(mine)
    for key, value in more.items():
        joined[key] = joined.get(key, 0.0) + value
    return joined if len(joined) <= _MOST_KEYS else dict(nlargest(_MOST_KEYS, joined.items(), key=lambda one: one[1]))


@dataclass(frozen=True)
class EntityDay:
    """An entity's day with what was done in it."""

    key: EntityKey
    day: date
    facts: DayFacts
