"""From harm to level: the impact matrix of GB/T 43697-2024 as data of the policy (就高从严).

The shipped matrix is from memory of the standard's table 1 and marked so: a policy may state its own.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from soc.ledger.levels import Level
from soc.versions.values import Problem


class Harmed(StrEnum):
    """The six objects whose harm is weighed (GB/T 43697-2024, impact objects)."""

    NATION = "national_security"
    ECONOMY = "economic_operation"
    SOCIETY = "social_order"
    PUBLIC = "public_interest"
    ORGANISATION = "organisation_rights"
    PERSON = "individual_rights"


class Degree(StrEnum):
    """How badly: 一般, 严重, 特别严重."""

    GENERAL = "general"
    SERIOUS = "serious"
    GRAVE = "grave"


#: (object, degree) → level; I and C are only ever proposed
Matrix = Mapping[tuple[Harmed, Degree], Level]


def _row(harmed: Harmed, general: str, serious: str, grave: str) -> dict[tuple[Harmed, Degree], Level]:
    return {
        (harmed, Degree.GENERAL): Level(general),
        (harmed, Degree.SERIOUS): Level(serious),
        (harmed, Degree.GRAVE): Level(grave),
    }


#: "一般" of the table is divided by the sub-levels of its annex H: general harm 2, serious 3, grave 4
SHIPPED: Matrix = {
    **_row(Harmed.NATION, "I", "C", "C"),
    **_row(Harmed.ECONOMY, "G4", "I", "C"),
    **_row(Harmed.SOCIETY, "G4", "I", "C"),
    **_row(Harmed.PUBLIC, "G4", "I", "C"),
    **_row(Harmed.ORGANISATION, "G2", "G3", "G4"),
    **_row(Harmed.PERSON, "G2", "G3", "G4"),
}


def matrix_of(table: Mapping[str, Mapping[str, str]]) -> Matrix:
    """Read a checked table ``{object: {degree: level}}``; what it leaves out is as shipped."""
    own = {
        (Harmed(harmed), Degree(degree)): Level(level) for harmed, row in table.items() for degree, level in row.items()
    }
    return {**SHIPPED, **own}


def check_matrix(table: Any) -> list[Problem]:
    """Everything wrong with the table of a document, each with the way to it."""
    if not isinstance(table, Mapping):
        return [Problem("impact", "grading.problem.no_mapping")]
    return [problem for harmed, row in table.items() for problem in _check_row(str(harmed), row)]


def _check_row(harmed: str, row: Any) -> list[Problem]:
    path = f"impact/{harmed}"
    if harmed not in set(Harmed):
        return [Problem(path, "grading.problem.impact_object", {"name": harmed[:40]})]
    if not isinstance(row, Mapping):
        return [Problem(path, "grading.problem.no_mapping")]
    return [
        Problem(f"{path}/{degree}", "grading.problem.impact_cell", {"name": str(degree)[:40], "level": str(level)[:40]})
        for degree, level in row.items()
        if degree not in set(Degree) or not isinstance(level, str) or level not in set(Level)
    ]
