"""How a run moves from step to step: each move in one transaction, so that a crash leaves it whole.

A token is an open invocation (:class:`StepRun`); a control step stays open while its branches
work, and is their frame. When an invocation ends, the same transaction opens what follows.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from playbooks.chronicle import tell_run_over, tell_step
from playbooks.conditions import holds, operand
from playbooks.models import OPEN_STEPS, RunStatus, StepRun, StepStatus
from playbooks.move import Move
from playbooks.variables import with_results
from playbooks.workflow import Kind
from soc.text import Message
from soc.trail import Act, record

#: turns of one while-condition, and invocations of one run, before it counts as running away
MOST_TURNS = 1_000
MOST_STEPS = 10_000
#: steps whose end the timeline tells; control steps decide only, and our own acts tell what they did
_TOLD = frozenset({Kind.MANUAL, Kind.HTTP, Kind.CALL})


def enter(move: Move, step_id: str, frame: StepRun | None) -> None:
    """Open an invocation of a step, or end the branch where the step is where it comes back."""
    if frame is not None and step_id in move.workflow.comes_back_to(frame.step_id):
        branch_done(move, frame)
        return
    opened = move.session.scalar(select(func.count()).where(StepRun.run_id == move.run.id)) or 0
    if opened >= MOST_STEPS:
        end_run(move, RunStatus.FAILED, Message("playbooks.run.too_many_steps", {"limit": MOST_STEPS}))
        return
    step = move.workflow.step(step_id)
    due = move.at + timedelta(milliseconds=int(step.get("delay") or 0))
    limit = int(step.get("timeout") or 0)
    deadline = due + timedelta(milliseconds=limit) if limit > 0 else None
    move.session.add(
        StepRun(
            org=move.run.org,
            run_id=move.run.id,
            step_id=step_id,
            frame_id=frame.id if frame else None,
            status=StepStatus.READY,
            created_at=move.at,
            due_at=due,
            deadline_at=deadline,
        )
    )
    move.session.flush()


def decide(move: Move, step: StepRun, kind: Kind) -> None:
    """Carry out a step that only decides where to go.

    Raises:
        ConditionError: its condition cannot be weighed.
    """
    if kind is Kind.PASS:
        succeed(move, step)
    elif kind is Kind.END:
        _close(move, step, StepStatus.SUCCEEDED)
        branch_done(move, _frame(move, step))
    elif kind is Kind.WHILE:
        _turn(move, step)
    else:
        _branch(move, step, _heads(move, step, kind))


def succeed(move: Move, step: StepRun, outcome: dict[str, Any] | None = None) -> None:
    """End an invocation well and go on."""
    _close(move, step, StepStatus.SUCCEEDED, outcome=outcome)
    _go_on(move, step, ok=True)


def fail(
    move: Move,
    step: StepRun,
    reason: Message,
    status: StepStatus = StepStatus.FAILED,
    outcome: dict[str, Any] | None = None,
) -> None:
    """End an invocation badly: go where the step says, else fail its frame, else the exception's step."""
    _close(move, step, status, reason, outcome)
    _go_on(move, step, ok=False)


def bring_out(move: Move, step_id: str, results: dict[str, Any]) -> None:
    """Put a step's results into the run's variables.

    Raises:
        OutcomeError: they do not fit the step's out_args.
    """
    step = move.workflow.step(step_id)
    names = [name for name in step.get("out_args", []) if isinstance(name, str)]
    declared = step.get("step_variables") or {}
    move.run.variables = with_results(move.run.variables, declared, names, results)


def branch_done(move: Move, frame: StepRun | None) -> None:
    """A branch came to its end: go on where it was the last one."""
    if frame is None:
        end_run(move, RunStatus.FAILED if move.run.failing else RunStatus.SUCCEEDED, None)
        return
    if _open_in(move, frame):
        return
    if frame.branch_failed:
        fail(move, frame, Message("playbooks.run.branch_failed"))
    elif move.workflow.kind(frame.step_id) is Kind.WHILE:
        _turn(move, frame)
    else:
        succeed(move, frame)


