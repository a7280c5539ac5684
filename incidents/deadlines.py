"""Which clocks an incident starts, and how grave it is: a rule table, not code.

The rules are ``config/data/deadlines.toml``; each says where its figure is from and how sure it is.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from config import content
from soc.text import Message, language
from soc.tiers.models import Tier


class IncidentLevel(StrEnum):
    """The four levels of the 网络安全事件分级指南; general has no duty to report."""

    SPECIAL = "special"
    MAJOR = "major"
    LARGER = "larger"
    GENERAL = "general"

    @property
    def rank(self) -> int:
        """3 for the gravest, 0 for general."""
        return {"special": 3, "major": 2, "larger": 1, "general": 0}[self.value]


class Reporter(StrEnum):
    """Whose duty it is."""

    OPERATOR = "operator"
    CII = "cii"
    STATE = "state"


class Mark(StrEnum):
    """How sure a figure is: read in its source, from memory, a proposal of ours."""

    FOUND = "F"
    MEMORY = "M"
    PROPOSAL = "D"


class Start(StrEnum):
    """What sets a clock going."""

    DISCOVERED = "discovered"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One duty with its time."""

    id: str
    basis: str
    reporter: str
    levels: frozenset[IncidentLevel]
    starts: Start
    limit: timedelta
    mark: Mark
    tier: Tier | None

    @property
    def title(self) -> Message:
        """Its name."""
        return Message(f"deadlines.clock.{self.id}")

    def applies(self, level: IncidentLevel, reporter: Reporter, tier: Tier) -> bool:
        """Whether such an incident starts it."""
        whose = self.reporter in {"any", reporter.value}
        return level in self.levels and whose and self.tier in {None, tier}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One row of the levels' table: from how much on an incident has each level."""

    id: str
    zh: str
    en: str
    mark: Mark
    thresholds: Mapping[IncidentLevel, float]

    def level(self, value: float) -> IncidentLevel:
        """Return the level that ``value`` reaches; the figure itself counts (以上 includes it)."""
        reached = [level for level, least in self.thresholds.items() if value >= least]
        return max(reached, key=lambda level: level.rank, default=IncidentLevel.GENERAL)


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty that has no figure."""

    id: str
    zh: str
    en: str
    basis: str
    mark: Mark

    def title(self, lang: str) -> str:
        """What is to be done."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Judged:
    """The level proposed by the criteria, and which of them say so."""

    level: IncidentLevel
    by: tuple[str, ...]


def judge_level(facts: Mapping[str, float]) -> Judged:
    """Propose a level: any one criterion is enough; facts nobody gave do not count."""
    found = {one.id: one.level(facts[one.id]) for one in criteria() if facts.get(one.id) is not None}
    level = max(found.values(), key=lambda one: one.rank, default=IncidentLevel.GENERAL)
    by = tuple(name for name, reached in found.items() if reached is level and level is not IncidentLevel.GENERAL)
    return Judged(level, by)


def clocks_for(level: IncidentLevel, reporter: Reporter, tier: Tier, start: Start) -> tuple[ClockRule, ...]:
    """Return the rules that an incident of this kind starts at this moment of its life."""
    return tuple(one for one in clock_rules() if one.starts is start and one.applies(level, reporter, tier))


#: shares of a limit at which people are told, and the last one, when it is over
WARN_AT = (0.5, 0.75, 0.9, 1.0)


def stage(started_at: datetime, due_at: datetime, at: datetime) -> float:
    """Return the last of WARN_AT that a clock has passed, 0 before the first."""
    gone = (at - started_at) / (due_at - started_at)
    return max((share for share in WARN_AT if gone >= share), default=0.0)


@cache
def clock_rules() -> tuple[ClockRule, ...]:
    """The shipped rules, in their order."""
    return tuple(_rule(one) for one in _table()["clocks"])


@cache
def criteria() -> tuple[Criterion, ...]:
    """The shipped criteria, in their order."""
    return tuple(_criterion(one) for one in _table()["criteria"])


@cache
def duties() -> tuple[Duty, ...]:
    """The shipped duties without a figure."""
    return tuple(Duty(one["id"], one["zh"], one["en"], one["basis"], Mark(one["mark"])) for one in _table()["duties"])


def cited(basis: str) -> str:
    """Return how a basis is cited in the reader's language; the law's own name where we have no other."""
    return str(_table().get("laws", {}).get(basis, basis)) if language() == "en" else basis


def rule_of(rule_id: str) -> ClockRule | None:
    """Return one rule; None where a later table no longer has it."""
    return next((one for one in clock_rules() if one.id == rule_id), None)


def _rule(one: Mapping[str, Any]) -> ClockRule:
    return ClockRule(
        id=one["id"],
        basis=one["basis"],
        reporter=one["reporter"],
        levels=_levels(one["levels"]),
        starts=Start(one["starts"]),
        limit=timedelta(minutes=one["minutes"]),
        mark=Mark(one["mark"]),
        tier=Tier(one["tier"]) if "tier" in one else None,
    )


def _criterion(one: Mapping[str, Any]) -> Criterion:
    thresholds = {level: float(one[level.value]) for level in IncidentLevel if level.value in one}
    return Criterion(one["id"], one["zh"], one["en"], Mark(one["mark"]), thresholds)


def _levels(names: Iterable[str]) -> frozenset[IncidentLevel]:
    return frozenset(IncidentLevel(name) for name in names)


@cache
def _table() -> dict[str, Any]:
    with content.path("deadlines.toml").open("rb") as file:
        return tomllib.load(file)
