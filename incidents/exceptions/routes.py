"""Pages of exceptions: which there are, what one would keep back before it is proposed, what it has kept back since."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from incidents.alerts.days_chart import days_chart
from incidents.alerts.models import Alert
from incidents.exceptions.models import ExceptedFinding, ExceptionStatus, FindingException
from incidents.exceptions.preview import suggested, would_hide
from incidents.exceptions.service import (
    NewException,
    TermsError,
    end,
    examples_of,
    facts_of,
    name_of,
    propose_exception,
    title_of,
)
from incidents.exceptions.terms import Terms, detector_of
from soc.clock import now
from soc.identity.actor import Actor
from soc.identity.models import Person
from soc.text import Message, t
from soc.tiers.scope import find_within, visible, within
from soc.web.context import current_actor, current_session, current_settings, viewer
from soc.web.errors import text_of
from soc.web.forms import FormError, read_form
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.web.toasts import toast

bp = Blueprint("exceptions", __name__, url_prefix="/alerts/exceptions", template_folder="templates")
#: days for which one is proposed where nobody says otherwise
_USUAL = timedelta(days=90)
_MOST_PERSONS = 200
#: which field of the form each refusal speaks of
_FIELDS = {
    "exceptions.error.other": "detectors",
    "exceptions.error.too_wide": "rows_at_most",
    "exceptions.error.hours": "from_hour",
    "exceptions.error.tables": "tables",
    "exceptions.error.until": "until",
    "exceptions.error.owner": "owner",
}
_STATES = ("active", "proposed", "over", "ended", "refused")


@dataclass(frozen=True, slots=True)
class ExceptionForm:
    """What is to be expected, until when, and who answers for it."""

    reason: str = field(metadata={"longest": 1000})
    owner: str = field(metadata={"longest": 120})
    until: date
    score_at_most: int = field(metadata={"least": 0, "most": 100})
    detectors: tuple[str, ...] = field(default=(), metadata={"longest": 100})
    tables: tuple[str, ...] = field(default=(), metadata={"longest": 300})
    rows_at_most: int | None = field(default=None, metadata={"least": 0, "most": 10**12})
    from_hour: int | None = field(default=None, metadata={"least": 0, "most": 23})
    to_hour: int | None = field(default=None, metadata={"least": 1, "most": 24})
    anybody: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """Why an exception ends before its day."""

    note: str = field(default="", metadata={"longest": 1000})


def _in_state(value: str) -> ColumnElement[bool]:
    active = FindingException.status == ExceptionStatus.ACTIVE
    if value == "active":
        return and_(active, FindingException.until > now())
    if value == "over":
        return and_(active, FindingException.until <= now())
    return FindingException.status == ExceptionStatus(value)


def _named(text: str) -> ColumnElement[bool]:
    words = (FindingException.entity_name, FindingException.reason, FindingException.owner)
    return or_(*(one.icontains(text, autoescape=True) for one in words))


EXCEPTIONS = TableSpec(
    "exceptions",
    (
        Column("what", "exceptions.what"),
        Column("org", "word.organisation", FindingException.org),
        Column("owner", "exceptions.owner", FindingException.owner),
        Column("kept", "exceptions.kept", numeric=True),
        Column("until", "exceptions.until", FindingException.until),
        Column("status", "word.status", FindingException.status),
    ),
    default_sort="until",
    filters=(
        Filter(
            "state", "word.status", lambda: [Choice(one, t(f"exceptions.state.{one}")) for one in _STATES], _in_state
        ),
    ),
    search=_named,
)


@bp.get("/")
@requires("alerts.read")
def index() -> ResponseReturnValue:
    """List the exceptions, those that end first before the others."""
    page = page_of(within(viewer(), FindingException), EXCEPTIONS, request.args)
    return render_template(
        "exceptions/index.html",
        page=page,
        kept=_kept_by([one.id for one in page.rows]),
        title_of=title_of,
        state_of=_state,
    )


@bp.get("/new/<uuid:alert_id>")
@requires("alerts.write", item=Alert)
def new(alert_id: UUID) -> ResponseReturnValue:
    """Show what could be expected of the entity of an alert, as narrow as its past allows, and what that would keep back."""
    return _form(_alert(alert_id))


@bp.post("/preview/<uuid:alert_id>")
@requires("alerts.write", item=Alert)
def preview(alert_id: UUID) -> ResponseReturnValue:
    """Show what the terms of the form would keep back; nothing is proposed."""
    alert = _alert(alert_id)
    try:
        given = read_form(ExceptionForm)
    except FormError as error:
        return _form(alert, _typed(), error.texts()), error.status
    return _form(alert, _typed(), terms=_terms(alert, given))


@bp.post("/new/<uuid:alert_id>")
@requires("alerts.write", item=Alert)
def create(alert_id: UUID) -> ResponseReturnValue:
    """Propose an exception; a second person decides."""
    alert = _alert(alert_id)
    try:
        given = read_form(ExceptionForm)
    except FormError as error:
        return _form(alert, _typed(), error.texts()), error.status
    terms = _terms(alert, given)
    order = NewException(terms, _end_of(given.until), given.owner, given.reason)
    try:
        made = propose_exception(current_session(), current_actor(), alert, order, at=now())
    except TermsError as error:
        return _form(alert, _typed(), {_FIELDS.get(error.key, "reason"): text_of(error)}, terms), error.status
    toast("exceptions.proposed")
    return redirect(url_for(".index", open=made.id))


@bp.get("/<uuid:exception_id>")
@requires("alerts.read", item=FindingException)
def show(exception_id: UUID) -> ResponseReturnValue:
    """Show one exception: its terms, who agreed, and what it has kept back."""
    session = current_session()
    exception = find_within(session, viewer(), FindingException, exception_id)
    kept = within(viewer(), ExceptedFinding).where(ExceptedFinding.exception_id == exception.id)
    latest = session.scalars(kept.order_by(ExceptedFinding.last_at.desc()).limit(20)).all()
    zone = current_settings().timezone
    days = Counter(
        at.astimezone(zone).date() for at in session.scalars(kept.with_only_columns(ExceptedFinding.last_at))
    )
    return render_template(
        "exceptions/show.html",
        exception=exception,
        facts=facts_of(exception, zone),
        title=title_of(exception).render(),
        state=_state(exception),
        latest=latest,
        total=sum(days.values()),
        chart=days_chart(sorted(days.items()), t("exceptions.kept_by_day"), t("exceptions.findings")) if days else None,
        may=current_actor().may,
    )


@bp.post("/<uuid:exception_id>/end")
@requires("alerts.write", item=FindingException)
def finish(exception_id: UUID) -> ResponseReturnValue:
    """End an exception before its day."""
    end(current_session(), current_actor(), exception_id, note=read_form(Ending).note, at=now())
    toast("exceptions.was_ended")
    return redirect(url_for(".index", open=exception_id))


def _alert(alert_id: UUID) -> Alert:
    return find_within(current_session(), current_actor(), Alert, alert_id)


def _terms(alert: Alert, given: ExceptionForm) -> Terms:
    return Terms(
        detectors=given.detectors,
        entity="" if given.anybody else alert.entity,
        tables=given.tables,
        rows_at_most=given.rows_at_most,
        score_at_most=given.score_at_most,
        from_hour=given.from_hour,
        to_hour=given.to_hour,
    )


def _typed() -> dict[str, Any]:
    """What was typed into the form, to be shown again."""
    return request.form.to_dict() | {name: request.form.getlist(name) for name in ("tables", "detectors")}


def _form(
    alert: Alert,
    values: dict[str, Any] | None = None,
    problems: dict[str, str] | None = None,
    terms: Terms | None = None,
) -> str:
    """Draw the form with what ``terms`` would keep back; without ``values`` it starts as narrow as the past allows."""
    session, actor, zone = current_session(), current_actor(), current_settings().timezone
    examples = examples_of(session, actor, alert)
    if not examples:
        return render_template("exceptions/new.html", alert=alert, detectors=())
    offered = suggested(session, actor, examples, at=now(), zone=zone)
    if values is None:
        until = (now() + _USUAL).astimezone(zone).date().isoformat()
        terms, values = offered, offered.as_json() | {"until": until, "owner": actor.name}
    if terms is not None and not set(terms.detectors) <= set(offered.detectors):
        terms = None
    seen = would_hide(session, actor, terms, alert.org, at=now(), zone=zone) if terms is not None else None
    speaking = [detector_of(one.kind, one.rule_id) for one in examples]
    return render_template(
        "exceptions/new.html",
        alert=alert,
        detectors=[(one, Message("exceptions.named", {"name": name_of(session, one)}).render()) for one in speaking],
        values=values,
        problems=problems or {},
        tables=[(name, name) for name in sorted({*offered.tables, *values.get("tables", ())})],
        persons=_persons(session, actor),
        seen=seen,
        chart=days_chart(seen.days, t("exceptions.would_by_day"), t("exceptions.findings"))
        if seen and seen.days
        else None,
    )


def _persons(session: Session, actor: Actor) -> list[tuple[str, str]]:
    active = within(actor, Person).where(Person.active).order_by(Person.org, Person.username).limit(_MOST_PERSONS)
    found = {one.username: f"{one.display_name} · {one.username}" for one in session.scalars(active)}
    return list(({actor.name: actor.name} | found).items())


def _kept_by(ids: list[UUID]) -> dict[UUID, int]:
    counted = (
        select(ExceptedFinding.exception_id, func.count())
        .where(visible(viewer(), ExceptedFinding.org), ExceptedFinding.exception_id.in_(ids))
        .group_by(ExceptedFinding.exception_id)
    )
    return {row[0]: row[1] for row in current_session().execute(counted)}


def _state(exception: FindingException) -> str:
    over = exception.status is ExceptionStatus.ACTIVE and not exception.stands(now())
    return "over" if over else exception.status.value


def _end_of(day: date) -> datetime:
    """The last moment of a day here: an exception stands on its last day."""
    return datetime.combine(day, time.max, current_settings().timezone).replace(microsecond=0)
