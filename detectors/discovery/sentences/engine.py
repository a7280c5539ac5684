"""Reading sentences: one analyzer for the process, spans without overlaps, offsets in code points."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from soc.ledger.types import types

_HAN = re.compile(r"[\u3400-\u9fff]")
_LONGEST = 100_000  # characters of one text that are read
THRESHOLD = 0.35
#: entities that are no type of the catalogue
_NAMED = {"ORGANIZATION": "organization"}


@dataclass(frozen=True, slots=True)
class Span:
    """One piece of personal data in a text; ``start`` and ``end`` count code points."""

    type: str
    start: int
    end: int
    score: float

    def as_dict(self) -> dict[str, Any]:
        """The contract's form."""
        return {"type": self.type, "start": self.start, "end": self.end, "score": round(self.score, 4)}


@cache
def _analyzer() -> Any:
    """Presidio with our recognizers only; nothing is fetched (its own would ask the net for a list of domains)."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

    from detectors.discovery.sentences.addresses import AddressRecognizer
    from detectors.discovery.sentences.english import english
    from detectors.discovery.sentences.lexical import LexicalRecognizer
    from detectors.discovery.sentences.nlp import LANGUAGES, BlankNlpEngine
    from detectors.discovery.sentences.patterns import defined

    found = [LexicalRecognizer(), AddressRecognizer(), *english()]
    for language in LANGUAGES:
        found += defined(language)
    registry = RecognizerRegistry(recognizers=found, supported_languages=list(LANGUAGES))
    return AnalyzerEngine(registry=registry, nlp_engine=BlankNlpEngine(), supported_languages=list(LANGUAGES))


@cache
def _type_of() -> dict[str, str]:
    return {kind.entity: kind.id for kind in types().values()} | _NAMED


def language_of(text: str) -> str:
    """Chinese where there is a Han character, else English."""
    return "zh" if _HAN.search(text) else "en"


def read(text: str) -> list[Span]:
    """Return every span of ``text``, in order, without overlaps."""
    if not text.strip():
        return []
    results = _analyzer().analyze(text[:_LONGEST], language=language_of(text), score_threshold=THRESHOLD)
    known = _type_of()
    spans = [Span(known[one.entity_type], one.start, one.end, float(one.score)) for one in results]
    return resolved(spans)


def read_all(texts: Iterable[str]) -> Iterator[list[Span]]:
    """Read several texts, one after another."""
    for text in texts:
        yield read(text)


def resolved(spans: Iterable[Span]) -> list[Span]:
    """Settle overlaps: what is surer stays, then what is longer; the rest goes."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (-round(one.score, 1), one.start - one.end, one.start)):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda one: one.start)
