"""Our definitions as recognizers of Presidio's: the same patterns, check digits and context words."""

import re
from typing import Any

from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer

from detectors.discovery.sentences.defined import base, context, judged
from detectors.recognizers.definition import Recognizer, recognizers

_FLAGS = re.MULTILINE | re.DOTALL  # Presidio's own would ignore case: a plate is not written small


class DefinedRecognizer(PatternRecognizer):
    """One sensitive type in sentences; a wrong check digit drops the hit."""

    def __init__(self, definition: Recognizer, language: str) -> None:
        """Compile the definition for ``language``."""
        self._definition = definition
        super().__init__(
            supported_entity=definition.type.entity,
            name=f"{definition.id}_{language}",
            supported_language=language,
            patterns=[Pattern(definition.id, definition.text or "", base(definition))],
            context=context(definition),
            global_regex_flags=_FLAGS,
        )

    def validate_result(self, pattern_text: str) -> bool | None:
        """True makes the hit sure, False drops it, None keeps its base score."""
        return judged(self._definition, pattern_text)


def defined(language: str) -> list[EntityRecognizer]:
    """Every recognizer that is sought in sentences."""
    found: list[Any] = [DefinedRecognizer(one, language) for one in recognizers().values() if one.text]
    return found
