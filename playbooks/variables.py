"""Variables of a run: their values, putting them into commands, taking results out (CS01 §10.18)."""

import re
from collections.abc import Mapping
from typing import Any

from playbooks.errors import OutcomeError

Variables = Mapping[str, Mapping[str, Any]]

_USE = re.compile(r"(__[a-zA-Z_][a-zA-Z0-9_-]{0,199}?__):value")
MAX_VALUE = 64 * 1024


def starting_values(declared: object, given: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return a run's variables: as the playbook declares them, with what the starter gave.

    Raises:
        OutcomeError: a value is given for a constant, or for no variable of the playbook.
    """
    found = {name: dict(one) for name, one in declared.items()} if isinstance(declared, dict) else {}
    for name, value in given.items():
        if name not in found or found[name].get("constant"):
            raise OutcomeError("playbooks.variable.not_settable", name=name)
        found[name]["value"] = fitting(name, found[name], value)
    return found


def values_of(variables: Variables, step_variables: object) -> dict[str, Any]:
    """Return the values a step sees: the run's, and its own where the run has none."""
    own = step_variables if isinstance(step_variables, dict) else {}
    found = {name: one.get("value") for name, one in own.items() if isinstance(one, dict)}
    found |= {name: one.get("value") for name, one in variables.items() if one.get("value") is not None}
    return {name: value for name, value in found.items() if value is not None}


def filled(text: str, values: Mapping[str, Any]) -> str:
    """Put values where ``__name__:value`` stands, once: what a value holds is not looked through again.

    Raises:
        OutcomeError: a variable has no value.
    """

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1])
        if found is None:
            raise OutcomeError("playbooks.variable.no_value", name=match[1])
        return str(found)

    return _USE.sub(value, text)


def with_results(
    variables: Variables, declared: Mapping[str, Any], names: list[str], results: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the run's variables with what a step brought out.

    Args:
        variables: the run's variables.
        declared: the step's own variables.
        names: the step's out_args.
        results: values by name.

    Raises:
        OutcomeError: a result is missing, unknown, of the wrong type, or for a constant.
    """
    if unknown := sorted(set(results) - set(names)):
        raise OutcomeError("playbooks.variable.not_settable", name=unknown[0])
    after = {name: dict(one) for name, one in variables.items()}
    for name in names:
        kept = after.get(name) or dict(declared.get(name) or {"type": "string"})
        if kept.get("constant"):
            raise OutcomeError("playbooks.variable.not_settable", name=name)
        if results.get(name) in {None, ""}:
            raise OutcomeError("playbooks.variable.no_value", name=name)
        kept["value"] = fitting(name, kept, results[name])
        after[name] = kept
    return after


def fitting(name: str, declared: Mapping[str, Any], value: Any) -> str:
    """Return ``value`` as the text of its declared type.

    Raises:
        OutcomeError: it is not of that type, or longer than is kept.
    """
    text = "true" if value is True else "false" if value is False else str(value)
    pattern = _PATTERNS.get(str(declared.get("type")))
    if len(text) > MAX_VALUE or (pattern is not None and re.fullmatch(pattern, text, re.ASCII) is None):
        raise OutcomeError("playbooks.variable.wrong_type", name=name, type=str(declared.get("type")))
    return text


_HEX = "[0-9a-fA-F]"
_PATTERNS = {
    "bool": "true|false|True|False|0|1",
    "integer": r"[+-]?\d{1,19}",
    "long": r"[+-]?\d{1,19}",
    "float": r"[+-]?\d{1,18}(\.\d{1,18})?",
    "hexstring": f"{_HEX}*",
    "ipv4-addr": r"\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?",
    "ipv6-addr": rf"{_HEX}*(:{_HEX}*)+[\d.]*(/\d{{1,3}})?",
    "mac-addr": f"{_HEX}{{2}}(:{_HEX}{{2}}){{5}}",
    "md5-hash": f"{_HEX}{{32}}",
    "sha256-hash": f"{_HEX}{{64}}",
    "uuid": f"{_HEX}{{8}}(-{_HEX}{{4}}){{3}}-{_HEX}{{12}}",
}
