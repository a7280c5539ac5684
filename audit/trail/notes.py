"""Signed notes and the checkpoints in them, with the cosignatures of witnesses.

A checkpoint is a note of three lines (origin, size, root) and, here, one extension line with the
root of the SM3 tree. Each signature line names its key: ``— <name> <base64(key id ‖ signature)>``.

Source: C2SP signed-note, tlog-checkpoint and tlog-cosignature (Ed25519, types 0x01 and 0x04).
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from soc.crypto.signing import SigningKey, verified

DASH = "— "
ED25519 = 0x01
COSIGNATURE = 0x04


class NoteError(ValueError):
    """Not a signed note, or no checkpoint in it."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under its name, as ``vkey`` text writes it."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def id(self) -> bytes:
        """The four bytes that name the key in a signature line."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """Return ``<name>+<id>+<base64(kind ‖ key)>``."""
        return f"{self.name}+{self.id.hex()}+{_b64(bytes([self.kind]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> "Verifier":
        """Read a ``vkey``.

        Raises:
            NoteError: it is none, or its id does not fit its key.
        """
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            raw = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise NoteError("no verifier key") from error
        found = cls(name, raw[1:], raw[0] if raw else 0)
        if len(raw) != 33 or found.kind not in (ED25519, COSIGNATURE) or found.id.hex() != key_id:
            raise NoteError("the verifier key does not fit its id")
        return found


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    blob: bytes

    @property
    def line(self) -> str:
        """Return the line as it stands in the note."""
        return f"{DASH}{self.name} {_b64(self.key_id + self.blob)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and who signed it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n" + "".join(signature.line for signature in self.signatures)

    @classmethod
    def parse(cls, data: str) -> "Note":
        """Read a signed note.

        Raises:
            NoteError: it is none.
        """
        text, gap, lines = data.rpartition("\n\n")
        if not gap or not lines.endswith("\n"):
            raise NoteError("a signed note ends with its signature lines")
        return cls(text + "\n", tuple(_signature(line) for line in lines.splitlines()))

    def signed_by(self, verifier: Verifier) -> bool:
        """Whether the log's key signed the text."""
        mine = [one for one in self.signatures if (one.name, one.key_id) == (verifier.name, verifier.id)]
        return any(verified(verifier.public, self.text.encode(), one.blob) for one in mine)

    def cosigned_by(self, verifier: Verifier) -> datetime | None:
        """Return when a witness cosigned the text; None when it did not."""
        for one in self.signatures:
            if (one.name, one.key_id) == (verifier.name, verifier.id) and len(one.blob) == 72:
                when = int.from_bytes(one.blob[:8], "big")
                if verified(verifier.public, _cosigned(self.text, when), one.blob[8:]):
                    return datetime.fromtimestamp(when, UTC)
        return None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: how many entries, under which roots."""

    origin: str
    size: int
    root: bytes
    sm3_root: bytes | None = None

    @property
    def text(self) -> str:
        """Return the text that is signed."""
        extension = f"sm3 {_b64(self.sm3_root)}\n" if self.sm3_root is not None else ""
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\n{extension}"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read a checkpoint's text.

        Raises:
            NoteError: it is none.
        """
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0] or lines[-1] or not lines[1].isascii() or not lines[1].isdecimal():
            raise NoteError("no checkpoint")
        if len(lines[1]) > 1 and lines[1].startswith("0"):
            raise NoteError("a size has no leading zero")
        sm3 = next((line.removeprefix("sm3 ") for line in lines[3:] if line.startswith("sm3 ")), None)
        return cls(lines[0], int(lines[1]), _unb64(lines[2]), None if sm3 is None else _unb64(sm3))


def sign(checkpoint: Checkpoint, key: SigningKey) -> Note:
    """Return the checkpoint, signed under its origin's name."""
    verifier = Verifier(checkpoint.origin, key.public)
    return Note(checkpoint.text, (Signature(verifier.name, verifier.id, key.sign(checkpoint.text.encode())),))


def cosign(note: Note, name: str, key: SigningKey, *, at: datetime) -> Note:
    """Return the note with a witness's cosignature, replacing an earlier one of the same key."""
    verifier = Verifier(name, key.public, COSIGNATURE)
    when = int(at.timestamp())
    blob = when.to_bytes(8, "big") + key.sign(_cosigned(note.text, when))
    others = tuple(one for one in note.signatures if one.key_id != verifier.id)
    return Note(note.text, (*others, Signature(name, verifier.id, blob)))


def _cosigned(text: str, when: int) -> bytes:
    return f"cosignature/v1\ntime {when}\n{text}".encode()


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    raw = _unb64(encoded)
    if not line.startswith(DASH) or not name or len(raw) < 5:
        raise NoteError("no signature line")
    return Signature(name, raw[:4], raw[4:])


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("no base64") from error
