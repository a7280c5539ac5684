"""Findings of interfaces: one gives out graded data and nobody registered it, or gives out more than is registered."""

from collections.abc import Sequence

from detectors.findings import EntityKind, FindingKind, NewFinding, RiskPart
from detectors.interfaces.counting import Sighting
from soc.exposure import NOT_KNOWN
from soc.ledger.beyond import Beyond
from soc.ledger.levels import RANKS
from soc.ledger.seen import BY_COMMENT, BY_TRACE, SeenInterface
from soc.logstore.lucene import term
from soc.text import Message

#: points by the rank of the gravest level that its statements read: sensitive, severe, important, core
_SCORES = {3: 55, 4: 70, 5: 80, 6: 85}
_LEVELS = {rank: level for level, rank in RANKS.items()}
_NAMED = 8
_KEYS = {"finding": "interface", "beyond": "interface-beyond"}
_UNKNOWN_ACCOUNT = "-"


def unregistered(seen: SeenInterface, one: Sighting) -> NewFinding:
    """Raise it on the account under which the application reads; told again only where it becomes graver."""
    items = [name for name, _ in one.items.most_common(_NAMED)]
    return _finding(seen, one, "finding", one.rank, items)


def beyond_registered(seen: SeenInterface, one: Sighting, found: Beyond) -> NewFinding:
    """Raise what a registered one gives out beyond what is registered; told again only where it becomes graver."""
    return _finding(seen, one, "beyond", found.worst, [item.name for item in found.items[:_NAMED]])


def _finding(seen: SeenInterface, one: Sighting, what: str, rank: int, items: Sequence[str]) -> NewFinding:
    level, score = _LEVELS.get(rank, ""), _SCORES[rank]
    account = next((name for name, _ in one.accounts.most_common(1) if name), _UNKNOWN_ACCOUNT)
    query = term("guanlan.asked_through", seen.name)
    return NewFinding(
        org=seen.org,
        kind=FindingKind.RULE,
        entity_kind=EntityKind.ACCOUNT,
        entity_name=account,
        title=Message(f"interfaces.{what}.title", {"name": seen.name, "level": level}),
        reasons=[
            Message("interfaces.finding.statements", {"statements": one.statements, "requests": one.requests}),
            _sure(seen),
            Message(f"interfaces.{what}.items", {"items": ", ".join(items) or "–"}),
        ],
        parts=[RiskPart(Message(f"interfaces.{what}.part"), score, query)],
        score=score,
        level=level,
        rows=NOT_KNOWN,
        persons=NOT_KNOWN,
        events=[],
        first_at=one.first,
        last_at=one.last,
        dedup_key=f"{_KEYS[what]}/{seen.name}",
    )


def _sure(seen: SeenInterface) -> Message:
    """Say how sure it is that the statements are the interface's."""
    if seen.by_comment:
        return Message("interfaces.finding.sure_comment", {"confidence": BY_COMMENT})
    return Message("interfaces.finding.sure_trace", {"confidence": BY_TRACE})
