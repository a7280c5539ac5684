"""A run's playbook as the engine reads it: steps, what follows them, which act each is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

#: our extension: a step that acts by one of our own verbs; other tools run it as the manual step it also is
EXTENSION = "extension-definition--6f7d5b0e-3f0c-4b57-9d0a-5a2f5f0b7c11"


#: acts that two persons decide whatever the playbook says
_TWO_PERSONS = frozenset({"release_evidence"})


class Kind(StrEnum):
    """What the engine does with a step."""

    PASS = "pass"
    END = "end"
    IF = "if-condition"
    WHILE = "while-condition"
    SWITCH = "switch-condition"
    PARALLEL = "parallel"
    CALL = "playbook-action"
    HTTP = "http-api"
    VERB = "verb"
    #: everything that only a person may do here: a manual command, or one for a shell we do not open
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Workflow:
    """The document of a run."""

    document: Mapping[str, Any]

    @classmethod
    def read(cls, text: str) -> "Workflow":
        """Read an accepted playbook's text."""
        return cls(json.loads(text))

    @property
    def start(self) -> str:
        """The first step."""
        return str(self.document["workflow_start"])

    @property
    def exception(self) -> str | None:
        """The step that follows a failure nobody handles."""
        found = self.document.get("workflow_exception")
        return str(found) if found in self.document["workflow"] else None

    def step(self, step_id: str) -> Mapping[str, Any]:
        """One step."""
        found: Mapping[str, Any] = self.document["workflow"][step_id]
        return found

    def kind(self, step_id: str) -> Kind:
        """What the engine does with it."""
        step = self.step(step_id)
        if step["type"] != "action":
            return Kind.PASS if step["type"] == "start" else Kind(step["type"])
        if verb_of(step) is not None:
            return Kind.VERB
        types = {command.get("type") for command in step.get("commands", [])}
        return Kind.HTTP if types == {"http-api"} else Kind.MANUAL

    def following(self, step_id: str, *, ok: bool) -> str | None:
        """The step after this one, by how it went; None where a branch or the flow ends."""
        step = self.step(step_id)
        if ok:
            return step.get("on_success") or step.get("on_completion")
        return step.get("on_failure")

    def comes_back_to(self, step_id: str) -> frozenset[str]:
        """Where a branch of this control step is done: at the step itself, or at what follows it."""
        step = self.step(step_id)
        named = (step.get(name) for name in ("on_completion", "on_success", "on_failure"))
        return frozenset({step_id, *filter(None, named)})

    def definition(self, identifier: str) -> Mapping[str, Any]:
        """An agent or target."""
        for section in ("target_definitions", "agent_definitions"):
            found = self.document.get(section, {}).get(identifier)
            if found is not None:
                return dict(found)
        return {}

    def authentication(self, target: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """How a target wants to be spoken to."""
        name = target.get("authentication_info")
        found = self.document.get("authentication_info_definitions", {}).get(name)
        return dict(found) if found is not None else None

    def targets(self, step_id: str) -> list[str]:
        """Whom a step's commands go to: its targets, else its agent."""
        step = self.step(step_id)
        return list(dict.fromkeys(step.get("targets") or [step["agent"]]))


def verb_of(step: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return our extension of a step: ``verb``, ``args``, ``second_person``."""
    found = step.get("step_extensions", {}).get(EXTENSION)
    return found if isinstance(found, dict) and "verb" in found else None


def needs_second_person(step: Mapping[str, Any]) -> bool:
    """Whether a second person decides: where the playbook asks for one, and always where data leaves."""
    found = step.get("step_extensions", {}).get(EXTENSION)
    return isinstance(found, dict) and (bool(found.get("second_person")) or found.get("verb") in _TWO_PERSONS)


def phase_of(step: Mapping[str, Any]) -> str | None:
    """Return the phase a step belongs to: before, during or after."""
    found = step.get("step_extensions", {}).get(EXTENSION)
    phase = found.get("phase") if isinstance(found, dict) else None
    return phase if phase in {"before", "during", "after"} else None
