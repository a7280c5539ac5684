"""Charts in the browser: drawn under the strict policy, in the theme's colours, with a click that drills."""

import json

import pytest
from flask import render_template_string

from soc.web.charts import chart, go
from soc.web.guard import public
from soc.web.tilemap import Tile, tile_map
from tests.e2e.conftest import Site, Visit, keep_screenshot

PAGE = """{% extends "document.html" %}{% from "macros/chart.html" import chart, chart_scripts, spark %}
{% block scripts %}{{ chart_scripts() }}{% endblock %}
{% block body %}<main class="work">{% for one in charts %}{{ chart(one) }}{% endfor %}{{ spark([1, 5, 2], 1, 3, 'x') }}</main>{% endblock %}"""


@pytest.fixture
def gallery(site: Site) -> str:
    """A page with a chart of every kind that the product draws."""

    def page() -> str:
        x = list(range(30))
        line = go.Figure([go.Scatter(x=x, y=x, mode="lines+markers", name="a"), go.Bar(x=x, y=x)])
        flow = go.Figure(go.Sankey(node={"label": ["a", "b"]}, link={"source": [0], "target": [1], "value": [3]}))
        tree = go.Figure(go.Treemap(labels=["all", "x", "y"], parents=["", "all", "all"], values=[3, 1, 2]))
        heat = go.Figure(go.Heatmap(z=[[1, 2], [3, 4]], showscale=False))
        charts = [
            chart(f"c{n}", "Who?", figure, ("x", "#y"), [("</script><b>", 1)])
            for n, figure in enumerate((line, flow, tree, heat))
        ]
        tile = Tile("广州", 0, 0, 4.2, "4.2", "/login?from=map")
        return render_template_string(PAGE, charts=[*charts, tile_map("map", "Where?", [tile], ("city", "rate"))])

    app = site.app
    if "gallery" not in app.view_functions:
        app._got_first_request = False
        app.add_url_rule("/gallery", "gallery", public(page))
    return "/gallery"


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_charts_are_drawn_without_breaking_the_policy(visit: Visit, gallery: str, theme: str) -> None:
    window = visit(theme=theme)
    window.page.goto(gallery)
    window.page.locator("#map .main-svg").first.wait_for()
    window.page.wait_for_load_state("networkidle")
    keep_screenshot(window.page, f"gallery-{theme}", full=True)
    assert window.page.locator(".chart .main-svg").count() >= 5
    assert not window.complaints, json.dumps(window.complaints[:3])


@pytest.mark.browser
def test_a_click_on_a_tile_leads_to_its_rows(visit: Visit, gallery: str) -> None:
    window = visit()
    window.page.goto(gallery)
    window.page.locator("#map .main-svg").first.wait_for()
    window.page.locator("#map .plot").scroll_into_view_if_needed()
    box = window.page.locator("#map .plot").bounding_box()
    assert box is not None
    window.page.mouse.move(box["x"] + box["width"] / 2 - 4, box["y"] + box["height"] / 2)
    window.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    window.page.locator("#map .hoverlayer .hovertext").wait_for()
    window.page.mouse.down()
    window.page.mouse.up()
    window.page.wait_for_url("**/login?from=map")


@pytest.mark.browser
def test_charts_in_a_part_that_comes_later_are_drawn(visit: Visit) -> None:
    window = visit("leader")
    window.page.goto("/posture/")
    window.page.locator("#posture-reads .main-svg").first.wait_for()
    assert not window.complaints, json.dumps(window.complaints[:3])
