"""Detection that is behind is a finding: what is not looked at yet is no alert yet."""

from datetime import datetime
from socket import gethostname

from sqlalchemy.orm import Session

from audit.ingest.behind import DetectionFellBehind
from detectors.findings import raise_finding
from detectors.intake import about_intake
from soc.identity.actor import Actor
from soc.text import Message


def on_behind(session: Session, actor: Actor, event: DetectionFellBehind) -> None:
    """Raise that rules are behind the logs, about the machine that works them off."""
    found = about_intake(
        org=event.org,
        machine=gethostname(),
        title=Message("ingest.behind.title", {"seconds": event.seconds}),
        reason=Message("ingest.behind.reason", {"batches": event.batches, "records": event.records}),
        part=Message("ingest.behind.part"),
        at=datetime.fromisoformat(event.oldest),
        key=f"behind/{event.oldest}",
    )
    raise_finding(session, actor, found)
