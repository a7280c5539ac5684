"""Writing an entry, in the transaction of the change it tells of."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, inspect, select, text
from sqlalchemy.orm import Session

from config.settings import Settings
from soc.clock import now
from soc.crypto import Purpose, ring_of, seal, sm3, unseal
from soc.db import Model
from soc.identity.actor import Actor
from soc.text import Message
from soc.trail.acknowledged import Mark, wait_for_commit
from soc.trail.acts import Act
from soc.trail.leaf import leaf_bytes, seal_of
from soc.trail.models import TrailEntry

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a deed was done to, where no row stands for it; ``org`` defaults to the actor's."""

    kind: str
    id: str
    org: str | None = None


@dataclass(frozen=True, slots=True)
class Private:
    """What an entry says beyond its leaf."""

    actor_name: str
    before: Facts | None = None
    after: Facts | None = None
    note: str | Facts | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """One of several deeds told of at once; what its fields are, ``record`` says."""

    act: Act
    subject: Model | Subject
    before: Facts | None = None
    after: Facts | None = None
    note: str | Message | None = None


def record(
    session: Session,
    actor: Actor,
    act: Act,
    subject: Model | Subject,
    *,
    before: Facts | None = None,
    after: Facts | None = None,
    note: str | Message | None = None,
    at: datetime | None = None,
) -> int:
    """Write the entry of one deed in the session's transaction; returns its key.

    Args:
        session: a writing session; what it has not flushed is flushed, so that a new subject has its id.
        actor: who did it.
        act: what was done.
        subject: to what.
        before: what was so before; sealed outside the leaf, as are ``after`` and ``note``.
        after: what is so now.
        note: why, in the actor's words or as a message.
        at: when, now by default.
    """
    return record_each(session, actor, [Deed(act, subject, before, after, note)], at=at)[0]


def record_each(session: Session, actor: Actor, deeds: Sequence[Deed], *, at: datetime | None = None) -> list[int]:
    """Write the entries of several deeds of one actor at once, in their order; returns their keys.

    What ``record`` says holds for each: one flush, one question for numbers and one insert serve all.
    """
    if not deeds:
        return []
    settings: Settings = session.info["settings"]
    if any(isinstance(deed.subject, Model) for deed in deeds):
        session.flush()
    key, when = ring_of(settings).current(Purpose.TRAIL_SEAL), at or now()
    rows = []
    for number, deed in zip(_next_ids(session, len(deeds)), deeds, strict=True):
        told = {"actor_name": actor.name, "before": deed.before, "after": deed.after, "note": deed.note}
        digest, box = _closed(settings, told)
        words = _words(actor, deed.act, _subject(deed.subject, actor), when)
        row = words | {"private_digest": digest, "private": box, "id": number}
        rows.append(row | {"seal_key": key.id, "seal": seal_of(key.secret, leaf_bytes(row), box, key.id)})
    session.execute(insert(TrailEntry.__table__), rows)  # type: ignore[arg-type]
    for row in rows:
        wait_for_commit(session, Mark(row["id"], row["seal"]), log_folder(settings))
    return [row["id"] for row in rows]


def log_folder(settings: Settings) -> Path:
    """Return where the installation's Merkle log lives."""
    return settings.home / "tlog"


def opened(settings: Settings, entry: TrailEntry) -> Private | None:
    """Return what an entry says beyond its leaf; None where nothing is kept.

    Raises:
        SealError: it was altered, or its key is gone.
    """
    if entry.private is None:
        return None
    told = json.loads(unseal(settings, Purpose.TRAIL_PRIVATE, entry.private))
    return Private(told["actor_name"], told["before"], told["after"], told["note"])


def _closed(settings: Settings, told: Facts) -> tuple[str, bytes]:
    # the salt keeps short facts (a level, a name) from being guessed from the digest in the leaf
    salted = {"salt": secrets.token_hex(16), **told}
    data = json.dumps(salted, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()
    return sm3(data).hex(), seal(settings, Purpose.TRAIL_PRIVATE, data)


def _words(actor: Actor, act: Act, subject: Subject, at: datetime) -> dict[str, Any]:
    said = {
        "at": at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_org": actor.org,
        "act": act,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "org": subject.org or actor.org,
    }
    # an enum or an identifier becomes the text that the database gives back
    return {name: str(value) for name, value in said.items()}


def _subject(subject: Model | Subject, actor: Actor) -> Subject:
    if isinstance(subject, Subject):
        return subject
    keys = inspect(subject).mapper.primary_key_from_instance(subject)
    org = getattr(subject, "org", None)
    return Subject(subject.__tablename__, "/".join(map(str, keys)), org if isinstance(org, str) else actor.org)


def _next_ids(session: Session, count: int) -> list[int]:
    if session.get_bind().dialect.name == "postgresql":
        sequence = "SELECT nextval(pg_get_serial_sequence('trail_entries', 'id')) FROM generate_series(1, :count)"
        return [int(number) for number in session.scalars(text(sequence), {"count": count})]
    with session.no_autoflush:
        last = int(session.execute(select(func.coalesce(func.max(TrailEntry.id), 0))).scalar_one())
    return list(range(last + 1, last + 1 + count))


def _plain(value: object) -> object:
    if isinstance(value, Message):
        return value.as_json()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    return str(value)
