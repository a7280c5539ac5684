"""Playbooks, their runs, each invocation of a step, and each effect outside."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from playbooks.cacao.problem import Status
from soc.db import Identified, Model
from soc.tiers.models import Scoped


class Playbook(Scoped, Identified, Model):
    """One version of a playbook, its text kept as it came; the highest number is the current one."""

    __tablename__ = "playbooks"
    #: a run below follows what was sent down
    read_from_below: ClassVar = "status = 'accepted'"
    __table_args__ = (UniqueConstraint("org", "playbook_id", "number"),)
    #: the document's own id, playbook--UUID
    playbook_id: Mapped[str] = mapped_column(index=True)
    number: Mapped[int]
    name: Mapped[str]
    status: Mapped[Status]
    #: the JSON text, byte for byte as imported or signed
    text: Mapped[str]
    digest: Mapped[str]
    problems: Mapped[list[dict[str, Any]]]
    imported_by: Mapped[str]
    imported_at: Mapped[datetime]


class RunStatus(StrEnum):
    """Where a run stands; what others see in ``soc playbook runs``."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self in {RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED}


class PlaybookRun(Scoped, Identified, Model):
    """One run of one version of a playbook."""

    __tablename__ = "playbook_runs"
    part_of: ClassVar = ("incident_id", "incidents")
    playbook_row: Mapped[UUID] = mapped_column(ForeignKey("playbooks.id"), index=True)
    playbook_id: Mapped[str]
    name: Mapped[str]
    status: Mapped[RunStatus] = mapped_column(default=RunStatus.QUEUED, index=True)
    #: the incident it serves, if any
    incident_id: Mapped[UUID | None] = mapped_column(index=True)
    #: the invocation of a playbook-action that started it
    parent_step: Mapped[UUID | None]
    started_by_id: Mapped[str]
    started_by: Mapped[str]
    variables: Mapped[dict[str, Any]]
    #: it went to workflow_exception: it ends as failed whatever follows
    failing: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    #: {"key", "params"}: why it failed
    reason: Mapped[dict[str, Any] | None]


class StepStatus(StrEnum):
    """Where one invocation of a step stands."""

    READY = "ready"
    #: a command may have gone out
    ACTING = "acting"
    #: a person has to do it
    MANUAL = "manual"
    #: a second person has to agree
    APPROVAL = "approval"
    #: its branches are at work
    BRANCHING = "branching"
    #: another playbook is at work for it
    CALLING = "calling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether this invocation is done with."""
        return self in {StepStatus.SUCCEEDED, StepStatus.FAILED, StepStatus.TIMED_OUT, StepStatus.CANCELLED}


OPEN_STEPS = tuple(status for status in StepStatus if not status.over)
WAITING_STEPS = (StepStatus.MANUAL, StepStatus.APPROVAL, StepStatus.BRANCHING, StepStatus.CALLING)


class StepRun(Scoped, Identified, Model):
    """One invocation of a step: a step in a loop has one for each turn, and each its own id."""

    __tablename__ = "playbook_step_runs"
    part_of: ClassVar = ("run_id", "playbook_runs")
    run_id: Mapped[UUID] = mapped_column(ForeignKey("playbook_runs.id"), index=True)
    step_id: Mapped[str]
    #: the invocation of the control step whose branch this is in
    frame_id: Mapped[UUID | None] = mapped_column(ForeignKey("playbook_step_runs.id"))
    status: Mapped[StepStatus] = mapped_column(default=StepStatus.READY, index=True)
    #: turns of a while-condition so far
    turns: Mapped[int] = mapped_column(default=0)
    branch_failed: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    #: not before
    due_at: Mapped[datetime]
    #: not after: then it has timed out
    deadline_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    done_by: Mapped[str | None]
    #: what came out: out_args, a response, a count
    outcome: Mapped[dict[str, Any] | None]
    #: {"key", "params"}: why it failed
    reason: Mapped[dict[str, Any] | None]


class EffectStatus(StrEnum):
    """How far an effect outside is."""

    INTENDED = "intended"
    #: it may have gone out: if the worker died here it goes out again under the same key
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"


class Effect(Scoped, Identified, Model):
    """One command to one target; its id is the invocation id of the Idempotency-Key."""

    __tablename__ = "playbook_effects"
    part_of: ClassVar = ("step_run_id", "playbook_step_runs")
    __table_args__ = (UniqueConstraint("step_run_id", "command", "target"),)
    step_run_id: Mapped[UUID] = mapped_column(ForeignKey("playbook_step_runs.id"), index=True)
    #: position of the command in the step
    command: Mapped[int]
    target: Mapped[str]
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    status: Mapped[EffectStatus] = mapped_column(default=EffectStatus.INTENDED)
    sent_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any] | None]
