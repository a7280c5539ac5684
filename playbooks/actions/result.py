"""What an act brings back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from soc.text import Message


@dataclass(frozen=True, slots=True)
class Result:
    """How one command on one target went; ``results`` are values for the step's out_args."""

    ok: bool
    outcome: Mapping[str, Any] = field(default_factory=dict)
    results: Mapping[str, Any] = field(default_factory=dict)
    reason: Message | None = None


def failed(key: str, **params: Any) -> Result:
    """Return a failure with its reason."""
    return Result(ok=False, reason=Message(key, params))
