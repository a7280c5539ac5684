"""Own recognizers as a document with versions: what a change would do, and each step on its way."""

from collections import Counter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from detectors.workshop.claims import claims
from soc.identity.actor import Actor
from soc.jobs import JobRun, RunStatus, cancel, enqueue
from soc.ledger.models import LedgerItem, Source
from soc.ledger.own_types import KIND, definition_of, type_id
from soc.ledger.types import types
from soc.text import language
from soc.tiers.scope import visible
from soc.versions.tables import Body, Tables
from soc.versions.values import Move, WhatIf

#: the job that tries a recognizer, see :mod:`detectors.workshop.jobs`
JOB = "workshop.try"
_EXAMPLES = 20
_LINES = frozenset({"positive", "negative"})


TABLES = Tables(KIND, "recognizers")
#: see :class:`soc.versions.tables.Tables`
body_of, own_draft, working_body = TABLES.body_of, TABLES.own_draft, TABLES.working_body
keep, take_out, edit, discard, propose = (
    TABLES.keep,
    TABLES.take_out,
    TABLES.edit,
    TABLES.discard,
    TABLES.propose,
)


def order_trial(session: Session, actor: Actor, org: str, table: dict[str, Any], source: Source | None) -> JobRun:
    """Order a trial of a recognizer that passed its check, on the ledger or on fresh values of a source.

    The lines that its maker typed stay out of the run; a trial of theirs that still runs is cancelled.
    """
    live = select(JobRun.id).where(
        JobRun.job == JOB, JobRun.ordered_by == actor.name, JobRun.status.in_((RunStatus.QUEUED, RunStatus.RUNNING))
    )
    for one in session.scalars(live.where(JobRun.org == org, JobRun.cancel_asked.is_(False))).all():
        cancel(session, actor, one)
    params = {"org": org, "table": {key: value for key, value in table.items() if key not in _LINES}}
    return enqueue(session, actor, JOB, params | ({"source": str(source.id)} if source else {}), org=org)


def what_if(session: Session, actor: Actor, old: Body | None, new: Body) -> WhatIf:
    """Count the ledger's columns that recognizers put in or changed would claim, and those of types taken out.

    The actor is narrowed to the document's organisation.
    """
    before = {one["id"]: one for one in (old or {}).get("recognizers", ())}
    after = {one["id"]: one for one in new.get("recognizers", ())}
    tally: Counter[tuple[str, str, str]] = Counter()
    examples: list[dict[str, Any]] = []
    collisions = 0
    for name in sorted(one for one in after if before.get(one) != after[one]):
        definition = definition_of(actor.org, after[name])
        for claim in claims(session, actor, definition):
            if claim.type == definition.id:
                continue
            was, then = _title(claim.type), definition.type.title(language())
            tally[claim.org, was, then] += 1
            collisions += claim.collides
            if len(examples) < _EXAMPLES:
                examples.append({"id": str(claim.item), "name": claim.name, "before": was, "after": then})
    for name in sorted(before.keys() - after.keys()):
        _count_taken(session, actor, name, tally)
    moves = tuple(Move(*key, count) for key, count in sorted(tally.items()))
    touched = ({"what": "workshop.collisions", "count": collisions},) if collisions else ()
    return WhatIf(_items(session, actor), sum(tally.values()), moves, tuple(examples), touched)


def _count_taken(session: Session, actor: Actor, name: str, tally: Counter[tuple[str, str, str]]) -> None:
    kind = type_id(actor.org, name)
    query = select(LedgerItem.org, func.count()).where(visible(actor, LedgerItem.org), LedgerItem.type == kind)
    for org, count in session.execute(query.group_by(LedgerItem.org)):
        tally[org, _title(kind), "–"] += count


def _title(kind: str | None) -> str:
    known = types().get(kind or "")
    return known.title(language()) if known else kind or "–"


def _items(session: Session, actor: Actor) -> int:
    there = visible(actor, LedgerItem.org), LedgerItem.gone_at.is_(None)
    return session.scalar(select(func.count()).select_from(LedgerItem).where(*there)) or 0
