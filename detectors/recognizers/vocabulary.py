"""The words by which names of columns say a type: as the definitions have them, as they are read, and shortened."""

import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cache

from config import content
from detectors.recognizers import things
from detectors.recognizers.definition import recognizers
from detectors.recognizers.readings import initials, pinyin, shortened, skeleton

#: letters of an English word from which on one that is nearly it is taken for it; and, where one letter is another, from which on
_LIKE, _CLOSELY_LIKE = 5, 8
#: letters that are left of a word that was cut off, and how many it has to have lost
_CUT_OFF, _LOST = 4, 2
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
            # below two letters that say it "surely" anything would be taken for a type that any text may be
            _note(maybe if recognizer.loose and word.isascii() and len(word) <= 2 else sure, word, recognizer.id)
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


@cache
def english() -> tuple[str, ...]:
    """The English words, in order, that names of columns are made of."""
    words = {*_words_of("long"), *abbreviations().values()}
    return tuple(sorted(word for word in words if len(word) >= _LIKE))


@cache
def _words_of(kind: str) -> frozenset[str]:
    with content.path("words-en.toml").open("rb") as file:
        return frozenset(tomllib.load(file)[kind].split())


def meant(word: str) -> str:
    """The word that somebody who mistyped meant; the word itself where it is one, or where it is not clear.

    A letter too many or too few and two that changed places are taken for a slip of short words too; another
    letter makes another word of a short one.
    """
    if len(word) < _LIKE or word in _known():
        return word
    found = {
        one for left in _shorter(word) for one in _nearly().get(left, ()) if one[0] == word[0] and _slip(word, one)
    }
    return found.pop() if len(found) == 1 else word


def singular(word: str) -> str:
    """One of what an English plural names (``cards``, ``ids``); the word itself where it is no plural of a word that is known."""
    if len(word) < len("ids") or not word.endswith("s") or word in _known():
        return word
    return next((one for one in (word[:-1], word[:-3] + "y" if word.endswith("ies") else "") if one in _single()), word)


@cache
def _single() -> frozenset[str]:
    return frozenset({*_known(), *abbreviations(), "id", "no"})


def cut_off(word: str) -> tuple[str, ...]:
    """The words that a name may have been cut off from (``fing`` from fingerprint), the shortest first; none for a whole word."""
    if len(word) < _CUT_OFF or word in _known():
        return ()
    words, start = english(), bisect_left(english(), word)
    found: list[str] = []
    while start < len(words) and words[start].startswith(word):
        # in alphabetical order what follows a word and begins with it is made of it (fingerprint, fingerprintdata)
        made = bool(found) and words[start].startswith(found[-1])
        found += [words[start]] if len(words[start]) >= len(word) + _LOST and not made else []
        start += 1
    return tuple(found)


@cache
def _known() -> frozenset[str]:
    """Words that are whole: these, short ones, and all that say something."""
    others = (word for one in things.things().values() for word in one.en)
    return frozenset({*english(), *_words_of("short"), *dictionary()[0], *dictionary()[1], *others})


@cache
def _nearly() -> Mapping[str, tuple[str, ...]]:
    """Words by what is left of them without one of their letters, and by themselves."""
    found: dict[str, tuple[str, ...]] = {}
    for word in english():
        for left in _shorter(word):
            found[left] = (*found.get(left, ()), word)
    return found


def _shorter(word: str) -> set[str]:
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _slip(word: str, other: str) -> bool:
    """Whether one is the other with a letter more or less, with two neighbours changed, or, if long, with another letter."""
    if len(word) != len(other):
        return abs(len(word) - len(other)) == 1
    places = [place for place in range(len(word)) if word[place] != other[place]]
    if len(places) == 1:
        return len(word) >= _CLOSELY_LIKE
    first, last = places[0], places[-1]
    return len(places) == 2 and last == first + 1 and word[first] + word[last] == other[last] + other[first]
