"""Our recognizers as Presidio's own: for its analyzer, its anonymizer, and whatever else is built on it."""

from typing import Any

from presidio_analyzer import EntityRecognizer, RecognizerRegistry, RecognizerResult

from detectors.discovery.sentences import chinese, own
from detectors.discovery.sentences.english import english
from detectors.discovery.sentences.nlp import LANGUAGES
from detectors.discovery.sentences.patterns import defined

_ENTITIES = {chinese.PERSON: "PERSON", chinese.PLACE: "CN_ADDRESS", chinese.ORGANISATION: "ORGANIZATION"}


class ChineseRecognizer(EntityRecognizer):
    """Persons, organisations, places and addresses of Chinese text."""

    def __init__(self) -> None:
        """For Chinese text."""
        super().__init__(supported_entities=list(_ENTITIES.values()), supported_language="zh", name="chinese")

    def load(self) -> None:
        """The model loads at its first text."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """Return what is named in the text, of the wanted entities."""
        return [
            RecognizerResult(_ENTITIES[one.type], one.start, one.end, one.score)
            for one in chinese.found_in([text])[0]
            if _ENTITIES[one.type] in entities
        ]


def registry() -> RecognizerRegistry:
    """Every recognizer of ours, in Chinese and English; nothing is fetched."""
    found: list[EntityRecognizer] = [ChineseRecognizer(), *english()]
    for language in LANGUAGES:
        found += [*defined(language), *own.recognizers(language)]
    return RecognizerRegistry(recognizers=found, supported_languages=list(LANGUAGES))
