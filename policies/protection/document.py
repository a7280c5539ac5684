"""The protection policy as commands and the API deal with it."""

from collections.abc import Mapping
from typing import Any

from policies.protection.policy import KIND, default_body
from policies.protection.service import body_for, submit
from soc.versions.documents import Document
from soc.yaml_text import write_yaml

_OF_RULES = ("id", "why", "levels", "types", "roles", "purposes", "operator")


def ordered(body: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its keys, and its rules with theirs, in the order of the shipped one: a store may not keep them."""
    first = [*default_body(), "shapes"]
    found = _in_order(body, first)
    rules = found.get("rules")
    if isinstance(rules, list):
        found["rules"] = [_in_order(one, _OF_RULES) if isinstance(one, Mapping) else one for one in rules]
    return found


def text_of(body: Mapping[str, Any]) -> str:
    """Write a document as YAML, in the order people know."""
    return write_yaml(ordered(body))


def _in_order(body: Mapping[str, Any], first: list[str] | tuple[str, ...]) -> dict[str, Any]:
    known = [key for key in dict.fromkeys(first) if key in body]
    return {key: body[key] for key in [*known, *sorted(set(body) - set(known))]}


DOCUMENT = Document(kind=KIND, held=body_for, ordered=ordered, submit=submit)
