"""What happens to each column of a copy.

A column that refers to a sensitive one, by a foreign key or by bearing the same telling name,
is treated as that one: else the number would stand masked in one table and in clear in the next.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from policies.protection.decision import Decision, decide
from policies.protection.policy import ProtectionPolicy
from policies.protection.shapes import Shape
from soc.identity.actor import Role
from soc.ledger.levels import Level

Place = tuple[str, str]
#: names too common to say that two columns hold the same
_COMMON = re.compile(
    "id|uuid|code|name|no|num|number|type|kind|status|state|level|remarks?|notes?|memo|content|text|title|value|amount"
    "|time|date|created_at|updated_at|address|addr|desc|description|org|dept|seq|key|source|operator"
    "|编号|名称|备注|说明|类型|状态|序号|地址"
)


@dataclass(frozen=True, slots=True)
class ColumnFact:
    """What is known of a column: its type and level; whether its values are masked already, or sit within text."""

    name: str
    type: str | None = None
    level: Level = Level.G1
    masked: bool = False
    embedded: bool = False


@dataclass(frozen=True, slots=True)
class TableFact:
    """What is known of a table."""

    name: str
    columns: tuple[ColumnFact, ...]


@dataclass(frozen=True, slots=True)
class Treatment:
    """What a column of the copy meets."""

    fact: ColumnFact
    decision: Decision
    shape: Shape
    #: only what is recognised within the text is replaced
    within_text: bool = False

    @property
    def changes(self) -> bool:
        """Whether the column's values differ from the source's."""
        return self.within_text or self.decision.operator.name != "clear"


@dataclass(frozen=True, slots=True)
class Plan:
    """The treatments of a copy, by table and column."""

    purpose: str
    treatments: Mapping[Place, Treatment]

    @property
    def tables(self) -> frozenset[str]:
        """The tables that are copied."""
        return frozenset(table for table, _ in self.treatments)

    def of(self, table: str, column: str) -> Treatment:
        """Return a column's treatment.

        Raises:
            KeyError: nothing is known of the column: it must not be copied.
        """
        return self.treatments[table, column]


def plan_copy(
    policy: ProtectionPolicy,
    tables: Sequence[TableFact],
    links: Iterable[tuple[Place, Place]],
    *,
    purpose: str,
    role: Role | None = None,
) -> Plan:
    """Decide on every column, those that are linked alike."""
    facts = {(table.name, column.name): column for table in tables for column in table.columns}
    for group in _groups(facts, links):
        _spread(facts, group)
    return Plan(purpose, {place: _treatment(policy, fact, role, purpose) for place, fact in facts.items()})


def _treatment(policy: ProtectionPolicy, fact: ColumnFact, role: Role | None, purpose: str) -> Treatment:
    decision = decide(policy, fact.type, fact.level, role=role, purpose=purpose)
    if fact.masked and decision.operator.name in {"partial", "token"}:
        # what the source masked itself holds nothing more to hide, and masking it twice says less
        decision = decide(policy, None, Level.G1, role=role, purpose=purpose)
    # within a text nothing of the column's own may be kept but what is not recognised: see scrub
    within = fact.type is None or (fact.embedded and decision.operator.name != "suppress")
    return Treatment(fact, decision, policy.shape(fact.type or ""), within_text=within and not fact.masked)


def _groups(facts: Mapping[Place, ColumnFact], links: Iterable[tuple[Place, Place]]) -> list[set[Place]]:
    """Join columns that hold the same into groups."""
    parent = {place: place for place in facts}

    def top(place: Place) -> Place:
        while parent[place] != place:
            place = parent[place]
        return place

    named: dict[str, Place] = {}
    pairs = [pair for pair in links if pair[0] in facts and pair[1] in facts]
    for place in facts:
        name = place[1].casefold()
        if not _COMMON.fullmatch(name):
            pairs.append((named.setdefault(name, place), place))
    for one, other in pairs:
        parent[top(one)] = top(other)
    groups: dict[Place, set[Place]] = {}
    for place in facts:
        groups.setdefault(top(place), set()).add(place)
    return [group for group in groups.values() if len(group) > 1]


def _spread(facts: dict[Place, ColumnFact], group: set[Place]) -> None:
    typed = [facts[place] for place in group if facts[place].type is not None and not facts[place].embedded]
    if not typed:
        return
    gravest = max(typed, key=lambda fact: (fact.level.rank, fact.type or ""))
    for place in group:
        if facts[place].type is None or not facts[place].embedded:
            facts[place] = replace(facts[place], type=gravest.type, level=gravest.level)
