"""The charts of a page, checked against Plotly's own schema: the product writes them by hand."""

import json
import re
from typing import Any

_DOCUMENT = re.compile(r"data-chart .*?<template data-figure>(.*?)</template>", re.DOTALL)


def charts_of(page: str) -> list[dict[str, Any]]:
    """Return the documents of the charts on a page."""
    return [json.loads(found) for found in _DOCUMENT.findall(page)]


def check_chart(document: dict[str, Any]) -> None:
    """Refuse a chart that Plotly does not know how to draw.

    Raises:
        ValueError: a property that no trace or layout has, or a value that it does not take.
    """
    from plotly import graph_objects

    graph_objects.Figure(document)
