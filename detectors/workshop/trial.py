"""A recognizer tried on lines of its maker's own: which it takes, and whether that is what they said."""

from collections.abc import Sequence
from dataclasses import dataclass

from detectors.recognizers.own import right, seeking
from soc.ledger.own_matching import matcher
from soc.ledger.own_types import OwnDefinition


@dataclass(frozen=True, slots=True)
class Tried:
    """One line: whether the recognizer should take it, and does, as a value or within the text."""

    line: str
    wanted: bool
    whole: bool
    inside: tuple[tuple[int, int], ...]

    @property
    def taken(self) -> bool:
        """Whether it is found at all."""
        return self.whole or bool(self.inside)

    @property
    def good(self) -> bool:
        """Whether it does what its maker said."""
        return self.taken is self.wanted


def tried(definition: OwnDefinition, positive: Sequence[str], negative: Sequence[str]) -> list[Tried]:
    """Try a definition on lines that it should take and on others."""
    with seeking([definition]):
        return [_one(definition, line, wanted=True) for line in positive] + [
            _one(definition, line, wanted=False) for line in negative
        ]


def _one(definition: OwnDefinition, line: str, *, wanted: bool) -> Tried:
    reader = matcher(definition)
    value = reader.form(line.strip())
    whole = reader.fits(value) and (definition.check is None or right(definition, [value]) == 1)
    places = tuple(
        (start, end)
        for start, end in reader.places(line)
        if definition.text and (definition.check is None or right(definition, [reader.form(line[start:end])]) == 1)
    )
    return Tried(line, wanted, whole, places)
