"""What a pull says of itself to its source: sealed at rest, opened for the call, never shown."""

from typing import Any
from uuid import UUID

import orjson

from audit.ingest.pull.calling import Endpoint, Trust, endpoint_of
from audit.ingest.pull.models import LogPull
from config.settings import Settings
from soc.crypto import seal, unseal

PURPOSE = "log.pulls"


def sealed(settings: Settings, pull_id: UUID, secret: dict[str, str]) -> bytes | None:
    """Return the sealed names and passwords; None where there are none."""
    given = {name: value for name, value in secret.items() if value}
    return seal(settings, PURPOSE, orjson.dumps(given), pull_id.bytes) if given else None


def secret_of(settings: Settings, pull: LogPull) -> dict[str, Any]:
    """Return them again, for a call.

    Raises:
        SealError: they were altered, or their key is gone.
    """
    if pull.sealed is None:
        return {}
    found: dict[str, Any] = orjson.loads(unseal(settings, PURPOSE, pull.sealed, pull.id.bytes))
    return found


def trust_of(settings: Settings, pull: LogPull) -> tuple[Endpoint, Trust]:
    """Return where a pull calls, and by what it trusts what answers."""
    return endpoint_of(pull.address), Trust(pull.verify, pull.authority, settings.pull_targets)
