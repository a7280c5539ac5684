"""Findings as rows for a list: the latest telling of each, gravest first."""

from typing import Any

from sqlalchemy.orm import Session

from detectors.findings import Finding
from soc.identity.actor import Actor
from soc.text import Message
from soc.tiers.scope import within


def latest_findings(session: Session, actor: Actor, limit: int) -> list[dict[str, Any]]:
    """The standing findings the actor may see, in the reader's language."""
    rows = session.scalars(within(actor, Finding).order_by(Finding.raised_at.desc(), Finding.id.desc()).limit(5_000))
    latest: dict[tuple[str, str], Finding] = {}
    for row in rows:
        latest.setdefault((row.org, row.dedup_key), row)
    ordered = sorted(latest.values(), key=lambda row: (-row.score, row.last_at))
    return [as_row(row) for row in ordered[:limit]]


def as_row(row: Finding) -> dict[str, Any]:
    """One finding with its words."""
    return {
        "id": str(row.id),
        "org": row.org,
        "kind": row.kind.value,
        "entity": row.entity,
        "account": row.entity_name,
        "score": row.score,
        "level": row.level,
        "title": Message.from_json(row.title).render(),
        "reasons": [Message.from_json(one).render() for one in row.reasons],
        "parts": [{"label": Message.from_json(one["label"]).render(), "value": one["value"]} for one in row.parts],
        "rows": row.rows.as_json(),
        "persons": row.persons.as_json(),
        "first_at": row.first_at.isoformat(),
        "last_at": row.last_at.isoformat(),
    }
