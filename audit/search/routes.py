"""The search page: a query, a period, what happened when, and the events."""

from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from audit.search import period, reading
from audit.search.around import around as around_of
from audit.search.around import choices, read_by
from audit.search.complete import suggested
from audit.search.facets import facets_of
from audit.search.labels import field_word, value_words
from audit.search.pivots import Fact, facts
from audit.search.places import place_in
from audit.search.rules_hit import rules_hit
from audit.search.syntax import HELP
from soc.clock import now
from soc.errors import SocError
from soc.logstore.errors import CursorError, QueryError
from soc.logstore.lucene import parse
from soc.logstore.port import SearchRequest
from soc.text import t
from soc.web.charts import SERIES, TIMES, Chart, chart, go
from soc.web.context import current_actor, current_session, current_settings, current_store, viewer
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

    @property
    def kept(self) -> dict[str, str]:
        """What a link of the page repeats: the question without the place in its list."""
        said = {"q": self.q, "period": self.period, "since": self.since, "until": self.until}
        return {name: value for name, value in said.items() if value}

    def kept_with(self, q: str) -> dict[str, str]:
        """Repeat all but the query."""
        return self.kept | {"q": q}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a query; ``at`` is the character, from 0, and ``parts`` the query before it, there and behind it."""

    said: str
    at: int | None = None
    parts: tuple[str, str, str] = ("", "", "")


@bp.get("/")
@requires("logs.read")
def index() -> ResponseReturnValue:
    """Show the newest events that match; a query that cannot be read stands there with its reason."""
    asked = _asked()
    try:
        looked, problem = _looked(asked), None
    except (QueryError, CursorError) as error:
        looked, problem = None, _problem(error, asked.q)
    shown = {
        "asked": asked,
        "looked": looked,
        "problem": problem,
        "rules": rules_hit(current_session(), looked.page.events) if looked else {},
        "histogram": _chart(looked) if looked and looked.bars else None,
        "help": [(name, example, _linked(asked, example)) for name, example in HELP],
        "periods": [*period.PERIODS, "all"],
        "next_url": with_args(request.args, cursor=looked.page.cursor) if looked and looked.page.cursor else None,
        "first_url": with_args(request.args, cursor=None) if asked.cursor else None,
    }
    return render_template("logs/index.html", **shown), 422 if problem else 200


@bp.get("/<string:uid>")
@requires("logs.read")
def show(uid: str) -> ResponseReturnValue:
    """Show one event with all its fields."""
    session = current_session()
    event = reading.found(current_store(), session, viewer(), uid)
    told: list[Fact] = facts(event, _asked().q)
    shown = {"event": event, "facts": told, "choices": choices(event), "rules": rules_hit(session, [event])}
    return render_template("logs/show.html", **shown, may=current_actor().may)


@bp.get("/<string:uid>/around")
@requires("logs.read")
def around(uid: str) -> ResponseReturnValue:
    """Show the events before and after one, of the same log, account or address."""
    session, store = current_session(), current_store()
    event = reading.found(store, session, viewer(), uid)
    by = read_by(event, request.args.get("by", "log"))
    found = around_of(store, reading.scope_of(session, viewer()), event, by)
    rules = rules_hit(session, (event, *found.before, *found.after))
    return render_template("logs/around.html", found=found, choices=choices(event), rules=rules)


@bp.get("/facets")
@requires("logs.read")
def facets_part() -> ResponseReturnValue:
    """Show the most frequent values among the matches: a part of the page, which does not wait for it."""
    asked, session = _asked(), current_session()
    found = facets_of(current_store(), _wanted(asked), asked.q)
    words = {one.field: value_words(session, one.field, [v.value for v in one.values]) for one in found.facets}
    return render_template("logs/facets.html", found=found, words=words, field_word=field_word, asked=asked)


@bp.get("/complete")
@requires("logs.read")
def complete() -> ResponseReturnValue:
    """Suggest what may be written in the query box: ``q`` as far as it is written, ``at`` the characters before the caret."""
    session, everything = current_session(), replace(_asked(), q="")
    text = request.args.get("q", "")
    place = place_in(text, request.args.get("at", len(text), type=int))
    today = now().astimezone(current_settings().timezone)
    found = suggested(
        current_store(), _wanted(everything), place, field_word, partial(value_words, session), today
    )  # fmt: skip
    return {"start": place.start, "end": place.end, "items": [asdict(one) for one in found]}


def _problem(error: SocError, q: str) -> Problem:
    params: dict[str, object] = dict(error.params)
    said = t(error.key, None, **params)
    if not isinstance(error, QueryError) or error.at is None:
        return Problem(said)
    end = error.at + error.length
    return Problem(said, error.at, (q[: error.at], q[error.at : end], q[end:]))


def _linked(asked: Asked, q: str) -> str:
    kept: dict[str, Any] = {**asked.kept_with(q)}
    return url_for(".index", **kept)


def _asked() -> Asked:
    read = {name: request.args.get(name, "").strip() for name in ("q", "since", "until", "cursor")}
    return Asked(period=request.args.get("period", period.USUAL), **read)


def _wanted(asked: Asked) -> SearchRequest:
    stretch = period.chosen(asked.period, asked.since, asked.until)
    return reading.request_of(current_session(), viewer(), parse(asked.q), stretch)


def _looked(asked: Asked) -> reading.Looked:
    return reading.looked(current_store(), reading.paged(_wanted(asked), _ROWS, asked.cursor))


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
