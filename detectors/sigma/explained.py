"""A rule in words: what a hit means, what to look at, what is often harmless, which technique it speaks of."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from soc.text import language

_TECHNIQUE = "attack.t"


@dataclass(frozen=True, slots=True)
class Technique:
    """A technique of MITRE ATT&CK, under its id and its name in the reader's language (the id where we know none)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a reader is told of a rule, in their language; a foreign rule says what it says in its own."""

    title: str
    means: str
    look_at: str
    harmless: tuple[str, ...]
    techniques: tuple[Technique, ...]


def explained(document: Mapping[str, Any], lang: str | None = None) -> Explanation:
    """Explain a rule; what it does not say in Chinese is told in the words it has."""
    own = document.get("custom") if isinstance(document.get("custom"), dict) else {}
    chinese: Mapping[str, Any] = own or {} if (lang or language()) == "zh" else {}
    return Explanation(
        title=str(chinese.get("title_zh") or document.get("title") or ""),
        means=str(chinese.get("description_zh") or document.get("description") or ""),
        look_at=str(chinese.get("look_at_zh") or (own or {}).get("look_at") or ""),
        harmless=tuple(_texts(chinese.get("falsepositives_zh") or document.get("falsepositives"))),
        techniques=tuple(_techniques(document, lang or language())),
    )


def _texts(value: Any) -> Iterator[str]:
    yield from (str(one) for one in value) if isinstance(value, list) else ([str(value)] if value else [])


def _techniques(document: Mapping[str, Any], lang: str) -> Iterator[Technique]:
    for tag in _texts(document.get("tags")):
        if tag.lower().startswith(_TECHNIQUE):
            number = tag.partition(".")[2].upper()
            yield Technique(number, str(techniques().get(number, {}).get(lang, number)))


@cache
def techniques() -> Mapping[str, Mapping[str, Any]]:
    """Return the techniques that shipped rules name: id → names by language, and tactics."""
    return tomllib.loads(Path(__file__).with_name("attack.toml").read_text("utf-8"))
