"""The words by which names of columns say a type: as the definitions have them, as they are read, and shortened."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache

from config import content
from detectors.recognizers.definition import recognizers
from detectors.recognizers.readings import initials, pinyin, shortened, skeleton

_FEW_INITIALS, _MANY_INITIALS = 4, 5  # letters from which on initials are a hint, and sure


@cache
def dictionary() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    """The words that say a type surely, and those that may; of Chinese words also how they are read.

    A word's pinyin says what the word says. Its initials do so from five letters on, where no other type's are the
    same; four may be many words.
    """
    sure: dict[str, tuple[str, ...]] = {}
    maybe: dict[str, tuple[str, ...]] = {}
    for recognizer in recognizers().values():
        for word in recognizer.names:
            _note(sure, word, recognizer.id)
            _note(sure, pinyin(word), recognizer.id)
        for word in recognizer.hints:
            _note(maybe, word, recognizer.id)
            for read in (pinyin(word), *_lettered(word)):
                _note(maybe, read, recognizer.id)
    _note_initials(sure, maybe)
    return sure, maybe


def _note_initials(sure: dict[str, tuple[str, ...]], maybe: dict[str, tuple[str, ...]]) -> None:
    """Add the initials of the names, with the tails that numbers have."""
    claims: dict[str, set[str]] = {}
    for recognizer in recognizers().values():
        for short in {short for word in recognizer.names for short in (initials(word), *_lettered(word))}:
            claims.setdefault(short, set()).add(recognizer.id)
    for short, types in claims.items():
        families = {recognizers()[one].family for one in types}
        for one in sorted(types) if len(short) >= _FEW_INITIALS and short not in sure else ():
            _note(sure if len(short) >= _MANY_INITIALS and len(families) == 1 else maybe, short, one)


def _lettered(word: str) -> Iterator[str]:
    """A Chinese word's initials, bare and with tails, where there are enough of them to say something."""
    if len(word) >= _FEW_INITIALS - 1:
        yield from (short for short in shortened(word) if len(short) >= _FEW_INITIALS)


def _note(dictionary: dict[str, tuple[str, ...]], word: str, type_id: str) -> None:
    known = dictionary.get(word, ())
    if word and type_id not in known:
        dictionary[word] = (*known, type_id)


@cache
def skeletons() -> Mapping[str, tuple[str, ...]]:
    """English words without their vowels, as some systems shorten them: ``brth_dt`` is birthdate."""
    found: dict[str, tuple[str, ...]] = {}
    for word, types in dictionary()[0].items():
        bare = skeleton(word)
        if word.isascii() and len(bare) >= 5 and bare != word:
            found[bare] = tuple(sorted({*found.get(bare, ()), *types}))
    return found


@cache
def abbreviations() -> Mapping[str, str]:
    """What English words are shortened to, beside leaving out their vowels."""
    with content.path("abbreviations.toml").open("rb") as file:
        table = tomllib.load(file)
    return {short: word for word, shorts in table.items() for short in shorts.split()}
