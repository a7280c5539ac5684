"""Evidence of an incident: sealed bytes with two digests, and an unbroken chain of who had them."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from incidents.cases.models import Custody, Evidence, Incident
from incidents.cases.service import still_open
from incidents.cases.timeline import tell
from soc.crypto import Purpose, seal, sm3, unseal
from soc.db import new_id
from soc.errors import BrokenError
from soc.identity.actor import Actor
from soc.text import Message
from soc.tiers.scope import find_within
from soc.trail import Act, record


class EvidenceBrokenError(BrokenError):
    """The sealed bytes or the chain are not what they were when they were taken."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """Something to be kept as evidence."""

    name: str
    content: bytes
    description: str = ""


def take_evidence(session: Session, actor: Actor, incident_id: UUID, exhibit: Exhibit, *, at: datetime) -> Evidence:
    """Seal bytes as evidence of an incident and begin their chain of custody.

    Raises:
        NotFoundError: no such incident within the actor's scope.
        IncidentStateError: it is closed.
    """
    incident = still_open(session, actor, incident_id)
    settings: Settings = session.info["settings"]
    taken = Evidence(
        id=new_id(),
        org=incident.org,
        incident_id=incident.id,
        name=exhibit.name[:200],
        description=exhibit.description[:1000],
        sha256=hashlib.sha256(exhibit.content).hexdigest(),
        sm3=sm3(exhibit.content).hex(),
        size=len(exhibit.content),
        taken_by=actor.name,
        taken_at=at,
    )
    # on disk before the row: a row without its bytes would be a lie, bytes without a row are only litter
    _write(_path(settings, taken.id), seal(settings, Purpose.EVIDENCE, exhibit.content, str(taken.id).encode()))
    session.add(taken)
    session.flush()
    _link(session, taken, actor.name, "taken", exhibit.description, at)
    digests = {"sha256": taken.sha256, "sm3": taken.sm3, "size": taken.size}
    record(session, actor, Act.EVIDENCE_TAKEN, taken, after=digests)
    tell(session, incident, actor.name, Message("incidents.timeline.evidence", {"name": taken.name}), at=at)
    return taken


def hand_over(session: Session, actor: Actor, evidence_id: UUID, to: str, note: str, *, at: datetime) -> Custody:
    """Write down that somebody else has it from now on.

    Raises:
        NotFoundError: no such evidence within the actor's scope.
    """
    evidence = find_within(session, actor, Evidence, evidence_id)
    link = _link(session, evidence, to[:200], "handed_over", note, at)
    record(session, actor, Act.EVIDENCE_HANDED_OVER, evidence, after={"to": to}, note=note or None)
    return link


def content_of(settings: Settings, evidence: Evidence) -> bytes:
    """Open the sealed bytes and check both digests.

    Raises:
        EvidenceBrokenError: they are gone or not what was taken.
        SealError: the envelope was altered.
    """
    path = _path(settings, evidence.id)
    if not path.exists():
        raise EvidenceBrokenError("incidents.error.evidence", name=evidence.name)
    content = unseal(settings, Purpose.EVIDENCE, path.read_bytes(), str(evidence.id).encode())
    if hashlib.sha256(content).hexdigest() != evidence.sha256 or sm3(content).hex() != evidence.sm3:
        raise EvidenceBrokenError("incidents.error.evidence", name=evidence.name)
    return content


def chain_of(session: Session, evidence: Evidence) -> list[Custody]:
    """Return the chain of custody, from the first link."""
    return list(session.scalars(select(Custody).where(Custody.evidence_id == evidence.id).order_by(Custody.id)))


def unbroken(evidence: Evidence, chain: Sequence[Custody]) -> bool:
    """Whether every link still holds to the one before."""
    before = evidence.sha256
    for link in chain:
        if link.digest != _digest(before, link):
            return False
        before = link.digest
    return bool(chain)


def evidence_of(session: Session, incident: Incident) -> list[Evidence]:
    """Return an incident's evidence in the order it was taken."""
    return list(session.scalars(select(Evidence).where(Evidence.incident_id == incident.id).order_by(Evidence.id)))


def _link(session: Session, evidence: Evidence, holder: str, act: str, note: str, at: datetime) -> Custody:
    chain = chain_of(session, evidence)
    link = Custody(
        org=evidence.org, evidence_id=evidence.id, at=at, holder=holder, act=act, note=note[:1000], digest=""
    )
    link.digest = _digest(chain[-1].digest if chain else evidence.sha256, link)
    session.add(link)
    session.flush()
    return link


def _digest(before: str, link: Custody) -> str:
    told = "\x1f".join((before, link.at.isoformat(), link.holder, link.act, link.note))
    return hashlib.sha256(told.encode()).hexdigest()


def _path(settings: Settings, evidence_id: UUID) -> Path:
    return settings.folder("evidence") / f"{evidence_id}.sealed"


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
