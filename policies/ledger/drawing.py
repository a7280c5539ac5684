"""A small layered drawing of the lineage around one item: layers by distance, order by neighbours, curves between."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 224, 44, 88, 14, 12
_SWEEPS = 4


@dataclass(frozen=True, slots=True)
class Box:
    """One node where it stands."""

    key: str
    layer: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Curve:
    """One edge: the path of its line, and its place among the edges that were given."""

    path: str
    edge: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes and curves in a field of so many pixels."""

    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    width: int
    height: int


def draw(centre: str, edges: Sequence[tuple[str, str]]) -> Drawing:
    """Lay out the nodes that edges (from, to) lead to from the centre: what it is made of at left, what of it at right."""
    layers = _layers(centre, edges)
    columns: dict[int, list[str]] = {}
    for key, layer in layers.items():
        columns.setdefault(layer, []).append(key)
    _order(columns, edges)
    first, tallest = min(columns), max(len(keys) for keys in columns.values())
    height = 2 * MARGIN + tallest * HEIGHT + (tallest - 1) * GAP_Y
    boxes = [
        Box(key, layer, MARGIN + (layer - first) * (WIDTH + GAP_X), _top(len(keys), height) + row * (HEIGHT + GAP_Y))
        for layer, keys in sorted(columns.items())
        for row, key in enumerate(keys)
    ]
    placed = {box.key: box for box in boxes}
    curves = [
        Curve(_curve(placed[up], placed[down]), number)
        for number, (up, down) in enumerate(edges)
        if up in placed and down in placed and up != down
    ]
    width = 2 * MARGIN + len(columns) * WIDTH + (len(columns) - 1) * GAP_X
    return Drawing(tuple(boxes), tuple(curves), width, height)


def _layers(centre: str, edges: Iterable[tuple[str, str]]) -> dict[str, int]:
    """The distance of each node from the centre: below 0 upwards, above downwards; the nearer way counts."""
    up: dict[str, list[str]] = {}
    down: dict[str, list[str]] = {}
    for one, other in edges:
        down.setdefault(one, []).append(other)
        up.setdefault(other, []).append(one)
    layers = {centre: 0}
    for step, ways in ((-1, up), (1, down)):
        front = [centre]
        while front:
            reached = []
            for key in front:
                for there in ways.get(key, ()):
                    if there not in layers:
                        layers[there] = layers[key] + step
                        reached.append(there)
            front = reached
    return layers


def _order(columns: dict[int, list[str]], edges: Sequence[tuple[str, str]]) -> None:
    """Bring neighbours to the same height: each node to the middle of those beside it, back and forth."""
    beside: dict[str, list[str]] = {}
    for one, other in edges:
        beside.setdefault(one, []).append(other)
        beside.setdefault(other, []).append(one)
    for keys in columns.values():
        keys.sort()
    for sweep in range(_SWEEPS):
        heights = {key: (row - len(keys) / 2) for keys in columns.values() for row, key in enumerate(keys)}
        for layer in sorted(columns, reverse=bool(sweep % 2)):
            columns[layer].sort(key=lambda key: (_middle(beside.get(key, ()), heights, key), key))
            heights |= {key: row - len(columns[layer]) / 2 for row, key in enumerate(columns[layer])}


def _middle(keys: Iterable[str], heights: Mapping[str, float], own: str) -> float:
    found = [heights[key] for key in keys if key in heights]
    return sum(found) / len(found) if found else heights[own]


def _top(count: int, height: int) -> int:
    return (height - count * HEIGHT - (count - 1) * GAP_Y) // 2


def _curve(up: Box, down: Box) -> str:
    """From the right side of one to the left of the other; a way back bows around."""
    x1, y1, x2, y2 = up.x + WIDTH, up.y + HEIGHT // 2, down.x, down.y + HEIGHT // 2
    bend = max(40, abs(x2 - x1) // 2)
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
