"""Our recognizers as Presidio's: the same definitions, with check digits and context words."""

import re
from typing import Any

from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer

from detectors.recognizers.checksums import CHECKS
from detectors.recognizers.definition import Proof, Recognizer, recognizers

_FLAGS = re.MULTILINE | re.DOTALL  # Presidio's own would ignore case: a plate is not written small
_BASE = {Proof.CHECK: 0.4, Proof.SHAPE: 0.6, Proof.WEAK: 0.3, Proof.NAME: 0.3, Proof.OWN: 0.6}


class DefinedRecognizer(PatternRecognizer):
    """One sensitive type in sentences; a wrong check digit drops the hit."""

    def __init__(self, definition: Recognizer, language: str) -> None:
        """Compile the definition for ``language``."""
        self._definition = definition
        pattern = Pattern(definition.id, definition.text or "", _base(definition))
        super().__init__(
            supported_entity=definition.type.entity,
            name=f"{definition.id}_{language}",
            supported_language=language,
            patterns=[pattern],
            context=_context(definition),
            global_regex_flags=_FLAGS,
        )

    def validate_result(self, pattern_text: str) -> bool | None:
        """True makes the hit sure, False drops it, None keeps its base score."""
        definition = self._definition
        if definition.check is None:
            return None
        value = re.sub(f"[{re.escape(definition.strip)}]", "", pattern_text) if definition.strip else pattern_text
        if bool(CHECKS[definition.check]([value.upper() if definition.upper else value])[0]):
            return None if definition.id == "imei" else True  # a card number has the same check digit
        # many imported vehicles have no check digit: the shape alone counts for little
        return None if definition.id == "vin" and _mixed(value) else False


def _context(definition: Recognizer) -> list[str]:
    """Words that support a hit; Presidio looks for them within words, so short Latin ones (``zh``, ``ip``) are out."""
    return [word for word in (*definition.names, *definition.hints) if len(word) >= (4 if word.isascii() else 2)]


def _mixed(value: str) -> bool:
    return bool(re.search("[A-Z]", value)) and bool(re.search(r"\d{4}$", value))


def _base(definition: Recognizer) -> float:
    return max(_BASE[definition.proof], definition.weight * 0.9 if definition.proof is Proof.SHAPE else 0.0)


def defined(language: str) -> list[EntityRecognizer]:
    """Every recognizer that is sought in sentences."""
    found: list[Any] = [DefinedRecognizer(one, language) for one in recognizers().values() if one.text]
    return found
