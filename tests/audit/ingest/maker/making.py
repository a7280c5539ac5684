"""A log format of one's own for tests: the gate of the made-up ferry company, and lines that resemble no shipped format."""

from typing import Any

from sqlalchemy.orm import Session

from audit.ingest.maker.service import TABLES
from soc.approvals.service import approve
from soc.clock import now
from soc.identity.actor import Actor

CITY = "440100"
PROVINCE = "440000"
OWN = f"own_{CITY}_ferry_gate"
MATCH = (
    r"^FERRY (?P<at>\S+) gate=(?P<gate>\d+) who=(?P<who>\S+) from=(?P<client>\S+) did=(?P<act>\S+) (?P<result>ok|no)$"
)


def ferry_gate(**changed: Any) -> dict[str, Any]:
    """The table of a good format, changed as asked."""
    return {
        "id": "ferry_gate", "zh": "渡口闸机", "en": "Ferry gate", "reader": "pattern", "cases": [{"match": MATCH}],
        "time": ["at"],
        "map": {"actor.user.name": ["who"], "src_endpoint.ip": ["client"], "api.operation": ["act"]},
        "set": {"class_uid": 6003}, "by": {"result": {"ok": {"status_id": 1}, "no": {"status_id": 2}}},
    } | changed  # fmt: skip


def gate_lines(count: int = 4, second: int = 0) -> bytes:
    """Lines that the format reads."""
    return "".join(
        f"FERRY 2026-11-22T10:00:{(second + number) % 60:02d}+08:00 gate=7 who=clerk{number} from=10.1.2.{number} "
        f"did=open {'ok' if number % 2 else 'no'}\n"
        for number in range(count)
    ).encode()


def document(*tables: dict[str, Any]) -> dict[str, Any]:
    return {"title": "own", "formats": list(tables)}


def put_in_force(session: Session, author: Actor, second: Actor, org: str, *tables: dict[str, Any]) -> None:
    """Take a document of these formats the whole way."""
    TABLES.edit(session, author, org, document(*tables))
    approve(session, second, TABLES.propose(session, author, org, reason="tests").id, at=now())
