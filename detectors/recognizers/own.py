"""Organisations' own recognizers as the engines use them: which are sought now, and how each one reads values.

What is sought is said for a block (:func:`seeking`): a scan seeks what is in force for the organisation whose
source it is, in each of its processes. The shipped recognizers are never touched by it: own ones stand beside them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from detectors.recognizers.checksums import CHECKS
from detectors.recognizers.definition import Proof, Recognizer, recognizers
from detectors.recognizers.hints import MAYBE, SURE
from soc.ledger.own_matching import bare, groups_of, matcher, sieve_of
from soc.ledger.own_types import OwnDefinition, types_of
from soc.ledger.types import knowing, own_types

#: how far a form is believed by itself: with a check digit, without one, where the name has to agree
CHECKED, SHAPED, NAMED = 0.55, 0.8, 0.5
_SIGNS = re.compile(r"[^0-9a-z㐀-鿿]")
_PHRASE = re.compile(r"[（(\[【,，;；。:：/|、\s]")

_sought: ContextVar[tuple[OwnDefinition, ...]] = ContextVar("own recognizers", default=())


@contextmanager
def seeking(definitions: Sequence[OwnDefinition]) -> Iterator[None]:
    """Within the block these own recognizers are sought too, and their types are known."""
    known = {**own_types(), **types_of(definitions)}
    before = _sought.set(tuple(definitions))
    try:
        with knowing(lambda: known):
            yield
    finally:
        _sought.reset(before)


def sought() -> tuple[OwnDefinition, ...]:
    """The own recognizers that are sought now."""
    return _sought.get()


def own_recognizers() -> Mapping[str, Recognizer]:
    """The own recognizers that are sought now, in the engines' form, by the id of their type."""
    return {one.id: recognizer_of(one) for one in sought()}


def every_recognizer() -> Mapping[str, Recognizer]:
    """The shipped recognizers, and the own ones that are sought now."""
    own = own_recognizers()
    return {**recognizers(), **own} if own else recognizers()


@lru_cache(maxsize=512)
def recognizer_of(definition: OwnDefinition) -> Recognizer:
    """A definition in the form that columns are weighed by; its values are found by :mod:`soc.ledger.own_matching`."""
    weight = NAMED if definition.needs_name else CHECKED if definition.check else SHAPED
    return Recognizer(
        type=definition.type,
        proof=Proof.CHECK if definition.check else Proof.SHAPE,
        weight=weight,
        pattern=f"^(?:{bare(definition.pattern)})$" if definition.pattern else None,
        also=None,
        text=None,
        strip=definition.strip,
        upper=definition.upper,
        letters=False,
        numeric=False,
        needs_name=definition.needs_name,
        loose=False,
        unverified=False,
        check=definition.check,
        masked=None,
        masked_length=(),
        family=definition.id,
        names=definition.names,
        hints=definition.context,
    )


def right(definition: OwnDefinition, values: Sequence[str]) -> int:
    """How many of these values, which have the right looks, have the right check digit."""
    return int(CHECKS[definition.check](values).sum()) if definition.check and values else 0


def shapes(sample: Sequence[str], rest: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Hits and right check digits of each own recognizer; the rest is read only where the sample has any."""
    hits: dict[str, int] = {}
    passed: dict[str, int] = {}
    for group in groups_of(sought()):
        near = group.taken(sample)
        found = (
            {one: [value for value in near if matcher(one).fits(value)] for one in group.definitions} if near else {}
        )
        more = group.taken(rest) if any(found.values()) else []
        for one in (one for one, values in found.items() if values):
            values = found[one] + [value for value in more if matcher(one).fits(value)]
            hits[one.id] = len(values)
            if one.check:
                passed[one.id] = right(one, values)
    return hits, passed


def could_hold(texts: Sequence[str]) -> list[str]:
    """The texts that could hold a value of an own type within other words."""
    sieve = sieve_of(tuple(one for one in sought() if one.text))
    return [text for text in texts if sieve.may_hold(text)]


def holds(definition: OwnDefinition, text: str) -> bool:
    """Whether a text holds more than a value: the value within other words."""
    reader = matcher(definition)
    places = [place for place in reader.places(text) if place != (0, len(text))]
    return any(definition.check is None or right(definition, [reader.form(text[start:end])]) for start, end in places)


def named(name: str, comment: str = "") -> dict[str, float]:
    """How surely a column's name and comment say each own type."""
    said = [_squeezed(name), _squeezed(_PHRASE.split(comment.strip(), maxsplit=1)[0])]
    found: dict[str, float] = {}
    for one in sought():
        if any(_ends(text, _squeezed(word)) for word in one.names for text in said):
            found[one.id] = SURE
        elif any(_squeezed(word) in text for word in (*one.names, *one.context) for text in said if _squeezed(word)):
            found[one.id] = MAYBE
    return found


def _squeezed(text: str) -> str:
    return _SIGNS.sub("", text.lower())


def _ends(text: str, word: str) -> bool:
    return bool(word) and (text == word or (text.endswith(word) and len(word) >= (4 if word.isascii() else 2)))
