"""What the log masker hides: the catalogue's own definitions (``log`` in config/data/types.toml), made into rules.

A definition says how a value looks in running text and how much of it may be shown. No check digit is
asked for: rather one too many is hidden than one too few stored.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from soc.ledger.forms import plain
from soc.ledger.types import definitions


@dataclass(frozen=True, slots=True)
class Rule:
    """One type's pattern and what is shown of a value."""

    type: str
    pattern: re.Pattern[str]
    hide: Callable[[re.Match[str]], str]

    def applied(self, text: str) -> str:
        """The text with every value of the type hidden."""
        return self.pattern.sub(self.hide, text)


@cache
def rules() -> Mapping[str, Rule]:
    """A rule for each type that stored lines must not show, by its id."""
    return {name: _rule(name, table) for name, table in definitions().items() if "log" in table}


def _rule(name: str, table: Mapping[str, Any]) -> Rule:
    log = table["log"]
    own = table.get("text", table["pattern"])
    source = plain(str(log.get("pattern", "<text>")).replace("<text>", own))
    # a letter or an underscore beside a number does not save it: tel13800138000
    pattern = re.compile(rf"(?<!\d)(?:{source})(?!\d)" if _is_number(name) else source)
    head, tail = log["keep"]
    separators = str.maketrans("", "", " -") if _is_number(name) else {}
    return Rule(name, pattern, _hiding(head, tail, "*" * int(log["stars"]), log.get("until"), separators))


def _is_number(name: str) -> bool:
    return name in {"resident_id", "mobile", "bank_card", "iccid"}


def _hiding(
    head: int, tail: int, stars: str, until: str | None, separators: Mapping[int, int | None]
) -> Callable[[re.Match[str]], str]:
    ends = re.compile(until) if until else None

    def hide(found: re.Match[str]) -> str:
        value = found.group().translate(separators)
        kept = ends.search(value) if ends else None
        last = kept.group() if kept else value[len(value) - tail :]
        return value[:head] + stars + last

    return hide
