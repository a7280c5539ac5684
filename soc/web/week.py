"""The hours of the week as a map: when something is done."""

from collections.abc import Sequence

from soc.text import t
from soc.web.charts import Cell, Chart, chart, go


def hours_of_week(name: str, title: str, counts: Sequence[Sequence[int]], count: str = "%{z:,}") -> Chart:
    """Draw seven weekdays, Monday first, by twenty-four hours.

    Args:
        name: the chart's id on its page.
        title: the question that it answers.
        counts: seven rows of twenty-four.
        count: how plotly writes one of them.
    """
    days = [t(f"posture.day_{number}") for number in range(7)]
    figure = go.Figure(
        go.Heatmap(
            z=[list(row) for row in counts],
            x=[f"{hour:02d}" for hour in range(24)],
            y=days,
            colorscale=[[0, "rgba(128,140,150,0.08)"], [1, "rgb(15,118,110)"]],
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate="%{y} %{x}:00 — " + count + "<extra></extra>",
        )
    )
    figure.update_layout(yaxis={"autorange": "reversed"})
    rows: list[tuple[Cell, ...]] = [(day, *row) for day, row in zip(days, counts, strict=True)]
    head = (t("posture.day"), *(f"#{hour:02d}" for hour in range(24)))
    return chart(name, title, figure, head, rows)
