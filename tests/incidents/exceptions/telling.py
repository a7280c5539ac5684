"""Findings as the detectors raise them, for exceptions to keep back."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.findings import EntityKind, Finding, FindingKind, NewFinding, raise_finding
from incidents.alerts.models import Alert
from incidents.policy import on_finding, raised_of
from soc.clock import now
from soc.db import new_id
from soc.exposure import Basis, Figure
from soc.identity.actor import Actor
from soc.text import Message

CITY = "440100"
#: within what a preview looks back on
RECENT = (now() - timedelta(days=20)).replace(hour=4, minute=0)


def told(**changes: Any) -> NewFinding:
    """A nightly dump of two tables by an application's account."""
    given: dict[str, Any] = {
        "org": CITY,
        "kind": FindingKind.DRIP,
        "entity_kind": EntityKind.ACCOUNT,
        "entity_name": "svc_backup",
        "title": Message("behaviour.drip_title", {"account": "svc_backup", "days": 3}),
        "reasons": [],
        "parts": [],
        "score": 55,
        "level": "G4",
        "rows": Figure(900, 900, Basis.MEASURED),
        "persons": Figure(0, 900, Basis.ESTIMATED),
        "events": ["e1"],
        "first_at": RECENT,
        "last_at": RECENT + timedelta(minutes=20),
        "dedup_key": f"k/{new_id()}",
        "details": {"tables": ["toll.etc_user", "hr.staff"]},
    }
    return NewFinding(**(given | changes))


def raised(session: Session, actor: Actor, *, at: datetime = RECENT, **changes: Any) -> tuple[Finding, Alert | None]:
    """Raise such a finding and take it in, as the outbox does."""
    found = raise_finding(session, actor, told(**changes))
    assert found is not None
    finding = session.get_one(Finding, found)
    return finding, on_finding(session, actor, raised_of(finding), at=at)


def alerts(session: Session) -> list[Alert]:
    """Every alert, oldest first."""
    return list(session.scalars(select(Alert).order_by(Alert.first_at)))
