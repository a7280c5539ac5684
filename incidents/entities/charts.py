"""How many events a day, against what is usual; and at which hours of the week."""

from collections.abc import Sequence
from datetime import timedelta

from flask import url_for

from incidents.entities.days import Days
from incidents.entities.window import Window
from soc.text import t
from soc.web.charts import ACCENT, GREY, Chart, chart, go
from soc.web.week import hours_of_week

_FEW = 6


def days_chart(days: Days, window: Window, query: str, *, drill: bool) -> Chart:
    """Draw the days with the usual span behind them; a bar leads to the day's events where one may see them."""
    links = [_events_of(query, window, place, days) if drill else None for place in range(len(days.counts))]
    name = t("entities.events")
    figure = go.Figure(
        go.Bar(
            x=[day.isoformat()[5:] for day, _ in days.counts],
            y=[count for _, count in days.counts],
            name=name,
            marker={"color": [ACCENT if day == days.looked_at else GREY for day, _ in days.counts]},
            customdata=links,
            hovertemplate="%{x} · " + name + " %{y:,}<extra></extra>",
        )
    )
    if days.usual is not None:
        low, high = days.usual
        figure.add_hrect(y0=low, y1=max(high, low + 1), fillcolor="rgba(128,140,150,0.22)", line_width=0, layer="below")
    few = max((count for _, count in days.counts), default=0) <= _FEW
    figure.update_layout(xaxis={"type": "category", "nticks": 12}, yaxis={"dtick": 1} if few else {})
    rows = [(day.isoformat(), count) for day, count in reversed(days.counts)]
    return chart(
        "entity-days", t("entities.days_question"), figure, (t("word.time"), f"#{name}"), rows, note=_note(days)
    )


def hours_chart(hours: Sequence[Sequence[int]]) -> Chart:
    """Draw the hours of the week."""
    return hours_of_week("entity-hours", t("entities.hours_question"), hours)


def _note(days: Days) -> str:
    day = days.looked_at.isoformat()[5:]
    if days.usual is None:
        return t("entities.days_unknown", day=day, count=f"{days.count:,}")
    low, high = (f"{one:,}" for one in days.usual)
    return t("entities.days_note", day=day, count=f"{days.count:,}", low=low, high=high)


def _events_of(query: str, window: Window, place: int, days: Days) -> str:
    day = days.counts[place][0]
    since, until = window.begins(day), window.begins(day + timedelta(days=1))
    return url_for("logs.index", q=query, since=since.isoformat(), until=until.isoformat(), period="all")
