"""Findings to take in."""

from datetime import timedelta
from typing import Any

from incidents.alerts.grouping import Raised
from soc.db import new_id
from soc.exposure import Basis, Figure
from tests.conftest import NOON


def finding(**changes: Any) -> Raised:
    """Return a finding of a clerk who took much."""
    given: dict[str, Any] = {
        "finding_id": new_id(),
        "org": "440100",
        "dedup_key": f"volume/{new_id()}",
        "kind": "behaviour",
        "entity_kind": "account",
        "entity": "e-0001",
        "entity_name": "zhang_wei",
        "title": {"key": "alerts.title", "params": {}},
        "reasons": [{"key": "alerts.reasons", "params": {}}],
        "parts": [],
        "score": 60,
        "level": "G3",
        "rows": Figure(100, 100, Basis.MEASURED),
        "persons": Figure(80, 100, Basis.ESTIMATED),
        "events": ["e1", "e2"],
        "first_at": NOON,
        "last_at": NOON + timedelta(minutes=10),
        "details": {"account": "zhang_wei", "source": "practitioners"},
    }
    return Raised(**(given | changes))
