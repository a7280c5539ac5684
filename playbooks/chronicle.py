"""What a run did, told on the timeline of the incident it serves: who did which step, and how it went."""

from typing import Any

from incidents.cases.models import Incident
from incidents.cases.timeline import tell
from playbooks.models import StepRun
from playbooks.move import Move
from playbooks.words import playbook_names, step_names
from soc.text import Message


def tell_step(move: Move, step: StepRun, key: str, who: str, *, tone: str = "", **params: Any) -> None:
    """Write a line about a step; a run without an incident has no timeline."""
    names = step_names(move.workflow.step(step.step_id), step.step_id)
    _tell(move, Message(key, {"step": names, **params}), who, tone)


def tell_run_over(move: Move, who: str) -> None:
    """Write how the run ended."""
    status = Message(f"playbooks.run_status.{move.run.status}")
    text = Message("playbooks.timeline.run_over", {"name": playbook_names(move.workflow.document), "status": status})
    _tell(move, text, who, "bad" if move.run.reason else "")


def _tell(move: Move, text: Message, who: str, tone: str) -> None:
    incident = move.session.get(Incident, move.run.incident_id) if move.run.incident_id else None
    if incident is not None:
        tell(move.session, incident, who, text, at=move.at, tone=tone)
