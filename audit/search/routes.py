"""The search page: a query, a period, what happened when, and the events."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from audit.search import period, reading
from audit.search.pivots import Fact, facts
from soc.errors import SocError
from soc.logstore.errors import CursorError, QueryError
from soc.logstore.lucene import parse
from soc.text import t
from soc.web.charts import SERIES, TIMES, Chart, chart, go
from soc.web.context import current_session, current_settings, current_store, viewer
from soc.web.guard import requires
from soc.web.paging import with_args

bp = Blueprint("logs", __name__, url_prefix="/logs", template_folder="templates")
_ROWS = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page's form says."""

    q: str
    period: str
    since: str
    until: str
    cursor: str


@bp.get("/")
@requires("logs.read")
def index() -> ResponseReturnValue:
    """Show the newest events that match; a query that cannot be read stands there with its reason."""
    asked = _asked()
    try:
        looked, problem = _looked(asked), None
    except (QueryError, CursorError) as error:
        looked, problem = None, _said(error)
    shown = {
        "asked": asked,
        "looked": looked,
        "problem": problem,
        "histogram": _chart(looked) if looked and looked.bars else None,
        "periods": [*period.PERIODS, "all"],
        "next_url": with_args(request.args, cursor=looked.page.cursor) if looked and looked.page.cursor else None,
        "first_url": with_args(request.args, cursor=None) if asked.cursor else None,
    }
    return render_template("logs/index.html", **shown), 422 if problem else 200


@bp.get("/<string:uid>")
@requires("logs.read")
def show(uid: str) -> ResponseReturnValue:
    """Show one event with all its fields."""
    event = reading.found(current_store(), current_session(), viewer(), uid)
    told: list[Fact] = facts(event, _asked().q)
    return render_template("logs/show.html", event=event, facts=told)


def _said(error: SocError) -> str:
    params: dict[str, object] = dict(error.params)
    return t(error.key, None, **params)


def _asked() -> Asked:
    read = {name: request.args.get(name, "").strip() for name in ("q", "since", "until", "cursor")}
    return Asked(period=request.args.get("period", period.USUAL), **read)


def _looked(asked: Asked) -> reading.Looked:
    stretch = period.chosen(asked.period, asked.since, asked.until)
    wanted = reading.request_of(current_session(), viewer(), parse(asked.q), stretch)
    return reading.looked(current_store(), reading.paged(wanted, _ROWS, asked.cursor))


def _chart(looked: reading.Looked) -> Chart:
    """Draw how many events there were when; a bar leads to its own stretch of time."""
    zone = current_settings().timezone
    starts = [bar.start.astimezone(zone) for bar in looked.bars]
    counts = [bar.count for bar in looked.bars]
    ends = [*starts[1:], None]
    links = [
        _stretch(start.isoformat(), end.isoformat() if end else "") for start, end in zip(starts, ends, strict=True)
    ]
    figure = go.Figure(go.Bar(x=starts, y=counts, customdata=links, marker={"color": SERIES[0]}))
    figure.update_xaxes(tickformatstops=TIMES)
    figure.update_traces(hovertemplate="%{x|%m-%d %H:%M} · %{y:,}<extra></extra>")
    rows = [(start.strftime("%Y-%m-%d %H:%M"), count) for start, count in zip(starts, counts, strict=True)]
    head = (t("logsearch.column.time"), "#" + t("logsearch.events"))
    return chart("events-by-time", t("logsearch.question"), figure, head, rows)


def _stretch(since: str, until: str) -> str:
    return url_for(".index", q=request.args.get("q"), since=since, until=until or None, period="all")
