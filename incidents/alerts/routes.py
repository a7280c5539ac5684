"""The queue of alerts, one alert, an entity; and what is done with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select, case, func, or_
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from detectors.drift.service import lasting_notices
from detectors.findings import EntityKind
from detectors.sigma.models import DetectionRule
from detectors.sigma.own.finding import find_own
from incidents.alerts.asked import asked_through
from incidents.alerts.days_chart import days_chart
from incidents.alerts.habit_chart import habit_chart
from incidents.alerts.habits import habit_of
from incidents.alerts.models import Alert, AlertFinding, AlertStatus, Severity, Verdict
from incidents.alerts.rule_record import record_of
from incidents.alerts.rules_behind import rules_behind
from incidents.alerts.service import (
    Change,
    change_alerts,
    chosen,
    comment,
    comments_of,
    entity_named,
    entity_view,
    findings_of,
    on_the_desk,
    similar,
)
from incidents.calibration.service import word_of
from incidents.cases.service import OpenIncident, open_incident
from incidents.exceptions.terms import tables_of
from soc.accounts.service import LONGEST, ServiceMark, account_named
from soc.accounts.service import mark_service as mark
from soc.clock import now
from soc.entities import ACCOUNT, ADDRESS, LogEntity
from soc.errors import NotFoundError
from soc.identity.actor import Actor
from soc.ledger.levels import RANKS
from soc.room import Hit
from soc.text import Message, known, t
from soc.tiers.scope import find_within, in_scope, within
from soc.web.context import current_actor, current_session, current_settings, current_store, viewer
from soc.web.entity_links import entity_page
from soc.web.entity_links import page_of as page_in_logs
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.paging import narrow, page_of
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.web.toasts import toast

bp = Blueprint("alerts", __name__, url_prefix="/alerts", template_folder="templates")
_MOST_SHOWN_EVENTS = 200
_MOST_TABLES = 12


def _asleep(value: str) -> ColumnElement[bool]:
    asleep = Alert.snoozed_until > now()
    return asleep if value == "asleep" else or_(Alert.snoozed_until.is_(None), ~asleep)


_LEVEL_ORDER = case(RANKS, value=Alert.level, else_=0)
#: of equal chance the more points; what nothing is known of comes last on both engines
_LIKELY_ORDER = func.coalesce(Alert.likely, -1) * 1000 + Alert.score
TABLE = TableSpec(
    "alerts",
    (
        Column("score", "alerts.column.score", Alert.score, numeric=True),
        Column("likely", "calibration.column", _LIKELY_ORDER, numeric=True),
        Column("what", "alerts.column.what"),
        Column("level", "word.level", _LEVEL_ORDER),
        Column("rows", "alerts.column.rows", Alert.rows_low, numeric=True),
        Column("persons", "alerts.column.persons", Alert.persons_low, numeric=True),
        Column("at", "alerts.column.at", Alert.last_at),
        Column("assignee", "alerts.column.assignee", Alert.assignee),
        Column("status", "word.status", Alert.status),
    ),
    default_sort="-score",
    filters=(
        Filter(
            "status",
            "word.status",
            lambda: [Choice(one.value, t(f"alerts.status.{one.value}")) for one in AlertStatus],
            lambda value: Alert.status == AlertStatus(value),
        ),
        Filter(
            "severity",
            "alerts.filter.severity",
            lambda: [Choice(one.value, t(f"severity.{one.value}")) for one in Severity],
            lambda value: Alert.severity == Severity(value),
        ),
        Filter(
            "owner",
            "alerts.filter.mine",
            lambda: [Choice("nobody", t("alerts.filter.nobody"))],
            lambda _value: Alert.assignee_id.is_(None),
        ),
        Filter(
            "sleep",
            "alerts.filter.sleep",
            lambda: [Choice("asleep", t("alerts.filter.asleep")), Choice("awake", t("alerts.filter.awake"))],
            _asleep,
        ),
    ),
    search=lambda text: Alert.title_text.icontains(text, autoescape=True),
)


@dataclass(frozen=True, slots=True)
class Bulk:
    """What is done to the picked rows, or with ``whole`` to the whole result of ``query``."""

    act: str = field(metadata={"choices": {"take", "triage", "benign", "false_positive", "wake"}})
    pick: tuple[UUID, ...] = ()
    whole: bool = False
    query: str = field(default="", metadata={"longest": 2000})


@dataclass(frozen=True, slots=True)
class Close:
    """A verdict with its reason."""

    verdict: Verdict
    note: str = field(metadata={"longest": 2000})


@dataclass(frozen=True, slots=True)
class Snooze:
    """Until when, and why."""

    until: datetime
    note: str = field(metadata={"longest": 2000})


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag to add."""

    tag: str = field(metadata={"longest": 40})


