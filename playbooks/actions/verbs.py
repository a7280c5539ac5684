"""Our own acting verbs, and the second person they may need."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from incidents.cases.models import Incident
from playbooks.actions.result import Result, failed
from playbooks.actions.sources import reachable
from playbooks.chronicle import tell_step
from playbooks.errors import OutcomeError
from playbooks.models import PlaybookRun, StepRun, StepStatus
from playbooks.move import Move
from playbooks.runs import move_of
from playbooks.variables import filled
from playbooks.words import playbook_names, step_names
from playbooks.workflow import verb_of
from soc.approvals.models import Approval
from soc.approvals.service import propose
from soc.clock import now
from soc.db import Database
from soc.errors import SocError
from soc.identity.actor import Actor
from soc.identity.actors import job_actor
from soc.room import resolve
from soc.text import Message
from soc.trail import Subject

#: the approval kind of a step that needs a second person
APPROVAL = "playbook.step"


@dataclass(frozen=True, slots=True)
class Order:
    """What a verb is told: for which run, with which arguments."""

    run_id: UUID
    step_run_id: UUID
    org: str
    incident_id: UUID | None
    args: Mapping[str, str]

    def need(self, name: str) -> str:
        """Return an argument.

        Raises:
            OutcomeError: it is not given.
        """
        if not self.args.get(name):
            raise OutcomeError("playbooks.verb.argument", name=name)
        return self.args[name]


Verb = Callable[[Database, Order], Result]

_VERBS: Mapping[str, str] = {
    "lock_account": "playbooks.actions.lock_account:lock",
    "unlock_account": "playbooks.actions.lock_account:unlock",
    "evidence_snapshot": "playbooks.actions.evidence_snapshot:snapshot",
    "release_evidence": "playbooks.actions.release_evidence:release",
}


def perform(database: Database, run_id: UUID, step_run_id: UUID) -> Result:
    """Do what a step's verb says, with no transaction held open."""
    try:
        with database.read() as session:
            verb, order = _order(session, run_id, step_run_id)
        name = _VERBS.get(verb)
        if name is None:
            return failed("playbooks.verb.unknown", verb=verb)
        done: Result = resolve(name)(database, order)
    except SocError as error:
        return Result(ok=False, reason=Message(error.key, error.params))
    return done


def second_person(move: Move, step: StepRun) -> None:
    """Ask a second person; the starter counts as the first."""
    step.status = StepStatus.APPROVAL
    starter = replace(move.actor, id=move.run.started_by_id, name=move.run.started_by)
    definition = move.workflow.step(step.step_id)
    found = verb_of(definition) or {}
    args = _args(found, move.values(step.step_id))
    title = Message("playbooks.approval.title", {"step": step_names(definition, step.step_id)})
    reason = Message("playbooks.run.second_person", {"name": playbook_names(move.workflow.document)})
    payload = {
        "step_run": str(step.id), "verb": found.get("verb"), "args": args,
        "title": title.as_json(), "reason": reason.as_json(),
    }  # fmt: skip
    move.session.flush()
    tell_step(move, step, "playbooks.timeline.asks_second", move.actor.name)
    propose(
        move.session,
        starter,
        APPROVAL,
        Subject(StepRun.__tablename__, str(step.id), _decides(move, step.org, args)),
        payload,
        title=title.render("zh"),
        reason=reason.render("zh"),
    )


def apply_approval(session: Session, actor: Actor, approval: Approval) -> None:
    """Let the step go on: the second person has agreed."""
    step = session.get_one(StepRun, UUID(approval.payload["step_run"]), with_for_update=True)
    if step.status is StepStatus.APPROVAL:
        step.approved_by, step.status = actor.name, StepStatus.READY
        move = move_of(session, actor, session.get_one(PlaybookRun, step.run_id), now())
        tell_step(move, step, "playbooks.timeline.step_approved", actor.name)


def describe_approval(session: Session, actor: Actor, approval: Approval) -> dict[str, Any]:
    """Tell the second person what would be done."""
    step = session.get_one(StepRun, UUID(approval.payload["step_run"]))
    run = session.get_one(PlaybookRun, step.run_id)
    incident = session.get(Incident, run.incident_id) if run.incident_id else None
    args: Mapping[str, str] = approval.payload["args"]
    facts: list[tuple[Message, Message | str]] = [
        (Message("playbooks.approval.act"), Message(f"playbooks.verb.name.{approval.payload['verb']}")),
        *((Message(f"playbooks.verb.arg.{name}"), value) for name, value in args.items()),
    ]
    if incident is not None:
        facts.append((Message("playbooks.approval.incident"), incident.number))
    return {"facts": facts}


def _decides(move: Move, org: str, args: Mapping[str, str]) -> str:
    """Return whose second person decides: that of the source's owner, where a source is acted on."""
    named = (one.org for one in reachable(move.session, org) if one.name == args.get("source"))
    return next(named, org)


def _order(session: Session, run_id: UUID, step_run_id: UUID) -> tuple[str, Order]:
    run, step = session.get_one(PlaybookRun, run_id), session.get_one(StepRun, step_run_id)
    move = move_of(session, job_actor(session, "playbooks"), run, now())
    found = verb_of(move.workflow.step(step.step_id)) or {}
    args = _args(found, move.values(step.step_id))
    return str(found.get("verb")), Order(run.id, step.id, run.org, run.incident_id, args)


def _args(found: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, str]:
    given = found.get("args")
    return {name: filled(str(value), values) for name, value in given.items()} if isinstance(given, dict) else {}
