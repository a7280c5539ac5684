"""How an entity stands among its peers: its rank, how many have less, and the median of each figure.

A figure alone says little: forty readers are many for a register of bridges and few for one of drivers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median

from incidents.entities.parties import Key, totals_of
from soc.entities import LogEntity
from soc.exposure import Figure
from soc.logstore.port import GroupRow

#: others that must have been seen: a rank among fewer says nothing
LEAST = 5


class Group(StrEnum):
    """Whom an entity is set against."""

    #: tables that hold what is as grave, of the same business
    LEVEL_DOMAIN = "level_domain"
    LEVEL = "level"
    NETWORK = "network"
    ORGANISATION = "organisation"
    #: all of its kind within the reader's reach
    REACH = "reach"
    #: nothing is known of it to choose peers by
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Against:
    """Whom an entity is set against: the group, what it is called, and how many others are known where a list tells it."""

    group: Group
    name: str = ""
    level: str = ""
    known: int | None = None


class Measure(StrEnum):
    """What is compared."""

    WEIGHTED = "weighted"
    ROWS = "rows"
    PEOPLE = "people"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Peer:
    """One of those that are compared; ``people`` is None where that was not asked."""

    entity: LogEntity
    own: bool
    events: int
    rows: Figure
    weighted: Figure
    people: int | None = None

    def value(self, measure: Measure) -> int | None:
        """Return a figure to compare by: of rows those that are counted."""
        match measure:
            case Measure.WEIGHTED:
                return self.weighted.low
            case Measure.ROWS:
                return self.rows.low
            case Measure.PEOPLE:
                return self.people
            case Measure.EVENTS:
                return self.events


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a figure stands: ``rank`` from 1 for the most, ``below`` the percent of the others that have less."""

    measure: Measure
    value: int
    median: float
    rank: int
    below: int


@dataclass(frozen=True, slots=True)
class Peers:
    """Whom an entity is set against, and who of them was seen lately, itself among them, most exposed first.

    ``cut`` says that there are more than were read: those with least are missing.
    """

    against: Against
    found: tuple[Peer, ...] = ()
    cut: bool = False

    @property
    def others(self) -> int:
        """How many others were seen."""
        return sum(not one.own for one in self.found)

    @property
    def enough(self) -> bool:
        """Whether there is something to compare with, and the entity itself was seen."""
        return self.others >= LEAST and any(one.own for one in self.found)

    @property
    def uncounted(self) -> int:
        """How many of them read something that no log counted."""
        return sum(one.rows.high != one.rows.low for one in self.found)

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How it stands, by each figure; none where there are too few to compare with."""
        if not self.enough:
            return ()
        own = next(one for one in self.found if one.own)
        others = [one for one in self.found if not one.own]
        told = (standing(one, own, others) for one in Measure)
        return tuple(one for one in told if one is not None)

    def with_people(self, counts: Mapping[LogEntity, int]) -> "Peers":
        """Say behind how many people each stands."""
        return replace(self, found=tuple(replace(one, people=counts.get(one.entity, 0)) for one in self.found))


def standing(measure: Measure, own: Peer, others: Sequence[Peer]) -> Standing | None:
    """Return where one figure stands among the others'; None where it was not asked for."""
    value, values = own.value(measure), [one.value(measure) for one in others]
    told = [one for one in values if one is not None]
    if value is None or not told:
        return None
    rank, below = 1 + sum(one > value for one in told), sum(one < value for one in told)
    return Standing(measure, value, median(told), rank, 100 * below // len(told))


def joined(named: Mapping[Key, LogEntity], own: LogEntity, rows: Sequence[GroupRow]) -> tuple[Peer, ...]:
    """Join groups into peers, the most exposed first.

    Args:
        named: what the keys mean, without level and basis; groups of other keys are left out.
        own: the entity itself.
        rows: groups whose last keys are level and basis.
    """
    apart: dict[LogEntity, list[GroupRow]] = {}
    for row in rows:
        if entity := named.get(row.key[:-2]):
            apart.setdefault(entity, []).append(row)
    found = [_peer(entity, of, own=entity == own) for entity, of in apart.items()]
    return tuple(sorted(found, key=lambda one: (-one.weighted.low, -one.rows.low, -one.events, one.entity.name)))


def _peer(entity: LogEntity, rows: Sequence[GroupRow], *, own: bool) -> Peer:
    totals = totals_of(rows)
    return Peer(entity, own, totals.times, totals.rows, totals.weighted)
