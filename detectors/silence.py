"""A source of logs that falls silent is a finding: who reads no logs sees no leak."""

from datetime import datetime

from sqlalchemy.orm import Session

from audit.ingest.receive.heard import SenderFellSilent
from detectors.findings import EntityKind, Figure, FindingKind, NewFinding, RiskPart, raise_finding
from soc.identity.actor import Actor
from soc.text import Message

#: worth a look the same day; it opens no incident by itself
_SCORE = 45


def on_silence(session: Session, actor: Actor, event: SenderFellSilent) -> None:
    """Raise the silence of one sender at one receiver."""
    told = {"sender": event.sender, "receiver": event.receiver}
    last = datetime.fromisoformat(event.last_at)
    raise_finding(
        session,
        actor,
        NewFinding(
            org=event.org,
            kind=FindingKind.RULE,
            entity_kind=EntityKind.ADDRESS,
            entity_name=event.sender,
            title=Message("receive.silent.title", told),
            reasons=[Message("receive.silent.reason", {"at": event.last_at[:16].replace("T", " ")})],
            parts=[RiskPart(Message("receive.silent.part"), _SCORE)],
            score=_SCORE,
            level="",
            rows=Figure(),
            persons=Figure(),
            events=[],
            first_at=last,
            last_at=last,
            dedup_key=f"silence/{event.receiver}/{event.sender}/{event.last_at}",
        ),
    )
