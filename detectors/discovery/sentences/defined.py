"""Values of the defined types in running text: patterns, check digits and the words before them.

The same definitions serve the columns and Presidio; here a text is first walked once by an automaton
that says which of the patterns can be in it at all, and only those are tried for their places.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from detectors.discovery.sentences.span import Span
from detectors.recognizers.checksums import CHECKS
from detectors.recognizers.definition import Proof, Recognizer, recognizers, sentence_pattern

#: what Presidio's enhancer adds for a word of the context, and the least that a supported hit has
CONTEXT_ADDS, CONTEXT_LEAST = 0.35, 0.4
_BASE = {Proof.CHECK: 0.4, Proof.SHAPE: 0.6, Proof.WEAK: 0.3, Proof.NAME: 0.3, Proof.OWN: 0.6}
_UNVERIFIED = 0.2
_BEFORE = 24  # characters before a value in which a word supports it


def base(definition: Recognizer) -> float:
    """How far a shape in a text is believed by itself."""
    if definition.unverified:
        return _UNVERIFIED
    return max(_BASE[definition.proof], definition.weight * 0.9 if definition.proof is Proof.SHAPE else 0.0)


def context(definition: Recognizer) -> list[str]:
    """Words that support a hit; short Latin ones (``zh``, ``ip``) stand in too many others and are out."""
    return [word for word in (*definition.names, *definition.hints) if len(word) >= (4 if word.isascii() else 2)]


def judged(definition: Recognizer, text: str) -> bool | None:
    """What the check digit says of a hit: True makes it sure, False drops it, None leaves it as it is."""
    if definition.check is None:
        return None
    value = re.sub(f"[{re.escape(definition.strip)}]", "", text) if definition.strip else text
    if bool(CHECKS[definition.check]([value.upper() if definition.upper else value])[0]):
        return None if definition.id == "imei" else True  # a card number has the same check digit
    # many imported vehicles have no check digit: the shape alone counts for little
    return None if definition.id == "vin" and _mixed(value) else False


def _mixed(value: str) -> bool:
    return bool(re.search("[A-Z]", value)) and bool(re.search(r"\d{4}$", value))


def found_in(text: str) -> Iterator[Span]:
    """Every value of a defined type, each with its score; they may overlap."""
    for definition in _possible(text):
        for match in sentence_pattern(definition.id).finditer(text):
            verdict = judged(definition, match.group())
            if verdict is False or (definition.id == "ip" and _is_version(text, match)):
                continue
            score = 1.0 if verdict else _supported(definition, text, match.start())
            yield Span(definition.id, match.start(), match.end(), score, definition.unverified)


_VERSIONED = re.compile(
    r"(?:版本号?|固件|升级[到至]|version|ver\.?|firmware|release|v)\s*(?:为|是|[:：=])?\s*$", re.IGNORECASE
)


def _is_version(text: str, match: re.Match[str]) -> bool:
    """Whether what looks like a host's address is a program's version: a word before it says so."""
    return _VERSIONED.search(text[max(0, match.start() - 12) : match.start()]) is not None


def _supported(definition: Recognizer, text: str, start: int) -> float:
    """The score of a hit whose check digit says nothing, with what the words before it add."""
    before = text[max(0, start - _BEFORE) : start].lower()
    words = _words(definition.id)
    if words is None or words.search(before) is None:
        return base(definition)
    return min(1.0, max(base(definition) + CONTEXT_ADDS, CONTEXT_LEAST))


@cache
def _words(name: str) -> re.Pattern[str] | None:
    words = context(recognizers()[name])
    if not words:
        return None
    latin = [rf"(?<![a-z]){re.escape(word)}" for word in words if word.isascii()]
    return re.compile("|".join([*latin, *(re.escape(word) for word in words if not word.isascii())]))


def _possible(text: str) -> list[Recognizer]:
    """The types whose pattern, without its guards, is somewhere in the text."""
    types, automaton, always = _search()
    return [types[place] for place in automaton.Match(text) or ()] + always


@cache
def _search() -> tuple[list[Recognizer], Any, list[Recognizer]]:
    import re2

    options = re2.Options()
    options.max_mem = 256 << 20
    options.log_errors = False
    found, types, always = re2.Set.SearchSet(options), [], []
    for one in recognizers().values():
        if one.text is None:
            continue
        try:
            found.Add(_unguarded(one.text))
        except re2.error:
            always.append(one)
            continue
        types.append(one)
    found.Compile()
    return types, found, always


def _unguarded(pattern: str) -> str:
    """A pattern without what looks around it, which an automaton cannot."""
    return re.sub(r"\(\?<?!(?:\[[^\]]*\]|\\.|[^()\[\]])*\)", "", pattern)
