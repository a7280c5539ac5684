"""Putting small playbooks together."""

from typing import Any

from tests.playbooks.cacao.documents import AGENT, HOST, right


def sid(kind: str, number: int) -> str:
    """Return a step's identifier."""
    return f"{kind}--00000000-0000-4000-8000-{number:012d}"


START, END = sid("start", 1), sid("end", 99)


def call(number: int, then: str | None = END, command: str = "POST /block", **more: Any) -> tuple[str, dict[str, Any]]:
    """Return an http-api step."""
    step: dict[str, Any] = {
        "type": "action",
        "agent": AGENT,
        "targets": [HOST],
        "commands": [{"type": "http-api", "command": command}],
        **more,
    }
    if then is not None:
        step["on_completion"] = then
    return sid("action", number), step


def ask(number: int, then: str | None = END, **more: Any) -> tuple[str, dict[str, Any]]:
    """Return a manual step."""
    name, step = call(number, then, **more)
    return name, step | {"commands": [{"type": "manual", "command": "Telephone the owner"}]}


def flow(port: int, *steps: tuple[str, dict[str, Any]], variables: Any = None, **more: Any) -> dict[str, Any]:
    """Return a playbook that begins with the first of ``steps``."""
    document = right()
    document["workflow"] = {START: {"type": "start", "on_completion": steps[0][0]}, **dict(steps), END: {"type": "end"}}
    document["target_definitions"][HOST] |= {"address": {"ipv4": ["127.0.0.1"]}, "port": str(port)}
    if variables:
        document["playbook_variables"] = variables
    return document | more
