"""Alerts that were decided, made up: the points of a detector that promises more than it keeps."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from incidents.alerts.models import Alert, AlertStatus, Severity, Verdict
from soc.db import new_id
from soc.exposure import Basis, Figure
from tests.conftest import NOON

CITY = "440100"


def decided(session: Session, score: int, verdict: Verdict | None, *, at: datetime = NOON, **changes: Any) -> Alert:
    """Add one alert that was closed with a verdict; without one it waits."""
    given: dict[str, Any] = {
        "org": CITY,
        "entity_kind": "account",
        "entity": f"e-{new_id()}",
        "entity_name": "zhang_wei",
        "kind": "behaviour",
        "title": {"key": "alerts.title", "params": {}},
        "title_text": "",
        "reasons": [],
        "parts": [],
        "score": score,
        "severity": Severity.of(score),
        "level": "G3",
        "events": [],
        "first_at": at - timedelta(hours=3),
        "last_at": at - timedelta(hours=2),
        "status": AlertStatus.CLOSED if verdict else AlertStatus.NEW,
        "verdict": verdict,
        "opened_at": at - timedelta(hours=2),
        "changed_at": at,
        "closed_at": at if verdict else None,
    }
    alert = Alert(**(given | changes))
    alert.rows = alert.persons = Figure(10, 10, Basis.MEASURED)
    session.add(alert)
    return alert


def many(
    session: Session, count: int, *, seed: int = 1, first: datetime = NOON, middle: float = 75, **changes: Any
) -> datetime:
    """Decide ``count`` alerts, one an hour: of ``middle`` points half are true. Returns when the last was decided."""
    chance = np.random.default_rng(seed)
    at = first
    for number in range(count):
        at = first + timedelta(hours=number)
        score = int(chance.integers(40, 100))
        real = chance.random() < 1 / (1 + np.exp(-(score - middle) / 8))
        decided(session, score, Verdict.TRUE_POSITIVE if real else Verdict.FALSE_POSITIVE, at=at, **changes)
    session.flush()
    return at
