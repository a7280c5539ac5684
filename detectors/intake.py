"""Findings about how logs come in and are looked at: about a machine, of no data."""

from datetime import datetime

from detectors.findings import EntityKind, FindingKind, NewFinding, RiskPart
from soc.exposure import Figure
from soc.text import Message

#: worth a look the same day; it opens no incident by itself
_SCORE = 45


def about_intake(
    *, org: str, machine: str, title: Message, reason: Message, part: Message, at: datetime, key: str
) -> NewFinding:
    """Make the finding that something is wrong with the logs of ``machine`` since ``at``."""
    return NewFinding(
        org=org,
        kind=FindingKind.RULE,
        entity_kind=EntityKind.ADDRESS,
        entity_name=machine,
        title=title,
        reasons=[reason],
        parts=[RiskPart(part, _SCORE)],
        score=_SCORE,
        level="",
        rows=Figure(),
        persons=Figure(),
        events=[],
        first_at=at,
        last_at=at,
        dedup_key=key,
    )
