"""Evidence packs: entries of the trail that prove themselves to whoever holds the file.

A pack is a zip of the entries with their inclusion proofs, the signed checkpoint, cosignatures,
the public keys and a script of the standard library alone that verifies all of it offline.
Who opens it needs nothing from the installation but the key's fingerprint, told another way.
"""

import base64
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from audit.trail.log import MerkleLog
from audit.trail.notes import Checkpoint
from audit.trail.search import TrailSearch, entries
from config.settings import Settings
from soc.crypto import Purpose, unseal
from soc.errors import ConflictError
from soc.identity.actor import Actor
from soc.trail import TrailEntry
from soc.trail.leaf import leaf_bytes

#: of every file in a pack, so that the same evidence makes the same bytes
_DATE = (2000, 1, 1, 0, 0, 0)
README = """观澜审计证据包 · Guanlan evidence pack

在装有 Python 3.9 或更高版本的机器上运行：python3 verify.py
Run it where there is Python 3.9 or later: python3 verify.py

checkpoint    签名的日志状态 · the signed state of the log
entries.jsonl 条目及其包含证明 · entries with their proofs of inclusion
keys.json     公钥与见证 · public keys and cosignatures
请另行核对公钥指纹 · compare the key's fingerprint over another way.
"""


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry, its place in the log, and the proof of it."""

    index: int
    leaf: bytes
    proof: tuple[bytes, ...]
    #: what is sealed beside the leaf, with its salt; None where it was not asked for
    details: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the line of ``entries.jsonl``."""
        proof = [base64.b64encode(one).decode() for one in self.proof]
        told = {} if self.details is None else {"details": self.details}
        return {"index": self.index, "leaf": self.leaf.decode(), "proof": proof, **told}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What goes into a pack."""

    entries: tuple[Proven, ...]
    checkpoint: Checkpoint
    note: str
    keys: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return everything as one document."""
        entries = [one.as_json() for one in self.entries]
        return {"count": len(entries), "note": self.note, "keys": dict(self.keys), "entries": entries}


def gather(session: Session, actor: Actor, settings: Settings, search: TrailSearch, *, details: bool) -> Evidence:
    """Prove every entry that matches and stands in the log.

    Raises:
        ConflictError: there is no checkpoint yet.
    """
    log = MerkleLog.of(settings)
    checkpoint, note = log.checkpoint(), log.note()
    if checkpoint is None or note is None:
        raise ConflictError("errors.trail.no_checkpoint")
    places = {row: index for index, row in enumerate(log.ids(checkpoint.size))}
    found = session.scalars(entries(actor, search).order_by(TrailEntry.id))
    proven = tuple(
        _proven(log, settings, entry, places[entry.id], checkpoint.size, details)
        for entry in found
        if entry.id in places
    )
    keys = {"log": [one.text for one in log.verifiers()], "cosigned": _cosigned(log)}
    return Evidence(proven, checkpoint, str(note), keys)


def write_pack(dest: Path | BinaryIO, evidence: Evidence) -> None:
    """Write the pack."""
    lines = "".join(json.dumps(one.as_json(), ensure_ascii=False) + "\n" for one in evidence.entries)
    contents = {
        "README.txt": README,
        "checkpoint": evidence.note,
        "entries.jsonl": lines,
        "keys.json": json.dumps(evidence.keys, indent=1),
        "verify.py": files("audit").joinpath("offline_verify.py").read_text(encoding="utf-8"),
    }
    with zipfile.ZipFile(dest, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, text in contents.items():
            pack.writestr(zipfile.ZipInfo(name, _DATE), text.encode())


def _proven(log: MerkleLog, settings: Settings, entry: TrailEntry, index: int, size: int, details: bool) -> Proven:
    row = {column.name: getattr(entry, column.name) for column in TrailEntry.__table__.columns}
    told = None
    if details and entry.private is not None:
        told = unseal(settings, Purpose.TRAIL_PRIVATE, entry.private).decode()
    return Proven(index, leaf_bytes(row), log.inclusion(index, size), told)


def _cosigned(log: MerkleLog) -> list[Any]:
    return [json.loads(path.read_bytes()) for path in sorted((log.folder / "cosigned").glob("*.json"))]
