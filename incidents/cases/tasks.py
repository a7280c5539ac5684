"""Tasks of an incident, and its review, whose lessons become rectification tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from incidents.cases.models import Incident, IncidentStatus, IncidentTask, TaskKind, TaskStatus
from incidents.cases.service import still_open
from incidents.cases.tiers import show_to
from incidents.cases.timeline import send_word, tell
from incidents.errors import IncidentStateError, TierError
from soc.identity.actor import Actor
from soc.text import Message
from soc.tiers.scope import find_within, in_scope, parts_within
from soc.trail import Act, record


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to be done; ``org`` is whose it is, the incident's by default."""

    title: str
    detail: str = ""
    kind: TaskKind = TaskKind.RESPONSE
    org: str | None = None
    owner: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What the review found (复盘)."""

    cause: str
    harm: str
    measures: str
    lessons: str
    tasks: Sequence[NewTask] = ()


def open_task(session: Session, actor: Actor, incident_id: UUID, task: NewTask, *, at: datetime) -> IncidentTask:
    """Give somebody something to do; a centre that does not see the incident is shown it.

    Raises:
        NotFoundError: no such incident within the actor's scope.
        IncidentStateError: it is closed.
        TierError: the task would go to an organisation outside the actor's scope.
    """
    incident = still_open(session, actor, incident_id)
    org = task.org or incident.org
    if not in_scope(session, actor, org):
        raise TierError("incidents.error.no_such_tier")
    opened = IncidentTask(
        org=org,
        incident_id=incident.id,
        kind=task.kind,
        title=task.title[:300],
        detail=task.detail[:4000],
        owner=task.owner,
        due_at=task.due_at,
        opened_by=actor.name,
        opened_at=at,
    )
    session.add(opened)
    session.flush()
    act = Act.RECTIFICATION_OPENED if task.kind is TaskKind.RECTIFICATION else Act.TASK_OPENED
    record(session, actor, act, opened, after={"title": opened.title, "due": opened.due_at})
    told = Message("incidents.timeline.task_opened", {"title": opened.title})
    tell(session, incident, actor.name, told, at=at, org=org)
    show_to(session, actor, incident, org)
    if org != actor.org:
        word = Message("incidents.notice.task", {"number": incident.number, "title": opened.title})
        send_word(session, actor, org, word, at=at, incident=incident)
    return opened


def set_task(
    session: Session, actor: Actor, task_id: UUID, status: TaskStatus, *, result: str = "", at: datetime
) -> IncidentTask:
    """Say how far a task is; done needs a word of what was done, accepted another person.

    Raises:
        NotFoundError: no such task within the actor's scope.
        IncidentStateError: it is accepted already, or done without a result.
    """
    task = find_within(session, actor, IncidentTask, task_id)
    done = status is TaskStatus.DONE
    if task.status is TaskStatus.ACCEPTED or (done and not result.strip()):
        raise IncidentStateError("incidents.error.task")
    if status is TaskStatus.ACCEPTED and (task.status is not TaskStatus.DONE or task.done_by == actor.name):
        raise IncidentStateError("incidents.error.accept")
    before, task.status = task.status, status
    if done:
        task.done_by, task.done_at, task.result = actor.name, at, result[:4000]
    rectification = task.kind is TaskKind.RECTIFICATION
    if done:
        act = Act.RECTIFICATION_DONE if rectification else Act.TASK_DONE
    else:
        act = Act.RECTIFICATION_CHANGED if rectification else Act.TASK_CHANGED
    record(session, actor, act, task, before={"status": before}, after={"status": status}, note=result or None)
    incident = session.get_one(Incident, task.incident_id)
    params = {"title": task.title, "status": Message(f"incidents.task.{status}").as_json()}
    tell(session, incident, actor.name, Message("incidents.timeline.task", params), at=at, org=task.org)
    return task


def review(session: Session, actor: Actor, incident_id: UUID, found: Review, *, at: datetime) -> Incident:
    """Write the review down and open what has to be put right.

    Raises:
        NotFoundError: no such incident within the actor's scope.
        IncidentStateError: it is not resolved yet, or closed.
    """
    incident = still_open(session, actor, incident_id)
    if incident.status not in {IncidentStatus.RESOLVED, IncidentStatus.REVIEWED}:
        raise IncidentStateError("incidents.error.not_resolved")
    told = {"cause": found.cause, "harm": found.harm, "measures": found.measures, "lessons": found.lessons}
    incident.review = told
    incident.status, incident.reviewed_at = IncidentStatus.REVIEWED, at
    record(session, actor, Act.INCIDENT_REVIEWED, incident, after=told)
    tell(session, incident, actor.name, Message("incidents.timeline.status.reviewed"), at=at)
    for task in found.tasks:
        rectify = NewTask(task.title, task.detail, TaskKind.RECTIFICATION, task.org, task.owner, task.due_at)
        open_task(session, actor, incident.id, rectify, at=at)
    return incident


def tasks_of(session: Session, actor: Actor, incident: Incident) -> list[IncidentTask]:
    """Return an incident's tasks that the actor sees, in the order they were opened."""
    return list(session.scalars(parts_within(actor, IncidentTask, incident).order_by(IncidentTask.id)))
