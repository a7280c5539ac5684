"""Taking playbooks in, giving them back, signing them."""

import base64
import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.settings import Settings
from playbooks.cacao.problem import Problem, Status
from playbooks.cacao.signature import signed
from playbooks.cacao.validate import Verdict, judge
from playbooks.errors import DraftError, PlaybookNotFoundError
from playbooks.models import Playbook
from playbooks.words import playbook_name
from playbooks.workflow import Workflow
from soc.crypto import Purpose
from soc.crypto.signing import signing_key
from soc.identity.actor import Actor
from soc.text import t
from soc.tiers.scope import within
from soc.trail import Act, record


def import_playbook(session: Session, actor: Actor, raw: bytes, *, at: datetime) -> Verdict:
    """Judge a document and keep it, unless it is refused; the same text again is no new version."""
    verdict = judge(raw)
    if verdict.status is Status.REFUSED or verdict.document is None or verdict.id is None:
        return verdict
    text = raw.decode("utf-8-sig")
    current = _current(session, actor, verdict.id, own=True)
    if current is not None and current.digest == _digest(text):
        return verdict
    kept = _kept(session, actor, verdict, text, at)
    record(session, actor, Act.PLAYBOOK_IMPORTED, kept, after={"id": verdict.id, "digest": kept.digest})
    return verdict


def find_playbook(session: Session, actor: Actor, playbook: str) -> Playbook:
    """Return the current version of a playbook, by the document's id or the row's.

    Raises:
        PlaybookNotFoundError: there is none within the actor's scope.
    """
    found = _current(session, actor, playbook, own=False) or _by_row(session, actor, playbook)
    if found is None:
        raise PlaybookNotFoundError
    return found


def current_playbooks(session: Session, actor: Actor) -> list[Playbook]:
    """Return the current version of every playbook the actor may see, by name."""
    rows = session.scalars(within(actor, Playbook).order_by(Playbook.name, Playbook.number.desc())).all()
    seen: dict[tuple[str, str], Playbook] = {}
    for row in rows:
        kept = seen.get((row.org, row.playbook_id))
        if kept is None or row.number > kept.number:
            seen[row.org, row.playbook_id] = row
    return sorted(seen.values(), key=lambda row: row.name)


def names_of(session: Session, rows: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names of versions in the reader's language; a draft's is the one it was imported under."""
    found = session.scalars(select(Playbook).where(Playbook.id.in_(set(rows))))
    return {one.id: _name(one) for one in found}


def _name(playbook: Playbook) -> str:
    accepted = playbook.status is Status.ACCEPTED
    return (playbook_name(Workflow.read(playbook.text).document) if accepted else "") or playbook.name


def sound(playbook: Playbook) -> Playbook:
    """Return the playbook, if it is no draft.

    Raises:
        DraftError: it is one.
    """
    if playbook.status is not Status.ACCEPTED:
        raise DraftError("playbooks.error.draft", name=playbook.name, count=len(playbook.problems))
    return playbook


def problems_of(playbook: Playbook) -> list[Problem]:
    """Return what was found wrong when it was imported."""
    return [Problem.from_stored(one) for one in playbook.problems]


def sign_playbook(session: Session, actor: Actor, playbook: Playbook, settings: Settings, *, at: datetime) -> Playbook:
    """Add the installation's signature; the signed text is the current version from then on.

    Raises:
        DraftError: a draft is not signed.
    """
    key = signing_key(settings, Purpose.PLAYBOOK_SIGNING)
    public = key.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    document: dict[str, Any] = json.loads(sound(playbook).text)
    moment = at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
    bare = {
        "type": "jss",
        "id": f"jss--{uuid.uuid4()}",
        "created": moment,
        "modified": moment,
        "signee": t("app.title", "en"),
        "valid_from": moment,
        "related_to": document["id"],
        "related_version": document["modified"],
        "hash_algorithm": "sha-256",
        "algorithm": "Ed25519",
        "public_key": base64.b64encode(public).decode(),
    }
    text = json.dumps(signed(document, bare, key.sign), ensure_ascii=False, indent=2)
    kept = _kept(session, actor, judge(text.encode()), text, at, org=playbook.org)
    record(session, actor, Act.PLAYBOOK_SIGNED, kept, after={"id": bare["id"], "digest": kept.digest})
    return kept


def _kept(
    session: Session, actor: Actor, verdict: Verdict, text: str, at: datetime, *, org: str | None = None
) -> Playbook:
    assert verdict.document is not None
    assert verdict.id is not None
    owner = org or actor.org
    highest = select(func.max(Playbook.number)).where(Playbook.playbook_id == verdict.id, Playbook.org == owner)
    row = Playbook(
        org=owner,
        playbook_id=verdict.id,
        number=(session.scalar(highest) or 0) + 1,
        name=str(verdict.document.get("name", verdict.id))[:300],
        status=verdict.status,
        text=text,
        digest=_digest(text),
        problems=[one.stored() for one in verdict.problems],
        imported_by=actor.name,
        imported_at=at,
    )
    session.add(row)
    session.flush()
    return row


def _current(session: Session, actor: Actor, playbook_id: str, *, own: bool) -> Playbook | None:
    query = within(actor, Playbook).where(Playbook.playbook_id == playbook_id)
    if own:
        query = query.where(Playbook.org == actor.org)
    # one's own organisation's version comes before that of one below
    return session.scalar(query.order_by((Playbook.org == actor.org).desc(), Playbook.number.desc()).limit(1))


def _by_row(session: Session, actor: Actor, row_id: str) -> Playbook | None:
    try:
        key = uuid.UUID(row_id)
    except ValueError:
        return None
    return session.scalar(within(actor, Playbook).where(Playbook.id == key))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