@dataclass(frozen=True, slots=True)
class Comment:
    """Something to say."""

    text: str = field(metadata={"longest": 4000})


@dataclass(frozen=True, slots=True)
class Application:
    """Whether an application works under an account, and what it is called."""

    is_service: bool = False
    application: str = field(default="", metadata={"longest": LONGEST})


@bp.get("/")
@requires("alerts.read")
def index() -> ResponseReturnValue:
    """Show the queue: open and awake, unless the URL asks for others."""
    page = page_of(_shown(viewer(), request.args), TABLE, request.args)
    acts = ("take", "triage", "benign", "false_positive")
    bulk = {
        "url": url_for(".bulk"),
        "actions": [{"value": one, "label": t(f"alerts.act.{one}")} for one in acts],
    }
    return render_template(
        "alerts/index.html",
        page=page,
        at=now(),
        bulk=bulk if current_actor().may("alerts.write") else None,
        drifting=lasting_notices(current_session(), viewer()),
    )


@bp.get("/<uuid:alert_id>")
@requires("alerts.read", item=Alert)
def show(alert_id: UUID) -> ResponseReturnValue:
    """Show one alert with its reasons, its score's parts and what it rests on."""
    session, actor = current_session(), current_actor()
    alert = find_within(session, actor, Alert, alert_id)
    findings = findings_of(session, alert)
    return render_template(
        "alerts/show.html",
        alert=alert,
        findings=findings,
        rules=rules_behind(session, findings),
        tables=_tables_of(findings),
        comments=comments_of(session, alert),
        similar=similar(session, actor, alert),
        verdicts=[(one.value, t(f"alerts.verdict.{one.value}")) for one in Verdict],
        events_query=_events_query(alert.events),
        word=word_of(alert.likely),
        basis_seen=alert.likely_basis is not None and in_scope(session, actor, alert.likely_basis["org"]),
        may=actor.may,
        at=now(),
    )


def _tables_of(findings: Sequence[AlertFinding]) -> list[str]:
    """The tables that an alert's findings name, each once."""
    return list(dict.fromkeys(name for one in findings for name in tables_of(one.details)))[:_MOST_TABLES]


@bp.get("/entities/<string:entity>")
@requires("alerts.read")
def entity(entity: str) -> ResponseReturnValue:
    """Show everything an entity did that somebody should know of."""
    found = entity_view(current_session(), viewer(), entity)
    if found is None:
        raise NotFoundError
    newest = found.alerts[0]
    habit = habit_of(current_session(), viewer(), newest.org, newest.entity_name)
    drill = current_actor().may("logs.read")
    drawn = habit_chart(habit, newest.entity_name, current_settings().timezone, drill=drill) if habit else None
    key = f"alerts.entity_kind.{found.kind}"
    kind = t(key) if known(key) else found.kind
    threshold = current_settings().attribution_threshold
    asked = asked_through(
        current_session(),
        viewer(),
        current_store(),
        org=newest.org,
        name=newest.entity_name,
        threshold=threshold,
        at=now(),
    )
    return render_template(
        "alerts/entity.html",
        entity=found,
        kind=kind,
        org=newest.org,
        habit=habit,
        chart=drawn,
        asked=asked,
        threshold=threshold,
        page=_page_in_logs(found.kind, newest.org, newest.entity_name, service=asked is not None),
        may=current_actor().may,
    )


