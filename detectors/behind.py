"""Detection that is behind is a finding: what is not looked at yet is no alert yet."""

from datetime import datetime
from socket import gethostname

from sqlalchemy.orm import Session

from audit.ingest.behind import DetectionFellBehind
from detectors.findings import EntityKind, Figure, FindingKind, NewFinding, RiskPart, raise_finding
from soc.identity.actor import Actor
from soc.text import Message

#: worth a look the same day; it opens no incident by itself
_SCORE = 45


def on_behind(session: Session, actor: Actor, event: DetectionFellBehind) -> None:
    """Raise that rules are behind the logs, about the machine that works them off."""
    oldest = datetime.fromisoformat(event.oldest)
    raise_finding(
        session,
        actor,
        NewFinding(
            org=event.org,
            kind=FindingKind.RULE,
            entity_kind=EntityKind.ADDRESS,
            entity_name=gethostname(),
            title=Message("ingest.behind.title", {"seconds": event.seconds}),
            reasons=[Message("ingest.behind.reason", {"batches": event.batches, "records": event.records})],
            parts=[RiskPart(Message("ingest.behind.part"), _SCORE)],
            score=_SCORE,
            level="",
            rows=Figure(),
            persons=Figure(),
            events=[],
            first_at=oldest,
            last_at=oldest,
            dedup_key=f"behind/{event.oldest}",
        ),
    )
