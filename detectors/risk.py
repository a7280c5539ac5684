"""One figure for an entity's risk out of its findings' scores, and what it is called.

The k-th highest score counts 1/k^1.5: many small findings never outweigh one grave one. Divided by
the sum of all such weights, zeta(1.5) = 2.612, a hundred findings of 100 approach 100. Criticality then
multiplies the odds, so the figure stays between 0 and 100.

Source: the published entity risk score of Elastic Security (weighted sum, asset criticality as odds).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from soc.errors import InputError

_EXPONENT = 1.5
_ALL_WEIGHTS = 2.612


class RiskInputError(InputError):
    """Scores or a criticality that cannot be used."""


class Criticality(StrEnum):
    """How much depends on the entity."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    EXTREME = "extreme"


class RiskLevel(StrEnum):
    """What a risk figure is called."""

    UNKNOWN = "unknown"
    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    CRITICAL = "critical"


_ODDS = {Criticality.LOW: 0.5, Criticality.MEDIUM: 1.0, Criticality.HIGH: 1.5, Criticality.EXTREME: 2.0}
_FROM = ((90.0, RiskLevel.CRITICAL), (70.0, RiskLevel.HIGH), (40.0, RiskLevel.MODERATE), (20.0, RiskLevel.LOW))


@dataclass(frozen=True)
class EntityRisk:
    """``category_score`` before and ``entity_score`` after criticality, both 0 to 100."""

    category_score: float
    entity_score: float
    level: RiskLevel


def entity_risk(scores: Iterable[float], criticality: Criticality = Criticality.MEDIUM) -> EntityRisk:
    """Join an entity's scores (each 0 to 100) to one.

    Raises:
        RiskInputError: a score lies outside 0 to 100.
    """
    ordered = sorted(scores, reverse=True)
    if any(not 0 <= score <= 100 for score in ordered):
        raise RiskInputError("behaviour.risk.out_of_range")
    joined = sum(score / rank**_EXPONENT for rank, score in enumerate(ordered, start=1)) / _ALL_WEIGHTS
    category = min(joined, 100.0)
    weighed = with_criticality(category, criticality)
    return EntityRisk(category, weighed, risk_level(weighed))


def with_criticality(score: float, criticality: Criticality) -> float:
    """Multiply the odds of a score (0 to 100)."""
    if score >= 100:
        return 100.0
    odds = score / (100 - score) * _ODDS[criticality]
    return 100 * odds / (1 + odds)


def risk_level(score: float) -> RiskLevel:
    """Name a score (0 to 100)."""
    return next((level for least, level in _FROM if score >= least), RiskLevel.UNKNOWN)