def end_run(move: Move, status: RunStatus, reason: Message | None) -> None:
    """End the run and whatever of it is still open."""
    for step in move.session.scalars(
        select(StepRun).where(StepRun.run_id == move.run.id, StepRun.status.in_(OPEN_STEPS))
    ):
        step.status, step.ended_at = StepStatus.CANCELLED, move.at
    move.run.status, move.run.ended_at = status, move.at
    if reason is not None:
        move.run.reason = reason.as_json()
    act = Act.RUN_CANCELLED if status is RunStatus.CANCELLED else Act.RUN_FINISHED
    record(move.session, move.actor, act, move.run, after={"status": status.value})
    tell_run_over(move, move.actor.name)


def _go_on(move: Move, step: StepRun, *, ok: bool) -> None:
    frame = _frame(move, step)
    following = move.workflow.following(step.step_id, ok=ok)
    if following is not None:
        enter(move, following, frame)
    elif ok:
        branch_done(move, frame)
    elif frame is not None:
        frame.branch_failed = True
        branch_done(move, frame)
    else:
        _unhandled(move, step)


def _unhandled(move: Move, step: StepRun) -> None:
    reason = Message.from_json(step.reason) if step.reason else None
    if move.workflow.exception is None or move.run.failing:
        end_run(move, RunStatus.FAILED, reason)
        return
    move.run.failing = True
    move.run.reason = step.reason
    enter(move, move.workflow.exception, None)


def _turn(move: Move, step: StepRun) -> None:
    """Weigh a while-condition: one more turn, or done."""
    definition = move.workflow.step(step.step_id)
    if not holds(str(definition["condition"]), move.values(step.step_id)):
        succeed(move, step)
        return
    step.turns += 1
    if step.turns > MOST_TURNS:
        fail(move, step, Message("playbooks.run.too_many_turns", {"limit": MOST_TURNS}))
        return
    _branch(move, step, [str(definition["on_true"])])


def _heads(move: Move, step: StepRun, kind: Kind) -> list[str]:
    definition = move.workflow.step(step.step_id)
    if kind is Kind.PARALLEL:
        return [str(one) for one in dict.fromkeys(definition["next_steps"])]
    if kind is Kind.IF:
        chosen = "on_true" if holds(str(definition["condition"]), move.values(step.step_id)) else "on_false"
        return [str(definition[chosen])] if chosen in definition else []
    value = operand(str(definition["switch"]), move.values(step.step_id))
    found = definition["cases"].get(value, definition["cases"].get("default"))
    return [str(found)] if found is not None else []


def _branch(move: Move, step: StepRun, heads: list[str]) -> None:
    if not heads:
        succeed(move, step)
        return
    step.status = StepStatus.BRANCHING
    move.session.flush()
    record(move.session, move.actor, Act.RUN_STEP_STARTED, step, after={"step": step.step_id})
    for head in heads:
        if not step.status.over:
            enter(move, head, step)


def _close(
    move: Move,
    step: StepRun,
    status: StepStatus,
    reason: Message | None = None,
    outcome: dict[str, Any] | None = None,
) -> None:
    step.status, step.ended_at = status, move.at
    step.reason = reason.as_json() if reason else step.reason
    step.outcome = outcome or step.outcome
    act = Act.RUN_STEP_DONE if status is StepStatus.SUCCEEDED else Act.RUN_STEP_FAILED
    record(move.session, move.actor, act, step, after={"step": step.step_id, "status": status.value})
    _chronicle(move, step, reason)


def _chronicle(move: Move, step: StepRun, reason: Message | None) -> None:
    kind, who = move.workflow.kind(step.step_id), step.done_by or move.actor.name
    if step.status is StepStatus.SUCCEEDED and kind in _TOLD:
        note = (step.outcome or {}).get("note")
        key = "playbooks.timeline.step_done_note" if note else "playbooks.timeline.step_done"
        tell_step(move, step, key, who, **({"note": note} if note else {}))
    elif reason is not None:
        tell_step(move, step, "playbooks.timeline.step_failed", who, tone="bad", reason=reason)


def _frame(move: Move, step: StepRun) -> StepRun | None:
    return move.session.get(StepRun, step.frame_id) if step.frame_id else None


def _open_in(move: Move, frame: StepRun) -> bool:
    query = select(func.count()).where(StepRun.frame_id == frame.id, StepRun.status.in_(OPEN_STEPS))
    return bool(move.session.scalar(query))
