"""How many findings an exception keeps back, day by day."""

from collections.abc import Sequence
from datetime import date

from soc.text import t
from soc.web.charts import ACCENT, Chart, chart, go


def days_chart(days: Sequence[tuple[date, int]], question: str) -> Chart:
    """Draw the findings of each day."""
    figure = go.Figure()
    name = t("exceptions.findings")
    figure.add_trace(
        go.Bar(
            x=[day.isoformat()[5:] for day, _ in days],
            y=[count for _, count in days],
            name=name,
            marker={"color": ACCENT},
            hovertemplate="%{x} · " + name + " %{y:,}<extra></extra>",
        )
    )
    figure.update_layout(xaxis={"type": "category"})
    rows = [(day.isoformat(), count) for day, count in reversed(days)]
    return chart("excepted", question, figure, (t("word.time"), f"#{name}"), rows)
