"""Domain × level as areas: rectangles as near to squares as they come, the largest first (squarified treemap)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """Where one value stands."""

    key: str
    x: float
    y: float
    width: float
    height: float


def squarified(values: Iterable[tuple[str, float]], x: float, y: float, width: float, height: float) -> list[Box]:
    """Fill a rectangle with one box for each positive value, each as large as its value's share."""
    left = sorted(((key, value) for key, value in values if value > 0), key=lambda one: (-one[1], one[0]))
    total = sum(value for _, value in left)
    boxes: list[Box] = []
    while left:
        row = _row([value for _, value in left], total, width, height)
        share = sum(value for _, value in left[:row]) / total
        boxes += _laid(left[:row], x, y, width, height, share)
        if width >= height:
            x, width = x + width * share, width * (1 - share)
        else:
            y, height = y + height * share, height * (1 - share)
        total -= sum(value for _, value in left[:row])
        left = left[row:]
    return boxes


def _row(values: Sequence[float], total: float, width: float, height: float) -> int:
    """How many of the first values make the row whose worst box is nearest to a square."""
    short, scale = min(width, height), width * height / total
    best, count = float("inf"), 0
    for count in range(1, len(values) + 1):
        areas = [value * scale for value in values[:count]]
        depth = sum(areas) / short if short else 0
        worst = max((max(depth * depth / area, area / (depth * depth)) if depth and area else 1) for area in areas)
        if worst > best:
            return count - 1
        best = worst
    return count


def _laid(
    row: Sequence[tuple[str, float]], x: float, y: float, width: float, height: float, share: float
) -> Iterable[Box]:
    """A row lies along the shorter side."""
    total, upright = sum(value for _, value in row), width >= height
    for key, value in row:
        part = value / total
        if upright:
            yield Box(key, x, y, width * share, height * part)
            y += height * part
        else:
            yield Box(key, x, y, width * part, height * share)
            x += width * part
