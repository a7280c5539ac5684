"""Changing a policy document piece by piece: levels, one rule, the figures. Pure: a body in, a body out."""

from collections.abc import Iterable, Mapping
from typing import Any

from policies.grading.policy import default_body, policy_of
from soc.ledger.levels import Level

Body = Mapping[str, Any]


def with_levels(body: Body, given: Iterable[str]) -> dict[str, Any]:
    """Put levels given as ``type:mobile=G3`` or ``category:ZY03=G4`` in; what is as shipped is not written."""
    policy = policy_of(body)
    kinds, categories = dict(body.get("types", {})), dict(body.get("taxonomy", {}))
    for one in given:
        name, _, level = one.partition("=")
        group, _, key = name.partition(":")
        known = policy.categories if group == "category" else policy.types
        if known.get(key) != level:
            (categories if group == "category" else kinds)[key] = level
    return {**body, "types": kinds, "taxonomy": categories}


def with_rule(body: Body, rule: Mapping[str, Any], *, instead_of: str | None = None) -> dict[str, Any]:
    """Put a rule in, in the place of another or at the end."""
    rules = [dict(one) for one in body.get("rules", ())]
    for at, one in enumerate(rules):
        if one.get("id") == (instead_of or rule["id"]):
            rules[at] = dict(rule)
            return {**body, "rules": rules}
    return {**body, "rules": [*rules, dict(rule)]}


def without_rule(body: Body, name: str) -> dict[str, Any]:
    """Take a rule out."""
    return {**body, "rules": [one for one in body.get("rules", ()) if one.get("id") != name]}


def with_figures(body: Body, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Put thresholds, steps of derived data, the volume step and the impact matrix in."""
    changed = {**body, **{key: value for key, value in figures.items() if key != "volume"}}
    changed.pop("volume", None)
    return changed | ({"volume": figures["volume"]} if figures.get("volume") else {})


def ordered(body: Body) -> dict[str, Any]:
    """The document with its keys in the order of the shipped one: a store may not keep them."""
    first = [key for key in default_body() if key in body]
    return {key: body[key] for key in [*first, *sorted(set(body) - set(first))]}


def level_changes(before: Body, after: Body) -> list[dict[str, Any]]:
    """Every type and category whose level differs between two documents, with both levels."""
    old, new = policy_of(before), policy_of(after)
    pairs: list[tuple[str, Mapping[str, Level], Mapping[str, Level]]] = [
        ("type", old.types, new.types),
        ("category", old.categories, new.categories),
    ]
    return [
        {"group": group, "key": key, "before": one[key].value, "after": level.value}
        for group, one, other in pairs
        for key, level in other.items()
        if one[key] is not level
    ]
