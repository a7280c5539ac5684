"""The workflow as a graph: what each step leads to, what names nothing, what never ends.

A schema passes a playbook whose steps lead nowhere or in a circle; the graph does not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playbooks.cacao.problem import Code, Problem

#: properties that name the step which follows when a step is done
FOLLOWING = ("on_completion", "on_success", "on_failure")
#: properties that name the first step of a branch within a control step
_BRANCHES = ("on_true", "on_false")

Workflow = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Edge:
    """One step names another, in ``via``."""

    source: str
    target: str
    via: str

    @property
    def branches(self) -> bool:
        """Whether it leads into a branch, which comes back when it is done."""
        return self.via not in FOLLOWING


def workflow_of(document: Mapping[str, Any]) -> Workflow:
    """Return the steps that are objects; what else stands there is the shapes' business."""
    found = document.get("workflow")
    if not isinstance(found, dict):
        return {}
    return {name: step for name, step in found.items() if isinstance(step, dict)}


def edges(workflow: Workflow) -> Iterator[Edge]:
    """Yield every reference from step to step, also those that name nothing."""
    for name, step in workflow.items():
        for via in (*FOLLOWING, *_BRANCHES):
            if via in step:
                yield Edge(name, _shown(step[via]), via)
        yield from (Edge(name, _shown(one), "next_steps") for one in _listed(step.get("next_steps")))
        cases = step.get("cases")
        if isinstance(cases, dict):
            yield from (Edge(name, _shown(one), "cases") for one in cases.values())


def graph_problems(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the flow: dangling references, the start, a flow without an end."""
    workflow = workflow_of(document)
    found = list(edges(workflow))
    dangling = [one for one in found if one.target not in workflow]
    for one in dangling:
        yield Problem(one.source, Code.DANGLING_STEP, {"via": one.via, "target": one.target})
    yield from _start_problems(document, workflow)
    if not dangling:
        yield from _endless(document, workflow, found)


def _start_problems(document: Mapping[str, Any], workflow: Workflow) -> Iterator[Problem]:
    start, exception = document.get("workflow_start"), document.get("workflow_exception")
    if not isinstance(start, str) or start not in workflow:
        yield Problem("workflow_start", Code.DANGLING_START, {"target": _shown(start)})
    elif workflow[start].get("type") != "start":
        yield Problem("workflow_start", Code.START_TYPE, {"target": start})
    if exception is not None and (not isinstance(exception, str) or exception not in workflow):
        yield Problem("workflow_exception", Code.DANGLING_EXCEPTION, {"target": _shown(exception)})


def _endless(document: Mapping[str, Any], workflow: Workflow, found: list[Edge]) -> Iterator[Problem]:
    roots = [document.get("workflow_start"), document.get("workflow_exception")]
    forth, back = _neighbours(found)
    reached = _closure([one for one in roots if isinstance(one, str) and one in workflow], forth)
    stuck = reached - _closure(_finishing(workflow, found, forth) & reached, back)
    # steps that only lead into the circle are its victims: name the circle itself
    for name in (one for one in workflow if one in stuck):
        if not stuck.isdisjoint(forth.get(name, ())) and name not in _closure(forth.get(name, ()), forth):
            continue
        yield Problem(name, Code.ENDLESS)


def _finishing(workflow: Workflow, found: list[Edge], forth: Mapping[str, set[str]]) -> set[str]:
    """Return the ends, and the last steps of branches whose control step goes on."""
    going_on = {one.source for one in found if not one.branches}
    heads = [one.target for one in found if one.branches and one.source in going_on]
    in_branches = _closure(heads, forth)
    last = {name for name in in_branches if not forth.get(name)}
    return {name for name, step in workflow.items() if step.get("type") == "end"} | last


def _neighbours(found: list[Edge]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    forth: dict[str, set[str]] = {}
    back: dict[str, set[str]] = {}
    for one in found:
        forth.setdefault(one.source, set()).add(one.target)
        back.setdefault(one.target, set()).add(one.source)
    return forth, back


def _closure(begin: Any, neighbours: Mapping[str, set[str]]) -> set[str]:
    seen = set(begin)
    waiting = list(seen)
    while waiting:
        for other in neighbours.get(waiting.pop(), ()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _shown(value: object) -> str:
    return value if isinstance(value, str) else repr(value)[:80]
