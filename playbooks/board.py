"""The run board: a run's steps by phase, what waits for whom, what came out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from playbooks.cacao.graph import Edge, edges
from playbooks.models import Playbook, PlaybookRun, StepRun, StepStatus
from playbooks.runs import steps_of
from playbooks.variables import filled, values_of
from playbooks.words import has_words, own, playbook_name, step_text, variable_label
from playbooks.workflow import Kind, Workflow, phase_of
from soc.errors import SocError
from soc.text import Message

_CONTROL = frozenset({Kind.PASS, Kind.END, Kind.IF, Kind.WHILE, Kind.SWITCH, Kind.PARALLEL})


@dataclass(frozen=True, slots=True)
class OutArg:
    """A value a person has to bring out of a manual step."""

    name: str
    label: str
    type: str


@dataclass(frozen=True, slots=True)
class BoardStep:
    """One step as the board shows it: begun, or still to come."""

    id: str | None
    step_id: str
    name: str
    description: str
    kind: str
    status: StepStatus | None
    command: str
    out_args: tuple[OutArg, ...]
    deadline_at: datetime | None
    created_at: datetime | None
    ended_at: datetime | None
    done_by: str | None
    reason: Message | None
    outcome: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Phase:
    """事前, 事中 or 事后, or "" for steps that name none."""

    name: str
    steps: tuple[BoardStep, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """One run."""

    run: PlaybookRun
    name: str
    phases: tuple[Phase, ...]
    done: int
    total: int


def board_of(session: Session, run: PlaybookRun) -> Board:
    """Return the board of a run; control steps are left out, people have nothing to do there."""
    workflow = Workflow.read(session.get_one(Playbook, run.playbook_row).text)
    begun = steps_of(session, run)
    rows = [_begun(workflow, run, one) for one in begun if workflow.kind(one.step_id) not in _CONTROL]
    if not run.status.over:
        rows += [_to_come(workflow, name) for name in _to_follow(workflow, begun)]
    done = sum(1 for one in rows if one.status is StepStatus.SUCCEEDED)
    return Board(run, playbook_name(workflow.document), _phases(workflow, rows), done, len(rows))


def _phases(workflow: Workflow, rows: list[BoardStep]) -> tuple[Phase, ...]:
    names = ("before", "during", "after", "")
    grouped = {
        name: tuple(one for one in rows if (phase_of(workflow.step(one.step_id)) or "") == name) for name in names
    }
    return tuple(Phase(name, steps) for name, steps in grouped.items() if steps)


def _to_follow(workflow: Workflow, begun: list[StepRun]) -> list[str]:
    """Return the steps still to come if all goes well, as the flow meets them.

    What only a failure leads to, and the branch that was not taken, is not to come: it is shown
    once it is begun.
    """
    following: dict[str, list[Edge]] = {}
    for edge in edges(workflow.document["workflow"]):
        if edge.via != "on_failure":
            following.setdefault(edge.source, []).append(edge)
    waiting = [] if begun else [workflow.start]
    for one in begun:
        if not one.status.over:
            inside = one.status is StepStatus.BRANCHING  # its branches are open, or done, themselves
            waiting += [edge.target for edge in following.get(one.step_id, []) if not (inside and edge.branches)]
    seen: dict[str, None] = {}
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen[name] = None
            waiting += [edge.target for edge in following.get(name, [])]
    known = {one.step_id for one in begun}
    return [name for name in seen if name not in known and workflow.kind(name) not in _CONTROL]


def _begun(workflow: Workflow, run: PlaybookRun, step: StepRun) -> BoardStep:
    values = values_of(run.variables, workflow.step(step.step_id).get("step_variables"))
    shown = _to_come(workflow, step.step_id, values)
    return BoardStep(
        id=str(step.id),
        step_id=shown.step_id,
        name=shown.name,
        description=shown.description,
        kind=shown.kind,
        status=step.status,
        command=shown.command,
        out_args=shown.out_args,
        deadline_at=step.deadline_at,
        created_at=step.created_at,
        ended_at=step.ended_at,
        done_by=step.done_by or step.approved_by,
        reason=Message.from_json(step.reason) if step.reason else None,
        outcome=step.outcome or {},
    )


def _to_come(workflow: Workflow, step_id: str, values: Mapping[str, Any] | None = None) -> BoardStep:
    definition = workflow.step(step_id)
    commands = [str(one.get("command") or one.get("type", "")) for one in definition.get("commands", [])]
    # ours say it in the reader's language already
    command = "" if has_words(definition) else "\n".join(commands)
    return BoardStep(
        id=None,
        step_id=step_id,
        name=step_text(definition, "name") or own(definition, step_id),
        description=_put_in(step_text(definition, "description"), values or {}),
        kind=workflow.kind(step_id).value,
        status=None,
        command=_put_in(command, values or {}),
        out_args=_out_args(workflow, definition),
        deadline_at=None,
        created_at=None,
        ended_at=None,
        done_by=None,
        reason=None,
        outcome={},
    )


def _put_in(text: str, values: Mapping[str, Any]) -> str:
    try:
        return filled(text, values)
    except SocError:
        return text


def _out_args(workflow: Workflow, definition: Mapping[str, Any]) -> tuple[OutArg, ...]:
    declared = {**workflow.document.get("playbook_variables", {}), **definition.get("step_variables", {})}
    found = []
    for name in definition.get("out_args", []):
        told = declared.get(name, {})
        found.append(OutArg(name, variable_label(workflow.document, name, told), str(told.get("type", "string"))))
    return tuple(found)
