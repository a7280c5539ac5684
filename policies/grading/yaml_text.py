"""A policy document as YAML text, in the order people know."""

from collections.abc import Mapping
from typing import Any

import yaml

from policies.grading.editing import ordered


def text_of(body: Mapping[str, Any]) -> str:
    """Write a document as YAML, its keys in the order of the shipped one."""
    text: str = yaml.safe_dump(ordered(body), allow_unicode=True, sort_keys=False, width=110)
    return text


def fragment_of(value: object) -> str:
    """Write a part of a document as YAML, for pages."""
    text: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=60)
    return text.rstrip()
