"""Changing a protection policy piece by piece: a rule, its place, how much of a value stays. Pure: a body in, a body out."""

from collections.abc import Mapping
from typing import Any

Body = Mapping[str, Any]


def with_rule(body: Body, rule: Mapping[str, Any], *, was: str = "", behind: str | None = None) -> dict[str, Any]:
    """Put a rule in, instead of the one called ``was``; ``behind`` names the rule it comes after, "" for the first place.

    Without ``behind`` a changed rule stays where it is, and a new one comes first: a rule at the end, behind those
    that fit everything, would say nothing.
    """
    rules = [dict(one) for one in body.get("rules", ())]
    place = next((at for at, one in enumerate(rules) if was and one.get("id") == was), 0)
    rules = [one for one in rules if not was or one.get("id") != was]
    if behind is not None:
        place = next((at + 1 for at, one in enumerate(rules) if one.get("id") == behind), 0)
    return {**body, "rules": [*rules[:place], dict(rule), *rules[place:]]}


def without_rule(body: Body, name: str) -> dict[str, Any]:
    """Take a rule out."""
    return {**body, "rules": [one for one in body.get("rules", ()) if one.get("id") != name]}


def moved(body: Body, name: str, by: int) -> dict[str, Any]:
    """Move a rule up (negative) or down by so many places, as far as there are places."""
    rules = list(body.get("rules", ()))
    place = next((at for at, one in enumerate(rules) if one.get("id") == name), None)
    if place is not None:
        rule = rules.pop(place)
        rules.insert(max(0, min(len(rules), place + by)), rule)
    return {**body, "rules": rules}


def with_shape(body: Body, type_id: str, shape: Mapping[str, Any] | None) -> dict[str, Any]:
    """Say how much of a type's values a partial mask leaves; None for what holds where nothing is said."""
    shapes = {name: one for name, one in body.get("shapes", {}).items() if name != type_id}
    return {**body, "shapes": shapes | ({type_id: dict(shape)} if shape else {})}
