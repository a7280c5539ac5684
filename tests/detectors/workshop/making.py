"""A recognizer of one's own for tests: a pass of the made-up ferry company, ``FD-1234-AB``."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from detectors.workshop.service import edit, propose
from soc.approvals.service import approve
from soc.identity.actor import Actor
from soc.ledger.own_types import OwnDefinition, definition_of

CITY = "440100"
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def ferry_pass(**changed: Any) -> dict[str, Any]:
    """The table of a good recognizer, changed as asked."""
    return {
        "id": "ferry_pass", "zh": "渡轮通行证号", "en": "Ferry pass number", "level": "G3", "class": "PI",
        "group": "个人身份信息", "pattern": r"FD-\d{4}-[A-Z]{2}", "log": True, "names": ["渡轮证", "ferrypass"],
    } | changed  # fmt: skip


def document(*tables: dict[str, Any]) -> dict[str, Any]:
    return {"title": "own", "recognizers": list(tables)}


def defined(**changed: Any) -> OwnDefinition:
    return definition_of(CITY, ferry_pass(**changed))


def put_in_force(session: Session, author: Actor, second: Actor, org: str, *tables: dict[str, Any]) -> None:
    """Take a document of these recognizers the whole way."""
    edit(session, author, org, document(*tables))
    approve(session, second, propose(session, author, org, reason="tests").id, at=NOON)
