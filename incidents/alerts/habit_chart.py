"""How much an entity reads a day, against its own habit."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import url_for

from incidents.alerts.habits import Habit, HabitDay
from soc.text import t
from soc.web.charts import GREY, LEVEL_COLOURS, Chart, chart, go
from soc.web.figures import Trace


def habit_chart(habit: Habit, account: str, zone: ZoneInfo, *, drill: bool) -> Chart:
    """Draw rows a day with the usual span behind them; a bar leads to the day's events where one may see them."""
    days = [one.day.isoformat()[5:] for one in habit.days]
    links = [_events_of(one, account, zone) if drill else None for one in habit.days]
    figure = go.Figure()
    for name, values, colour in (
        (t("alerts.habit_other"), [one.other for one in habit.days], GREY),
        (t("alerts.habit_grave"), [one.grave for one in habit.days], LEVEL_COLOURS["G4"]),
    ):
        hover = "%{x} · " + name + " %{y:,}<extra></extra>"
        figure.add_trace(
            go.Bar(x=days, y=values, name=name, marker={"color": colour}, customdata=links, hovertemplate=hover)
        )
    if any(one.beyond or one.rows.high is None for one in habit.days):
        figure.add_trace(_uncounted(habit, days, links))
    if habit.usual is not None:
        low, high = habit.usual
        figure.add_hrect(y0=low, y1=max(high, low + 1), fillcolor="rgba(128,140,150,0.22)", line_width=0, layer="below")
    figure.update_layout(
        barmode="stack", showlegend=True, legend={"orientation": "h", "y": -0.2}, xaxis={"type": "category"}
    )
    note = t("alerts.habit_unknown")
    if habit.usual is not None:
        note = t("alerts.habit_note", low=f"{habit.usual[0]:,}", high=f"{habit.usual[1]:,}")
    told = t("alerts.column.rows")
    head = (
        t("word.time"),
        f"#{told}",
        t("exposure.basis"),
        f"#{t('alerts.habit_grave')}",
        f"#{t('alerts.habit_other')}",
    )
    rows = [
        (one.day.isoformat(), one.rows.words(), one.rows.how(), one.grave, one.other) for one in reversed(habit.days)
    ]
    return chart("habit", t("alerts.habit_question"), figure, head, rows, note=note)


def _uncounted(habit: Habit, days: Sequence[str], links: Sequence[str | None]) -> Trace:
    """What a day may hold beyond what is likely, hatched; a question mark where nothing bounds it."""
    name = t("alerts.habit_uncounted")
    return go.Bar(
        x=days,
        y=[one.beyond for one in habit.days],
        name=name,
        marker={"color": GREY, "opacity": 0.45, "pattern": {"shape": "/"}},
        text=["?" if one.rows.high is None else "" for one in habit.days],
        textposition="outside",
        customdata=links,
        hovertemplate="%{x} · " + name + " %{y:,}<extra></extra>",
    )


def _events_of(one: HabitDay, account: str, zone: ZoneInfo) -> str:
    since = datetime.combine(one.day, time(), zone)
    name = account.replace("\\", "\\\\").replace('"', '\\"')
    return url_for(
        "logs.index",
        q=f'actor.user.name:"{name}"',
        since=since.isoformat(),
        until=(since + timedelta(days=1)).isoformat(),
        period="all",
    )
