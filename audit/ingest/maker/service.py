"""Own log formats as a document with versions: what a change would do, and each step on its way."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.ingest.formats.own import KIND, name_of
from audit.ingest.models import IngestBatch
from soc.clock import now
from soc.errors import NotFoundError
from soc.identity.actor import Actor
from soc.text import t
from soc.tiers.scope import visible
from soc.versions.in_force import standing
from soc.versions.models import PolicyVersion
from soc.versions.tables import Tables
from soc.versions.values import WhatIf

TABLES = Tables(KIND, "formats")
#: batches that a change touches are counted so far back
_RECENT = timedelta(days=30)


def what_if(session: Session, actor: Actor, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> WhatIf:
    """Count the formats that are put in, changed or taken out, and the batches of the last thirty days that had them.

    The actor is narrowed to the document's organisation.
    """
    before, after = ({one["id"]: one for one in (body or {}).get("formats", ())} for body in (old, new))
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    examples = tuple(
        {"id": "", "name": name, "before": _way(before.get(name)), "after": _way(after.get(name))} for name in changed
    )
    names = [name_of(actor.org, name) for name in changed if name in before]
    batches = _batches(session, actor, names) if names else 0
    touched = ({"what": "maker.batches", "count": batches},) if batches else ()
    return WhatIf(len(before), len(changed), (), examples, touched)


def _way(table: Mapping[str, Any] | None) -> str:
    """How a format reads, in words."""
    return t(f"maker.reader.{table.get('reader', 'pattern')}") if table else "–"


def _batches(session: Session, actor: Actor, names: list[str]) -> int:
    there = visible(actor, IngestBatch.org), IngestBatch.format.in_(names), IngestBatch.received_at >= now() - _RECENT
    return session.scalar(select(func.count()).select_from(IngestBatch).where(*there)) or 0


def table_in_force(session: Session, org: str, name: str) -> dict[str, Any]:
    """Return an own format in force for an organisation, of its own or of a tier above, as it was written.

    Raises:
        NotFoundError: there is none of this name.
    """
    for document in standing(session, KIND, org):
        body = session.scalar(select(PolicyVersion.body).where(PolicyVersion.id == document.id)) or {}
        for table in body.get("formats", ()):
            if name_of(document.org, table["id"]) == name:
                return dict(table)
    raise NotFoundError
