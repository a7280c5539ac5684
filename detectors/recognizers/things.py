"""What the name of a column says it holds that is no sensitive type: an asset, an order, a counter, a ship.

A number is hardly ever only one thing's: what looks like a passport may be an asset's. Where the name says which
of them it is, values whose shape chance can explain do not contradict it (see :mod:`detectors.discovery.against`).
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from config import content
from detectors.recognizers.readings import pinyin, shortened, skeleton

_TAILS = ("编号", "号码", "代码", "编码", "名称", "标识", "数据", "信息", "号", "码", "值", "名")
_READ_TAILS = ("bianhao", "haoma", "daima", "bianma", "mingcheng", "biaoshi", "hao", "ma", "ming")
_LATIN_TAILS = frozenset({"no", "num", "number", "nbr", "code", "cd", "id", "name", "nm", "str", "value", "val", "cn", "en"})  # fmt: skip
_CONSONANTS = re.compile(r"[b-df-hj-np-tv-z]{3,}")
_SHORT = 4  # letters of a shortened word that may stand behind others; fewer have to be the whole name
_LONG = 5  # letters of a word in pinyin that may stand behind others


@dataclass(frozen=True, slots=True)
class Thing:
    """One kind of thing, the types that such a column may hold all the same, and those whose values such things are called by."""

    id: str
    zh: tuple[str, ...]
    en: tuple[str, ...]
    spares: frozenset[str]
    namesakes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Named:
    """The thing that a name ends in, and how many characters of the name say so."""

    thing: Thing
    length: int


@cache
def things() -> Mapping[str, Thing]:
    """Every kind of thing by its id."""
    with content.path("things.toml").open("rb") as file:
        tree = tomllib.load(file)
    return {
        name: Thing(
            name,
            tuple(table["zh"]),
            tuple(table["en"]),
            frozenset(table.get("spares", ())),
            frozenset(table.get("namesakes", ())),
        )
        for name, table in tree.items()
    }


def named_in_han(text: str) -> Named | None:
    """The thing that a Chinese name ends in, generic tails aside.

    Args:
        text: Han, Latin letters in small, and digits; no marks.
    """
    stems = [text, *(text.removesuffix(tail) for tail in _TAILS if text.endswith(tail) and text != tail)]
    numbered = text.endswith(("号", "码"))
    starts = [(start, stem) for stem in stems if (start := _at_the_end(stem, single=numbered)) is not None]
    if not starts:
        return None
    start, stem = min(starts)
    return Named(_words()[stem[start:]], len(text) - start)


def _at_the_end(stem: str, *, single: bool) -> int | None:
    """Where the longest word that ``stem`` ends with begins; one of a single character (单, 档) only before a number's tail."""
    last = len(stem) if single else len(stem) - 1
    return next((start for start in range(last) if stem[start:] in _words()), None)


def named_in_latin(parts: list[str]) -> Named | None:
    """The thing that a name in Latin letters ends in: English words, pinyin, or initials.

    Args:
        parts: the words of the name, in small letters.
    """
    stem = parts[:-1] if len(parts) > 1 and parts[-1] in _LATIN_TAILS else parts
    for tried in (parts, stem):
        for taken in range(min(3, len(tried)), 0, -1):
            joined = "".join(tried[-taken:])
            thing = _words().get(joined) or _bones().get(joined)
            if thing is not None:
                return Named(thing, len(joined))
    return _read(parts[-1]) if len(parts[-1]) >= len("xh") else None


def _read(word: str) -> Named | None:
    """The thing that pinyin or initials without a border end in."""
    if _CONSONANTS.fullmatch(word):
        return _by_initials(word)
    for tail in ("", *_READ_TAILS):
        stem = word.removesuffix(tail)
        for start in range(len(stem) - _LONG + 1):
            if stem[start:] in _pinyin():
                return Named(_pinyin()[stem[start:]], len(stem) - start)
    return None


def _by_initials(word: str) -> Named | None:
    for start in range(len(word) - 2):
        thing = _initials().get(word[start:])
        if thing is not None and (start == 0 or len(word) - start >= _SHORT):
            return Named(thing, len(word) - start)
    return None


@cache
def _words() -> Mapping[str, Thing]:
    """Words as they are written, Chinese and English."""
    return {word.lower().replace(" ", ""): one for one in things().values() for word in (*one.zh, *one.en)}


@cache
def _bones() -> Mapping[str, Thing]:
    """English words without their vowels; short ones would be anything."""
    bare = {skeleton(word.replace(" ", "")): one for one in things().values() for word in one.en}
    return {word: one for word, one in bare.items() if len(word) >= 3 and word not in _words()}


@cache
def _pinyin() -> Mapping[str, Thing]:
    read = {pinyin(word): one for one in things().values() for word in one.zh}
    return {word: one for word, one in read.items() if len(word) >= _LONG}


@cache
def _initials() -> Mapping[str, Thing]:
    return {
        short: one
        for one in things().values()
        for word in one.zh
        if len(word) >= 2
        for short in shortened(word)
        if len(short) >= 3
    }
