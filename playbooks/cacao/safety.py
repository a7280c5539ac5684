"""Values that no honest playbook holds: shell text where an address belongs, a link that runs code."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from playbooks.cacao.problem import Code, Problem

#: what a shell, a mail header or a page would take for more than an address
_SHELL = re.compile(r"[\s;|&`$<>(){}\[\]\\\"!*?,^~#%\x00-\x1f\x7f]")
_ADDRESS = re.compile(r"[^@]+@[^@]+")
_CODE_LINK = re.compile(r"^[\s\x00-\x20]*(javascript|vbscript|data)\s*:", re.IGNORECASE)
_DEFINITIONS = ("agent_definitions", "target_definitions")


def safety_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the malicious values of a playbook, with the definition or step that holds them."""
    for section in _DEFINITIONS:
        for name, definition in _items(document.get(section)):
            yield from _emails(name, definition)
    for owner, link in _links(document):
        if _CODE_LINK.match(link):
            yield Problem(owner, Code.UNSAFE_URL, {"value": link[:80]})


def unsafe_email(value: str) -> bool:
    """Whether this could be taken for more than one address of the form ``name@host``."""
    return _SHELL.search(value) is not None


def _emails(name: str, definition: Any) -> Iterator[Problem]:
    contact = definition.get("contact") if isinstance(definition, dict) else None
    for _, value in _items(contact.get("email") if isinstance(contact, dict) else None):
        if not isinstance(value, str):
            continue
        if unsafe_email(value):
            yield Problem(name, Code.UNSAFE_EMAIL, {"value": value[:80]})
        elif _ADDRESS.fullmatch(value) is None and "__" not in value:
            yield Problem(name, Code.BAD_VALUE, {"path": "contact.email", "want": "name@host"})


def _links(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    holders: list[tuple[str, Any]] = [("external_references", document)]
    for section in ("workflow", "extension_definitions", "data_marking_definitions"):
        holders += _items(document.get(section))
    for owner, holder in holders:
        listed = holder.get("external_references") if isinstance(holder, dict) else None
        for one in listed if isinstance(listed, list) else []:
            if isinstance(one, dict) and isinstance(one.get("url"), str):
                yield owner, one["url"]


def _items(value: object) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []
