"""What the name of a column resembles: a small model of the parts of names that are known, for those that no list has.

Lists end; names go on. A name that nobody listed is mostly made of parts that others have: characters and pairs of them,
words, beginnings and ends of words, initials. The model (softmax regression over such parts) says how likely each
type is by the name alone, and how likely something that is none of them. It is trained and written by
:mod:`detectors.discovery.evaluation.likeness` and kept as plain numbers in ``config/data/resemblance.tsv``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from math import exp, sqrt

from config import content
from detectors.recognizers import vocabulary
from detectors.recognizers.hints import phrases, words

NOTHING = "-"  # what is none of the types
FILE = "resemblance.tsv"
#: weights are kept in tenths
TENTHS = 10
_HAN = re.compile(r"[\u3400-\u9fff]+")
_PIECES = (3, 4)  # letters of a piece of a word
_REMEMBERED = 4096  # names: tables of one source repeat theirs


@dataclass(frozen=True, slots=True)
class Likeness:
    """The model: its types, how likely each is before a name is read, and what each part of a name adds to which type.

    ``usual`` is the share of columns holding nothing sensitive whose values fit a type all the same.
    """

    types: tuple[str, ...]
    before: tuple[float, ...]
    usual: Mapping[str, float]
    parts: Mapping[str, tuple[tuple[int, float], ...]]

    def read(self, text: str) -> dict[str, float]:
        """How likely each type is by a name, 0 to 1, all of them 1 together; empty where no part of it is known."""
        found = features(text)
        known = [self.parts[one] for one in found if one in self.parts]
        if not known:
            return {}
        scores, scale = list(self.before), 1 / sqrt(len(found))
        for part in known:
            for place, weight in part:
                scores[place] += weight * scale
        top = max(scores)
        shares = [exp(score - top) for score in scores]
        whole = sum(shares)
        return dict(zip(self.types, (share / whole for share in shares), strict=True))


@lru_cache(maxsize=_REMEMBERED)
def likely(name: str, comment: str = "") -> Mapping[str, float]:
    """How likely each type is by the name and the comment of a column (the mean of the two); empty where they say nothing."""
    read = [one for text in phrases(name, comment) if (one := likeness().read(text))]
    return {key: sum(one[key] for one in read) / len(read) for key in read[0]} if read else {}


@lru_cache(maxsize=_REMEMBERED)
def features(text: str) -> tuple[str, ...]:
    """The parts of a name by which it resembles others, each once: ``h:`` of Han, ``w:`` words, ``e:`` the last, ``g:`` pieces."""
    han = (part for run in _HAN.findall(text) for part in _han(run))
    return tuple(dict.fromkeys((*han, *_latin([word for word in words(_HAN.sub(" ", text)) if not word.isdigit()]))))


def _han(run: str) -> Iterator[str]:
    run = re.sub(r"[一二三四五]+$", "", run) or run
    for length in (1, 2, 3):
        yield from ("h:" + run[start : start + length] for start in range(len(run) - length + 1))
        yield "h:" + run[-length:] + "$"


def _latin(parts: list[str]) -> Iterator[str]:
    known = vocabulary.abbreviations()
    whole = [vocabulary.singular(known.get(part, part)) for part in parts]
    yield from ("w:" + word for word in whole)
    yield from ("e:" + word for word in whole[-1:])
    yield from (f"b:{first}_{second}" for first, second in pairwise(parts))
    for edged in (f"^{part}$" for part in parts):
        for length in _PIECES:
            yield from ("g:" + edged[start : start + length] for start in range(len(edged) - length + 1))


@cache
def likeness() -> Likeness:
    """The shipped model."""
    return parsed(content.path(FILE).read_text(encoding="utf-8"))


def parsed(text: str) -> Likeness:
    """Read a model: a line ``!`` for each type, then one for each part of names, weights in tenths.

    Raises:
        ValueError: a line is of neither form.
    """
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    types = [(row[1], int(row[2]) / TENTHS, float(row[3])) for row in rows if row[0] == "!"]
    parts = {row[0]: tuple(_weight(one) for one in row[1].split(" ")) for row in rows if row[0] != "!"}
    names, before, usual = zip(*types, strict=True)
    return Likeness(names, before, dict(zip(names, usual, strict=True)), parts)


def _weight(text: str) -> tuple[int, float]:
    place, tenths = text.split(":")
    return int(place), int(tenths) / TENTHS
