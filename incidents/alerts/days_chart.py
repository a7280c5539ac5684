"""How many of something there were, day by day."""

from collections.abc import Sequence
from datetime import date

from soc.text import t
from soc.web.charts import ACCENT, Chart, chart, go

#: up to so many, each has its own line: there is no half of one
_FEW = 6


def days_chart(days: Sequence[tuple[date, int]], question: str, name: str) -> Chart:
    """Draw how many there were on each day; ``name`` is what is counted."""
    figure = go.Figure()
    figure.add_trace(
        go.Bar(
            x=[day.isoformat()[5:] for day, _ in days],
            y=[count for _, count in days],
            name=name,
            marker={"color": ACCENT},
            hovertemplate="%{x} · " + name + " %{y:,}<extra></extra>",
        )
    )
    few = max((count for _, count in days), default=0) <= _FEW
    figure.update_layout(xaxis={"type": "category"}, yaxis={"dtick": 1} if few else {})
    rows = [(day.isoformat(), count) for day, count in reversed(days)]
    return chart("days", question, figure, (t("word.time"), f"#{name}"), rows)
