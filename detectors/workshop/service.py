"""Own recognizers as a document with versions: what a change would do, and each step on its way."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from detectors.workshop.claims import claims
from soc.approvals.models import Approval
from soc.errors import ConflictError, InputError, NotFoundError
from soc.identity.actor import Actor
from soc.jobs import JobRun, RunStatus, cancel, enqueue
from soc.ledger.models import LedgerItem, Source
from soc.ledger.own_types import KIND, definition_of, type_id
from soc.ledger.types import types
from soc.text import language
from soc.tiers.scope import in_scope, visible
from soc.versions import drafts
from soc.versions import service as versions
from soc.versions.models import PolicyVersion
from soc.versions.values import Move, WhatIf

Body = Mapping[str, Any]
#: the job that tries a recognizer, see :mod:`detectors.workshop.jobs`
JOB = "workshop.try"
_EXAMPLES = 20
_LINES = frozenset({"positive", "negative"})


def body_of(session: Session, org: str) -> Body:
    """The organisation's own document in force; an empty one where there is none."""
    active = versions.active(session, KIND, org)
    return active.body if active else {"title": "", "recognizers": []}


def own_draft(session: Session, actor: Actor, org: str) -> PolicyVersion | None:
    """The actor's open draft for an organisation, or None."""
    return drafts.own_draft(session, actor, KIND, org)


def working_body(session: Session, actor: Actor, org: str) -> Body:
    """What the actor edits: their draft, else what is in force."""
    draft = own_draft(session, actor, org)
    return draft.body if draft else body_of(session, org)


def keep(session: Session, actor: Actor, org: str, table: dict[str, Any]) -> PolicyVersion:
    """Put one recognizer into the actor's draft, in place of the one of its id.

    Raises:
        NotFoundError: the organisation lies outside the actor's scope.
        FaultyBodyError: the document does not pass its check.
    """
    body = working_body(session, actor, org)
    others = [one for one in body["recognizers"] if one["id"] != table.get("id")]
    return edit(session, actor, org, {**body, "recognizers": [*others, table]})


def take_out(session: Session, actor: Actor, org: str, name: str) -> PolicyVersion:
    """Take one recognizer out of the actor's draft.

    Raises:
        NotFoundError: there is none of that id, or the organisation lies outside the actor's scope.
    """
    body = working_body(session, actor, org)
    left = [one for one in body["recognizers"] if one["id"] != name]
    if len(left) == len(body["recognizers"]):
        raise NotFoundError
    return edit(session, actor, org, {**body, "recognizers": left})


def edit(session: Session, actor: Actor, org: str, body: dict[str, Any]) -> PolicyVersion:
    """Keep a changed document as the actor's draft.

    Raises:
        NotFoundError: the organisation lies outside the actor's scope.
        FaultyBodyError: the document does not pass its check.
    """
    if not in_scope(session, actor, org):
        raise NotFoundError
    body = {**body, "title": body.get("title") or KIND}
    draft = own_draft(session, actor, org)
    if draft is None:
        active = versions.active(session, KIND, org)
        base = active.number if active else None
        return versions.draft(session, actor, KIND, org, body, title=body["title"], base=base)
    drafts.refuse_faulty(session, KIND, org, body)
    drafts.rewrite(session, actor, draft, body)
    return draft


def discard(session: Session, actor: Actor, org: str) -> None:
    """Throw the actor's draft away; its body stays in the history as refused."""
    drafts.discard(session, actor, KIND, org)


def propose(session: Session, actor: Actor, org: str, *, reason: str) -> Approval:
    """Ask a second person to put the actor's draft in force.

    Raises:
        InputError: there is no draft.
        ConflictError: it says what is in force already.
        StaleBaseError: another version came into force since it was begun; see :func:`soc.versions.drafts.sides`.
    """
    draft = own_draft(session, actor, org)
    if draft is None:
        raise InputError("errors.version_no_own_draft")
    active = versions.active(session, KIND, org)
    if active is not None and active.body == draft.body:
        raise ConflictError("errors.version_same")
    return versions.propose(session, actor, draft, reason=reason)


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
