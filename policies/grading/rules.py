"""The rules of a grading policy: what a table has to be, and what then follows (GB/T 43697-2024, grading elements).

Every rule that fits is applied; the highest level wins (就高从严). A rule raises and never lowers, but for
``derived``, which says that a table's data were made from others' and may be graded lower by the policy's steps.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import re2

from policies.grading.facts import GradedColumn, TableFacts
from policies.grading.impact import Degree, Harmed, Matrix
from soc.ledger.levels import Level
from soc.ledger.types import types
from soc.tiers.models import Tier

#: what a rule may say of derived data (annex I): each has its own step in the policy
DERIVED = ("masked", "aggregated", "label", "fused")
#: law or standard read in a source; from memory; our proposal
MARKS = ("F", "M", "D")


@dataclass(frozen=True)
class Conditions:
    """All that are given have to hold; an empty condition holds of everything.

    ``all`` and ``any`` name sensitive types of the table; ``kinds`` their classes (PI, SPI …); ``name`` and
    ``table`` are RE2 patterns on a column's name or comment and on the table's name; ``rows`` and ``persons``
    are volumes from which on it holds; ``tiers`` says whose data it is (coverage); ``metres`` bounds how exact
    a position is (precision); ``timed`` wants an instant beside; ``needs`` names rules that have to fit as well.
    """

    all: frozenset[str] = frozenset()
    any: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    name: str = ""
    table: str = ""
    domains: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    rows: int = 0
    persons: int = 0
    tiers: frozenset[Tier] = frozenset()
    metres: float | None = None
    timed: bool = False
    needs: tuple[str, ...] = ()

    @cached_property
    def _name(self) -> Any:
        return re2.compile(f"(?i){self.name}") if self.name else None

    @cached_property
    def _table(self) -> Any:
        return re2.compile(f"(?i){self.table}") if self.table else None

    def hold(self, facts: TableFacts, category: str | None) -> bool:
        """Tell whether a table of a category meets every condition but ``needs``."""
        return (
            self._of_place(facts, category)
            and self._of_volume(facts)
            and self._of_types(facts.types)
            and (not self.name or any(self._named(column) for column in facts.columns))
            and (self.metres is None or any(_within(column, self.metres) for column in facts.columns))
            and (not self.timed or facts.timed)
        )

    def touches(self, column: GradedColumn) -> bool:
        """Tell whether a column is one of those that made the rule fit."""
        kind = column.type
        wanted = self.all | self.any
        return (
            (kind is not None and kind in wanted)
            or (kind is not None and types()[kind].kind in self.kinds)
            or (bool(self.name) and self._named(column))
            or (self.metres is not None and _within(column, self.metres))
            or not (wanted or self.kinds or self.name or self.metres is not None)
        )

    def _of_place(self, facts: TableFacts, category: str | None) -> bool:
        return (
            (not self.categories or category in self.categories)
            and (not self.domains or (category or "")[:2] in self.domains)
            and (not self.tiers or facts.tier in self.tiers)
            and (self._table is None or bool(self._table.search(facts.name)))
        )

    def _of_volume(self, facts: TableFacts) -> bool:
        return facts.rows >= self.rows and facts.persons >= self.persons

    def _of_types(self, found: frozenset[str]) -> bool:
        return (
            self.all <= found
            and (not self.any or bool(self.any & found))
            and (not self.kinds or any(types()[one].kind in self.kinds for one in found))
        )

    def _named(self, column: GradedColumn) -> bool:
        return self._name is not None and bool(self._name.search(column.name) or self._name.search(column.comment))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows: a level for the ``columns`` that fit or the ``table``, a harm to be weighed, or a review.

    ``review`` is I or C: a person judges, nothing here does. ``derived`` names how the data were made.
    """

    level: Level | None = None
    to: str = "table"
    harmed: Harmed | None = None
    degree: Degree | None = None
    review: Level | None = None
    derived: str | None = None

    def settled(self, matrix: Matrix) -> Level | None:
        """The level meant, by name or through the matrix; I and C are proposals."""
        if self.harmed is not None and self.degree is not None:
            return matrix[self.harmed, self.degree]
        return self.review or self.level


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table of rules; ``mark`` and ``basis`` say what it rests on."""

    id: str
    when: Conditions
    then: Outcome
    title: Mapping[str, str] = field(default_factory=dict)
    mark: str = "D"
    basis: str = ""


def fitting(rules: Sequence[Rule], facts: TableFacts, category: str | None) -> tuple[Rule, ...]:
    """Return the rules that fit a table, in their order; ``needs`` is followed to its end."""
    met = {rule.id: rule for rule in rules if rule.when.hold(facts, category)}
    while True:
        lacking = [name for name, rule in met.items() if not set(rule.when.needs) <= set(met)]
        if not lacking:
            return tuple(met.values())
        for name in lacking:
            del met[name]


def rules_of(listed: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Read the rows of a checked document."""
    return tuple(_rule(row) for row in listed)


def _rule(row: Mapping[str, Any]) -> Rule:
    when, then = row.get("when", {}), row["then"]
    impact = then.get("impact", {})
    return Rule(
        id=row["id"],
        title=row.get("title", {}),
        mark=row.get("mark", "D"),
        basis=row.get("basis", ""),
        when=Conditions(
            all=frozenset(when.get("all", ())),
            any=frozenset(when.get("any", ())),
            kinds=frozenset(when.get("kinds", ())),
            name=when.get("name", ""),
            table=when.get("table", ""),
            domains=frozenset(when.get("domains", ())),
            categories=frozenset(when.get("categories", ())),
            rows=when.get("rows", 0),
            persons=when.get("persons", 0),
            tiers=frozenset(Tier(one) for one in when.get("tiers", ())),
            metres=when.get("metres"),
            timed=when.get("timed", False),
            needs=tuple(when.get("needs", ())),
        ),
        then=Outcome(
            level=Level(then["level"]) if "level" in then else None,
            to=then.get("to", "table"),
            harmed=Harmed(impact["object"]) if impact else None,
            degree=Degree(impact["degree"]) if impact else None,
            review=Level(then["review"]) if "review" in then else None,
            derived=then.get("derived"),
        ),
    )


def _within(column: GradedColumn, metres: float) -> bool:
    exact = column.metres
    return exact is not None and exact <= metres
