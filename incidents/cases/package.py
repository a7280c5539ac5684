"""The evidence of an incident as one file, once it is released: the pieces, their digests, who had them."""

import io
import json
import zipfile
from typing import Any

from sqlalchemy.orm import Session

from config.settings import Settings
from incidents.cases.evidence import chain_of, content_of, evidence_of
from incidents.cases.models import Custody, Evidence, Incident
from incidents.errors import EvidenceHeldError
from soc.identity.actor import Actor
from soc.trail import Act, record

#: of every file in the package, so that the same evidence makes the same bytes
_DATE = (2000, 1, 1, 0, 0, 0)
RELEASED = "handed_over"


def is_released(chain: list[Custody]) -> bool:
    """Whether two persons have let a piece go: only then has its chain such a link."""
    return any(link.act == RELEASED for link in chain)


def package_of(session: Session, actor: Actor, settings: Settings, incident: Incident) -> bytes:
    """Return the released pieces as a zip with a manifest; the trail keeps that it was taken.

    Raises:
        EvidenceHeldError: nothing is released.
        EvidenceBrokenError: a piece is not what was taken.
    """
    chains = [(one, chain_of(session, one)) for one in evidence_of(session, incident)]
    released = [(one, chain) for one, chain in chains if is_released(chain)]
    if not released:
        raise EvidenceHeldError("incidents.error.evidence_held")
    manifest = {"incident": incident.number, "org": incident.org, "evidence": [_told(*pair) for pair in released]}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        _put(package, "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2).encode())
        for one, _ in released:
            _put(package, f"evidence/{one.id}-{_safe(one.name)}", content_of(settings, one))
    for one, _ in released:
        record(session, actor, Act.EVIDENCE_EXPORTED, one, after={"incident": incident.number})
    return packed.getvalue()


def _told(one: Evidence, chain: list[Custody]) -> dict[str, Any]:
    custody = [
        {"at": link.at.isoformat(), "holder": link.holder, "act": link.act, "note": link.note, "digest": link.digest}
        for link in chain
    ]
    digests = {"sha256": one.sha256, "sm3": one.sm3, "size": one.size}
    taken = {"taken_by": one.taken_by, "taken_at": one.taken_at.isoformat()}
    return {"file": f"evidence/{one.id}-{_safe(one.name)}", "name": one.name, **digests, **taken, "custody": custody}


def _safe(name: str) -> str:
    """A name that cannot lead out of the folder it is unpacked in."""
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name).lstrip(".") or "piece"


def _put(package: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    package.writestr(entry, content)
