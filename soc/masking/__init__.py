"""Masking of what must not stay in clear in stored logs: values by pattern, literals of statements."""

from soc.masking.literals import literals_masked
from soc.masking.quick import mask_text, masked
from soc.masking.suspects import suspects

__all__ = ["literals_masked", "mask_text", "masked", "suspects"]
