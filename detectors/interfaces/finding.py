"""The finding that an interface gives out graded data and nobody registered it."""

from detectors.findings import EntityKind, FindingKind, NewFinding, RiskPart
from detectors.interfaces.counting import Sighting
from soc.exposure import NOT_KNOWN
from soc.ledger.levels import RANKS
from soc.ledger.seen import SeenInterface
from soc.logstore.lucene import term
from soc.text import Message

#: points by the rank of the gravest level that its statements read: sensitive, severe, important, core
_SCORES = {3: 55, 4: 70, 5: 80, 6: 85}
_LEVELS = {rank: level for level, rank in RANKS.items()}
_NAMED = 8
_UNKNOWN_ACCOUNT = "-"


def unregistered(seen: SeenInterface, one: Sighting) -> NewFinding:
    """Raise it on the account under which the application reads; told again only where it becomes graver."""
    level = _LEVELS.get(one.rank, "")
    score = _SCORES[one.rank]
    account = next((name for name, _ in one.accounts.most_common(1) if name), _UNKNOWN_ACCOUNT)
    items = [name for name, _ in one.items.most_common(_NAMED)]
    query = term("guanlan.asked_through", seen.name)
    return NewFinding(
        org=seen.org,
        kind=FindingKind.RULE,
        entity_kind=EntityKind.ACCOUNT,
        entity_name=account,
        title=Message("interfaces.finding.title", {"name": seen.name, "level": level}),
        reasons=[
            Message("interfaces.finding.statements", {"statements": one.statements, "requests": one.requests}),
            Message("interfaces.finding.items", {"items": ", ".join(items) or "–"}),
        ],
        parts=[RiskPart(Message("interfaces.finding.part"), score, query)],
        score=score,
        level=level,
        rows=NOT_KNOWN,
        persons=NOT_KNOWN,
        events=[],
        first_at=one.first,
        last_at=one.last,
        dedup_key=f"interface/{seen.name}",
    )
