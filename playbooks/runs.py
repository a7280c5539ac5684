"""What people do with runs: start one, do a manual step, cancel; and look at the board."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from playbooks.errors import RunOverError
from playbooks.flow import bring_out, end_run, fail, succeed
from playbooks.models import Playbook, PlaybookRun, RunStatus, StepRun, StepStatus
from playbooks.move import Move
from playbooks.service import find_playbook, sound
from playbooks.variables import starting_values
from playbooks.workflow import Workflow
from soc.identity.actor import Actor
from soc.text import Message
from soc.tiers.scope import find_within, within
from soc.trail import Act, record


@dataclass(frozen=True, slots=True)
class StartRun:
    """An order to run a playbook."""

    playbook: str
    variables: Mapping[str, str] = field(default_factory=dict)
    incident_id: UUID | None = None
    #: the organisation it runs for; the starter's own by default
    org: str | None = None


@dataclass(frozen=True, slots=True)
class StepDone:
    """What a person says of a manual step."""

    step: UUID
    ok: bool
    results: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


def start_run(session: Session, actor: Actor, order: StartRun, *, at: datetime) -> PlaybookRun:
    """Queue a run; the worker takes it within a second.

    Raises:
        PlaybookNotFoundError: no such playbook within the actor's scope.
        DraftError: it is a draft.
        OutcomeError: a variable that is given cannot be set.
    """
    playbook = sound(find_playbook(session, actor, order.playbook))
    run = _queued(session, playbook, order, actor, at)
    record(session, actor, Act.RUN_STARTED, run, after={"playbook": playbook.playbook_id, "version": playbook.number})
    return run


def call_playbook(move: Move, step: StepRun, playbook_id: str) -> PlaybookRun:
    """Start the playbook that a playbook-action step calls, with the run's variables that it declares.

    Raises:
        PlaybookNotFoundError: there is no such playbook.
        DraftError: it is a draft.
    """
    playbook = sound(find_playbook(move.session, move.actor, playbook_id))
    declared = Workflow.read(playbook.text).document.get("playbook_variables") or {}
    values = move.values(step.step_id)
    given = {name: str(values[name]) for name, one in declared.items() if name in values and not one.get("constant")}
    run = _queued(
        move.session, playbook, StartRun(playbook_id, given, move.run.incident_id, move.run.org), None, move.at
    )
    run.started_by_id, run.started_by, run.parent_step = move.run.started_by_id, move.run.started_by, step.id
    move.session.flush()
    record(move.session, move.actor, Act.RUN_STARTED, run, after={"playbook": playbook_id})
    return run


def finish_step(session: Session, actor: Actor, done: StepDone, *, at: datetime) -> StepRun:
    """Take what a person reports of a manual step, and go on.

    Raises:
        NotFoundError: no such step within the actor's scope.
        RunOverError: it no longer waits for a person.
        OutcomeError: the results do not fit the step's out_args.
    """
    step = find_within(session, actor, StepRun, done.step)
    session.refresh(step, with_for_update=True)
    if step.status is not StepStatus.MANUAL:
        raise RunOverError("playbooks.error.step_over")
    move = move_of(session, actor, session.get_one(PlaybookRun, step.run_id), at)
    step.done_by = actor.name
    if not done.ok:
        fail(move, step, Message("playbooks.run.person_failed", {"note": done.note or "—"}))
        return step
    bring_out(move, step.step_id, dict(done.results))
    succeed(move, step, {"note": done.note} if done.note else None)
    return step


def cancel_run(session: Session, actor: Actor, run_id: UUID | str, *, at: datetime) -> PlaybookRun:
    """End a run now; what went out already stays done.

    Raises:
        NotFoundError: no such run within the actor's scope.
        RunOverError: it has ended.
    """
    run = find_within(session, actor, PlaybookRun, run_id)
    session.refresh(run, with_for_update=True)
    if run.status.over:
        raise RunOverError("playbooks.error.run_over")
    end_run(move_of(session, actor, run, at), RunStatus.CANCELLED, None)
    return run


def runs_of(session: Session, actor: Actor, incident_id: UUID | None = None) -> list[PlaybookRun]:
    """Return the runs the actor may see, newest first; those of one incident where it is given."""
    query = within(actor, PlaybookRun).order_by(PlaybookRun.id.desc())
    if incident_id is not None:
        query = query.where(PlaybookRun.incident_id == incident_id)
    return list(session.scalars(query))


def steps_of(session: Session, run: PlaybookRun) -> list[StepRun]:
    """Return every invocation of a run, in order."""
    return list(session.scalars(select(StepRun).where(StepRun.run_id == run.id).order_by(StepRun.id)))


def move_of(session: Session, actor: Actor, run: PlaybookRun, at: datetime) -> Move:
    """Return what the flow needs to move a run."""
    return Move(session, actor, run, Workflow.read(session.get_one(Playbook, run.playbook_row).text), at)


def _queued(session: Session, playbook: Playbook, order: StartRun, actor: Actor | None, at: datetime) -> PlaybookRun:
    declared = Workflow.read(playbook.text).document.get("playbook_variables")
    run = PlaybookRun(
        org=order.org or (actor.org if actor else playbook.org),
        playbook_row=playbook.id,
        playbook_id=playbook.playbook_id,
        name=playbook.name,
        incident_id=order.incident_id,
        started_by_id=actor.id if actor else "",
        started_by=actor.name if actor else "",
        variables=starting_values(declared, order.variables),
        created_at=at,
    )
    session.add(run)
    session.flush()
    return run
