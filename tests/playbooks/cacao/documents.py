"""A small right playbook to change, and identifiers to change it with."""

import copy
import json
from typing import Any

START = "start--00000000-0000-4000-8000-000000000001"
CALL = "action--00000000-0000-4000-8000-000000000002"
END = "end--00000000-0000-4000-8000-000000000003"
AGENT = "individual--00000000-0000-4000-8000-000000000004"
HOST = "http-api--00000000-0000-4000-8000-000000000005"
NOWHERE = "end--00000000-0000-4000-8000-00000000dead"

_RIGHT: dict[str, Any] = {
    "type": "playbook",
    "spec_version": "cacao-2.0",
    "id": "playbook--00000000-0000-4000-8000-00000000000a",
    "name": "Call the gateway",
    "created_by": "identity--00000000-0000-4000-8000-00000000000b",
    "created": "2026-11-01T00:00:00.000Z",
    "modified": "2026-11-01T00:00:00.000Z",
    "workflow_start": START,
    "workflow": {
        START: {"type": "start", "on_completion": CALL},
        CALL: {
            "type": "action",
            "commands": [{"type": "manual", "command": "Telephone the owner"}],
            "agent": AGENT,
            "targets": [HOST],
            "on_completion": END,
        },
        END: {"type": "end"},
    },
    "agent_definitions": {
        AGENT: {"type": "individual", "name": "Duty officer", "contact": {"email": {"work": "duty@example.org"}}}
    },
    "target_definitions": {HOST: {"type": "http-api", "name": "Gateway", "address": {"ipv4": ["192.0.2.7"]}}},
}


def right() -> dict[str, Any]:
    """Return a playbook without a problem."""
    return copy.deepcopy(_RIGHT)


def raw(document: Any) -> bytes:
    """Return its text."""
    return json.dumps(document).encode()
