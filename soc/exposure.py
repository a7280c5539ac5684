"""How much was exposed, told as what it is: from a least to a most, and how that was come by.

Some statements are counted by no log (COPY, cursors and dumps in pgaudit): a figure that holds one of them
is bounded at best. Nothing that shows a number of exposed rows or persons does without this value.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Composite, Mapped, composite, declared_attr, mapped_column

from soc.text import t


class Basis(StrEnum):
    """How a figure was come by."""

    MEASURED = "measured"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Figure:
    """From ``low`` to ``high``; ``high`` is None where nothing bounds it."""

    low: int = 0
    high: int | None = 0
    basis: Basis = Basis.MEASURED

    @property
    def nothing(self) -> bool:
        """Whether there is nothing and cannot be anything."""
        return self.high == 0

    @property
    def weight(self) -> tuple[int, float]:
        """The order from little to much: what is certain first, then what is possible."""
        return self.low, float("inf") if self.high is None else self.high

    def words(self) -> str:
        """Say it in the reader's language, without its basis."""
        if self.high is None:
            return t("exposure.at_least", low=f"{self.low:,}") if self.low else t("exposure.unknown")
        if self.low == self.high:
            return f"{self.low:,}"
        if not self.low:
            return t("exposure.up_to", high=f"{self.high:,}")
        return t("exposure.between", low=f"{self.low:,}", high=f"{self.high:,}")

    def how(self) -> str:
        """Say how it was come by; "" for nothing at all, and where "unknown" has been said already."""
        return "" if self.nothing or self == NOT_KNOWN else t(f"exposure.{self.basis}")

    def as_json(self) -> dict[str, int | str | None]:
        """Return the three parts by their names."""
        return {"low": self.low, "high": self.high, "basis": self.basis.value}


#: nothing, and known to be nothing
NOTHING = Figure()
#: of what nobody counted, and nothing bounds
NOT_KNOWN = Figure(0, None, Basis.UNKNOWN)


class Exposed:
    """Mixin of a row: how much was touched; rows and persons are two figures, in three columns each."""

    rows_low: Mapped[int] = mapped_column(default=0)
    rows_high: Mapped[int | None]
    rows_basis: Mapped[Basis] = mapped_column(default=Basis.UNKNOWN)
    persons_low: Mapped[int] = mapped_column(default=0)
    persons_high: Mapped[int | None]
    persons_basis: Mapped[Basis] = mapped_column(default=Basis.UNKNOWN)

    @declared_attr
    @classmethod
    def rows(cls) -> Composite[Figure]:
        """Return the rows as one figure."""
        return composite(Figure, "rows_low", "rows_high", "rows_basis")

    @declared_attr
    @classmethod
    def persons(cls) -> Composite[Figure]:
        """Return the persons as one figure."""
        return composite(Figure, "persons_low", "persons_high", "persons_basis")


_CERTAINTY = {Basis.MEASURED: 0, Basis.ESTIMATED: 1, Basis.UNKNOWN: 2}


def added(figures: Iterable[Figure]) -> Figure:
    """Add figures of different events; one without an upper bound leaves the sum without one."""
    found = list(figures)
    highs = [one.high for one in found]
    high = None if None in highs else sum(one for one in highs if one is not None)
    return Figure(sum(one.low for one in found), high, least_certain([one.basis for one in found]))


def widest(figures: Iterable[Figure]) -> Figure:
    """Join figures that may mean the same persons: at least the largest, at most all of them together."""
    found = list(figures)
    summed = added(found)
    return Figure(max((one.low for one in found), default=0), summed.high, summed.basis)


def least_certain(bases: Sequence[Basis]) -> Basis:
    """Return the basis that a sum of such figures has; nothing at all is a measured nothing."""
    return max(bases, key=_CERTAINTY.__getitem__, default=Basis.MEASURED)
