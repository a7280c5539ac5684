"""Persons, organisations and places in Chinese text, by the lexical model (LAC) and what it often gets wrong.

The model cuts 许多多 into 许多 and 多, and takes emoticons and nicknames for persons: names are
trimmed to Han characters, a repeated last character is taken back, and a name without a family
name scores lower.
"""

import re
from collections.abc import Iterator
from typing import Any

from presidio_analyzer import EntityRecognizer, RecognizerResult

from detectors.recognizers.person_name import family_names, tagged

PERSON, PLACE, ORGANISATION = "PERSON", "CN_ADDRESS", "ORGANIZATION"
_HAN = re.compile(r"[\u3400-\u9fff·]+")
_TEXT_LIMIT = 400  # characters the model reads at once; it slows down with length
_CUT = re.compile(r"[^。！？!?；;\n]{1,400}[。！？!?；;\n]*|[。！？!?；;\n]+")
_NOBODY = frozenset(
    {"佛祖", "观音", "上帝", "老天", "耶稣", "菩萨", "如来", "先生", "女士", "老师", "哈哈", "呵呵", "嘻嘻", "嘿嘿"}
)

Span = tuple[str, int, int, float]


def named_entities(text: str) -> list[Span]:
    """Persons, places and organisations of a Chinese text, with offsets in code points and scores."""
    found: list[Span] = []
    pieces = [(match.start(), match.group()) for match in _CUT.finditer(text) if _HAN.search(match.group())]
    for (offset, piece), words in zip(pieces, tagged([piece for _, piece in pieces]), strict=True):
        for start, word, tag in _placed(piece, words):
            span = _span(text, offset + start, word, tag)
            if span is not None:
                found.append(span)
    return found


def _placed(piece: str, words: list[tuple[str, str]]) -> Iterator[tuple[int, str, str]]:
    """Find each word in its piece again: the model may change or drop characters."""
    position = 0
    for word, tag in words:
        start = piece.find(word, position)
        if start < 0:
            continue
        position = start + len(word)
        yield start, word, tag


def _span(text: str, start: int, word: str, tag: str) -> Span | None:
    if tag == "PER":
        return _person(text, start, word)
    if tag == "LOC" and len(word) >= 2:
        return PLACE, start, start + len(word), 0.6
    if tag == "ORG" and len(word) >= 2:
        return ORGANISATION, start, start + len(word), 0.6
    return None


def _person(text: str, start: int, word: str) -> Span | None:
    core = _HAN.search(word)
    if core is None or len(core.group()) < 2 or core.group() in _NOBODY:
        return None
    first, last = start + core.start(), start + core.end()
    if last - first == 2 and text[last : last + 1] == text[last - 1]:
        last += 1
    name = text[first:last]
    if len(name) > 4 and "·" not in name:
        return None
    return PERSON, first, last, 0.85 if _has_family_name(name) else 0.5


def _has_family_name(name: str) -> bool:
    single, compound = family_names()
    return name[0] in single or name[:2] in compound


class LexicalRecognizer(EntityRecognizer):
    """The lexical model as a recognizer of Presidio's."""

    def __init__(self) -> None:
        """For Chinese text."""
        super().__init__(supported_entities=[PERSON, PLACE, ORGANISATION], supported_language="zh", name="lexical")

    def load(self) -> None:
        """The model loads at its first text."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """Return what the model finds of the wanted entities."""
        return [
            RecognizerResult(entity, start, end, score)
            for entity, start, end, score in named_entities(text)
            if entity in entities
        ]
