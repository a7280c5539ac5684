"""The tile map of the province's cities: one square a city, coloured by rate, never by count.

Polygons drawn as ``Scatter(fill="toself")``: a ``geo`` trace would fetch its topology from the net.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from soc.web.charts import Cell, Chart, chart, go

_GAP = 0.06
_WIDTH = 7
#: two syllables of pinyin: the second begins with a consonant
_SYLLABLES = re.compile(r"([A-Z][a-z]*?[aeiou]+(?:ng|n)?)((?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])[aeiou][a-z]*)")
#: grounds from quiet to grave; the figure in the tile says the same, so colour is not alone
STEPS = ("var(--tile-0)", "var(--tile-1)", "var(--tile-2)", "var(--tile-3)", "var(--tile-4)")
_UNKNOWN = "var(--sunken)"


@dataclass(frozen=True, slots=True)
class Tile:
    """One city: its cell, its figure and where a click leads."""

    name: str
    x: int
    y: int
    #: None where there is no figure
    value: float | None
    #: the figure as it is written in the tile
    text: str
    url: str = ""


def tile_map(map_id: str, title: str, tiles: Sequence[Tile], head: tuple[str, str], *, note: str = "") -> Chart:
    """Return the map; ``head`` names the table's columns: the city and the figure."""
    figure = go.Figure()
    most = max((tile.value for tile in tiles if tile.value is not None), default=0.0)
    for tile in tiles:
        figure.add_trace(_square(tile, most))
    figure.add_trace(_labels(tiles))
    figure.update_layout(
        xaxis={"visible": False, "fixedrange": True},
        # where the page is narrow, what the tiles leave of the height is below them
        yaxis={
            "visible": False, "fixedrange": True, "autorange": "reversed", "scaleanchor": "x",
            "constrain": "domain", "constraintoward": "top",
        },
        margin={"l": 0, "r": 0, "t": 4, "b": 0},
    )  # fmt: skip
    ordered = sorted(tiles, key=lambda tile: -(tile.value if tile.value is not None else -1.0))
    rows: list[tuple[Cell, ...]] = [(tile.name, tile.text) for tile in ordered]
    return chart(map_id, title, figure, (head[0], f"#{head[1]}"), rows, note=note)


def step_of(value: float | None, most: float) -> str:
    """Return the ground of a tile: fifths of the greatest value, and one of its own for no figure."""
    if value is None:
        return _UNKNOWN
    share = value / most if most > 0 else 0.0
    return STEPS[min(len(STEPS) - 1, int(share * len(STEPS)))]


def _square(tile: Tile, most: float) -> go.Trace:
    left, right, top, bottom = tile.x + _GAP, tile.x + 1 - _GAP, tile.y + _GAP, tile.y + 1 - _GAP
    return go.Scatter(
        x=[left, right, right, left, left],
        y=[top, top, bottom, bottom, top],
        mode="lines",
        fill="toself",
        fillcolor=step_of(tile.value, most),
        line={"color": "var(--line-strong)", "width": 1},
        hoverinfo="skip",
    )


def wrapped(name: str) -> str:
    """Break a long name in Latin letters between its syllables: a tile is as wide as seven of them."""
    found = _SYLLABLES.fullmatch(name) if len(name) > _WIDTH else None
    return f"{found[1]}-<br>{found[2]}" if found else name


def _labels(tiles: Sequence[Tile]) -> go.Trace:
    """Return the words of all tiles: one trace, which also takes the clicks."""
    return go.Scatter(
        x=[tile.x + 0.5 for tile in tiles],
        y=[tile.y + 0.5 for tile in tiles],
        mode="markers+text",
        marker={"size": 44, "symbol": "square", "color": "rgba(0,0,0,0)"},
        text=[f"{wrapped(tile.name)}<br><b>{tile.text}</b>" for tile in tiles],
        textfont={"size": 10 if any(tile.name.isascii() for tile in tiles) else 11, "color": "var(--ink)"},
        hovertext=[f"{tile.name}<br><b>{tile.text}</b>" for tile in tiles],
        customdata=[tile.url for tile in tiles],
        hovertemplate="%{hovertext}<extra></extra>",
    )
