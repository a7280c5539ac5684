"""Everything wrong with the rules of a grading document, each with its row and the way to mend it."""

from collections.abc import Callable, Container, Mapping
from typing import Any

import re2

from policies.grading.impact import Degree, Harmed
from policies.grading.rules import DERIVED, MARKS
from policies.grading.taxonomy import taxonomy
from soc.ledger.levels import Level
from soc.ledger.types import types
from soc.tiers.models import Tier
from soc.versions.values import Problem

_KEYS = frozenset({"id", "title", "mark", "basis", "when", "then"})
_OUTCOMES = ("level", "impact", "review", "derived")
_GENERAL = frozenset({"G1", "G2", "G3", "G4"})
_MOST_RULES = 500
_LONGEST_PATTERN = 500

Test = Callable[[Any], bool]


def check_rules(listed: Any) -> list[Problem]:
    """Check the rows one by one, then their names and what they need of each other."""
    if not isinstance(listed, list):
        return [Problem("rules", "grading.problem.no_list")]
    if len(listed) > _MOST_RULES:
        return [Problem("rules", "grading.problem.too_many", {"most": _MOST_RULES})]
    problems = [problem for place, row in enumerate(listed) for problem in _check_row(f"rules/{place}", row)]
    return problems or _check_names(listed) + _check_needs(listed)


def _check_row(path: str, row: Any) -> list[Problem]:
    if not isinstance(row, Mapping):
        return [Problem(path, "grading.problem.no_mapping")]
    problems = [_unknown(f"{path}/{key}", key) for key in row if key not in _KEYS]
    if not isinstance(row.get("id"), str) or not re2.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,63}", row["id"]):
        problems.append(Problem(f"{path}/id", "grading.problem.rule_id"))
    if not _one_of(MARKS)(row.get("mark", "D")):
        problems.append(Problem(f"{path}/mark", "grading.problem.mark"))
    if not _is_title(row.get("title", {})):
        problems.append(Problem(f"{path}/title", "grading.problem.title"))
    return problems + _check_when(f"{path}/when", row.get("when", {})) + _check_then(f"{path}/then", row.get("then"))


def _conditions() -> Mapping[str, Test]:
    codes = {one.code for one in taxonomy()}
    return {
        "all": _list_of(set(types())),
        "any": _list_of(set(types())),
        "kinds": _list_of({one.kind for one in types().values()}),
        "domains": _list_of({code[:2] for code in codes}),
        "categories": _list_of(codes),
        "tiers": _list_of(set(Tier)),
        "name": _is_pattern,
        "table": _is_pattern,
        "rows": _is_count,
        "persons": _is_count,
        "metres": lambda value: isinstance(value, int | float) and not isinstance(value, bool) and value > 0,
        "timed": lambda value: isinstance(value, bool),
        "needs": lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
    }


def _check_when(path: str, when: Any) -> list[Problem]:
    if not isinstance(when, Mapping):
        return [Problem(path, "grading.problem.no_mapping")]
    tests, problems = _conditions(), []
    for key, value in when.items():
        if key not in tests:
            problems.append(_unknown(f"{path}/{key}", key))
        elif not tests[key](value):
            problems.append(Problem(f"{path}/{key}", "grading.problem.condition", {"key": str(key)}))
    # a rule without conditions would grade everything
    return problems or ([] if any(when.values()) else [Problem(path, "grading.problem.no_condition")])


def _check_then(path: str, then: Any) -> list[Problem]:
    if not isinstance(then, Mapping):
        return [Problem(path, "grading.problem.no_mapping")]
    problems = [_unknown(f"{path}/{key}", key) for key in then if key not in {*_OUTCOMES, "to"}]
    if sum(1 for key in _OUTCOMES if key in then) != 1:
        problems.append(Problem(path, "grading.problem.one_outcome"))
    tests: Mapping[str, Test] = {
        "level": _one_of(_GENERAL),
        "review": _one_of({Level.IMPORTANT.value, Level.CORE.value}),
        "to": _one_of({"table", "columns"}),
        "derived": _one_of(DERIVED),
        "impact": _is_impact,
    }
    bad = [key for key in then if key in tests and not tests[key](then[key])]
    return problems + [Problem(f"{path}/{key}", f"grading.problem.then_{key}") for key in bad]


def _check_names(listed: list[Mapping[str, Any]]) -> list[Problem]:
    names = [row["id"] for row in listed]
    return [
        Problem(f"rules/{place}/id", "grading.problem.repeated", {"name": name})
        for place, name in enumerate(names)
        if name in names[:place]
    ]


def _check_needs(listed: list[Mapping[str, Any]]) -> list[Problem]:
    """What a rule needs has to be there, and may not lead back to it."""
    needs = {row["id"]: list(row.get("when", {}).get("needs", ())) for row in listed}
    problems = []
    for place, row in enumerate(listed):
        path = f"rules/{place}/when/needs"
        absent = [name for name in needs[row["id"]] if name not in needs]
        problems += [Problem(path, "grading.problem.no_rule", {"name": name[:64]}) for name in absent]
        round_trip = _way_back(row["id"], needs)
        if round_trip:
            problems.append(Problem(path, "grading.problem.cycle", {"way": " → ".join(round_trip)}))
    return problems


def _way_back(start: str, needs: Mapping[str, list[str]]) -> list[str]:
    """Return the names from a rule back to itself, or nothing."""
    ways = [[start, name] for name in needs[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        if way[-1] == start:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, name] for name in needs.get(way[-1], ())]
    return []


def _unknown(path: str, key: Any) -> Problem:
    return Problem(path, "grading.problem.unknown_key", {"key": str(key)[:40]})


def _one_of(known: Container[str]) -> Test:
    # a list or a mapping cannot even be looked up
    return lambda value: isinstance(value, str) and value in known


def _list_of(known: set[Any]) -> Test:
    names = {str(one) for one in known}
    return lambda value: isinstance(value, list) and all(isinstance(one, str) and one in names for one in value)


def _is_pattern(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > _LONGEST_PATTERN:
        return False
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(f"(?i){value}", options)
    except re2.error:
        return False
    # what fits the empty text fits every name
    return not value or compiled.search("") is None


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_impact(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and set(value) == {"object", "degree"}
        and _one_of(set(Harmed))(value["object"])
        and _one_of(set(Degree))(value["degree"])
    )


def _is_title(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and set(value) <= {"zh", "en"}
        and all(isinstance(one, str) for one in value.values())
    )
