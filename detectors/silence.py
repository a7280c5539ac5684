"""A source of logs that falls silent is a finding: who reads no logs sees no leak."""

from datetime import datetime

from sqlalchemy.orm import Session

from audit.ingest.receive.heard import SenderFellSilent
from detectors.findings import raise_finding
from detectors.intake import about_intake
from soc.identity.actor import Actor
from soc.text import Message


def on_silence(session: Session, actor: Actor, event: SenderFellSilent) -> None:
    """Raise the silence of one sender at one receiver."""
    found = about_intake(
        org=event.org,
        machine=event.sender,
        title=Message("receive.silent.title", {"sender": event.sender, "receiver": event.receiver}),
        reason=Message("receive.silent.reason", {"at": event.last_at[:16].replace("T", " ")}),
        part=Message("receive.silent.part"),
        at=datetime.fromisoformat(event.last_at),
        key=f"silence/{event.receiver}/{event.sender}/{event.last_at}",
    )
    raise_finding(session, actor, found)
