"""From ratios to one score, by a rule that can be read and reproduced.

A ratio whose denominator is 0 does not apply and drops out; figures of several organisations
roll up as Σ numerator / Σ denominator, never as a mean of percentages. Weights, targets and
bands are proposals of ours, no standard's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

#: weight of each group: ledger, grading, one source, protection, monitoring, operations, supervision
WEIGHTS: Mapping[str, int] = {"A": 15, "B": 15, "C": 10, "D": 20, "E": 15, "F": 15, "G": 10}
#: indicators the rule knows; the coverage of a score is told against them
ALL_INDICATORS = 32


class Band(StrEnum):
    """What a score is called: 优, 良, 中, 差."""

    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


@dataclass(frozen=True, slots=True)
class Ratio:
    """One indicator of one organisation and period: ``numerator`` of ``denominator``."""

    id: str
    numerator: float
    denominator: float
    target: float
    #: whether more is better
    up: bool = True

    @property
    def value(self) -> float | None:
        """The ratio, 0 to 1; None where it does not apply."""
        return None if self.denominator == 0 else self.numerator / self.denominator

    @property
    def score(self) -> float | None:
        """0 to 100 against the target; None where it does not apply."""
        if self.value is None:
            return None
        if self.up:
            return 100 * min(1.0, max(0.0, self.value / self.target))
        if self.target == 0:
            return 100.0 if self.value == 0 else max(0.0, 100 - 1000 * self.value)
        return 100 * min(1.0, max(0.0, 2 - self.value / self.target))


@dataclass(frozen=True, slots=True)
class Score:
    """The score with what it is made of: group averages, and how many indicators had data."""

    value: float | None
    groups: Mapping[str, float]
    covered: int

    @property
    def band(self) -> Band | None:
        """What the score is called."""
        if self.value is None:
            return None
        for least, band in ((90, Band.EXCELLENT), (80, Band.GOOD), (60, Band.FAIR)):
            if self.value >= least:
                return band
        return Band.POOR


def roll_up(ratios: Iterable[Ratio]) -> dict[str, Ratio]:
    """Add up the ratios of several organisations, by indicator."""
    total: dict[str, Ratio] = {}
    for one in ratios:
        held = total.get(one.id)
        total[one.id] = one if held is None else Ratio(
            one.id, held.numerator + one.numerator, held.denominator + one.denominator, one.target, one.up
        )  # fmt: skip
    return total


def score_of(ratios: Mapping[str, Ratio]) -> Score:
    """Weigh the groups that have data; the weights of the others are spread over them."""
    groups: dict[str, list[float]] = {}
    for one in ratios.values():
        if one.score is not None:
            groups.setdefault(one.id[0], []).append(one.score)
    means = {group: sum(scores) / len(scores) for group, scores in sorted(groups.items())}
    weight = sum(WEIGHTS[group] for group in means)
    value = sum(WEIGHTS[group] * mean for group, mean in means.items()) / weight if weight else None
    return Score(value, means, sum(len(scores) for scores in groups.values()))
