"""Policies of the tiers together: a lower tier may be stricter than the one above, never laxer (就高从严).

Strictness holds by construction: the policy of an organisation is the strictest of its own document and of those
above it, so that a document made stricter above holds below at once. What a lower document would relax is refused
when it is proposed, so that nobody wonders why it has no effect.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from policies.grading.policy import GradingPolicy, policy_of
from policies.grading.rules import Rule
from soc.ledger.levels import Level
from soc.versions.values import Problem

Body = Mapping[str, Any]


def strictest(bodies: Sequence[Body]) -> GradingPolicy:
    """Return the policy that documents from the top down make together.

    Raises:
        ValueError: no document is given.
    """
    if not bodies:
        raise ValueError("a policy needs at least one document")
    policy = policy_of(bodies[0])
    for body in bodies[1:]:
        policy = _joined(policy, policy_of(body))
    return policy


def _joined(above: GradingPolicy, own: GradingPolicy) -> GradingPolicy:
    return replace(
        own,
        types=_gravest(above.types, own.types),
        categories=_gravest(above.categories, own.categories),
        # a table's category decides its levels: what is said above holds, names that are new may be added
        tables={**own.tables, **above.tables},
        raise_to_category=above.raise_to_category or own.raise_to_category,
        persons=min(above.persons, own.persons),
        sensitive_persons=min(above.sensitive_persons, own.sensitive_persons),
        rules=above.rules + _new_rules(above, own),
        impact={cell: max(level, own.impact[cell], key=_rank) for cell, level in above.impact.items()},
        volume=min((one for one in (above.volume, own.volume) if one is not None), default=None),
        derived={kind: min(above.derived.get(kind, 0), own.derived.get(kind, 0)) for kind in above.derived},
    )


def _new_rules(above: GradingPolicy, own: GradingPolicy) -> tuple[Rule, ...]:
    known = {rule.id for rule in above.rules}
    return tuple(rule for rule in own.rules if rule.id not in known and rule.then.derived is None)


def _gravest(above: Mapping[str, Level], own: Mapping[str, Level]) -> dict[str, Level]:
    return {name: max(level, own.get(name, level), key=_rank) for name, level in above.items()}


def _rank(level: Level) -> int:
    return level.rank


def laxer(above: GradingPolicy, body: Body) -> list[Problem]:
    """Return where a document would be laxer than the policy above it, each with the way to it."""
    own = policy_of(body)
    problems = _lower("types", above.types, own.types) + _lower("taxonomy", above.categories, own.categories)
    problems += _looser_numbers(above, own) + _changed_rules(above, own)
    if above.raise_to_category and not own.raise_to_category:
        problems.append(Problem("raise_to_category", "grading.problem.laxer_flag"))
    moved = [name for name, code in own.tables.items() if above.tables.get(name, code) != code]
    return problems + [Problem(f"tables/{name}", "grading.problem.laxer_table", {"name": name}) for name in moved]


def _lower(key: str, above: Mapping[str, Level], own: Mapping[str, Level]) -> list[Problem]:
    return [
        Problem(f"{key}/{name}", "grading.problem.laxer_level", {"own": own[name].value, "above": level.value})
        for name, level in above.items()
        if name in own and own[name].rank < level.rank
    ]


def _looser_numbers(above: GradingPolicy, own: GradingPolicy) -> list[Problem]:
    numbers = [
        ("important/persons", above.persons, own.persons),
        ("important/sensitive_persons", above.sensitive_persons, own.sensitive_persons),
        ("volume", above.volume, own.volume),
    ]
    numbers += [(f"derived/{kind}", above.derived.get(kind, 0), steps) for kind, steps in own.derived.items()]
    return [
        Problem(path, "grading.problem.laxer_number", {"own": str(ours or "-"), "above": str(theirs)})
        for path, theirs, ours in numbers
        if theirs is not None and (ours is None or ours > theirs)
    ]


def _changed_rules(above: GradingPolicy, own: GradingPolicy) -> list[Problem]:
    """A rule of the tier above is kept as it is or left to it; its name stands for nothing else."""
    known = {rule.id: rule for rule in above.rules}
    problems = []
    for place, rule in enumerate(own.rules):
        if rule.id in known and (rule.when, rule.then) != (known[rule.id].when, known[rule.id].then):
            problems.append(Problem(f"rules/{place}", "grading.problem.laxer_rule", {"name": rule.id}))
        elif rule.id not in known and rule.then.derived is not None:
            problems.append(Problem(f"rules/{place}/then", "grading.problem.laxer_derived", {"name": rule.id}))
    return problems