def _page_in_logs(kind: str, org: str, name: str, *, service: bool) -> str:
    """The page of an address or an application, where the entity of an alert is one."""
    if kind == EntityKind.ADDRESS:
        return entity_page(ADDRESS, name)
    return page_in_logs(LogEntity(ACCOUNT, name, org)) if service else ""


@bp.post("/entities/<string:entity>/application")
@requires("alerts.write")
def mark_service(entity: str) -> ResponseReturnValue:
    """Say that an application works under this account, or that none does."""
    found, order = entity_view(current_session(), current_actor(), entity), read_form(Application)
    if found is None or found.kind == EntityKind.ADDRESS:
        raise NotFoundError
    org = found.alerts[0].org
    mark(current_session(), current_actor(), ServiceMark(org, found.name, order.is_service, order.application))
    toast("alerts.asked.marked" if order.is_service else "alerts.asked.unmarked")
    return redirect(url_for(".entity", entity=entity))


@bp.get("/rules/<uuid:rule_id>")
@requires("alerts.read")
def of_rule(rule_id: UUID) -> ResponseReturnValue:
    """Show how a rule has done: a part of the rule's page."""
    rule = current_session().get(DetectionRule, rule_id)
    if rule is None:
        raise NotFoundError
    return _record_of(rule.rule_id)


@bp.get("/rules/own/<string:tag>")
@requires("alerts.read")
def of_own_rule(tag: str) -> ResponseReturnValue:
    """Show how an organisation's own rule has done: a part of its page."""
    return _record_of(find_own(current_session(), viewer(), tag).rule.rule_id)


def _record_of(rule_id: str) -> str:
    session, zone = current_session(), current_settings().timezone
    found = record_of(session, viewer(), rule_id, at=now(), zone=zone)
    drawn = days_chart(found.days, t("alerts.rule_by_day"), t("exceptions.findings")) if found.days else None
    return render_template("alerts/rule.html", record=found, chart=drawn, verdicts=list(Verdict))


@bp.get("/accounts")
@requires("alerts.read")
def account() -> ResponseReturnValue:
    """Lead from an account's name, as logs have it, to what is known of it; where nothing is, to the queue's search."""
    name, org = request.args.get("name", "").strip(), request.args.get("org", "").strip()
    found = entity_named(current_session(), viewer(), name, org)
    if found is not None:
        return redirect(url_for(".entity", entity=found))
    known = account_named(current_session(), viewer(), org, name)
    if known is not None and known.is_service:
        return redirect(page_in_logs(LogEntity(ACCOUNT, name, org)))
    return redirect(url_for(".index", q=name[:200] or None))


@bp.post("/bulk")
@requires("alerts.write")
def bulk() -> ResponseReturnValue:
    """Change the picked alerts, or the whole result of the filter, however many."""
    order = read_form(Bulk)
    actor = current_actor()
    if order.whole:
        args = MultiDict(parse_qsl(order.query))
        selection = narrow(_shown(viewer(), args), TABLE, args)
    else:
        selection = chosen(actor, order.pick)
    count = change_alerts(current_session(), actor, selection, _bulk_change(order.act, actor), at=now())
    toast("alerts.changed", count=count)
    return redirect(url_for(".index") + (f"?{order.query}" if order.query else ""))


@bp.post("/<uuid:alert_id>/take")
@requires("alerts.write", item=Alert)
def take(alert_id: UUID) -> ResponseReturnValue:
    """Assign an alert to oneself."""
    actor = current_actor()
    return _changed(alert_id, Change(assignee=(actor.id, actor.name)))


