"""How far a figure's distribution has moved, and how far it would seem to have moved by chance.

Both weeks are cut into bands that hold about as many of the earlier values each; what moved is the population stability
index, the sum of (after - before) ln(after / before) over the shares of the bands. Without any change it is about
chi-square over the two sizes, so that fifty values seem to move by a quarter and fifty thousand by next to nothing; and
weeks differ from each other by more than single days do. So the bound is the larger of what chance explains once in a
thousand times and of what any earlier week stood apart from the others, and never less than a tenth.

Source: Yurdakul (2018), statistical properties of the population stability index; 0.1 and 0.25 are its customary bounds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: bands that the earlier values are cut into
BANDS = 10
#: less than this is no move that anybody would act on
LEAST_MOVE = 0.1
#: values of the week, and of the weeks before, from which anything is told
LEAST_VALUES = 40
#: what each band is given beyond its values, so that an empty one is no infinite surprise
_SPARE = 0.5
#: chance goes further once in a thousand times (the normal quantile)
_RARE = 3.09


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure's move and its bound; ``edges`` (bands - 1,), the counts of each band, and the middle values."""

    moved: float
    noise: float
    edges: tuple[float, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    middle_before: float
    middle_after: float

    @property
    def beyond(self) -> bool:
        """Whether it is more than chance and the weeks' own differences explain."""
        return self.moved > self.noise


def move_of(weeks: Sequence[Floats], after: Floats) -> Moved | None:
    """Set a week's values against those of earlier weeks (one array each); None where there are too few."""
    before = np.concatenate(weeks) if weeks else np.empty(0)
    if len(after) < LEAST_VALUES or len(before) < LEAST_VALUES:
        return None
    edges = edges_of(before)
    counts_before, counts_after = counts_in(edges, before), counts_in(edges, after)
    return Moved(
        moved=index_of(counts_before, counts_after),
        noise=max(LEAST_MOVE, chance_of(len(edges) + 1, len(before), len(after)), _between_weeks(weeks)),
        edges=tuple(float(one) for one in edges),
        before=tuple(int(one) for one in counts_before),
        after=tuple(int(one) for one in counts_after),
        middle_before=float(np.median(before)),
        middle_after=float(np.median(after)),
    )


def edges_of(values: Floats) -> Floats:
    """Upper bounds of all bands but the last; fewer where many values are the same."""
    found = np.unique(np.quantile(values, np.arange(1, BANDS) / BANDS, method="inverted_cdf"))
    # a last band that the earlier values never reach is kept where all of them are the same
    return found if len(found) == 1 else found[found < values.max()]


def counts_in(edges: Floats, values: Floats) -> Floats:
    """(bands,), how many values lie in each."""
    return np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1).astype(np.float64)


def index_of(before: Floats, after: Floats) -> float:
    """The population stability index of two rows of counts; 0 or more."""
    one, other = (before + _SPARE) / (before + _SPARE).sum(), (after + _SPARE) / (after + _SPARE).sum()
    return float(((other - one) * np.log(other / one)).sum())


def chance_of(bands: int, before: int, after: int) -> float:
    """What the index reaches by chance once in a thousand times, of so many values (Wilson and Hilferty's chi-square)."""
    free = max(1, bands - 1)
    part = 2 / (9 * free)
    return free * (1 - part + _RARE * math.sqrt(part)) ** 3 * (1 / before + 1 / after)


def _between_weeks(weeks: Sequence[Floats]) -> float:
    """The furthest that an earlier week stood from the other earlier ones; weeks with few values say nothing."""
    told = [week for week in weeks if len(week) >= LEAST_VALUES]
    if len(told) < 2:
        return 0.0
    found = []
    for place, week in enumerate(told):
        others = np.concatenate([one for other, one in enumerate(told) if other != place])
        edges = edges_of(others)
        found.append(index_of(counts_in(edges, others), counts_in(edges, week)))
    return max(found)
