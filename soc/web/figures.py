"""Figures as the documents that plotly.js draws.

The names are those of Plotly's Python library, whose objects check and copy every value again: a
fifth of a second of the posture's page. What is written here is checked against that library by
the tests of the charts instead, once and not at each request.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

Trace = dict[str, Any]


class Figure:
    """Traces and a layout."""

    def __init__(self, data: Trace | Sequence[Trace] = (), layout: Mapping[str, Any] | None = None) -> None:
        """Begin with one trace, several or none."""
        self.data: list[Trace] = [data] if isinstance(data, dict) else list(data)
        self.layout: dict[str, Any] = dict(layout or {})

    def add_trace(self, trace: Trace) -> None:
        """Draw one more."""
        self.data.append(trace)

    def update_layout(self, **said: Any) -> None:
        """Set parts of the layout; what an earlier call said inside them stays."""
        self.layout = _merged(self.layout, said)

    def update_xaxes(self, **said: Any) -> None:
        """Set parts of the axis below."""
        self.update_layout(xaxis=said)

    def update_traces(self, **said: Any) -> None:
        """Set parts of every trace there is."""
        self.data = [_merged(trace, said) for trace in self.data]

    def add_hrect(self, *, y0: float, y1: float, fillcolor: str, line_width: int = 0, layer: str = "below") -> None:
        """Lay a band across the whole width, between two heights."""
        band = {
            "type": "rect", "xref": "x domain", "yref": "y", "x0": 0, "x1": 1, "y0": y0, "y1": y1,
            "fillcolor": fillcolor, "line": {"width": line_width}, "layer": layer,
        }  # fmt: skip
        self.layout = {**self.layout, "shapes": [*self.layout.get("shapes", ()), band]}

    def document(self) -> dict[str, Any]:
        """Return what plotly.js takes."""
        return {"data": self.data, "layout": self.layout}


def _kind(name: str) -> Callable[..., Trace]:
    def made(**said: Any) -> Trace:
        return {"type": name} | {key: value for key, value in said.items() if value is not None}

    return made


Bar, Scatter, Sankey, Heatmap, Treemap = map(_kind, ("bar", "scatter", "sankey", "heatmap", "treemap"))


def written(value: object) -> object:
    """Return an instant or a day as plotly.js reads it; for the encoder's ``default``."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no value of a chart")


def _merged(held: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    inner = {
        key: _merged(held[key], value)
        for key, value in said.items()
        if isinstance(value, Mapping) and isinstance(held.get(key), Mapping)
    }
    return {**held, **said, **inner}