@bp.post("/<uuid:alert_id>/triage")
@requires("alerts.write", item=Alert)
def triage(alert_id: UUID) -> ResponseReturnValue:
    """Mark an alert as looked at; reopens a closed one."""
    return _changed(alert_id, Change(status=AlertStatus.TRIAGED))


@bp.post("/<uuid:alert_id>/close")
@requires("alerts.write", item=Alert)
def close(alert_id: UUID) -> ResponseReturnValue:
    """Close an alert with a verdict and a reason."""
    given = read_form(Close)
    return _changed(alert_id, Change(status=AlertStatus.CLOSED, verdict=given.verdict, note=given.note))


@bp.post("/<uuid:alert_id>/snooze")
@requires("alerts.write", item=Alert)
def snooze(alert_id: UUID) -> ResponseReturnValue:
    """Put an alert off until an instant, or until it gets graver."""
    given = read_form(Snooze)
    return _changed(alert_id, Change(snooze_until=given.until, note=given.note))


@bp.post("/<uuid:alert_id>/wake")
@requires("alerts.write", item=Alert)
def wake(alert_id: UUID) -> ResponseReturnValue:
    """End a snooze."""
    return _changed(alert_id, Change(wake=True))


@bp.post("/<uuid:alert_id>/tags")
@requires("alerts.write", item=Alert)
def tags(alert_id: UUID) -> ResponseReturnValue:
    """Add a tag."""
    return _changed(alert_id, Change(add_tags=(read_form(Tag).tag,)))


@bp.post("/<uuid:alert_id>/comments")
@requires("alerts.write", item=Alert)
def comments(alert_id: UUID) -> ResponseReturnValue:
    """Say something on an alert."""
    comment(current_session(), current_actor(), alert_id, read_form(Comment).text, at=now())
    toast("alerts.commented")
    return redirect(url_for(".show", alert_id=alert_id))


@bp.post("/<uuid:alert_id>/incident")
@requires("incidents.write", item=Alert)
def to_incident(alert_id: UUID) -> ResponseReturnValue:
    """Take an alert on as an incident."""
    incident = open_incident(current_session(), current_actor(), OpenIncident((alert_id,)), at=now())
    toast("incidents.opened", number=incident.number)
    return redirect(url_for("incidents.show", incident_id=incident.id))


def find_hits(session: Session, actor: Actor, text: str) -> list[Hit]:
    """Find alerts for the search everywhere."""
    query = within(actor, Alert).where(Alert.title_text.icontains(text, autoescape=True))
    found = session.scalars(query.order_by(Alert.last_at.desc()).limit(5))
    kind = t("alerts.search_kind")
    return [Hit(Message.from_json(one.title).render(), url_for("alerts.show", alert_id=one.id), kind) for one in found]


def _shown(actor: Actor, args: "MultiDict[str, str]") -> Select[Alert]:
    if args.get("status") or args.get("sleep"):
        return within(actor, Alert)
    return on_the_desk(actor, now())


def _bulk_change(act: str, actor: Actor) -> Change:
    if act == "take":
        return Change(assignee=(actor.id, actor.name))
    if act == "triage":
        return Change(status=AlertStatus.TRIAGED)
    if act == "wake":
        return Change(wake=True)
    return Change(status=AlertStatus.CLOSED, verdict=Verdict(act), note=t("alerts.bulk_note"))


def _changed(alert_id: UUID, change: Change) -> ResponseReturnValue:
    session, actor = current_session(), current_actor()
    find_within(session, actor, Alert, alert_id)
    change_alerts(session, actor, chosen(actor, [alert_id]), change, at=now())
    toast("alerts.changed", count=1)
    return redirect(url_for(".show", alert_id=alert_id))


def _events_query(uids: Sequence[str]) -> str:
    return " OR ".join(f'metadata.uid:"{uid}"' for uid in uids[:_MOST_SHOWN_EVENTS])
