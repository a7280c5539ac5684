"""What moved, since when, and how a figure is spread now, drawn."""

from collections.abc import Sequence

from detectors.drift.models import BehaviourDrift
from soc.text import t
from soc.web.charts import ACCENT, GREY, INK, SERIES, Chart, chart, go

#: of an organisation whose figures hardly differ the axis still has room for the bounds
_LEAST_REACH = 0.3


def name_of(figure: str) -> str:
    """What a figure is called."""
    return t(f"drift.figure.{figure}")


def moves_chart(rows: Sequence[BehaviourDrift]) -> Chart:
    """How far each figure moved, the furthest at the top, beside its bound."""
    ordered = list(reversed(rows))
    names = [name_of(one.figure) for one in ordered]
    figure = go.Figure()
    figure.add_trace(
        go.Bar(
            x=[one.moved for one in ordered],
            y=names,
            orientation="h",
            name=t("drift.psi"),
            marker={"color": [SERIES[1] if one.beyond else ACCENT for one in ordered]},
            hovertemplate="%{y} · %{x:.3f}<extra></extra>",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[one.noise for one in ordered],
            y=names,
            mode="markers",
            name=t("drift.bound"),
            marker={"symbol": "line-ns-open", "size": 14, "color": INK, "line": {"width": 2}},
            hovertemplate="%{y} · " + t("drift.bound") + " %{x:.3f}<extra></extra>",
        )
    )
    reach = max(_LEAST_REACH, *(1.1 * max(one.moved, one.noise) for one in ordered))
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": -0.15},
        xaxis={"range": [0, reach]},
        yaxis={"automargin": True},
    )
    head = (t("drift.figure_head"), f"#{t('drift.psi')}", f"#{t('drift.bound')}")
    told = [(name_of(one.figure), round(one.moved, 3), round(one.noise, 3)) for one in rows]
    return chart("moves", t("drift.how_far"), figure, head, told, note=t("drift.how_far_note"))


def shape_chart(row: BehaviourDrift) -> Chart:
    """How the person-days of the two spans are spread over the bands of one figure."""
    labels = _labels(row.bands["edges"])
    shares = {name: _percents(row.bands[name]) for name in ("before", "after")}
    figure = go.Figure()
    for name, colour in (("before", GREY), ("after", ACCENT)):
        words = t(f"drift.{name}")
        hover = "%{x} · " + words + " %{y:.1f}%<extra></extra>"
        figure.add_trace(go.Bar(x=labels, y=shares[name], name=words, marker={"color": colour}, hovertemplate=hover))
    figure.update_layout(
        barmode="group",
        showlegend=True,
        legend={"orientation": "h", "y": 1, "yanchor": "bottom"},
        xaxis={"type": "category"},
        yaxis={"ticksuffix": "%"},
    )
    head = (t("drift.band"), f"#{t('drift.before')} %", f"#{t('drift.after')} %")
    told = list(zip(labels, shares["before"], shares["after"], strict=True))
    question = t("drift.shape", figure=name_of(row.figure))
    return chart("shape", question, figure, head, told, note=t("drift.share"))


def since_chart(name: str, rows: Sequence[BehaviourDrift]) -> Chart:
    """One figure's move and bound, look by look."""
    days = [one.day.isoformat() for one in rows]
    figure = go.Figure()
    for key, values, colour, dash in (
        ("psi", [one.moved for one in rows], ACCENT, "solid"),
        ("bound", [one.noise for one in rows], GREY, "dot"),
    ):
        words = t(f"drift.{key}")
        figure.add_trace(
            go.Scatter(
                x=[day[5:] for day in days],
                y=values,
                name=words,
                mode="lines+markers",
                line={"color": colour, "dash": dash},
                hovertemplate="%{x} · " + words + " %{y:.3f}<extra></extra>",
            )
        )
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": -0.2},
        xaxis={"type": "category"},
        yaxis={"rangemode": "tozero"},
    )
    head = (t("word.time"), f"#{t('drift.psi')}", f"#{t('drift.bound')}")
    told = [(day, round(one.moved, 3), round(one.noise, 3)) for day, one in zip(days, rows, strict=True)]
    return chart("since", t("drift.over_time", figure=name_of(name)), figure, head, told[::-1])


def _labels(edges: Sequence[float]) -> list[str]:
    """A band by the bound above it, and the last by the one below: two bounds each would not fit beside each other."""
    said = [f"{edge:,.4g}" if edge < 10_000 else f"{edge:,.0f}" for edge in edges]
    return [*(f"≤ {edge}" for edge in said), f"> {said[-1]}"]


def _percents(counts: Sequence[int]) -> list[float]:
    total = sum(counts) or 1
    return [round(100 * one / total, 1) for one in counts]
