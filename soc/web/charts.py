"""Charts: one house template, figures as JSON for the browser, a table and a download with each.

Nothing is fetched: maps are drawn as filled polygons, never as ``geo`` traces. Colours are
written ``var(--token)`` and become the theme's in the browser.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from soc.web import figures as go

ACCENT, GREY, INK, SOFT, LINE = "var(--series-1)", "var(--series-grey)", "var(--ink)", "var(--ink-3)", "var(--line)"
SERIES = tuple(f"var(--series-{n})" for n in range(1, 6))
LEVEL_COLOURS: Mapping[str, str] = {
    "G1": "var(--g1-fill)",
    "G2": "var(--g2-fill)",
    "G3": "var(--g3-fill)",
    "G4": "var(--g4-fill)",
    "important": "var(--important-fill)",
    "core": "var(--core-fill)",
    "none": "var(--series-grey)",
}
#: days and times in figures: the library's own names of months are English
TIMES = (
    {"dtickrange": [None, 86_399_999], "value": "%m-%d %H:%M"},
    {"dtickrange": [86_400_000, None], "value": "%m-%d"},
)
__all__ = ["ACCENT", "GREY", "LEVEL_COLOURS", "SERIES", "TIMES", "Cell", "Chart", "chart", "go", "safe_json"]

#: the sheet's own families, for measuring
_FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif'
_SCRIPT_ENDS = re.compile(r"[<>&\u2028\u2029]")
Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure ready for the macro ``chart``: its question, its JSON, the numbers behind it."""

    id: str
    #: the question it answers
    title: str
    json: str
    #: a leading "#" marks a column of numbers
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


def chart(
    chart_id: str, title: str, figure: go.Figure, head: Sequence[str], rows: Sequence[Sequence[Cell]], *, note: str = ""
) -> Chart:
    """Put a figure into the house template and return it with its table.

    ``customdata`` of a point, where it is a path of ours ("/alerts?…"), is where a click leads.
    """
    layout = {**figure.layout, **_house(figure.layout), "template": {}}
    document = figure.document() | {"layout": layout}
    return Chart(chart_id, title, _safe(document), tuple(head), tuple(tuple(row) for row in rows), note)


def safe_json(figure: go.Figure) -> str:
    """Return the figure as JSON that may stand inside an element of the page, whatever its labels say."""
    return _safe(figure.document())


def _safe(document: Mapping[str, Any]) -> str:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=go.written)
    return _SCRIPT_ENDS.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _house(layout: Mapping[str, Any]) -> dict[str, Any]:
    """Return the layout every chart has; what the figure sets itself stays."""
    axis = {
        "gridcolor": LINE,
        "linecolor": "var(--line-strong)",
        "zerolinecolor": "var(--line-strong)",
        "tickfont": {"color": SOFT, "size": 11},
        "title": {"font": {"color": SOFT, "size": 11}},
        "automargin": True,
    }
    return {
        "font": {"family": _FONT, "size": 12, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8, "pad": 2} | layout.get("margin", {}),
        "xaxis": axis | layout.get("xaxis", {}),
        "yaxis": axis | layout.get("yaxis", {}),
        "showlegend": bool(layout.get("showlegend")),
        "hoverlabel": {
            "bgcolor": "var(--raised)",
            "bordercolor": "var(--line-strong)",
            "font": {"color": INK, "size": 12, "family": _FONT},
            "align": "left",
        },
        "dragmode": False,
        "colorway": list(SERIES),
        "treemapcolorway": list(SERIES),
        "colorscale": {"sequential": [[0, "var(--tile-0)"], [1, ACCENT]]},
    }
