"""Values of organisations' own types in running text, and what they keep off."""

from collections.abc import Iterator, Sequence
from typing import Any

from presidio_analyzer import EntityRecognizer, RecognizerResult

from detectors.discovery.sentences.span import Span
from detectors.recognizers.own import right, sought
from soc.ledger.own_matching import matcher
from soc.ledger.own_types import OwnDefinition
from soc.ledger.types import shipped_types

_SURE, _SHAPED, _NAMED = 1.0, 0.6, 0.3
_CONTEXT_ADDS, _BEFORE = 0.35, 24


def found_in(text: str) -> Iterator[Span]:
    """Every value of an own type that is sought now; they may overlap."""
    for definition in sought():
        if definition.text:
            yield from spans_of(definition, text)


def spans_of(definition: OwnDefinition, text: str) -> Iterator[Span]:
    """The values of one own type; a wrong check digit drops one, words before it make it surer."""
    reader = matcher(definition)
    for start, end in reader.places(text):
        if definition.check and not right(definition, [reader.form(text[start:end])]):
            continue
        score = _SURE if definition.check else _score(definition, text, start)
        yield Span(definition.id, start, end, score)


def _score(definition: OwnDefinition, text: str, start: int) -> float:
    before = text[max(0, start - _BEFORE) : start].lower()
    supported = any(word.lower() in before for word in (*definition.names, *definition.context))
    base = _NAMED if definition.needs_name else _SHAPED
    return min(1.0, base + _CONTEXT_ADDS) if supported else base


def yielding(own: Sequence[Span], shipped: Sequence[Span]) -> list[Span]:
    """Own spans without those that would hide a shipped type's: a graver one, a sure one as grave, one they yield to."""
    mine = {one.id: one for one in sought()}
    return [one for one in own if not any(_overlap(one, other) and _keeps(other, mine[one.type]) for other in shipped)]


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _keeps(shipped: Span, own: OwnDefinition) -> bool:
    known = shipped_types().get(shipped.type)
    if shipped.type in own.yields_to:
        return True
    if known is None:
        return False
    graver = known.level.rank > own.type.level.rank
    as_grave = known.level is own.type.level
    return graver or (as_grave and (shipped.score >= _SURE or (known.personal and not own.type.personal)))


class OwnRecognizer(EntityRecognizer):
    """An own recognizer as Presidio's: RE2 reads, so that no pattern of a person's stops it."""

    def __init__(self, definition: OwnDefinition, language: str) -> None:
        """Of one definition, for ``language``."""
        self._definition = definition
        super().__init__(
            supported_entities=[definition.type.entity], supported_language=language, name=f"{definition.id}_{language}"
        )

    def load(self) -> None:
        """Nothing is loaded."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """Return the values in the text."""
        entity = self._definition.type.entity
        if entity not in entities:
            return []
        return [RecognizerResult(entity, one.start, one.end, one.score) for one in spans_of(self._definition, text)]


def recognizers(language: str) -> list[EntityRecognizer]:
    """The own recognizers that are sought in sentences now."""
    return [OwnRecognizer(one, language) for one in sought() if one.text]
