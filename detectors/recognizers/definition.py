"""One declared definition of a sensitive type, compiled for columns and for sentences."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import product
from typing import Any

from detectors.recognizers.checksums import CHANCE
from soc.ledger.forms import guarded, whole
from soc.ledger.types import SensitiveType, definitions, types


class Proof(StrEnum):
    """What it takes to believe that a column holds this type (see config/data/types.toml)."""

    CHECK = "check"
    SHAPE = "shape"
    WEAK = "weak"
    NAME = "name"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Recognizer:
    """How values, sentences and column names of one sensitive type are known.

    ``pattern`` is for a whole value after ``strip`` has taken its characters away and is written
    for RE2 and polars; ``text`` has guards for sentences and is for ``re``. ``unverified`` types have a
    form that no source confirms (待核): only a name or a context word makes them a finding. ``loose`` ones are said
    by a name whatever stands below it, and less surely where the pattern does not agree.
    """

    type: SensitiveType
    proof: Proof
    weight: float
    pattern: str | None
    also: str | None
    text: str | None
    strip: str
    upper: bool
    letters: bool
    numeric: bool
    needs_name: bool
    loose: bool
    unverified: bool
    check: str | None
    masked: str | None
    masked_length: tuple[int, ...]
    family: str
    names: tuple[str, ...]
    hints: tuple[str, ...]

    @property
    def id(self) -> str:
        """The type's id."""
        return self.type.id

    @property
    def chance(self) -> float:
        """How often a random value of the right shape passes the check digit; 1 without one."""
        return CHANCE[self.check] if self.check else 1.0


def _sentence_pattern(table: Mapping[str, Any]) -> str | None:
    text = table.get("text", table.get("pattern"))
    return guarded(text) if isinstance(text, str) else None


def _composed(table: Mapping[str, Any]) -> Iterator[str]:
    """The names that synonyms make: each of the first words with each of the second ones, and so on."""
    known = frozenset(table.get("names", ()))
    made = ("".join(words) for lists in table.get("compose", ()) for words in product(*lists))
    yield from (word for word in dict.fromkeys(made) if word not in known)


def _compile(name: str, table: Mapping[str, Any]) -> Recognizer:
    pattern, also, masked = table.get("pattern"), table.get("also"), table.get("masked")
    return Recognizer(
        type=types()[name],
        proof=Proof(table["proof"]),
        weight=float(table["weight"]),
        pattern=whole(pattern) if pattern else None,
        also=whole(also) if also else None,
        text=_sentence_pattern(table),
        strip=table.get("strip", ""),
        upper=bool(table.get("upper")),
        letters=bool(table.get("letters")),
        numeric=bool(table.get("numeric")),
        needs_name=bool(table.get("needs_name")),
        loose=bool(table.get("loose")),
        unverified=bool(table.get("unverified")),
        check=table.get("check"),
        masked=whole(masked) if masked else None,
        masked_length=tuple(table.get("masked_length", ())),
        family=table.get("family", name),
        names=(*table.get("names", ()), *_composed(table)),
        hints=tuple(table.get("hints", ())),
    )


@cache
def recognizers() -> Mapping[str, Recognizer]:
    """Every recognizer by the id of its type, in the order of the definitions."""
    return {name: _compile(name, table) for name, table in definitions().items()}


@cache
def sentence_pattern(name: str) -> re.Pattern[str]:
    """The compiled pattern of type ``name`` for sentences.

    Raises:
        LookupError: the type is not sought in sentences.
    """
    text = recognizers()[name].text
    if text is None:
        raise LookupError(name)
    return re.compile(text)
