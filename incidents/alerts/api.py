"""``GET|PATCH /api/v1/alerts``: the queue for scripts, and changes to many at once."""

from typing import Any
from uuid import UUID

from apiflask import fields
from apiflask.fields import AwareDateTime, Integer, List, String
from apiflask.validators import Length, OneOf, Range
from sqlalchemy import Select, func

from detectors.calibration.curve import WHOLE
from incidents.alerts.models import Alert, AlertStatus, Severity, Verdict
from incidents.alerts.service import MAX_TAG, MAX_TAGS, Change, change_alerts, chosen
from soc.clock import now
from soc.text import Message
from soc.tiers.scope import find_within, in_scope, within
from soc.web.api import ApiSchema, ListArgs, Listing, api_blueprint, item, list_of
from soc.web.context import current_actor, current_session
from soc.web.guard import requires

bp = api_blueprint("alerts", __name__, "alerts")
_TAGS = List(String(validate=Length(1, MAX_TAG)), validate=Length(max=MAX_TAGS))
_SETTABLE = [AlertStatus.NEW.value, AlertStatus.TRIAGED.value, AlertStatus.CLOSED.value]


class AlertArgs(ListArgs):
    """Which alerts."""

    status = String(validate=OneOf([one.value for one in AlertStatus]))
    severity = String(validate=OneOf([one.value for one in Severity]))
    order = String(load_default="score", validate=OneOf(["score", "likelihood"]))
    score = Integer(validate=Range(0, 100), metadata={"description": "At least this score."})


class AlertChange(ApiSchema):
    """What is to become of one alert."""

    status = String(validate=OneOf(_SETTABLE))
    verdict = String(validate=OneOf([one.value for one in Verdict]))
    note = String(load_default="", validate=Length(max=2000))
    assignee = String(validate=Length(max=120))
    add_tags = _TAGS
    remove_tags = _TAGS
    snooze_until = AwareDateTime()


class AlertsChange(AlertChange):
    """What is to become of many: those of ``ids``, or all that match the filter."""

    ids = List(fields.UUID(), validate=Length(max=10_000))
    where_status = String(validate=OneOf([one.value for one in AlertStatus]))
    where_severity = String(validate=OneOf([one.value for one in Severity]))


@bp.get("/alerts")
@bp.input(AlertArgs, location="query")
@bp.output(Listing)
@requires("alerts.read")
def alerts(query_data: dict[str, Any]) -> dict[str, Any]:
    """List the alerts, gravest first, or the likeliest to be true first."""
    query = _narrowed(query_data.get("status"), query_data.get("severity"))
    if "score" in query_data:
        query = query.where(Alert.score >= query_data["score"])
    likely = (func.coalesce(Alert.likely, -1).desc(),) if query_data["order"] == "likelihood" else ()
    return list_of(query.order_by(*likely, Alert.score.desc(), Alert.id.desc()), shape, query_data)


@bp.get("/alerts/<uuid:alert_id>")
@requires("alerts.read", item=Alert)
def alert(alert_id: UUID) -> dict[str, Any]:
    """Return one alert."""
    return shape(find_within(current_session(), current_actor(), Alert, alert_id))


@bp.patch("/alerts/<uuid:alert_id>")
@bp.input(AlertChange)
@requires("alerts.write", item=Alert)
def change_one(alert_id: UUID, json_data: dict[str, Any]) -> dict[str, Any]:
    """Change one alert."""
    session, actor = current_session(), current_actor()
    found = find_within(session, actor, Alert, alert_id)
    change_alerts(session, actor, chosen(actor, [alert_id]), _change(json_data), at=now())
    session.refresh(found)
    return shape(found)


@bp.patch("/alerts")
@bp.input(AlertsChange)
@requires("alerts.write")
def change_many(json_data: dict[str, Any]) -> dict[str, int]:
    """Change many alerts at once; without ``ids`` all that match the filter."""
    actor = current_actor()
    selection = _narrowed(json_data.get("where_status"), json_data.get("where_severity"))
    if "ids" in json_data:
        selection = selection.where(Alert.id.in_(json_data["ids"]))
    return {"changed": change_alerts(current_session(), actor, selection, _change(json_data), at=now())}


def shape(alert: Alert) -> dict[str, Any]:
    """Return an alert's JSON."""
    return item(
        alert,
        title=Message.from_json(alert.title).render(),
        kind=alert.kind,
        entity=alert.entity,
        entity_kind=alert.entity_kind,
        entity_name=alert.entity_name,
        reasons=[Message.from_json(one).render() for one in alert.reasons],
        score=alert.score,
        severity=alert.severity.value,
        likelihood=_likelihood(alert),
        level=alert.level or None,
        rows=alert.rows.as_json(),
        persons=alert.persons.as_json(),
        events=alert.events,
        first_at=alert.first_at.isoformat(),
        last_at=alert.last_at.isoformat(),
        status=alert.status.value,
        verdict=alert.verdict.value if alert.verdict else None,
        assignee=alert.assignee,
        tags=alert.tags,
        snoozed_until=alert.snoozed_until.isoformat() if alert.snoozed_until else None,
        suppressed=alert.suppressed,
        incident_id=str(alert.incident_id) if alert.incident_id else None,
    )


def _likelihood(alert: Alert) -> dict[str, Any] | None:
    """How likely it is a true one, 0 to 1; counts only where the verdicts behind it are the caller's to see."""
    basis = alert.likely_basis
    if alert.likely is None or basis is None:
        return None
    seen = in_scope(current_session(), current_actor(), basis["org"])
    counts = {name: basis[name] if seen else None for name in ("judged", "real", "verdicts")}
    spans = {
        name: value / WHOLE for name, value in (("value", alert.likely), ("low", basis["low"]), ("high", basis["high"]))
    }
    return {**spans, **counts, "version": basis["version"], "version_org": basis["org"]}


def _narrowed(status: str | None, severity: str | None) -> Select[Alert]:
    query = within(current_actor(), Alert)
    if status:
        query = query.where(Alert.status == AlertStatus(status))
    return query.where(Alert.severity == Severity(severity)) if severity else query


def _change(given: dict[str, Any]) -> Change:
    actor = current_actor()
    name = given.get("assignee")
    return Change(
        status=AlertStatus(given["status"]) if "status" in given else None,
        verdict=Verdict(given["verdict"]) if "verdict" in given else None,
        note=given.get("note", ""),
        assignee=None if name is None else (actor.id if name == actor.name else name, name),
        add_tags=tuple(given.get("add_tags", ())),
        remove_tags=tuple(given.get("remove_tags", ())),
        snooze_until=given.get("snooze_until"),
    )
