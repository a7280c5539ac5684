"""Masking the values of one column, each distinct value once."""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from policies.protection.copies.plan import Treatment
from policies.protection.operators import OPERATORS, Use
from policies.protection.scrub import scrub
from soc.crypto import KeyRing

Mask = Callable[[Any], Any]
_CACHED = 50_000


def masker(treatment: Treatment, ring: KeyRing, purpose: str) -> Mask | None:
    """Return the function a column's values go through; None where they stay as they are."""
    operator = treatment.decision.operator
    use = Use(ring, purpose, treatment.shape)
    if treatment.within_text:
        return _text_masker(use)
    if operator.name == "clear":
        return None
    apply = lru_cache(_CACHED)(lambda text: operator.apply(text, use))

    def mask(value: Any) -> Any:
        return None if value is None or isinstance(value, bytes) else apply(as_text(value))

    return mask


def as_text(value: Any) -> str:
    """Return a value as the text that joins compare: a number without a needless fraction."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return str(int(value))
    return str(value)


def _text_masker(use: Use) -> Mask:
    token = OPERATORS["token"]
    replaced = lru_cache(_CACHED)(lambda text: scrub(text, lambda found: token.apply(found, use)))

    def mask(value: Any) -> Any:
        # a bare number in a column that nobody recognised is left alone: it is an amount or a key
        return replaced(value) if isinstance(value, str) and len(value) > 6 and not _is_bare(value) else value

    return mask


def _is_bare(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) not in {11, 15, 18}
