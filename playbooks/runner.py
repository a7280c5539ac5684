"""The worker's part: takes each run that can move, and moves it as far as it goes.

Whatever goes out is written down and committed first, under the Idempotency-Key it goes out
with. If the worker dies in between, the next one sends the same key again; the key is made once
per step invocation, command and target and never changes.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from playbooks.actions import http_api
from playbooks.actions.result import Result, failed
from playbooks.actions.verbs import perform, second_person
from playbooks.flow import bring_out, decide, enter, fail, succeed
from playbooks.models import (
    OPEN_STEPS,
    WAITING_STEPS,
    Effect,
    EffectStatus,
    Playbook,
    PlaybookRun,
    RunStatus,
    StepRun,
    StepStatus,
)
from playbooks.move import Move
from playbooks.runs import call_playbook
from playbooks.workflow import Kind, Workflow, needs_second_person
from soc.clock import now
from soc.db import Database, new_id
from soc.errors import SocError
from soc.identity.actors import job_actor
from soc.jobs import JobContext, Lease, hold, worker_name
from soc.text import Message
from soc.trail import Act, record

#: a worker that has not moved a run for this long has died
CLAIM = timedelta(seconds=15)
#: seconds an outside act may take; below the claim, so that two workers never act on one run
_LONGEST_ACT = 10.0
#: moves of one run in one go, so that others get their turn
_MOST_MOVES = 200
_OPEN_RUNS = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING)

_me = worker_name()


def advance(context: JobContext) -> None:
    """Move every run that can move (a rhythm of the worker)."""
    for run_id in movable(context.database, at=now()):
        advance_run(context.database, run_id)


def movable(database: Database, *, at: datetime) -> list[UUID]:
    """Return the runs that have something to do now; runs that wait for a person cost one query."""
    with database.read() as session:
        queued = select(PlaybookRun.id).where(PlaybookRun.status == RunStatus.QUEUED)
        stepping = select(StepRun.run_id).where(_can_move(at))
        return list(dict.fromkeys([*session.scalars(queued), *session.scalars(stepping)]))


def advance_run(database: Database, run_id: UUID) -> None:
    """Move one run as far as it goes now; does nothing while another worker has it."""
    if not _claim(database, run_id):
        return
    try:
        for _ in range(_MOST_MOVES):
            if not _move_once(database, run_id):
                break
            _claim(database, run_id)
    finally:
        with database.write() as session:
            session.execute(delete(Lease).where(Lease.name == lease_of(run_id), Lease.holder == _me))


def lease_of(run_id: UUID) -> str:
    """Return the name of the lease under which one worker moves a run."""
    return f"playbook:{run_id}"


def _claim(database: Database, run_id: UUID) -> bool:
    with database.write() as session:
        return hold(session, lease_of(run_id), _me, at=now(), span=CLAIM)


def _move_once(database: Database, run_id: UUID) -> bool:
    """Make one move; tell whether there was one to make."""
    with database.write() as session:
        move = _move(session, run_id)
        if move.run.status is RunStatus.QUEUED:
            move.run.status = RunStatus.RUNNING
            enter(move, move.workflow.start, None)
            record(session, move.actor, Act.RUN_STEP_STARTED, move.run, after={"step": move.workflow.start})
            return True
        step = None if move.run.status.over else _next(move)
        if step is None:
            return False
        acting = _begin(move, step)
        _rest(move)
        step_run_id = step.id
    return _act(database, run_id, step_run_id) if acting else True


def _move(session: Session, run_id: UUID) -> Move:
    run = session.get_one(PlaybookRun, run_id, with_for_update=True)
    text = session.get_one(Playbook, run.playbook_row).text
    return Move(session, job_actor(session, "playbooks"), run, Workflow.read(text), now())


def _next(move: Move) -> StepRun | None:
    """Return the first invocation that can move."""
    query = select(StepRun).where(StepRun.run_id == move.run.id, _can_move(move.at)).order_by(StepRun.id).limit(1)
    return move.session.scalar(query)


def _can_move(at: datetime) -> ColumnElement[bool]:
    """What can move: out of time, ready, left acting by a dead worker, or called back."""
    ended = select(PlaybookRun.parent_step).where(
        PlaybookRun.parent_step.is_not(None), PlaybookRun.status.not_in(_OPEN_RUNS)
    )
    return or_(
        and_(StepRun.status.in_(OPEN_STEPS), StepRun.deadline_at < at),
        and_(StepRun.status.in_((StepStatus.READY, StepStatus.ACTING)), StepRun.due_at <= at),
        and_(StepRun.status == StepStatus.CALLING, StepRun.id.in_(ended)),
    )


def _rest(move: Move) -> None:
    """Say whether the run now waits for somebody, or goes on."""
    move.session.flush()
    mine = select(StepRun.status).where(StepRun.run_id == move.run.id, StepRun.status.in_(OPEN_STEPS))
    statuses = set(move.session.scalars(mine))
    if not move.run.status.over:
        goes_on = bool(statuses - set(WAITING_STEPS))
        move.run.status = RunStatus.RUNNING if goes_on else RunStatus.WAITING


def _begin(move: Move, step: StepRun) -> bool:
    """Make the move of one invocation; tell whether something must now be done outside."""
    if step.deadline_at is not None and step.deadline_at < move.at:
        fail(move, step, Message("playbooks.run.timed_out"), StepStatus.TIMED_OUT)
        return False
    try:
        return _begin_kind(move, step, move.workflow.kind(step.step_id))
    except SocError as error:
        fail(move, step, Message(error.key, error.params))
        return False


def _begin_kind(move: Move, step: StepRun, kind: Kind) -> bool:
    definition = move.workflow.step(step.step_id)
    if kind is Kind.MANUAL:
        step.status = StepStatus.MANUAL
        record(move.session, move.actor, Act.RUN_STEP_STARTED, step, after={"step": step.step_id})
        return False
    if kind is Kind.CALL:
        return _call(move, step, str(definition["playbook_id"]))
    if kind not in {Kind.HTTP, Kind.VERB}:
        decide(move, step, kind)
        return False
    if needs_second_person(definition) and step.approved_by is None:
        second_person(move, step)
        return False
    if step.status is StepStatus.READY:
        step.status = StepStatus.ACTING
        _intend(move, step, kind)
        record(move.session, move.actor, Act.RUN_STEP_STARTED, step, after={"step": step.step_id})
    return True


def _call(move: Move, step: StepRun, playbook_id: str) -> bool:
    if step.status is StepStatus.READY:
        call_playbook(move, step, playbook_id)
        step.status = StepStatus.CALLING
        return False
    called = move.session.scalar(select(PlaybookRun).where(PlaybookRun.parent_step == step.id))
    if called is not None and called.status is RunStatus.SUCCEEDED:
        succeed(move, step)
    else:
        fail(move, step, Message("playbooks.run.called_failed"))
    return False


def _intend(move: Move, step: StepRun, kind: Kind) -> None:
    """Write down every effect the step will have, each with the key it will go out under."""
    commands = move.workflow.step(step.step_id)["commands"] if kind is Kind.HTTP else [{}]
    targets = move.workflow.targets(step.step_id) if kind is Kind.HTTP else ["-"]
    for target in targets:
        for number in range(len(commands)):
            effect = Effect(id=new_id(), org=move.run.org, step_run_id=step.id, command=number, target=target)
            effect.idempotency_key = f"{move.run.id}/{effect.id}"
            move.session.add(effect)
    move.session.flush()


def _act(database: Database, run_id: UUID, step_run_id: UUID) -> bool:
    """Do what a step does outside, effect by effect, then move on by how it went."""
    results: dict[str, Any] = {}
    with database.read() as session:
        open_effects = [one.id for one in _effects(session, step_run_id) if one.answered_at is None]
    for effect_id in open_effects:
        perform_one = _prepare(database, run_id, step_run_id, effect_id)
        result = perform_one()
        _claim(database, run_id)
        _answered(database, effect_id, result)
        if not result.ok:
            break
    with database.read() as session:
        for effect in _effects(session, step_run_id):
            results |= (effect.outcome or {}).get("results", {})
    _settle(database, run_id, step_run_id, results)
    return True


def _effects(session: Session, step_run_id: UUID) -> list[Effect]:
    return list(session.scalars(select(Effect).where(Effect.step_run_id == step_run_id).order_by(Effect.id)))


def _prepare(database: Database, run_id: UUID, step_run_id: UUID, effect_id: UUID) -> "partial[Result]":
    """Commit that the effect goes out now; return the act itself, to be done with no lock held."""
    with database.write() as session:
        move = _move(session, run_id)
        step, effect = session.get_one(StepRun, step_run_id), session.get_one(Effect, effect_id)
        effect.status, effect.sent_at = EffectStatus.SENT, move.at
        if move.workflow.kind(step.step_id) is Kind.VERB:
            return partial(perform, database, run_id, step_run_id)
        try:
            request = _request(move, step, effect)
        except SocError as error:
            return partial(failed, error.key, **dict(error.params))
        if not http_api.allowed(request, database.settings.playbook_targets):
            return partial(failed, "playbooks.http.not_allowed", target=request.authority)
        return partial(http_api.send, request, effect.idempotency_key, _seconds_left(step, move.at))


def _request(move: Move, step: StepRun, effect: Effect) -> http_api.Request:
    command = move.workflow.step(step.step_id)["commands"][effect.command]
    target = move.workflow.definition(effect.target)
    return http_api.build(command, target, move.workflow.authentication(target), move.values(step.step_id))


def _seconds_left(step: StepRun, at: datetime) -> float:
    if step.deadline_at is None:
        return _LONGEST_ACT
    return max(0.1, min(_LONGEST_ACT, (step.deadline_at - at).total_seconds()))


def _answered(database: Database, effect_id: UUID, result: Result) -> None:
    with database.write() as session:
        effect = session.get_one(Effect, effect_id)
        effect.status = EffectStatus.DONE if result.ok else EffectStatus.FAILED
        effect.answered_at = now()
        told = {"reason": result.reason.as_json()} if result.reason else {}
        effect.outcome = {**result.outcome, "results": dict(result.results), **told}


def _settle(database: Database, run_id: UUID, step_run_id: UUID, results: dict[str, Any]) -> None:
    with database.write() as session:
        move = _move(session, run_id)
        step = session.get_one(StepRun, step_run_id)
        if step.status is not StepStatus.ACTING:
            return  # cancelled by a person meanwhile
        effects = _effects(session, step_run_id)
        bad = next((one for one in effects if one.status is EffectStatus.FAILED), None)
        if bad is not None:
            fail(move, step, Message.from_json((bad.outcome or {})["reason"]), outcome=_told(bad))
            return
        try:
            bring_out(move, step.step_id, _out(move, step, results))
        except SocError as error:
            fail(move, step, Message(error.key, error.params))
            return
        succeed(move, step, {"effects": [_told(one) for one in effects]})
        _rest(move)


def _told(effect: Effect) -> dict[str, Any]:
    kept = {name: value for name, value in (effect.outcome or {}).items() if name not in {"results", "reason"}}
    return {"target": effect.target, "command": effect.command, **kept}


def _out(move: Move, step: StepRun, results: dict[str, Any]) -> dict[str, Any]:
    """Choose what the out_args want: members of the answer by name, or the whole answer where one is wanted."""
    wanted = [name for name in move.workflow.step(step.step_id).get("out_args", []) if isinstance(name, str)]
    found = {name: results[name] for name in wanted if name in results}
    if len(wanted) == 1 and not found and results.get(""):
        return {wanted[0]: results[""]}
    return found
