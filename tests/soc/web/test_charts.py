"""Charts: nothing in a label leaves its script element, nothing is fetched."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc.web.charts import chart, go, safe_json
from soc.web.tilemap import Tile, step_of, tile_map

PAIR = (Tile("广州", 3, 2, 4.2, "4.2", "/posture/?org=440100"), Tile("深圳", 4, 3, None, "–"))


def test_a_chart_carries_its_table() -> None:
    made = chart("c", "Who?", go.Figure(go.Bar(x=[1], y=["a"])), ("who", "#n"), [("a", 1)])
    assert made.rows == (("a", 1),)
    assert json.loads(made.json)["data"][0]["type"] == "bar"


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
