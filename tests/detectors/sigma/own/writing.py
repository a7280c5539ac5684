"""A rule of one's own for tests, and its way into force."""

from typing import Any

from sqlalchemy.orm import Session

from detectors.sigma.own.service import TABLES
from soc.approvals.service import approve
from soc.clock import now
from soc.identity.actor import Actor

CITY, PROVINCE, COUNTY, STRANGER = "440100", "440000", "440103", "440300"
RULE_ID = "7d1d3a7e-52a1-4a5e-9a54-0f3c1b1d2e11"
TAG = f"own_{CITY}_{RULE_ID}"
TEXT = f"""# the comment stays
title: Tool of the night shift
id: {RULE_ID}
status: experimental
logsource:
    category: database
detection:
    selection:
        application: nightshift
    condition: selection
level: high
custom:
    title_zh: 夜班工具
"""


def own(text: str = TEXT, name: str = RULE_ID, **more: Any) -> dict[str, Any]:
    return {"id": name, "text": text, **more}


def put_in_force(session: Session, author: Actor, second: Actor, org: str, *entries: dict[str, Any]) -> None:
    """Take a document of these entries the whole way."""
    TABLES.edit(session, author, org, {"title": "own", "rules": list(entries)})
    approve(session, second, TABLES.propose(session, author, org, reason="tests").id, at=now())
