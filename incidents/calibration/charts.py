"""What points are worth, and how far what was said came true, drawn."""

from collections.abc import Mapping

from detectors.calibration.curve import SCORES, WHOLE
from incidents.calibration.book import Book, HeldOut
from soc.text import t
from soc.web.charts import GREY, SERIES, Cell, Chart, chart, go
from soc.web.figures import Trace

#: points by which what was decided is gathered for looking at
_STEP = 10


def curve_chart(book: Book, names: Mapping[str, str], *, counts: bool) -> Chart:
    """Chance by points, a line a detector; what proved true among the decided ones as marks, where ``counts`` are shown."""
    figure = go.Figure()
    rows: list[tuple[Cell, ...]] = []
    for place, (kind, curve) in enumerate(sorted(book.curves.items())):
        colour, name = SERIES[place % len(SERIES)], names.get(kind, kind)
        percents = [100 * one / WHOLE for one in curve.chance]
        hover = name + " · %{x} → %{y:.0f}%<extra></extra>"
        figure.add_trace(
            go.Scatter(
                x=list(range(SCORES)), y=percents, name=name, mode="lines", line={"color": colour}, hovertemplate=hover
            )
        )
        if counts:
            figure.add_trace(_decided(book, kind, name, colour))
        for first in range(0, SCORES - 1, _STEP):
            judged, real = _between(book, kind, first)
            middle = first + _STEP // 2
            spans = [round(100 * getattr(curve, row)[middle] / WHOLE) for row in ("chance", "low", "high")]
            rows.append((name, f"{first}-{first + _STEP - 1}", *spans, *((judged, real) if counts else ())))
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": -0.2},
        xaxis={"range": [0, 101]},
        yaxis={"ticksuffix": "%", "range": [-2, 105]},
    )
    note = "calibration.curve_note" if counts else "calibration.curve_note_above"
    head = (t("calibration.detector"), t("alerts.points"), f"#{t('calibration.chance')} %", "#≥ %", "#≤ %")
    more = (f"#{t('calibration.judged')}", f"#{t('calibration.real')}") if counts else ()
    return chart("curves", t("calibration.curve_question"), figure, (*head, *more), rows, note=t(note))


def _decided(book: Book, kind: str, name: str, colour: str) -> Trace:
    """The share that proved true of each ten points, larger where more were decided."""
    found = [(first, *_between(book, kind, first)) for first in range(0, SCORES - 1, _STEP)]
    seen = [(first + _STEP / 2 - 0.5, judged, real) for first, judged, real in found if judged]
    hover = name + " · " + t("calibration.of_judged", judged="%{customdata}") + " %{y:.0f}%<extra></extra>"
    return go.Scatter(
        x=[one[0] for one in seen],
        y=[100 * real / judged for _, judged, real in seen],
        customdata=[str(one[1]) for one in seen],
        mode="markers",
        marker={"color": colour, "opacity": 0.6, "size": [min(22, 5 + judged**0.5 * 2) for _, judged, _ in seen]},
        showlegend=False,
        hovertemplate=hover,
    )


def _between(book: Book, kind: str, first: int) -> tuple[int, int]:
    held = book.judged[kind]
    # 100 points belong to the highest ten
    here = slice(first, first + _STEP + (first + _STEP == SCORES - 1))
    return int(held.judged[here].sum()), int(held.real[here].sum())


def reliability_chart(held: HeldOut) -> Chart:
    """What was said of later alerts against what proved true of them; on the line both are the same."""
    seen = [(100 * said, 100 * real / judged, int(judged), int(real)) for judged, real, said in held.bands if judged]
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(
            x=[0, 100],
            y=[0, 100],
            mode="lines",
            line={"color": GREY, "dash": "dot"},
            name=t("calibration.as_said"),
            hoverinfo="skip",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[one[0] for one in seen],
            y=[one[1] for one in seen],
            mode="lines+markers",
            name=t("calibration.came_true"),
            line={"color": SERIES[0]},
            marker={"color": SERIES[0], "size": [min(26, 7 + one[2] ** 0.5 * 2) for one in seen]},
            customdata=[f"{real}/{judged}" for _, _, judged, real in seen],
            hovertemplate="%{x:.0f}% → %{y:.0f}% · %{customdata}<extra></extra>",
        )
    )
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": -0.2},
        xaxis={"ticksuffix": "%", "range": [0, 105]},
        yaxis={"ticksuffix": "%", "range": [-2, 106]},
    )
    head = tuple(f"#{t(f'calibration.{name}')}" for name in ("said", "came_true", "judged", "real"))
    rows = [(round(said), round(true), judged, real) for said, true, judged, real in seen]
    return chart(
        "reliability", t("calibration.reliability_question"), figure, head, rows, note=t("calibration.reliability_note")
    )
