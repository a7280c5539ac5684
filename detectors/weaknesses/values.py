"""What a check is, what it sees, and what it says."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from soc.ledger.levels import Level

#: parameters of the words of a weak spot: names and settings of the store, never a value of its data
Params = Mapping[str, str | int]


class NotCheckedError(Exception):
    """A check could not look; ``key`` is the message that says why."""

    def __init__(self, key: str, **params: str | int) -> None:
        """Keep the message and what fills it."""
        super().__init__(key)
        self.key, self.params = key, params


@dataclass(frozen=True, slots=True)
class Hit:
    """One weak spot: ``subject`` tells it from others of its check (an account, a table, a file)."""

    subject: str = ""
    params: Params = field(default_factory=dict)
    #: the table whose data it lays open; empty where it is the whole store
    table: str = ""


@dataclass(frozen=True)
class Store:
    """A store as checks see it.

    ``ask`` runs one reading statement; ``graded`` gives the level of each table of the ledger, by its name;
    ``users`` are the accounts that access logs have seen in the last ninety days, None where there is no such log;
    ``touched`` are the tables that each of them touched.
    """

    kind: str
    ask: Callable[[str], list[tuple[Any, ...]]]
    address: str = ""
    today: date = date(2026, 1, 1)
    graded: Mapping[str, Level] = field(default_factory=dict)
    clear: Mapping[Level, int] = field(default_factory=dict)
    users: frozenset[str] | None = None
    touched: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def level_of(self, schema: str, table: str) -> Level | None:
        """The level of a table in the ledger, None where the ledger does not know it."""
        return self.graded.get(f"{schema}.{table}") or self.graded.get(table)


Run = Callable[[Store], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class StoreCheck:
    """A check: ``severity`` is 1 (note) to 4 (grave) before the data behind it are weighed.

    ``source`` names the hardening guide it follows, ``mark`` whether that was read (F), remembered (M) or is ours (D).
    """

    id: str
    kinds: frozenset[str]
    severity: int
    source: str
    run: Run
    mark: str = "M"


#: a level's weight: what lies behind a door says how much it matters that it is open
WEIGHT = {Level.G1: 0.6, Level.G2: 0.8, Level.G3: 1.0, Level.G4: 1.3, Level.IMPORTANT: 1.6, Level.CORE: 2.0}


def score(severity: int, level: Level) -> int:
    """0 to 100: the check's severity times the weight of the data behind it."""
    return min(100, round(severity * 20 * WEIGHT[level]))


def band(points: int) -> str:
    """The word for a score: critical, high, medium, low."""
    if points >= 90:
        return "critical"
    if points >= 60:
        return "high"
    return "medium" if points >= 35 else "low"
