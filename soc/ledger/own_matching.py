r"""How values of an own recognizer are found, by RE2 alone: no pattern that a person writes can run away.

``re`` and ``regex`` never see such a pattern: what is harmless to RE2 may take them years. RE2 knows no look-behind, so
the guards around a value in a sentence are part of what is searched, and the next search begins where the value ended.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from soc.ledger.own_types import OwnDefinition

#: memory that one pattern may take, in bytes; past it RE2 refuses to compile
MEMORY = 4 << 20
#: first signs of a word by which it is looked up
HEAD = 2
#: small letters raised without a text growing: places in it stay what they are
_RAISED = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}


class PatternRefusedError(ValueError):
    """RE2 does not take the pattern; the message is RE2's."""


def compiled(pattern: str) -> Any:
    """Compile a pattern for RE2.

    Raises:
        PatternRefusedError: it is none, or too large.
    """
    import re2

    options = re2.Options()
    options.max_mem = MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        told = error.args[0] if error.args else ""
        raise PatternRefusedError(told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)) from error


def raised(text: str) -> str:
    """A text with its small Latin letters raised."""
    return text.translate(_RAISED)


def bare(pattern: str) -> str:
    """A pattern without the anchors that it does not need: a value is always matched as a whole."""
    unanchored = pattern.removeprefix("^")
    return unanchored[:-1] if unanchored.endswith("$") and not unanchored.endswith("\\$") else unanchored


@dataclass(frozen=True, slots=True)
class Matcher:
    """One definition made ready."""

    definition: OwnDefinition
    whole: Any
    inside: Any
    table: Mapping[int, int | None]
    #: words by their first signs, the longest first
    heads: Mapping[str, tuple[str, ...]]

    def form(self, value: str) -> str:
        """Put a value into form."""
        plain = value.translate(self.table) if self.table else value
        return plain.upper() if self.definition.upper else plain

    def fits(self, value: str) -> bool:
        """Whether a value, put into form, is one of the type's by its looks."""
        if value in self.definition.words:
            return True
        return self.whole is not None and self.whole.fullmatch(value) is not None

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where values stand in a text, each in code points; Latin letters and digits beside one undo it."""
        text = raised(text) if self.definition.upper else text
        if self.inside is not None:
            yield from _by_pattern(self.inside, text)
        if self.heads:
            yield from _by_words(self.heads, text)


def _by_pattern(inside: Any, text: str) -> Iterator[tuple[int, int]]:
    raw = text.encode("utf-8", "replace")
    at = told = chars = 0
    while (found := inside.search(raw, at)) is not None:
        start, end = found.span(1)
        chars += len(raw[told:start].decode("utf-8", "replace"))
        length = len(raw[start:end].decode("utf-8", "replace"))
        yield chars, chars + length
        chars, told, at = chars + length, end, end


def _by_words(heads: Mapping[str, tuple[str, ...]], text: str) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(text) - 1:
        words = heads.get(text[at : at + HEAD], ())
        word = next((one for one in words if text.startswith(one, at) and _stands_free(text, at, at + len(one))), None)
        if word is not None:
            yield at, at + len(word)
        at += len(word) if word else 1


def _stands_free(text: str, start: int, end: int) -> bool:
    """Whether no Latin letter or digit touches a word that itself ends in one."""
    cut_before = start and _is_latin(text[start - 1]) and _is_latin(text[start])
    cut_after = end < len(text) and _is_latin(text[end]) and _is_latin(text[end - 1])
    return not cut_before and not cut_after


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


@lru_cache(maxsize=512)
def matcher(definition: OwnDefinition) -> Matcher:
    """Make a definition ready."""
    pattern = bare(definition.pattern) if definition.pattern else None
    heads: dict[str, list[str]] = {}
    for word in sorted(definition.words, key=lambda one: (-len(one), one)):
        heads.setdefault(word[:HEAD], []).append(word)
    return Matcher(
        definition,
        compiled(f"(?:{pattern})") if pattern else None,
        compiled(rf"(?:\A|[^0-9A-Za-z])({pattern})(?:[^0-9A-Za-z]|\z)") if pattern else None,
        str.maketrans("", "", definition.strip),
        {head: tuple(words) for head, words in heads.items()},
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Recognizers that put a value into form in the same way, and all that they take at once."""

    definitions: tuple[OwnDefinition, ...]
    reader: Matcher
    whole: tuple[Any, ...]
    words: frozenset[str]

    def taken(self, values: Iterable[str]) -> list[str]:
        """The values, put into form, that have the looks of any type of the group."""
        return [plain for plain in map(self.reader.form, values) if plain in self.words or self._fits(plain)]

    def _fits(self, value: str) -> bool:
        return any(one.fullmatch(value) is not None for one in self.whole)


@lru_cache(maxsize=64)
def groups_of(definitions: tuple[OwnDefinition, ...]) -> tuple[Group, ...]:
    """Put recognizers together by the form that they put values into: a value of none is seen at one look."""
    by_form: dict[tuple[str, bool], list[OwnDefinition]] = {}
    for one in definitions:
        by_form.setdefault((one.strip, one.upper), []).append(one)
    return tuple(_group(tuple(several)) for several in by_form.values())


def _group(several: tuple[OwnDefinition, ...]) -> Group:
    patterns = [bare(one.pattern) for one in several if one.pattern]
    words = frozenset(word for one in several for word in one.words)
    return Group(several, matcher(several[0]), joined(patterns), words)


def joined(patterns: Sequence[str]) -> tuple[Any, ...]:
    """Compile patterns into as few as RE2 takes: together they may be too large."""
    if not patterns:
        return ()
    try:
        return (compiled("|".join(f"(?:{one})" for one in patterns)),)
    except PatternRefusedError:
        if len(patterns) == 1:
            raise
        half = len(patterns) // 2
        return joined(patterns[:half]) + joined(patterns[half:])


@dataclass(frozen=True, slots=True)
class Sieve:
    """All patterns and words of some recognizers, sought within texts; ``raised`` and ``words_either`` heed no case."""

    plain: tuple[Any, ...]
    raised: tuple[Any, ...]
    words: tuple[str, ...]
    words_either: tuple[str, ...]
    heads: frozenset[str]

    def sees(self, text: str) -> bool:
        """Whether any pattern matches anywhere in a text; what stands beside it is not looked at."""
        if any(one.search(text) is not None for one in self.plain):
            return True
        return bool(self.raised) and any(one.search(raised(text)) is not None for one in self.raised)

    def may_hold(self, text: str) -> bool:
        """Whether a text could hold a value: a pattern's, or a word's first signs."""
        return self.sees(text) or (bool(self.heads) and self._has_head(raised(text)))

    def _has_head(self, text: str) -> bool:
        return any(text[at : at + HEAD] in self.heads for at in range(len(text) - 1))


@lru_cache(maxsize=64)
def sieve_of(definitions: tuple[OwnDefinition, ...]) -> Sieve:
    """Put recognizers together for texts."""
    as_is, upper = ([one for one in definitions if one.upper is flag] for flag in (False, True))
    words, either = (tuple(sorted({word for one in several for word in one.words})) for several in (as_is, upper))
    return Sieve(
        joined([bare(one.pattern) for one in as_is if one.pattern]),
        joined([bare(one.pattern) for one in upper if one.pattern]),
        words,
        either,
        frozenset(raised(word)[:HEAD] for word in (*words, *either)),
    )
