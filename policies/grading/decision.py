"""Grading one table: pure, from types and a policy to levels with their reasons (GB/T 43697-2024, 就高从严)."""

from collections.abc import Sequence
from dataclasses import dataclass

from policies.grading.policy import GradingPolicy
from policies.grading.taxonomy import Category, category_of, taxonomy
from soc.ledger.levels import Level, highest
from soc.ledger.types import types

_PERSON_KEYS = frozenset({"resident_id", "mobile", "person_name", "driver_licence", "passport", "plate", "email"})
_SUBJECTS = frozenset(
    {"plate", "plate_nev", "mobile", "jt808_phone", "etc_card", "obu_id", "mmsi", "resident_id", "person_name"}
)


@dataclass(frozen=True, slots=True)
class GradedColumn:
    """A column to grade: its name, comment and type, and whether people look like a track over time."""

    name: str
    type: str | None
    comment: str = ""
    is_time: bool = False


@dataclass(frozen=True, slots=True)
class ColumnGrade:
    """The level and category of one column, and the rule that set the level."""

    level: Level
    category: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class TableGrade:
    """The grades of a table. ``flags`` starting with "important" open a review and set no level."""

    level: Level
    category: str | None
    columns: tuple[ColumnGrade, ...]
    flags: tuple[str, ...] = ()


def grade_table(name: str, columns: Sequence[GradedColumn], policy: GradingPolicy, *, rows: int = 0) -> TableGrade:
    """Grade a table's columns, then the table as the highest of them.

    Args:
        name: the table's name; a policy may set its category by it.
        columns: in their order.
        policy: levels of types and categories.
        rows: how many rows it has, for the review of important data; volume raises no level by itself.
    """
    found = [column.type for column in columns if column.type]
    category = _category(name, columns, found, policy)
    grades = tuple(_grade(column, category, policy) for column in columns)
    tracked = _trajectory(columns)
    levels = [grade.level for grade in grades]
    if tracked and "trajectory" in policy.types:
        levels.append(policy.types["trajectory"])
    if category is not None:
        levels.append(policy.categories[category.code])
    flags = (("trajectory",) if tracked else ()) + _important(found, category, policy, rows)
    return TableGrade(highest(levels), category.code if category else None, grades, flags)


def _category(
    name: str, columns: Sequence[GradedColumn], found: Sequence[str], policy: GradingPolicy
) -> Category | None:
    chosen = policy.tables.get(name) or policy.tables.get(name.rsplit(".", 1)[-1])
    if chosen is not None:
        return next((one for one in taxonomy() if one.code == chosen), None)
    return category_of(name, [text for column in columns for text in (column.name, column.comment)], found)


def _grade(column: GradedColumn, category: Category | None, policy: GradingPolicy) -> ColumnGrade:
    """A sensitive column has its type's level; others are general until somebody says otherwise."""
    if column.type is None:
        return ColumnGrade(Level.G1, None, "none")
    level, rule = policy.types[column.type], "type"
    group = types()[column.type].group
    if category is None:
        return ColumnGrade(level, group, rule)
    base = policy.categories[category.code]
    if policy.raise_to_category and base.rank > level.rank:
        level, rule = base, "category"
    return ColumnGrade(level, category.code, rule)


def _trajectory(columns: Sequence[GradedColumn]) -> bool:
    """A subject, a time and a position in one row make a track (sensitive-types, structural detectors)."""
    found = {column.type for column in columns}
    timed = any(column.is_time for column in columns)
    return "trajectory" in found or ("lonlat" in found and bool(found & _SUBJECTS) and timed)


def _important(found: Sequence[str], category: Category | None, policy: GradingPolicy, rows: int) -> tuple[str, ...]:
    """Why a table may be important data: a person judges, nothing here does."""
    reasons = []
    kinds = {types()[one].kind for one in found}
    if set(found) & _PERSON_KEYS and kinds & {"PI", "SPI"} and rows >= policy.persons:
        reasons.append("important.persons")
    elif "SPI" in kinds and rows >= policy.sensitive_persons:
        reasons.append("important.sensitive_persons")
    if category is not None and "I(" in category.upgrade and rows >= policy.sensitive_persons:
        reasons.append("important.category")
    return tuple(reasons)
