"""A policy document as YAML text, in the order people know."""

from collections.abc import Mapping
from typing import Any

from policies.grading.editing import ordered
from soc.yaml_text import write_yaml


def text_of(body: Mapping[str, Any]) -> str:
    """Write a document as YAML, its keys in the order of the shipped one."""
    return write_yaml(ordered(body))
