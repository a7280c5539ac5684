"""Running text: which sensitive types stand in it, how often, and how surely; the words are not kept.

A document has no columns, so each type that was found is one, named after the type, and a document
with nothing in it has the one column ``text``. Long documents are read in part, from seeded places,
unless everything is wanted; the patterns then speak for the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from detectors.discovery import secrecy
from detectors.discovery.finding import ColumnFinding, Evidence, Tier
from detectors.discovery.sources.base import Sampling, StateSecretError
from detectors.discovery.sources.coverage import Coverage, Method
from detectors.discovery.sources.files.document import Document, Passage, Place
from soc.ledger.types import types

TEXT = "text"
_PIECE = 4000  # characters that are read at once
_SAMPLE = 240_000  # characters of a document that are read, if not everything is wanted
#: what is said of a text as such: not a type of the catalogue
_SURE_FROM, _COUNTED = 0.5, 3


@dataclass(slots=True)
class TextRead:
    """What a document said: its findings, how many passages it has, and what was not read."""

    findings: tuple[ColumnFinding, ...]
    rows: int
    estimated: bool = False
    notes: list[str] = field(default_factory=list)
    coverage: Coverage = field(default_factory=Coverage)


@dataclass(slots=True)
class _Count:
    found: int = 0
    passages: int = 0
    best: float = 0.0
    last: int = -1


def read(document: Document, sampling: Sampling) -> TextRead:
    """Read a document's text and count what is found in it.

    Raises:
        UnreadableError: it cannot be read.
        StateSecretError: it bears a mark of state secrets; nothing of it is kept.
    """
    if secrecy.in_name(document.name.rsplit("/", 1)[-1]):
        raise StateSecretError
    prose = document.read(sampling)
    counts: dict[str, _Count] = {}
    seen = size = 0
    for number, piece in enumerate(_pieces(prose.passages)):
        seen, size = number + 1, size + len(piece)
        _count(piece, number, counts)
    findings = tuple(_finding(kind, count, prose.rows, seen) for kind, count in sorted(counts.items()))
    nothing = (ColumnFinding(name=TEXT, evidence=Evidence(rows=prose.rows, filled=seen)),)
    coverage = Coverage(
        rows_read=0 if prose.estimated else prose.rows,
        bytes_read=size,
        method=Method.SPREAD if prose.estimated else Method.WHOLE,
    )
    return TextRead(findings or nothing, prose.rows, prose.estimated, prose.notes, coverage)


def _pieces(passages: Iterator[Passage]) -> Iterator[str]:
    """Passages gathered to pieces worth reading; a mark of state secrets ends it all."""
    gathered: list[str] = []
    length = 0
    start = ""
    for passage in passages:
        start = _checked(passage, start)
        for part in _parts(passage.text):
            gathered.append(part)
            length += len(part)
            if length >= _PIECE:
                yield "\n".join(gathered)
                gathered, length = [], 0
    if gathered:
        yield "\n".join(gathered)


def _checked(passage: Passage, start: str) -> str:
    """Look for a mark where this passage stands; the first lines may come in several passages."""
    if passage.place is Place.MARGIN and secrecy.in_header(passage.text):
        raise StateSecretError
    if passage.place is Place.START and len(start) < 2000:
        start = f"{start}\n{passage.text[:2000]}"
        if secrecy.in_start(start):
            raise StateSecretError
    if secrecy.in_text(passage.text):
        raise StateSecretError
    return start


def _parts(text: str) -> Iterator[str]:
    """A long passage in parts, cut between lines or sentences."""
    while len(text) > _PIECE:
        cut = max(text.rfind(sign, _PIECE // 2, _PIECE) for sign in "\n。；;,， ")
        cut = cut + 1 if cut > 0 else _PIECE
        yield text[:cut]
        text = text[cut:]
    if text.strip():
        yield text


def _count(piece: str, number: int, counts: dict[str, _Count]) -> None:
    from detectors.discovery.sentences.engine import read as spans_of

    for span in spans_of(piece):
        if span.type not in types():
            continue
        count = counts.setdefault(span.type, _Count())
        count.found += 1
        count.best = max(count.best, span.score)
        count.passages += count.last != number
        count.last = number


def _finding(kind: str, count: _Count, rows: int, seen: int) -> ColumnFinding:
    """One type that stands in the text; several of them are surer than one."""
    known = types()[kind]
    confidence = min(0.99, count.best + (0.1 if count.found >= _COUNTED and count.best >= _SURE_FROM else 0.0))
    return ColumnFinding(
        name=kind,
        type=kind,
        entity=known.entity,
        confidence=confidence,
        tier=Tier.reached(confidence),
        evidence=Evidence(rows=rows, filled=count.found, embedded=min(1.0, count.passages / max(1, seen))),
        level=known.level,
    )
