"""The list of incidents, and one incident as its commander works it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import orjson
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from incidents.cases import tiers
from incidents.cases.clocks import clocks_of, meet, next_clocks, title_of
from incidents.cases.evidence import chain_of, evidence_of, unbroken
from incidents.cases.export import export_incident
from incidents.cases.models import Clock, Incident, IncidentStatus, IncidentTask, TaskKind, TaskStatus
from incidents.cases.package import is_released, package_of
from incidents.cases.service import NEXT_STATES, Grading, alerts_of, assign, grade, move_on
from incidents.cases.tasks import NewTask, Review, open_task, review, set_task, tasks_of
from incidents.cases.timeline import entries_of, note, unread
from incidents.deadlines import IncidentLevel, cited, duties, rule_of
from soc.clock import now
from soc.identity.actor import Actor
from soc.room import Hit
from soc.text import Message, language, t
from soc.tiers.scope import find_within, within
from soc.web.chips import Chip
from soc.web.context import current_actor, current_session, current_settings, viewer
from soc.web.forms import read_form
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.web.toasts import toast

bp = Blueprint("incidents", __name__, url_prefix="/incidents", template_folder="templates")

_NEXT_DUE = (
    select(func.min(Clock.due_at))
    .where(Clock.incident_id == Incident.id, Clock.met_at.is_(None), Clock.superseded_at.is_(None))
    .correlate(Incident)
    .scalar_subquery()
)
TABLE = TableSpec(
    "incidents",
    (
        Column("what", "incidents.column.what", Incident.number),
        Column("level", "incidents.column.level"),
        Column("clock", "incidents.column.clock", _NEXT_DUE),
        Column("score", "alerts.column.score", Incident.score, numeric=True),
        Column("rows", "alerts.column.rows", Incident.rows_low, numeric=True),
        Column("held_by", "incidents.column.held_by", Incident.held_by),
        Column("discovered", "incidents.column.discovered", Incident.discovered_at),
        Column("status", "word.status", Incident.status),
    ),
    default_sort="-discovered",
    filters=(
        Filter(
            "status",
            "word.status",
            lambda: [Choice(one.value, t(f"incidents.status.{one.value}")) for one in IncidentStatus],
            lambda value: Incident.status == IncidentStatus(value),
        ),
        Filter(
            "level",
            "incidents.column.level",
            lambda: [Choice(one.value, t(f"incidents.level.{one.value}")) for one in IncidentLevel],
            lambda value: func.coalesce(Incident.level_confirmed, Incident.level_proposed) == value,
        ),
    ),
    search=lambda text: (
        Incident.title_text.icontains(text, autoescape=True) | Incident.number.icontains(text, autoescape=True)
    ),
)


@dataclass(frozen=True, slots=True)
class GradeForm:
    """A level, how many persons it touches, and why."""

    level: IncidentLevel
    persons: int | None = field(default=None, metadata={"least": 0, "most": 2_000_000_000})
    note: str = field(default="", metadata={"longest": 2000})


@dataclass(frozen=True, slots=True)
class MoveForm:
    """The next state."""

    status: IncidentStatus
    note: str = field(default="", metadata={"longest": 2000})


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """Why."""

    reason: str = field(metadata={"longest": 1000})


@dataclass(frozen=True, slots=True)
class DispatchForm:
    """To whom, and why."""

    org: str = field(metadata={"longest": 40})
    reason: str = field(metadata={"longest": 1000})


@dataclass(frozen=True, slots=True)
class NoteForm:
    """A person's own words."""

    text: str = field(metadata={"longest": 4000})


