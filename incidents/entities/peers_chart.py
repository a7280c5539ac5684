"""The peers side by side, the most first: this one in colour, the others grey behind it, with their median."""

from collections.abc import Sequence

from incidents.entities.peers import Measure, Peer, Peers, Standing
from soc.text import t
from soc.web.charts import ACCENT, GREY, Chart, chart, go
from soc.web.entity_links import page_of
from soc.web.figures import Trace

#: where the most is so many times the median, only a logarithm shows both
_FAR = 100
#: bars that can be told apart
_MOST_BARS = 200


def peers_chart(peers: Peers) -> Chart | None:
    """Draw the first figure that tells them apart; None where nothing is compared or all is nothing."""
    told = next((one for one in peers.standings if one.value or one.median), None)
    return None if told is None else _drawn(peers, told)


def _drawn(peers: Peers, told: Standing) -> Chart:
    measure, word = told.measure, measure_word(told.measure)
    every = sorted(peers.found, key=lambda one: (-(one.value(measure) or 0), not one.own))
    ranked = [*every[:_MOST_BARS], *(one for one in every[_MOST_BARS:] if one.own)]
    values = [one.value(measure) or 0 for one in ranked]
    far = told.median > 0 and max(values) > _FAR * told.median
    figure = go.Figure([_bars(ranked, values, word), _median(len(ranked), told.median)])
    figure.update_layout(
        xaxis={"title": {"text": t("entities.peers.rank"), "font": {"size": 12}}},
        yaxis={"type": "log"} if far else {},
        showlegend=False,
    )
    rows = [(one.entity.name, value) for one, value in zip(ranked, values, strict=True)]
    note = t("entities.peers.chart_note", median=f"{told.median:,.10g}") + (
        t("entities.peers.chart_log") if far else ""
    )
    if len(every) > len(ranked):
        note += t("entities.peers.chart_cut", count=_MOST_BARS)
    head = (t("entities.peers.name"), f"#{word}")
    return chart("entity-peers", t("entities.peers.question", measure=word), figure, head, rows, note=note)


def _bars(ranked: Sequence[Peer], values: Sequence[int], word: str) -> Trace:
    """A bar for each, the most first; one of the others leads to its page."""
    return go.Bar(
        x=list(range(1, len(ranked) + 1)),
        y=values,
        name=word,
        marker={"color": [ACCENT if one.own else GREY for one in ranked]},
        text=[t("entities.peers.this") if one.own else "" for one in ranked],
        textposition="outside",
        cliponaxis=False,
        customdata=[None if one.own else page_of(one.entity) for one in ranked],
        hovertemplate="%{x} · " + word + " %{y:,}<extra></extra>",
    )


def _median(count: int, value: float) -> Trace:
    line = {"color": ACCENT, "width": 1, "dash": "dash"}
    return go.Scatter(x=[0.5, count + 0.5], y=[value, value], mode="lines", line=line, hoverinfo="skip")


def measure_word(measure: Measure) -> str:
    """Return what a figure is called."""
    return t(f"entities.peers.measure.{measure}")
