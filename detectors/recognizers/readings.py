"""How Chinese words stand in names of columns that are written in Latin letters: in pinyin, and by their initials."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache

from config import content

#: what generic tails (号码, 编号, 代码 …) leave of themselves in initials
INITIAL_TAILS = ("h", "hm", "bh", "dm", "bm", "zh", "mc", "xx", "qk", "jg", "z")


def pinyin(word: str) -> str:
    """A Chinese word as it is read, without tones; empty where a character is not known or there is no Han in it."""
    syllables = _read(word)
    return "".join(syllables)


def initials(word: str) -> str:
    """The first letters of a Chinese word's syllables; empty where a character is not known."""
    return "".join(one[0] for one in _read(word))


def shortened(word: str, tails: tuple[str, ...] = INITIAL_TAILS) -> Iterator[str]:
    """A Chinese word's initials with what a generic tail adds: 铅封 is qf, qfh, qfhm, qfbh."""
    first = initials(word)
    if first:
        yield first
        yield from (first + tail for tail in tails)


def skeleton(word: str) -> str:
    """An English word without its vowels but the first letter, as some systems shorten it."""
    return word[:1] + "".join(letter for letter in word[1:] if letter not in "aeiou")


def _read(word: str) -> list[str]:
    if word.isascii():
        return []
    syllables = [_syllables().get(symbol, symbol if symbol.isascii() else "") for symbol in word]
    return [] if "" in syllables else syllables


@cache
def _syllables() -> Mapping[str, str]:
    """How a character is read."""
    with content.path("names.toml").open("rb") as file:
        table = tomllib.load(file)["pinyin"]
    return {symbol: syllable for syllable, symbols in table.items() for symbol in symbols}
