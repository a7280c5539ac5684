"""The posture's charts: each answers the question that is its title."""

from collections.abc import Sequence
from itertools import pairwise

from flask import url_for

from dashboards.posture.figures import Posture
from dashboards.posture.flows import Flow, Taker
from soc.logstore.lucene import term
from soc.text import t
from soc.tiers.names import shown_name
from soc.web.charts import GREY, LEVEL_COLOURS, SERIES, Cell, Chart, chart, go
from soc.web.tilemap import Tile, tile_map
from soc.web.week import hours_of_week

LEVELS = ("G1", "G2", "G3", "G4", "I", "C")
_COLOUR = {**LEVEL_COLOURS, "I": LEVEL_COLOURS["important"], "C": LEVEL_COLOURS["core"]}
_RISK_NODES = {"outside": "var(--g4)", "inside": "var(--series-1)", "unknown": GREY}


def city_tiles(found: Posture, focus: str) -> Chart:
    """Which city is behind: its score in the tile, its distance from full marks as the ground."""
    tiles = [
        Tile(
            name=shown_name(centre.org).removesuffix("市"),
            x=centre.org.tile_x,
            y=centre.org.tile_y,
            value=None if centre.score.value is None else 100 - centre.score.value,
            text="—" if centre.score.value is None else f"{centre.score.value:.0f}",
            url=url_for("posture.index", org=centre.org.code),
        )
        for centre in found.below
        if centre.org.tile_x is not None and centre.org.tile_y is not None
    ]
    head = (t("posture.city"), t("posture.score"))
    return tile_map("tiles", t("posture.chart_tiles"), tiles, head, note=t("posture.chart_tiles_note"))


def level_bars(found: Posture) -> Chart:
    """Where the graded data is: items by level, of each centre below and the centre itself."""
    centres = sorted((one for one in found.below if one.counts.items), key=lambda one: one.counts.sensitive)[-12:]
    shown = centres or [found.centre]
    figure = go.Figure()
    for level in [level for level in LEVELS if any(one.counts.items.get(level) for one in shown)]:
        figure.add_trace(
            go.Bar(
                y=[shown_name(one.org) for one in shown],
                x=[one.counts.items.get(level, 0) for one in shown],
                name=level,
                orientation="h",
                # a bar alone must not fill the chart
                width=min(0.8, 0.14 * len(shown)),
                marker={"color": _COLOUR[level]},
                customdata=[url_for("ledger.index", level=level) for _ in shown],
                hovertemplate="%{y} " + level + ": %{x}<extra></extra>",
            )
        )
    figure.update_layout(
        barmode="stack", showlegend=True, legend={"orientation": "h", "y": -0.12, "traceorder": "normal"}
    )
    rows: list[tuple[Cell, ...]] = [
        (shown_name(one.org), *(one.counts.items.get(level, 0) for level in LEVELS)) for one in reversed(shown)
    ]
    head = (t("posture.centre"), *(f"#{level}" for level in LEVELS))
    return chart("levels", t("posture.chart_levels"), figure, head, rows)


def taker_bars(found: Sequence[Taker]) -> Chart:
    """Who is taking the grave data: rows by person."""
    shown = list(reversed(found))
    figure = go.Figure(
        go.Bar(
            y=[one.name for one in shown],
            x=[one.rows.low for one in shown],
            orientation="h",
            marker={"color": SERIES[0]},
            text=[" ".join(filter(None, (one.rows.words(), one.rows.how()))) for one in shown],
            # of a bar without length, "auto" shows no words
            textposition=["auto" if one.rows.low else "outside" for one in shown],
            customdata=[
                url_for("logs.index", q=f"{term('actor.user.name', one.name)} OR {term('guanlan.person', one.name)}")
                for one in shown
            ],
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    head = (t("posture.person"), f"#{t('posture.rows')}", t("exposure.basis"), f"#{t('posture.reads')}")
    rows = [(one.name, one.rows.words(), one.rows.how(), one.reads) for one in found]
    return chart("takers", t("posture.chart_takers"), figure, head, rows, note=t("posture.chart_takers_note"))


def flow_sankey(found: Sequence[Flow]) -> Chart:
    """Where the grave data goes: database, application, receiver."""
    names: dict[tuple[int, str], int] = {}
    links: dict[tuple[int, int], int] = {}
    for flow in found:
        nodes = [names.setdefault((step, name), len(names)) for step, name in enumerate(_steps(flow))]
        for pair in pairwise(nodes):
            links[pair] = links.get(pair, 0) + flow.reads
    figure = go.Figure(
        go.Sankey(
            node={
                "label": [_label(step, name) for step, name in names],
                "color": [_RISK_NODES.get(name, SERIES[1]) if step == 2 else SERIES[0] for step, name in names],
                "pad": 12,
                "thickness": 14,
                "line": {"width": 0},
            },
            link={
                "source": [source for source, _ in links],
                "target": [target for _, target in links],
                "value": list(links.values()),
                "color": "rgba(128,140,150,0.28)",
            },
        )
    )
    rows = [(flow.source, flow.application, t(f"posture.side_{flow.receiver}"), flow.reads) for flow in found]
    head = (t("posture.source"), t("posture.application"), t("posture.receiver"), f"#{t('posture.reads')}")
    return chart("flows", t("posture.chart_flows"), figure, head, rows)


def hour_map(table: Sequence[Sequence[int]]) -> Chart:
    """When it is read: weekday by hour."""
    return hours_of_week("hours", t("posture.chart_hours"), table, count="%{z}")


def _steps(flow: Flow) -> tuple[str, str, str]:
    return flow.source, flow.application, flow.receiver


def _label(step: int, name: str) -> str:
    return t(f"posture.side_{name}") if step == 2 else name
