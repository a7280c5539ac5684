"""The levels of GB/T 43697-2024: general data 1 to 4, important data, core data."""

from enum import StrEnum

RANKS = {"G1": 1, "G2": 2, "G3": 3, "G4": 4, "I": 5, "C": 6}


class Level(StrEnum):
    """How much harm the loss of a data item does; ``G4`` is the gravest of the general data."""

    G1 = "G1"
    G2 = "G2"
    G3 = "G3"
    G4 = "G4"
    IMPORTANT = "I"
    CORE = "C"

    @property
    def rank(self) -> int:
        """1 to 4 for general data, 5 for important, 6 for core (0 is left for "unknown")."""
        return RANKS[self.value]


#: the levels that a rule may set; important and core data are a person's decision
GENERAL = (Level.G1, Level.G2, Level.G3, Level.G4)


def highest(levels: list[Level]) -> Level:
    """Return the gravest of ``levels`` (就高从严), G1 when there is none."""
    return max(levels, key=lambda level: level.rank, default=Level.G1)
