"""Reading sentences: what stands in a text, without overlaps, offsets in code points.

Our own recognizers read directly, many texts together; those that others wrote for Presidio read
through its analyzer and have the same say. ``registry`` gives ours to Presidio in turn.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from detectors.discovery.sentences import chinese, defined, english, foreign, own
from detectors.discovery.sentences.span import Span, resolved

__all__ = ["Span", "language_of", "read", "read_all", "read_many", "resolved"]

_HAN = re.compile(r"[\u3400-\u9fff]")
_LONGEST = 100_000  # characters of one text that are read
_TOGETHER = 64  # texts that are read at once
THRESHOLD = 0.35


def language_of(text: str) -> str:
    """Chinese where there is a Han character, else English."""
    return "zh" if _HAN.search(text) else "en"


def read(text: str) -> list[Span]:
    """Return every span of ``text``, in order, without overlaps."""
    return read_many([text])[0]


def read_many(texts: Sequence[str]) -> list[list[Span]]:
    """Read several texts together, which is quicker than one by one."""
    cut = [text[:_LONGEST] for text in texts]
    places = [place for place, text in enumerate(cut) if language_of(text) == "zh"]
    named = dict(zip(places, chinese.found_in([cut[place] for place in places]), strict=True))
    return [_settled(text, named.get(place)) for place, text in enumerate(cut)]


def read_all(texts: Iterable[str]) -> Iterator[list[Span]]:
    """Read any number of texts, in groups."""
    coming = iter(texts)
    while group := list(islice(coming, _TOGETHER)):
        yield from read_many(group)


def _settled(text: str, named: list[Span] | None) -> list[Span]:
    """Everything that stands in one text; ``named`` is what the Chinese reader found, None in English."""
    if not text.strip():
        return []
    language = "en" if named is None else "zh"
    spans = [*defined.found_in(text), *(english.found_in(text) if named is None else named)]
    spans += foreign.found_in(text, language, THRESHOLD)
    believed = [one for one in spans if one.score >= THRESHOLD]
    mine = [one for one in own.found_in(text) if one.score >= THRESHOLD]
    return resolved([*believed, *own.yielding(mine, believed)])
