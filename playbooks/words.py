"""A playbook's texts in the reader's language.

CACAO has one text for each name. Ours are kept beside it in our extension, ``words`` by language:
of a step its name and description, of the playbook its name and its variables. A playbook from
elsewhere has none, and its own texts are shown.
"""

from collections.abc import Mapping
from typing import Any

from playbooks.workflow import EXTENSION
from soc.text import LANGUAGES, language


def step_text(step: Mapping[str, Any], part: str) -> str:
    """Return a step's ``name`` or ``description`` in the reader's language."""
    words = _words(step.get("step_extensions"))
    return str(words.get(part) or "") if words else str(step.get(part) or "")


def step_names(step: Mapping[str, Any], step_id: str) -> dict[str, str]:
    """Return a step's name in every language, for a message that is stored."""
    return {
        lang: str(_words(step.get("step_extensions"), lang).get("name") or own(step, step_id)) for lang in LANGUAGES
    }


def own(step: Mapping[str, Any], step_id: str) -> str:
    """Return the name the document gives a step."""
    return str(step.get("name") or step_id)


def playbook_name(document: Mapping[str, Any]) -> str:
    """Return the playbook's name in the reader's language."""
    return str(_words(document.get("playbook_extensions")).get("name") or document.get("name") or "")


def playbook_names(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the playbook's name in every language, for a message that is stored."""
    extensions, given = document.get("playbook_extensions"), str(document.get("name") or "")
    return {lang: str(_words(extensions, lang).get("name") or given) for lang in LANGUAGES}


def variable_label(document: Mapping[str, Any], name: str, declared: Mapping[str, Any]) -> str:
    """Return what a variable is, in the reader's language."""
    known = _words(document.get("playbook_extensions")).get("variables")
    told = known.get(name) if isinstance(known, dict) else None
    return str(told or declared.get("description") or name.strip("_"))


def has_words(step: Mapping[str, Any]) -> bool:
    """Tell whether a step carries texts of ours: its command is then the same text once more."""
    return bool(_words(step.get("step_extensions")))


def _words(extensions: object, lang: str | None = None) -> Mapping[str, Any]:
    found = extensions.get(EXTENSION) if isinstance(extensions, dict) else None
    words = found.get("words") if isinstance(found, dict) else None
    told = words.get(lang or language()) if isinstance(words, dict) else None
    return told if isinstance(told, dict) else {}
