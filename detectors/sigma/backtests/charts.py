"""What a rule would have raised, day by day."""

from detectors.sigma.backtests.result import History
from soc.text import t
from soc.web.charts import SERIES, Chart, chart, go

#: up to so many alerts a day, each has its own line: there is no half of one
_FEW = 6


def by_day(history: History) -> Chart | None:
    """Draw alerts by day, quiet days among them, with the hits in the table; None where nothing was hit."""
    if not history.hits:
        return None
    rows = [(one.day, one.hits, one.alerts) for one in history.days]
    name = t("own_rules.try.alerts")
    figure = go.Figure()
    figure.add_trace(
        go.Bar(
            x=[day[5:] for day, _, _ in rows],
            y=[alerts for _, _, alerts in rows],
            name=name,
            marker={"color": SERIES[0]},
            hovertemplate="%{x} · " + name + " %{y:,}<extra></extra>",
        )
    )
    few = max(alerts for _, _, alerts in rows) <= _FEW
    figure.update_layout(xaxis={"type": "category"}, yaxis={"dtick": 1} if few else {})
    head = (t("own_rules.try.day"), f"#{t('own_rules.try.hits')}", f"#{name}")
    return chart("alerts-by-day", t("backtests.per_day"), figure, head, rows)
