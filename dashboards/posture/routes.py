"""The posture on pages and as JSON."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from apiflask.fields import String
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from dashboards.posture import charts, flows
from dashboards.posture.asked import focused, month
from dashboards.posture.figures import Centre, posture
from dashboards.posture.indicators import INDICATORS, Span
from dashboards.posture.score import ALL_INDICATORS
from soc.clock import now
from soc.errors import InputError
from soc.logstore.port import LogStore
from soc.tiers.scope import scope_codes
from soc.web.api import ApiSchema, api_blueprint
from soc.web.charts import Chart
from soc.web.context import current_actor, current_session, current_store, viewer
from soc.web.guard import requires

bp = Blueprint("posture", __name__, url_prefix="/posture", template_folder="templates")
api = api_blueprint("posture", __name__, "posture")
DAYS = (7, 30, 90)


@bp.get("/")
@requires("posture.read")
def index() -> ResponseReturnValue:
    """Show the posture of one's organisation, or of one below it (``?org=``)."""
    session, at = current_session(), now()
    actor = focused(session, viewer(), request.args.get("org"))
    span = span_of(request.args, at)
    found = posture(session, actor, span, at=at)
    tiles = charts.city_tiles(found, actor.org) if any(one.org.tile_x is not None for one in found.below) else None
    return render_template(
        "posture/index.html",
        found=found,
        tiles=tiles,
        levels=charts.level_bars(found),
        indicators=[(one, found.centre.indicators.get(one.id)) for one in INDICATORS],
        every=ALL_INDICATORS,
        days=(span.until - span.since).days,
        choices=DAYS,
        focus=actor.org if actor.org != viewer().org else None,
    )


@bp.get("/reads")
@requires("posture.read")
def reads() -> ResponseReturnValue:
    """Show who read grave data: a part of the page that the log store answers."""
    return _part(lambda *of: charts.taker_bars(flows.takers(*of)))


@bp.get("/ways")
@requires("posture.read")
def ways() -> ResponseReturnValue:
    """Show by which way grave data went, and to where: a part like :func:`reads`, which waits for none of the others."""
    return _part(lambda *of: charts.flow_sankey(flows.flows(*of)))


@bp.get("/hours")
@requires("posture.read")
def hours() -> ResponseReturnValue:
    """Show when grave data was read: a part like :func:`reads`."""
    return _part(lambda *of: charts.hour_map(flows.hours(*of)))


def _part(drawn: Callable[[LogStore, frozenset[str], Span], Chart]) -> str:
    session = current_session()
    actor, span = focused(session, viewer(), request.args.get("org")), span_of(request.args, now())
    return render_template("posture/part.html", chart=drawn(current_store(), scope_codes(session, actor), span))


class _Args(ApiSchema):
    org = String()
    period = String()


@api.get("/posture")
@api.input(_Args, location="query")
@requires("posture.read")
def show(query_data: Mapping[str, str]) -> ResponseReturnValue:
    """Return the posture of one's organisation, or of one below it, as figures."""
    session, at = current_session(), now()
    actor = focused(session, current_actor(), query_data.get("org"))
    found = posture(session, actor, span_of(query_data, at), at=at)
    return {**shape(found.centre), "as_of": at.isoformat(), "below": [shape(one) for one in found.below]}


def shape(centre: Centre) -> dict[str, Any]:
    """Return one centre as JSON."""
    counts = centre.counts
    return {
        "id": centre.org.code,
        "org": centre.org.code,
        "name": centre.org.name,
        "name_en": centre.org.name_en,
        "score": None if centre.score.value is None else round(centre.score.value, 1),
        "band": centre.score.band,
        "indicators_with_data": centre.score.covered,
        "indicators": {name: {"numerator": one.numerator, "denominator": one.denominator, "value": one.value}
                       for name, one in sorted(centre.indicators.items())},
        "items_by_level": counts.items,
        "open_alerts": counts.alerts,
        "grave_alerts": counts.grave_alerts,
        "open_incidents": counts.incidents,
        "overdue_reports": counts.overdue,
        "open_rectifications": counts.rectifications,
        "rows_exposed": counts.rows.as_json(),
        "persons_exposed": counts.persons.as_json(),
    }  # fmt: skip


def span_of(args: Mapping[str, str], at: datetime) -> Span:
    """Return the period asked for: ``period=2026-10``, or the last ``days`` (30).

    Raises:
        InputError: neither a month nor one of the numbers of days.
    """
    period = args.get("period")
    if period:
        return month(period)
    days = args.get("days", "30")
    if days not in {str(one) for one in DAYS}:
        raise InputError("errors.period", given=days)
    return Span(at - timedelta(days=int(days)), at)
