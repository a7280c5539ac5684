"""The installation's Merkle log on disk: two trees, their signed checkpoint, who holds the pen.

Whoever appends holds the lock file; whoever reads needs none, since the checkpoint is replaced
last and what it covers never changes.
"""

import fcntl
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from audit.trail.merkle import SM3, consistency_proof, inclusion_proof, root
from audit.trail.notes import Checkpoint, Note, NoteError, Verifier, sign
from audit.trail.tiles import TileNodes, Tiles, write_durably
from config.settings import Settings
from soc.clock import now
from soc.crypto import KeyRing, Purpose, ring_of, signing_key
from soc.crypto.signing import signing_keys
from soc.errors import BrokenError
from soc.trail.record import log_folder

CHECKPOINT = "checkpoint"
#: between making the first signing key and writing the first checkpoint
_BIRTH = timedelta(seconds=60)


class LogBrokenError(BrokenError):
    """The log's files contradict their checkpoint; nothing more is written to them."""


@dataclass(frozen=True, slots=True)
class MerkleLog:
    """One installation's log."""

    folder: Path
    ring: KeyRing
    root_org: str

    @classmethod
    def of(cls, settings: Settings) -> "MerkleLog":
        """Return the installation's log; creates nothing."""
        return cls(log_folder(settings), ring_of(settings), settings.root_org)

    @property
    def tiles(self) -> Tiles:
        """The files of the SHA-256 tree, with the entries."""
        return Tiles(self.folder)

    @property
    def sm3_tiles(self) -> Tiles:
        """The files of the SM3 tree."""
        return Tiles(self.folder / "sm3", SM3)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the pen: one process appends at a time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def verifiers(self) -> tuple[Verifier, ...]:
        """Return the public keys that may have signed, newest first; makes none."""
        keys = signing_keys(self.ring, Purpose.TRAIL_SIGNING)
        return tuple(Verifier(self._origin(keys[0].id), key.public) for key in reversed(keys))

    def note(self) -> Note | None:
        """Return the signed checkpoint; None where the log is still empty.

        Raises:
            NoteError: the file is no signed note.
        """
        try:
            data = (self.folder / CHECKPOINT).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise NoteError("no text") from error
        return Note.parse(data)

    def checkpoint(self) -> Checkpoint | None:
        """Return the checkpoint, if one of the installation's keys signed it.

        Raises:
            LogBrokenError: the checkpoint is unreadable, unsigned, or gone.
        """
        try:
            note = self.note()
            found = None if note is None else Checkpoint.parse(note.text)
        except NoteError as error:
            raise LogBrokenError("errors.trail.checkpoint") from error
        if note is None or found is None:
            if self.is_lost():
                raise LogBrokenError("errors.trail.lost")
            return None
        if not any(found.origin == one.name and note.signed_by(one) for one in self.verifiers()):
            raise LogBrokenError("errors.trail.checkpoint")
        return found

    def is_lost(self) -> bool:
        """Whether a checkpoint was once signed and is gone."""
        made = [
            datetime.fromisoformat(key.created) for key in self.ring.all_keys() if key.purpose == Purpose.TRAIL_SIGNING
        ]
        return bool(made) and not (self.folder / CHECKPOINT).exists() and now() - min(made) > _BIRTH

    def append(self, before: Checkpoint | None, leaves: Sequence[bytes]) -> Checkpoint:
        """Add leaves behind ``before`` and sign the new state; the caller holds the lock.

        Raises:
            LogBrokenError: the files do not have the root that ``before`` signed.
        """
        size = before.size if before else 0
        if before is not None:
            self._check(before)
        self.tiles.append(size, leaves)
        self.sm3_tiles.append(size, leaves, bundle=False)
        grown = size + len(leaves)
        key = signing_key(self.ring, Purpose.TRAIL_SIGNING)
        origin = self._origin(signing_keys(self.ring, Purpose.TRAIL_SIGNING)[0].id)
        after = Checkpoint(origin, grown, self.root(grown), root(TileNodes(self.sm3_tiles, grown), grown, SM3))
        write_durably(self.folder / CHECKPOINT, str(sign(after, key)).encode())
        self.tiles.tidy(size, grown)
        self.sm3_tiles.tidy(size, grown)
        return after

    def root(self, size: int) -> bytes:
        """Return the root over the first ``size`` entries."""
        return root(TileNodes(self.tiles, size), size)

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that entry ``index`` stands in the log of ``size``."""
        return inclusion_proof(TileNodes(self.tiles, size), index, size)

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """Return the proof that the log of ``new`` entries only adds to that of ``old``."""
        return consistency_proof(TileNodes(self.tiles, new), old, new)

    def ids(self, size: int) -> list[int]:
        """Return the row of every entry, in the order of the log.

        Raises:
            LogBrokenError: a bundle holds something else.
        """
        try:
            return [row_id(leaf) for leaf in self.tiles.all_leaves(size)]
        except LookupError as error:
            raise LogBrokenError("errors.trail.tiles") from error

    def _check(self, before: Checkpoint) -> None:
        try:
            same = self.root(before.size) == before.root
            same &= root(TileNodes(self.sm3_tiles, before.size), before.size, SM3) == before.sm3_root
        except LookupError as error:
            raise LogBrokenError("errors.trail.tiles") from error
        if not same:
            raise LogBrokenError("errors.trail.tiles")

    def _origin(self, first_key: str) -> str:
        return f"guanlan/{self.root_org}/{first_key}"


def row_id(leaf: bytes) -> int:
    """Return the key of the row a leaf was made from.

    Raises:
        LookupError: the leaf is none of ours.
    """
    try:
        words: dict[str, Any] = json.loads(leaf)
        return int(words["id"])
    except (ValueError, TypeError, KeyError) as error:
        raise LookupError("no entry") from error
