"""The grading policy: a document with versions. The level of each type and category, and the rules beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from config import content
from policies.grading.impact import SHIPPED, Matrix, check_matrix, matrix_of
from policies.grading.rule_check import check_rules
from policies.grading.rules import DERIVED, Rule, rules_of
from policies.grading.taxonomy import taxonomy
from soc.ledger.levels import Level
from soc.ledger.types import types
from soc.versions.values import Problem
from soc.yaml_text import read_mapping_file

KIND = "grading"
_KEYS = frozenset(
    {"title", "types", "taxonomy", "tables", "raise_to_category", "important", "rules", "impact", "volume", "derived"}
)
#: annex I lets derived data be graded lower; by more than two steps nobody may
_MOST_STEPS = 2
_GENERAL = frozenset({Level.G1, Level.G2, Level.G3, Level.G4})


@dataclass(frozen=True, slots=True)
class GradingPolicy:
    """What a policy document says.

    ``types`` and ``categories`` give levels; ``tables`` names the category of tables by their exact
    name; with ``raise_to_category`` a sensitive column of a table is at least of the table's category;
    from ``persons`` (``sensitive_persons`` for sensitive personal information) rows on a table may be
    important data, which opens a review and decides nothing. ``rules`` raise by what stands together,
    ``impact`` turns harm into levels, ``derived`` says by how many steps data made from others' are lower,
    and ``volume`` (off unless given) raises a table of personal information by one step from so many rows on.
    """

    title: str
    types: Mapping[str, Level]
    categories: Mapping[str, Level]
    tables: Mapping[str, str] = field(default_factory=dict)
    raise_to_category: bool = False
    persons: int = 1_000_000
    sensitive_persons: int = 100_000
    rules: tuple[Rule, ...] = ()
    impact: Matrix = field(default_factory=lambda: SHIPPED)
    volume: int | None = None
    derived: Mapping[str, int] = field(default_factory=dict)


@cache
def default_body() -> Mapping[str, Any]:
    """The shipped policy's document."""
    body: dict[str, Any] = read_mapping_file(content.path("grading.yaml")).body
    return body


def check_body(body: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with a document, with the way to it; an empty list is a good document."""
    problems = [Problem(str(key), "grading.problem.unknown_key", {"key": str(key)}) for key in body if key not in _KEYS]
    problems += _check_levels(body, "types", frozenset(types()))
    problems += _check_levels(body, "taxonomy", frozenset(one.code for one in taxonomy()))
    problems += _check_tables(body.get("tables", {}))
    problems += _check_important(body.get("important", {}))
    problems += check_rules(body.get("rules", []))
    problems += check_matrix(body.get("impact", {}))
    problems += _check_steps(body.get("derived", {})) + _check_volume(body.get("volume"))
    if not isinstance(body.get("raise_to_category", False), bool):
        problems.append(Problem("raise_to_category", "grading.problem.no_flag"))
    return problems


def _check_levels(body: Mapping[str, Any], key: str, known: frozenset[str]) -> list[Problem]:
    levels = body.get(key, {})
    if not isinstance(levels, dict):
        return [Problem(key, "grading.problem.no_mapping")]
    problems = []
    for name, level in levels.items():
        if name not in known:
            problems.append(Problem(f"{key}/{name}", "grading.problem.unknown_name", {"name": str(name)}))
        elif not isinstance(level, str) or level not in {one.value for one in _GENERAL}:
            problems.append(Problem(f"{key}/{name}", "grading.problem.level", {"level": str(level)}))
    return problems


def _check_tables(tables: Any) -> list[Problem]:
    if not isinstance(tables, dict):
        return [Problem("tables", "grading.problem.no_mapping")]
    known = {one.code for one in taxonomy()}
    return [
        Problem(f"tables/{name}", "grading.problem.unknown_name", {"name": str(code)})
        for name, code in tables.items()
        if not isinstance(code, str) or code not in known
    ]


def _check_important(important: Any) -> list[Problem]:
    if not isinstance(important, dict):
        return [Problem("important", "grading.problem.no_mapping")]
    problems = []
    for key, value in important.items():
        good = key in {"persons", "sensitive_persons"} and type(value) is int and value > 0
        if not good:
            problems.append(Problem(f"important/{key}", "grading.problem.threshold", {"key": str(key)}))
    return problems


def _check_steps(derived: Any) -> list[Problem]:
    if not isinstance(derived, dict):
        return [Problem("derived", "grading.problem.no_mapping")]
    return [
        Problem(f"derived/{key}", "grading.problem.steps", {"key": str(key)[:40], "most": _MOST_STEPS})
        for key, value in derived.items()
        if key not in DERIVED or type(value) is not int or not 0 <= value <= _MOST_STEPS
    ]


def _check_volume(volume: Any) -> list[Problem]:
    if volume is None or (type(volume) is int and volume > 0):
        return []
    return [Problem("volume", "grading.problem.volume")]


def policy_of(body: Mapping[str, Any]) -> GradingPolicy:
    """Build the policy a checked document describes; what it leaves out is as shipped."""
    important = body.get("important", {})
    return GradingPolicy(
        title=str(body.get("title", "")),
        types={name: one.level for name, one in types().items()} | _levels(body.get("types", {})),
        categories={one.code: one.level for one in taxonomy()} | _levels(body.get("taxonomy", {})),
        tables=dict(body.get("tables", {})),
        raise_to_category=bool(body.get("raise_to_category", False)),
        persons=int(important.get("persons", 1_000_000)),
        sensitive_persons=int(important.get("sensitive_persons", 100_000)),
        rules=rules_of(body.get("rules", [])),
        impact=matrix_of(body.get("impact", {})),
        volume=body.get("volume"),
        derived=dict(body.get("derived", {})),
    )


def _levels(table: Mapping[str, str]) -> dict[str, Level]:
    return {name: Level(level) for name, level in table.items()}
