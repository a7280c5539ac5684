"""Witnesses: the tier above cosigns the checkpoints of the tier below.

A log's own signature proves nothing against who holds its key: a forger signs another history.
A witness outside keeps the last checkpoint it saw of every log, cosigns a newer one only with a
proof that it adds to that, and so makes history as old as the last cosignature unforgeable.

The exchange is a file each way: ``soc audit checkpoint --json > up.json`` below,
``soc audit checkpoint --cosign up.json > back.note`` above, ``--accept back.note`` below.
"""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from audit.trail.log import MerkleLog
from audit.trail.merkle import extends
from audit.trail.notes import COSIGNATURE, Checkpoint, Note, NoteError, Verifier, cosign
from audit.trail.tiles import write_durably
from config.settings import Settings
from soc.crypto import Purpose, signing_key
from soc.errors import ConflictError, InputError

KEPT = "witnessed"


@dataclass(frozen=True, slots=True)
class Request:
    """What a log hands to its witness."""

    note: Note
    verifier: Verifier
    old_size: int
    proof: tuple[bytes, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the request as it travels."""
        proof = [base64.b64encode(one).decode() for one in self.proof]
        return {"note": str(self.note), "vkey": self.verifier.text, "old_size": self.old_size, "proof": proof}

    @classmethod
    def from_json(cls, data: bytes) -> "Request":
        """Read a request.

        Raises:
            InputError: it is none.
        """
        try:
            said = json.loads(data)
            proof = tuple(base64.b64decode(one, validate=True) for one in said["proof"])
            return cls(Note.parse(said["note"]), Verifier.parse(said["vkey"]), int(said["old_size"]), proof)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError("errors.trail.request") from error


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A cosignature the log keeps, and whether the log still is what was cosigned."""

    name: str
    size: int
    at: datetime
    ok: bool

    def as_json(self) -> dict[str, Any]:
        """Return what ``soc audit verify --json`` prints."""
        return {"name": self.name, "size": self.size, "at": self.at.isoformat(), "ok": self.ok}


class WitnessError(ConflictError):
    """The witness does not cosign: the checkpoint contradicts what it saw before."""


def request(log: MerkleLog, old_size: int) -> Request:
    """Return what the witness needs, which last saw ``old_size`` entries.

    Raises:
        InputError: there is no checkpoint yet, or the log has not so many entries.
    """
    checkpoint, note = log.checkpoint(), log.note()
    if checkpoint is None or note is None or old_size > checkpoint.size:
        raise InputError("errors.trail.no_checkpoint")
    return Request(note, log.verifiers()[0], old_size, log.consistency(old_size, checkpoint.size))


def witness(settings: Settings, asked: Request, *, at: datetime) -> Note:
    """Cosign another log's checkpoint, if it only adds to what this witness saw of it.

    The first checkpoint of an origin is taken on trust together with its key; from then on both hold.

    Raises:
        WitnessError: another key, a smaller log, or a history that was rewritten.
        InputError: the checkpoint is unreadable or not signed by the key it came with.
    """
    checkpoint = _signed(asked)
    seen = settings.home / KEPT / f"{sha256(checkpoint.origin.encode()).hexdigest()}.json"
    last = _last_seen(seen)
    if last is not None:
        _check(asked, checkpoint, *last)
    write_durably(seen, json.dumps({"note": str(asked.note), "vkey": asked.verifier.text}).encode())
    return cosign(asked.note, witness_name(settings), signing_key(settings, Purpose.TRAIL_WITNESS), at=at)


def witness_name(settings: Settings) -> str:
    """Return the name this installation cosigns under."""
    return f"guanlan/{settings.root_org}/witness"


def witness_key(settings: Settings) -> Verifier:
    """Return the public key this installation cosigns with."""
    return Verifier(witness_name(settings), signing_key(settings, Purpose.TRAIL_WITNESS).public, COSIGNATURE)


def accept(log: MerkleLog, note: Note, verifier: Verifier) -> Witnessed:
    """Keep a cosigned checkpoint of this log.

    Raises:
        InputError: not of this log, not cosigned by that key, or of a history this log does not have.
    """
    try:
        at, checkpoint = note.cosigned_by(verifier), Checkpoint.parse(note.text)
    except NoteError as error:
        raise InputError("errors.trail.request") from error
    mine = log.checkpoint()
    if at is None or mine is None or not _is_part(log, checkpoint, mine):
        raise InputError("errors.trail.cosignature")
    kept = {"note": str(note), "vkey": verifier.text}
    name = f"{sha256(verifier.text.encode()).hexdigest()[:16]}.json"
    write_durably(log.folder / "cosigned" / name, json.dumps(kept).encode())
    return Witnessed(verifier.name, checkpoint.size, at, ok=True)


def kept_cosignatures(log: MerkleLog, mine: Checkpoint | None) -> tuple[Witnessed, ...]:
    """Return the cosignatures the log keeps, each held against the log as it is."""
    return tuple(_held(log, path, mine) for path in sorted((log.folder / "cosigned").glob("*.json")))


def _held(log: MerkleLog, path: Path, mine: Checkpoint | None) -> Witnessed:
    try:
        kept = json.loads(path.read_bytes())
        note, verifier = Note.parse(kept["note"]), Verifier.parse(kept["vkey"])
        checkpoint, at = Checkpoint.parse(note.text), note.cosigned_by(verifier)
    except (OSError, ValueError, KeyError, TypeError):
        return Witnessed(path.name, 0, datetime.fromtimestamp(0, UTC), ok=False)
    ok = at is not None and mine is not None and _is_part(log, checkpoint, mine)
    return Witnessed(verifier.name, checkpoint.size, at or datetime.fromtimestamp(0, UTC), ok)


def _is_part(log: MerkleLog, old: Checkpoint, mine: Checkpoint) -> bool:
    try:
        return old.origin == mine.origin and old.size <= mine.size and log.root(old.size) == old.root
    except LookupError:
        return False


def _signed(asked: Request) -> Checkpoint:
    try:
        checkpoint = Checkpoint.parse(asked.note.text)
    except NoteError as error:
        raise InputError("errors.trail.request") from error
    if checkpoint.origin != asked.verifier.name or not asked.note.signed_by(asked.verifier):
        raise InputError("errors.trail.request")
    return checkpoint


def _last_seen(path: Path) -> tuple[Checkpoint, Verifier] | None:
    try:
        kept = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    return Checkpoint.parse(Note.parse(kept["note"]).text), Verifier.parse(kept["vkey"])


def _check(asked: Request, new: Checkpoint, old: Checkpoint, key: Verifier) -> None:
    if key != asked.verifier:
        raise WitnessError("errors.trail.other_key", origin=new.origin)
    if new.size < old.size:
        raise WitnessError("errors.trail.shrunk", origin=new.origin, seen=old.size, size=new.size)
    if old.size not in {asked.old_size, new.size}:
        raise WitnessError("errors.trail.stale", origin=new.origin, seen=old.size)
    proof = () if new.size == old.size else asked.proof
    if not extends(old.size, new.size, old.root, new.root, proof):
        raise WitnessError("errors.trail.rewritten", origin=new.origin, seen=old.size)
