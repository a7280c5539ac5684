"""Judging a playbook: accepted, kept as a draft, or refused, each problem with its step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playbooks.cacao.checks import Fault
from playbooks.cacao.document import read
from playbooks.cacao.graph import FOLLOWING, graph_problems, workflow_of
from playbooks.cacao.problem import Code, Problem, Refused, Status, status_of
from playbooks.cacao.safety import safety_problems
from playbooks.cacao.shapes import PLAYBOOK, UNTYPED
from playbooks.cacao.vocabulary import ADDRESSED, COMMAND_TYPES, SPEC_VERSION, STEP_TYPES, is_identifier, kind_of

#: sections whose entries have an identifier of their own to be named by
_NAMED = frozenset(
    {
        "workflow",
        "agent_definitions",
        "target_definitions",
        "authentication_info_definitions",
        "extension_definitions",
        "data_marking_definitions",
    }
)
#: reported for the reference as such: the shape's complaint about the same value would be a second one
_REFERENCES = frozenset({*FOLLOWING, "on_true", "on_false", "next_steps", "cases"})
_OF_THE_VALUE = frozenset({Code.WRONG_TYPE, Code.BAD_VALUE})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a playbook and why."""

    status: Status
    id: str | None
    problems: tuple[Problem, ...]
    document: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """What the commands print."""
        return {
            "status": self.status.value,
            "id": self.id,
            "problems": [one.as_json() for one in self.problems],
        }


def judge(raw: bytes) -> Verdict:
    """Read and judge the text of a playbook."""
    try:
        document = read(raw)
    except Refused as refusal:
        return Verdict(Status.REFUSED, None, (refusal.problem,))
    problems = _unique(problems_of(document))
    status = status_of(problems)
    refused = status is Status.REFUSED
    return Verdict(status, None if refused else str(document["id"]), problems, None if refused else document)


def problems_of(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield everything that is wrong with a document."""
    if document.get("type") != "playbook":
        yield Problem("type", Code.NOT_V2)
        return
    if document.get("spec_version") != SPEC_VERSION:
        yield Problem("spec_version", Code.NOT_V2)
        return
    if not is_identifier(document.get("id")) or kind_of(str(document["id"])) != "playbook":
        yield Problem("id", Code.NO_ID)
    yield from graph_problems(document)
    yield from safety_problems(document)
    yield from _definition_problems(document)
    yield from _step_problems(document)
    yield from (_as_problem(fault) for fault in PLAYBOOK(document, ()) if not _said_already(fault))


def _definition_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    for section in ("agent_definitions", "target_definitions"):
        found = document.get(section)
        for name, definition in found.items() if isinstance(found, dict) else ():
            kind = definition.get("type") if isinstance(definition, dict) else None
            contradicts = kind_of(name) in ADDRESSED and isinstance(kind, str) and kind != kind_of(name)
            # which of the two would say how the address is to be reached? nobody can tell
            if contradicts and "address" in definition:
                yield Problem(name, Code.CONTRADICTORY_TYPE, {"type": kind, "id_type": kind_of(name)})


def _step_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    agents, targets = (_defined(document, name) for name in ("agent_definitions", "target_definitions"))
    for name, step in workflow_of(document).items():
        yield from _type_problems(name, step)
        yield from _next_problems(name, step)
        agent = step.get("agent")
        if isinstance(agent, str) and agent not in agents | targets:
            yield Problem(name, Code.UNDEFINED_AGENT, {"target": agent})
        for target in _texts(step.get("targets")):
            if target not in agents | targets:
                yield Problem(name, Code.UNDEFINED_TARGET, {"target": target})
        yield from _command_problems(name, step)


def _type_problems(name: str, step: Mapping[str, Any]) -> Iterator[Problem]:
    kind = step.get("type")
    if kind not in STEP_TYPES or kind_of(name) != kind:
        yield Problem(name, Code.BAD_VALUE, {"path": "type", "want": kind_of(name)})


def _next_problems(name: str, step: Mapping[str, Any]) -> Iterator[Problem]:
    given = [via for via in FOLLOWING if via in step]
    if step.get("type") == "end":
        return
    if "on_completion" in given and len(given) > 1:
        yield Problem(name, Code.EXTRA_NEXT, {"names": ", ".join(given)})


def _command_problems(name: str, step: Mapping[str, Any]) -> Iterator[Problem]:
    commands = step.get("commands")
    for command in commands if isinstance(commands, list) else []:
        kind = command.get("type") if isinstance(command, dict) else None
        if isinstance(kind, str) and kind not in COMMAND_TYPES:
            yield Problem(name, Code.UNKNOWN_COMMAND, {"type": kind})


def _as_problem(fault: Fault) -> Problem:
    named = len(fault.path) > 1 and fault.path[0] in _NAMED
    step = fault.path[1] if named else fault.path[0] if fault.path else "playbook"
    inner = fault.path[2:] if named else fault.path
    return Problem(step, fault.code, {"path": ".".join(inner) or step, "want": fault.want})


def _said_already(fault: Fault) -> bool:
    if fault.path in {("type",), ("spec_version",), ("id",), ("workflow_start",), ("workflow_exception",)}:
        return True
    if len(fault.path) < 3 or fault.path[0] != "workflow":
        return False
    property_of_step = fault.path[2]
    return property_of_step == UNTYPED or (property_of_step in _REFERENCES and fault.code in _OF_THE_VALUE)


def _unique(found: Iterator[Problem]) -> tuple[Problem, ...]:
    seen: dict[tuple[str, str, str], Problem] = {}
    for one in found:
        seen.setdefault((one.step, one.code, repr(sorted(one.params.items()))), one)
    return tuple(seen.values())


def _defined(document: Mapping[str, Any], section: str) -> set[str]:
    found = document.get(section)
    return set(found) if isinstance(found, dict) else set()


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
