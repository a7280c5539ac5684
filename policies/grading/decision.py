"""Grading one table: pure, from facts and a policy to levels with their reasons (GB/T 43697-2024, 就高从严).

Important (I) and core (C) data are never set here: whatever leads there opens a review.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from policies.grading.facts import GradedColumn, TableFacts
from policies.grading.policy import GradingPolicy
from policies.grading.rules import Rule, fitting
from policies.grading.taxonomy import Category, taxonomy
from soc.ledger.levels import GENERAL, Level, highest
from soc.ledger.types import types

__all__ = ["ColumnGrade", "GradedColumn", "TableFacts", "TableGrade", "grade", "grade_table"]

_PERSON_KEYS = frozenset({"resident_id", "mobile", "person_name", "driver_licence", "passport", "plate", "email"})
_SUBJECTS = frozenset(
    {"plate", "plate_nev", "mobile", "jt808_phone", "etc_card", "obu_id", "mmsi", "resident_id", "person_name"}
)


@dataclass(frozen=True, slots=True)
class ColumnGrade:
    """The level and category of one column, and what set the level: type, category, volume, derived or a rule's id."""

    level: Level
    category: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class TableGrade:
    """The grades of a table. ``flags`` starting with "important" or "core" open a review and set no level.

    ``rules`` are the ids of the policy's rules that fit.
    """

    level: Level
    category: str | None
    columns: tuple[ColumnGrade, ...]
    flags: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


def grade_table(name: str, columns: Sequence[GradedColumn], policy: GradingPolicy, *, rows: int = 0) -> TableGrade:
    """Grade a table of which no more is known than its columns and rows; see :func:`grade`."""
    return grade(TableFacts(name, columns, rows=rows), policy)


def grade(facts: TableFacts, policy: GradingPolicy) -> TableGrade:
    """Grade a table's columns, then the table as the highest of them.

    Volume raises no level unless the policy says so; it opens reviews.
    """
    category = _category(facts, policy)
    code = category.code if category else None
    rules = fitting(policy.rules, facts, code)
    grades = [_grade(column, category, policy) for column in facts.columns]
    grades = [_raised(column, one, rules, policy) for column, one in zip(facts.columns, grades, strict=True)]
    grades = _by_volume(grades, facts, policy)
    grades = [_lowered(column, one, rules, policy) for column, one in zip(facts.columns, grades, strict=True)]
    tracked = _trajectory(facts)
    levels = [one.level for one in grades] + _of_table(category, rules, policy, tracked=tracked)
    flags = (("trajectory",) if tracked else ()) + _reviews(facts, category, rules, policy)
    return TableGrade(highest(levels), code, tuple(grades), flags, tuple(rule.id for rule in rules))


def _category(facts: TableFacts, policy: GradingPolicy) -> Category | None:
    chosen = policy.tables.get(facts.name) or policy.tables.get(facts.name.rsplit(".", 1)[-1])
    if chosen is not None:
        return next((one for one in taxonomy() if one.code == chosen), None)
    return facts.guess


def _grade(column: GradedColumn, category: Category | None, policy: GradingPolicy) -> ColumnGrade:
    """A sensitive column has its type's level; others are general until somebody says otherwise."""
    if column.type is None:
        return ColumnGrade(Level.G1, None, "none")
    level, rule = policy.types[column.type], "type"
    if category is None:
        return ColumnGrade(level, types()[column.type].group, rule)
    base = policy.categories[category.code]
    if policy.raise_to_category and base.rank > level.rank:
        level, rule = base, "category"
    return ColumnGrade(level, category.code, rule)


def _raised(column: GradedColumn, grade: ColumnGrade, rules: Sequence[Rule], policy: GradingPolicy) -> ColumnGrade:
    for rule in rules:
        level = rule.then.settled(policy.impact)
        if (
            level in GENERAL
            and rule.then.to == "columns"
            and rule.when.touches(column)
            and level.rank > grade.level.rank
        ):
            grade = replace(grade, level=level, rule=rule.id)
    return grade


def _by_volume(grades: list[ColumnGrade], facts: TableFacts, policy: GradingPolicy) -> list[ColumnGrade]:
    """One step up for personal information in bulk, where a deployer switched that on."""
    if policy.volume is None or max(facts.rows, facts.persons) < policy.volume:
        return grades
    return [
        replace(one, level=_step(one.level, 1), rule="volume")
        if column.type and types()[column.type].personal and one.level is not Level.G4
        else one
        for column, one in zip(facts.columns, grades, strict=True)
    ]


def _lowered(column: GradedColumn, grade: ColumnGrade, rules: Sequence[Rule], policy: GradingPolicy) -> ColumnGrade:
    """Derived data are lower by the policy's steps, of several kinds by the fewest (就高从严)."""
    made = [rule.then.derived for rule in rules if rule.then.derived] + (["masked"] if column.masked else [])
    steps = min((policy.derived.get(one, 0) for one in made), default=0)
    if not steps or column.type is None:
        return grade
    return replace(grade, level=_step(grade.level, -steps), rule="derived")


def _step(level: Level, steps: int) -> Level:
    return GENERAL[min(max(GENERAL.index(level) + steps, 0), len(GENERAL) - 1)]


def _of_table(category: Category | None, rules: Sequence[Rule], policy: GradingPolicy, *, tracked: bool) -> list[Level]:
    levels = [rule.then.settled(policy.impact) for rule in rules]
    found = [level for level in levels if level in GENERAL]
    if tracked and "trajectory" in policy.types:
        found.append(policy.types["trajectory"])
    if category is not None:
        found.append(policy.categories[category.code])
    return found


def _trajectory(facts: TableFacts) -> bool:
    """A subject, a time and a position in one row make a track (sensitive-types, structural detectors)."""
    found = facts.types
    return "trajectory" in found or ("lonlat" in found and bool(found & _SUBJECTS) and facts.timed)


def _reviews(
    facts: TableFacts, category: Category | None, rules: Sequence[Rule], policy: GradingPolicy
) -> tuple[str, ...]:
    """Why a table may be important or core data: a person judges, nothing here does."""
    reasons = [*_by_numbers(facts, policy)]
    if category is not None and "I(" in category.upgrade and facts.rows >= policy.sensitive_persons:
        reasons.append("important.category")
    for rule in rules:
        level = rule.then.settled(policy.impact)
        if level in {Level.IMPORTANT, Level.CORE}:
            reasons.append(f"{'core' if level is Level.CORE else 'important'}.rule:{rule.id}")
    return tuple(reasons)


def _by_numbers(facts: TableFacts, policy: GradingPolicy) -> list[str]:
    found, volume = facts.types, max(facts.rows, facts.persons)
    kinds = {types()[one].kind for one in found}
    if found & _PERSON_KEYS and kinds & {"PI", "SPI"} and volume >= policy.persons:
        return ["important.persons"]
    if "SPI" in kinds and volume >= policy.sensitive_persons:
        return ["important.sensitive_persons"]
    return []
