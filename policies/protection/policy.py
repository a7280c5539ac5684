"""The protection policy: a document of rules, read from the top; the first that fits decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from config import content
from policies.protection.operators import OPERATORS
from policies.protection.shapes import Shape, ShapeError, shape_of
from soc.identity.actor import Role
from soc.ledger.levels import Level
from soc.ledger.types import types
from soc.versions.values import Problem
from soc.yaml_text import read_mapping_file

KIND = "protection"
_KEYS = frozenset({"title", "purposes", "rules", "shapes"})
_RULE_KEYS = frozenset({"id", "why", "levels", "types", "roles", "purposes", "operator"})
_LONGEST_NAME = 64
_LANGUAGES = frozenset({"zh", "en"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the policy; an empty condition fits everything."""

    id: str
    operator: str
    why: Mapping[str, str]
    levels: frozenset[Level] = frozenset()
    types: frozenset[str] = frozenset()
    roles: frozenset[Role] = frozenset()
    purposes: frozenset[str] = frozenset()

    def fits(self, type_id: str, level: Level, role: Role | None, purpose: str) -> bool:
        """Tell whether the rule speaks of such a value, shown to such a role, for such a purpose."""
        return (
            (not self.levels or level in self.levels)
            and (not self.types or type_id in self.types)
            and (not self.roles or role in self.roles)
            and (not self.purposes or purpose in self.purposes)
        )


@dataclass(frozen=True, slots=True)
class ProtectionPolicy:
    """What a policy document says."""

    title: str
    purposes: Mapping[str, Mapping[str, str]]
    rules: tuple[Rule, ...]
    shapes: Mapping[str, Shape] = field(default_factory=dict)

    def shape(self, type_id: str) -> Shape:
        """Return how much of a value of this type may stay; one character each side where nothing is said."""
        return self.shapes.get(type_id, Shape(keep_first=1, keep_last=1))


@cache
def default_body() -> dict[str, Any]:
    """Return the document an installation begins with."""
    body: dict[str, Any] = read_mapping_file(content.path("protection.yaml")).body
    return body


def policy_of(body: Mapping[str, Any]) -> ProtectionPolicy:
    """Read a document that passed :func:`check`."""
    return ProtectionPolicy(
        title=body["title"],
        purposes=body["purposes"],
        rules=tuple(_rule(rule) for rule in body["rules"]),
        shapes={name: shape_of(shape) for name, shape in body.get("shapes", {}).items()},
    )


def check(body: Mapping[str, Any]) -> list[Problem]:
    """Return everything wrong with a document, each with the way to it."""
    found = [Problem(key, "protection.problem.unknown_key") for key in sorted(set(map(str, body)) - _KEYS)]
    if not isinstance(body.get("title"), str) or not body["title"].strip():
        found.append(Problem("title", "protection.problem.title"))
    purposes = body.get("purposes")
    if not isinstance(purposes, Mapping) or not purposes or not all(_is_text(one) for one in purposes.values()):
        found.append(Problem("purposes", "protection.problem.purposes"))
        purposes = {}
    rules = body.get("rules")
    if not isinstance(rules, list) or not rules:
        return [*found, Problem("rules", "protection.problem.rules")]
    for place, rule in enumerate(rules):
        found += _check_rule(f"rules/{place}", rule, frozenset(map(str, purposes)))
    return found + _repeated(rules) + _check_shapes(body.get("shapes", {}))


def _rule(rule: Mapping[str, Any]) -> Rule:
    return Rule(
        id=rule["id"],
        operator=rule["operator"],
        why=rule["why"],
        levels=frozenset(Level(one) for one in rule.get("levels", ())),
        types=frozenset(rule.get("types", ())),
        roles=frozenset(Role(one) for one in rule.get("roles", ())),
        purposes=frozenset(rule.get("purposes", ())),
    )


def _check_rule(path: str, rule: Any, purposes: frozenset[str]) -> list[Problem]:
    if not isinstance(rule, Mapping):
        return [Problem(path, "protection.problem.rule")]
    found = [
        Problem(f"{path}/{key}", "protection.problem.unknown_key") for key in sorted(set(map(str, rule)) - _RULE_KEYS)
    ]
    if not _is_name(rule.get("id")):
        found.append(Problem(f"{path}/id", "protection.problem.id"))
    if not _is_text(rule.get("why")):
        found.append(Problem(f"{path}/why", "protection.problem.why"))
    if str(rule.get("operator")) not in OPERATORS:
        found.append(Problem(f"{path}/operator", "protection.problem.operator"))
    known = {"levels": set(Level), "types": set(types()), "roles": set(Role), "purposes": purposes}
    for key, values in known.items():
        found += _check_condition(f"{path}/{key}", rule.get(key, []), values)
    if not found and _shows_grave_to_all(rule):
        found.append(Problem(path, "protection.problem.grave_in_clear"))
    return found


def _check_condition(path: str, values: Any, known: Any) -> list[Problem]:
    if not isinstance(values, list):
        return [Problem(path, "protection.problem.list")]
    unknown = [one for one in values if not isinstance(one, str) or one not in known]
    return [Problem(path, "protection.problem.unknown", {"value": str(one)[:40]}) for one in unknown]


def _shows_grave_to_all(rule: Mapping[str, Any]) -> bool:
    """Whether a rule shows level 4 or above in clear without naming to whom and what for."""
    levels = rule.get("levels") or list(Level)
    grave = any(Level(level).rank >= Level.G4.rank for level in levels)
    return rule["operator"] == "clear" and grave and not (rule.get("roles") and rule.get("purposes"))


def _repeated(rules: list[Any]) -> list[Problem]:
    seen: set[str] = set()
    found = []
    for place, rule in enumerate(rules):
        name = rule.get("id") if isinstance(rule, Mapping) else None
        if isinstance(name, str) and name in seen:
            found.append(Problem(f"rules/{place}/id", "protection.problem.repeated", {"value": name}))
        seen.add(str(name))
    return found


def _check_shapes(shapes: Any) -> list[Problem]:
    if not isinstance(shapes, Mapping):
        return [Problem("shapes", "protection.problem.list")]
    found = []
    for name, shape in shapes.items():
        if name not in types():
            found.append(Problem(f"shapes/{name}", "protection.problem.unknown", {"value": str(name)[:40]}))
        try:
            shape_of(shape)
        except ShapeError:
            found.append(Problem(f"shapes/{name}", "protection.problem.shape"))
    return found


def _is_name(value: Any) -> bool:
    """Whether a rule can be called so: it stands in addresses."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and value.isprintable() and "/" not in value


def _is_text(value: Any) -> bool:
    return (
        isinstance(value, Mapping) and set(value) == _LANGUAGES and all(isinstance(one, str) for one in value.values())
    )