@dataclass(frozen=True, slots=True)
class TaskForm:
    """A task."""

    title: str = field(metadata={"longest": 300})
    kind: TaskKind = TaskKind.RESPONSE
    org: str | None = field(default=None, metadata={"longest": 40})
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TaskStep:
    """How far a task is."""

    status: TaskStatus
    result: str = field(default="", metadata={"longest": 4000})


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of whoever was reported to."""

    receipt: str = field(default="", metadata={"longest": 200})


@dataclass(frozen=True, slots=True)
class ReviewForm:
    """What the review found; ``tasks`` has one a line."""

    cause: str
    harm: str
    measures: str
    lessons: str
    tasks: str = ""


@bp.get("/")
@requires("incidents.read")
def index() -> ResponseReturnValue:
    """Show the incidents with the clock that ends next."""
    session = current_session()
    page = page_of(within(viewer(), Incident), TABLE, request.args)
    clocks = {one.id: next((c for c in clocks_of(session, one) if _runs(c)), None) for one in page.rows}
    notices = unread(session, current_actor(), at=now(), limit=5)
    return render_template("incidents/index.html", page=page, clocks=clocks, notices=notices, title_of=title_of)


@bp.get("/<uuid:incident_id>")
@requires("incidents.read", item=Incident)
def show(incident_id: UUID) -> ResponseReturnValue:
    """Show one incident: clocks, run board, tasks, evidence, timeline."""
    session, actor = current_session(), current_actor()
    incident = find_within(session, actor, Incident, incident_id)
    evidence = [(one, chain_of(session, one)) for one in evidence_of(session, incident)]
    return render_template(
        "incidents/show.html",
        incident=incident,
        alerts=alerts_of(session, actor, incident),
        clocks=[(one, rule_of(one.rule_id), title_of(one)) for one in clocks_of(session, incident)],
        duties=[(one, one.title(language())) for one in duties()],
        cited=cited,
        tasks=tasks_of(session, actor, incident),
        evidence=[(one, chain, unbroken(one, chain)) for one, chain in evidence],
        released=any(is_released(chain) for _, chain in evidence),
        entries=_entries(session, actor, incident),
        steps=_steps(incident),
        nexts=[one.value for one in NEXT_STATES[incident.status]],
        levels=[(one.value, t(f"incidents.level.{one.value}")) for one in IncidentLevel],
        kinds=[(one.value, t(f"incidents.task_kind.{one.value}")) for one in TaskKind],
        may=actor.may,
    )


@bp.get("/<uuid:incident_id>/review")
@requires("incidents.write", item=Incident)
def review_form(incident_id: UUID) -> ResponseReturnValue:
    """Show the form of the review."""
    incident = find_within(current_session(), current_actor(), Incident, incident_id)
    return render_template("incidents/review.html", incident=incident, found=incident.review or {})


@bp.post("/<uuid:incident_id>/review")
@requires("incidents.write", item=Incident)
def write_review(incident_id: UUID) -> ResponseReturnValue:
    """Write the review down; its tasks are opened."""
    given = read_form(ReviewForm)
    tasks = tuple(NewTask(line.strip()) for line in given.tasks.splitlines() if line.strip())
    found = Review(given.cause, given.harm, given.measures, given.lessons, tasks)
    return _done(incident_id, lambda session, actor: review(session, actor, incident_id, found, at=now()))


@bp.post("/<uuid:incident_id>/grade")
@requires("incidents.write", item=Incident)
def set_level(incident_id: UUID) -> ResponseReturnValue:
    """Confirm a level."""
    given = read_form(GradeForm)
    facts = {"persons": float(given.persons)} if given.persons is not None else {}
    grading = Grading(given.level, facts, given.note)
    return _done(incident_id, lambda session, actor: grade(session, actor, incident_id, grading, at=now()))


@bp.post("/<uuid:incident_id>/move")
@requires("incidents.write", item=Incident)
def move(incident_id: UUID) -> ResponseReturnValue:
    """Bring the incident to its next state."""
    given = read_form(MoveForm)
    return _done(
        incident_id,
        lambda session, actor: move_on(session, actor, incident_id, given.status, note=given.note, at=now()),
    )


@bp.post("/<uuid:incident_id>/command")
@requires("incidents.write", item=Incident)
def command(incident_id: UUID) -> ResponseReturnValue:
    """Take command."""
    return _done(
        incident_id, lambda session, actor: assign(session, actor, incident_id, (actor.id, actor.name), at=now())
    )


@bp.post("/<uuid:incident_id>/escalate")
@requires("incidents.write", item=Incident)
def escalate(incident_id: UUID) -> ResponseReturnValue:
    """Hand the incident to the centre above."""
    given = read_form(ReasonForm)
    return _done(
        incident_id, lambda session, actor: tiers.escalate(session, actor, incident_id, given.reason, at=now())
    )


@bp.post("/<uuid:incident_id>/dispatch")
@requires("incidents.write", item=Incident)
def dispatch(incident_id: UUID) -> ResponseReturnValue:
    """Hand the incident to a centre below."""
    given = read_form(DispatchForm)
    return _done(
        incident_id,
        lambda session, actor: tiers.dispatch_down(session, actor, incident_id, given.org, given.reason, at=now()),
    )


@bp.post("/<uuid:incident_id>/notes")
@requires("incidents.write", item=Incident)
def notes(incident_id: UUID) -> ResponseReturnValue:
    """Write a note on the timeline."""
    given = read_form(NoteForm)
    return _done(incident_id, lambda session, actor: note(session, actor, incident_id, given.text, at=now()))


@bp.post("/<uuid:incident_id>/tasks")
@requires("incidents.write", item=Incident)
def tasks(incident_id: UUID) -> ResponseReturnValue:
    """Open a task."""
    given = read_form(TaskForm)
    task = NewTask(given.title, "", given.kind, given.org, None, given.due_at)
    return _done(incident_id, lambda session, actor: open_task(session, actor, incident_id, task, at=now()))


@bp.post("/tasks/<uuid:task_id>")
@requires("incidents.write", item=IncidentTask)
def step_task(task_id: UUID) -> ResponseReturnValue:
    """Say how far a task is."""
    given = read_form(TaskStep)
    task = set_task(current_session(), current_actor(), task_id, given.status, result=given.result, at=now())
    toast("incidents.saved")
    return redirect(url_for(".show", incident_id=task.incident_id))


@bp.post("/clocks/<uuid:clock_id>")
@requires("incidents.write", item=Clock)
def meet_clock(clock_id: UUID) -> ResponseReturnValue:
    """Say that a duty is done."""
    clock = meet(current_session(), current_actor(), clock_id, read_form(Receipt).receipt, at=now())
    toast("incidents.saved")
    return redirect(url_for(".show", incident_id=clock.incident_id))


@bp.post("/<uuid:incident_id>/export")
@requires("incidents.write", item=Incident)
def export(incident_id: UUID) -> ResponseReturnValue:
    """Give the whole incident as a document; the trail keeps that it was taken."""
    session, actor = current_session(), current_actor()
    incident = find_within(session, actor, Incident, incident_id)
    document = orjson.dumps(export_incident(session, actor, incident), option=orjson.OPT_INDENT_2, default=str)
    headers = {"Content-Disposition": f'attachment; filename="incident-{incident.number}.json"'}
    return Response(document, mimetype="application/json", headers=headers)


@bp.post("/<uuid:incident_id>/evidence")
@requires("incidents.write", item=Incident)
def evidence_package(incident_id: UUID) -> ResponseReturnValue:
    """Give the released evidence as one file."""
    session, actor = current_session(), current_actor()
    incident = find_within(session, actor, Incident, incident_id)
    packed = package_of(session, actor, current_settings(), incident)
    headers = {"Content-Disposition": f'attachment; filename="evidence-{incident.number}.zip"'}
    return Response(packed, mimetype="application/zip", headers=headers)


def running_chips(session: Session, actor: Actor) -> list[Chip]:
    """Return the clocks that end next, for the top bar."""
    return [
        Chip(
            label=f"{incident.number} {title_of(clock)}",
            due_at=clock.due_at,
            started_at=clock.started_at,
            url=url_for("incidents.show", incident_id=incident.id),
        )
        for clock, incident in next_clocks(session, actor)
    ]


def find_hits(session: Session, actor: Actor, text: str) -> list[Hit]:
    """Find incidents for the search everywhere."""
    matches = Incident.title_text.icontains(text, autoescape=True) | Incident.number.icontains(text, autoescape=True)
    found = session.scalars(within(actor, Incident).where(matches).order_by(Incident.opened_at.desc()).limit(5))
    kind = t("incidents.search_kind")
    return [
        Hit(
            f"{one.number} {Message.from_json(one.title).render()}",
            url_for("incidents.show", incident_id=one.id),
            kind,
        )
        for one in found
    ]


def _done(incident_id: UUID, act: Callable[[Session, Actor], object]) -> ResponseReturnValue:
    act(current_session(), current_actor())
    toast("incidents.saved")
    return redirect(url_for(".show", incident_id=incident_id))


def _runs(clock: Clock) -> bool:
    return clock.met_at is None and clock.superseded_at is None


def _entries(session: Session, actor: Actor, incident: Incident) -> list[dict[str, object]]:
    return [
        {"at": one.at, "who": one.who, "text": Message.from_json(one.text).render(), "tone": one.tone}
        for one in entries_of(session, actor, incident)
    ]


def _steps(incident: Incident) -> list[dict[str, object]]:
    moments = (
        ("discovered", incident.discovered_at),
        ("contained", incident.contained_at),
        ("resolved", incident.resolved_at),
        ("reviewed", incident.reviewed_at),
        ("closed", incident.closed_at),
    )
    reached = max(place for place, (_, at) in enumerate(moments) if at is not None)
    return [
        {
            "label": t(f"incidents.step.{name}"),
            "state": "done" if place <= reached else "now" if place == reached + 1 else "waiting",
            "note": "",
        }
        for place, (name, _) in enumerate(moments)
    ]
