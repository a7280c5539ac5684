"""Charts: nothing in a label leaves its script element, nothing is fetched."""

import json
import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc.web.charts import chart, go, safe_json
from soc.web.tilemap import Tile, step_of, tile_map
from tests.drawn import charts_of, check_chart

PAIR = (Tile("广州", 3, 2, 4.2, "4.2", "/posture/?org=440100"), Tile("深圳", 4, 3, None, "–"))


def test_a_chart_carries_its_table() -> None:
    made = chart("c", "Who?", go.Figure(go.Bar(x=[1], y=["a"])), ("who", "#n"), [("a", 1)])
    assert made.rows == (("a", 1),)
    assert json.loads(made.json)["data"][0]["type"] == "bar"


def test_a_chart_is_what_plotly_draws() -> None:
    check_chart(json.loads(tile_map("m", "Where?", PAIR, ("city", "rate")).json))


@pytest.mark.parametrize("figure", [go.Figure(go.Bar(colour="red")), go.Figure(layout={"leged": {}})])
def test_a_property_that_nothing_has_is_found(figure: go.Figure) -> None:
    with pytest.raises(ValueError, match="Invalid property"):
        check_chart(figure.document())


def test_the_charts_of_a_page_are_found_in_it() -> None:
    page = '<div class="plot" data-chart role="img"></div>\n<template data-figure>{"data":[]}</template>'
    assert charts_of(page) == [{"data": []}]


def test_parts_of_a_layout_are_set_one_after_the_other() -> None:
    figure = go.Figure(layout={"margin": {"l": 1, "r": 2}, "width": 3})
    figure.update_layout(margin={"r": 4}, height=5)
    assert figure.document()["layout"] == {"margin": {"l": 1, "r": 4}, "width": 3, "height": 5}


def test_a_band_lies_across_the_whole_width() -> None:
    figure = go.Figure([go.Bar(x=["a"], y=[1]), go.Bar(x=["a"], y=[2])])
    figure.add_hrect(y0=1, y1=2, fillcolor="red")
    figure.add_hrect(y0=3, y1=4, fillcolor="red")
    figure.update_xaxes(type="category")
    figure.update_traces(marker={"color": "red"})
    check_chart(figure.document())
    assert [(band["y0"], band["y1"]) for band in figure.layout["shapes"]] == [(1, 2), (3, 4)]
    assert [trace["marker"] for trace in figure.data] == [{"color": "red"}] * 2


def test_instants_are_written_as_the_browser_reads_them() -> None:
    day = datetime(2026, 11, 22, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
    made = chart("c", "When?", go.Figure(go.Scatter(x=[day], y=[None], text=None)), (), [])
    assert json.loads(made.json)["data"] == [{"type": "scatter", "x": ["2026-11-22T08:00:00+08:00"], "y": [None]}]


@given(st.text())
def test_no_label_ends_the_script_element(label: str) -> None:
    text = safe_json(go.Figure(go.Bar(x=[1], y=[label + "</script><!--"])))
    assert not re.search(r"[<>&]", text)
    assert json.loads(text)["data"][0]["y"] == [label + "</script><!--"]


def test_the_map_is_polygons_and_fetches_no_topology() -> None:
    made = json.loads(tile_map("m", "Where?", PAIR, ("city", "rate")).json)
    assert {trace["type"] for trace in made["data"]} == {"scatter"}
    assert [trace.get("fill") for trace in made["data"]] == ["toself", "toself", None]
    assert "geo" not in made["layout"]


def test_a_tile_leads_to_its_city() -> None:
    made = json.loads(tile_map("m", "Where?", PAIR, ("city", "rate")).json)
    assert made["data"][-1]["customdata"] == ["/posture/?org=440100", ""]


def test_a_city_without_a_figure_is_not_the_best_one() -> None:
    assert step_of(None, 4.2) != step_of(0.0, 4.2)
    assert step_of(4.2, 4.2) == "var(--tile-4)"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("广州", "广州"), ("Foshan", "Foshan"), ("Guangzhou", "Guang-<br>zhou"), ("Jiangmen", "Jiang-<br>men")],
)
def test_a_long_name_is_broken_between_its_syllables_and_whole_on_hover(name: str, shown: str) -> None:
    made = json.loads(tile_map("m", "?", [Tile(name, 0, 0, 1.0, "1")], ("city", "rate")).json)
    labels = made["data"][-1]
    assert labels["text"] == [f"{shown}<br><b>1</b>"]
    assert labels["hovertext"] == [f"{name}<br><b>1</b>"]
