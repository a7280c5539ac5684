"""How much of a value a partial mask leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Style(StrEnum):
    """Masks that follow the make-up of a value instead of counting characters."""

    COUNT = "count"
    EMAIL = "email"
    NAME = "name"
    NETWORK = "network"
    PLACE = "place"
    ROUND = "round"
    YEAR = "year"


class ShapeError(ValueError):
    """Not a shape."""


@dataclass(frozen=True, slots=True)
class Shape:
    """``keep_first`` and ``keep_last`` characters stay, or all but ``hide_last``, or what the style says."""

    keep_first: int = 0
    keep_last: int = 0
    hide_last: int = 0
    style: Style = Style.COUNT


def shape_of(said: Any) -> Shape:
    """Read a shape as the policy writes it: ``{keep: [3, 4]}``, ``{hide_last: 4}`` or ``{style: email}``.

    Raises:
        ShapeError: it is none of these.
    """
    if not isinstance(said, Mapping) or len(said) != 1:
        raise ShapeError(said)
    match dict(said):
        case {"keep": [int(first), int(last)]} if 0 <= first <= 32 and 0 <= last <= 32:
            return Shape(keep_first=first, keep_last=last)
        case {"hide_last": int(count)} if 0 < count <= 64:
            return Shape(hide_last=count)
        case {"style": str(style)} if style in set(Style) - {Style.COUNT}:
            return Shape(style=Style(style))
    raise ShapeError(said)
