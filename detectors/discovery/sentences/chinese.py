"""Chinese text: who and what is named in it. Prose is read by the lexical model, lines of machines by their keys."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detectors.discovery.sentences import addresses, keyed, organisations, persons
from detectors.discovery.sentences.machine import Hand, lines
from detectors.discovery.sentences.span import Span
from detectors.recognizers import lexical_model
from detectors.recognizers.lexical_model import Reading

PERSON, PLACE, ORGANISATION = "person_name", "address", "organization"
_HAN = re.compile("[\u3400-\u9fff]")
#: a sentence, or a part of a very long one: the model slows down with length
_CUT = re.compile(r"[^。！？!?；;\n]{1,300}[。！？!?；;\n”’」）)]*|[。！？!?；;\n]+")
#: in a note that began like a log's line a person has to be this sure
_BEYOND_DOUBT = 0.88


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence and where it stands: in which of the texts, and at which character."""

    text: int
    start: int
    words: str
    hand: Hand


def found_in(texts: Sequence[str]) -> list[list[Span]]:
    """Persons, organisations, places and addresses of each text; spans may overlap."""
    found: list[list[Span]] = [[] for _ in texts]
    pieces: list[_Piece] = []
    for number, text in enumerate(texts):
        for start, line, hand in lines(text):
            if hand is Hand.MACHINE:
                found[number] += [Span(PERSON, start + a, start + b, score) for a, b, score in keyed.found_in(line)]
            else:
                pieces += _sentences(number, start, line, hand)
    for piece, reading in zip(pieces, lexical_model.read_closely([one.words for one in pieces]), strict=True):
        found[piece.text] += [
            Span(one.type, piece.start + one.start, piece.start + one.end, one.score)
            for one in _of_piece(piece.words, reading, piece.hand)
        ]
    return found


def _sentences(number: int, start: int, line: str, hand: Hand) -> Iterator[_Piece]:
    for match in _CUT.finditer(line):
        if _HAN.search(match.group()):
            yield _Piece(number, start + match.start(), match.group(), hand)


def _of_piece(text: str, reading: Reading, hand: Hand) -> Iterator[Span]:
    yield from (Span(PERSON, *one) for one in keyed.found_in(text))
    people = persons.found_in(text, reading.chances)
    if hand is Hand.NOTE:
        yield from (Span(PERSON, *one) for one in people if one[2] >= _BEYOND_DOUBT)
    else:
        yield from (Span(PERSON, *one) for one in people)
        words = organisations.placed(reading)
        yield from (Span(ORGANISATION, *one) for one in organisations.organisations(words, reading.chances))
        yield from (Span(PLACE, *one) for one in organisations.places(words, reading.chances))
    yield from (Span(PLACE, *one) for one in addresses.found_in(text))
