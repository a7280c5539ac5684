"""Words of the Chinese language, by jieba's dictionary (MIT): what is a word is hardly anybody's name."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

_COMMON = 20  # how often a word was counted where the dictionary comes from
_LONGEST = 6


@cache
def _dictionary() -> tuple[frozenset[str], frozenset[str]]:
    """Words that are no names, and names of places."""
    found = find_spec("jieba")
    if found is None or found.origin is None:  # pragma: no cover - a dependency of ours
        return frozenset(), frozenset()
    words: set[str] = set()
    places: set[str] = set()
    with (Path(found.origin).parent / "dict.txt").open(encoding="utf-8") as file:
        for line in file:
            word, count, kind = line.split()
            if len(word) > _LONGEST or int(count) < _COMMON or kind.startswith("nr"):
                continue
            (places if kind == "ns" else words).add(word)
    return frozenset(words), frozenset(places)


def is_common(word: str) -> bool:
    """Whether a text is a word of the language and no name of a person or a place."""
    return word in _dictionary()[0]


def is_place(word: str) -> bool:
    """Whether a text is the name of a place."""
    return word in _dictionary()[1]
