"""The installation's keys: one key-encryption key in a file, everything else wrapped by it.

``ring.json`` lists the data keys by purpose, each wrapped with AES-256-GCM under the
key-encryption key ``kek-N.key`` (mode 0600) that the list names. A rotated key still opens
what it sealed, and seals nothing new. Processes share one ring: every change is made under a
file lock, written aside, fsynced and renamed, so that a crash leaves the old list or the new.
"""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from config.settings import Settings
from soc.clock import now
from soc.errors import BrokenError, UnavailableError

LIST = "ring.json"
SECRET_SIZE = 32


class Purpose(StrEnum):
    """What keys are for; any other text may be a purpose too."""

    TRAIL_SEAL = "trail.seal"
    TRAIL_PRIVATE = "trail.private"
    TRAIL_SIGNING = "trail.signing"
    TRAIL_WITNESS = "trail.witness"
    PLAYBOOK_SIGNING = "playbook.signing"
    PROTECTION_TOKENS = "protection.token"
    PROTECTION_CIPHER = "protection.cipher"
    LOG_SUBJECTS = "log.subject"
    WATCHED_SUBJECTS = "log.watched"
    SOURCES = "sources"
    TOTP = "totp"
    ORIGINALS = "originals"
    EVIDENCE = "evidence"
    ENTITY_LINKS = "entity.link"


class KeyRingError(BrokenError):
    """The key ring cannot be read, or its key-encryption key does not fit."""


class UnknownKeyError(LookupError):
    """The ring has no such key for this purpose."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """One key of a purpose; ``secret`` is never printed."""

    id: str
    purpose: str
    created: str
    active: bool
    secret: bytes

    def __repr__(self) -> str:
        return f"DataKey({self.id}, {self.purpose}, active={self.active})"


class KeyRing:
    """The keys below one folder; made on first use."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is read or written before a key is asked for."""
        self.folder = folder
        self._stamp: tuple[int, int] | None = None
        self._keys: tuple[DataKey, ...] = ()
        self._kek = ""

    def current(self, purpose: str) -> DataKey:
        """Return the key that seals for ``purpose``, making the first one."""
        return self._active(purpose) or self._make(purpose, retire=False)

    def by_id(self, purpose: str, key_id: str) -> DataKey:
        """Return a key of ``purpose``, also a retired one.

        Raises:
            UnknownKeyError: the ring has no such key.
        """
        self._refresh()
        for key in self._keys:
            if key.id == key_id and key.purpose == purpose:
                return key
        raise UnknownKeyError(key_id)

    def has(self, purpose: str) -> bool:
        """Whether a key of ``purpose`` was ever made; makes none."""
        self._refresh()
        return any(key.purpose == purpose for key in self._keys)

    def all_keys(self) -> tuple[DataKey, ...]:
        """Return every key, oldest first."""
        self._refresh()
        return self._keys

    def rotate(self, purpose: str) -> DataKey:
        """Make a new key of ``purpose``; the old ones only open what they sealed."""
        return self._make(purpose, retire=True)

    def rotate_kek(self) -> str:
        """Wrap every key under a new key-encryption key; returns its file's name."""
        with self._locked():
            old, keys = self._kek, self._keys
            number = int(old.removeprefix("kek-").removesuffix(".key") or 0) + 1 if old else 1
            fresh = self._new_kek(f"kek-{number}.key")
            self._write(keys, fresh)
            if old and old != fresh:
                (self.folder / old).unlink(missing_ok=True)
        return fresh

    def _active(self, purpose: str) -> DataKey | None:
        self._refresh()
        return next((key for key in self._keys if key.purpose == purpose and key.active), None)

    def _make(self, purpose: str, *, retire: bool) -> DataKey:
        with self._locked():
            made = next((key for key in self._keys if key.purpose == purpose and key.active), None)
            if made is not None and not retire:
                return made
            secret = secrets.token_bytes(SECRET_SIZE)
            fresh = DataKey(secrets.token_hex(4), purpose, now().isoformat(timespec="seconds"), True, secret)
            self._write(
                (*(_retired(key, purpose) for key in self._keys), fresh), self._kek or self._new_kek("kek-1.key")
            )
            return fresh

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._refresh()
            yield

    def _refresh(self) -> None:
        try:
            found = (self.folder / LIST).stat()
        except FileNotFoundError:
            return
        stamp = (found.st_mtime_ns, found.st_ino)
        if stamp != self._stamp:
            self._read()
            self._stamp = stamp

    def _read(self) -> None:
        try:
            document, kek = self._listed()
            self._keys = tuple(_unwrapped(row, kek) for row in document["keys"])
            self._kek = document["kek"]
        except OSError as error:
            raise UnavailableError("errors.crypto.ring_unreadable", path=str(error.filename)) from error
        except (InvalidTag, KeyError, TypeError, ValueError) as error:
            raise KeyRingError("errors.crypto.ring_broken", path=str(self.folder)) from error

    def _listed(self) -> tuple[dict[str, Any], bytes]:
        for attempt in range(3):
            document = json.loads((self.folder / LIST).read_bytes())
            try:
                return document, (self.folder / document["kek"]).read_bytes()
            except FileNotFoundError:
                # another process may have wrapped the keys anew between the two reads
                if attempt == 2:
                    raise
        raise AssertionError("the loop returns or raises")

    def _write(self, keys: tuple[DataKey, ...], kek_name: str) -> None:
        kek = (self.folder / kek_name).read_bytes()
        document = {"kek": kek_name, "keys": [_wrapped(key, kek) for key in keys]}
        _write_secret(self.folder / LIST, json.dumps(document, indent=1).encode())
        self._refresh()

    def _new_kek(self, name: str) -> str:
        _write_secret(self.folder / name, secrets.token_bytes(SECRET_SIZE))
        return name


@lru_cache(maxsize=16)
def _ring(folder: Path) -> KeyRing:
    return KeyRing(folder)


def ring_of(keys: Settings | KeyRing) -> KeyRing:
    """Return the key ring of an installation; one per process and folder."""
    return keys if isinstance(keys, KeyRing) else _ring(keys.home / "keys")


def _retired(key: DataKey, purpose: str) -> DataKey:
    if key.purpose != purpose:
        return key
    return DataKey(key.id, key.purpose, key.created, False, key.secret)


def _wrapped(key: DataKey, kek: bytes) -> dict[str, Any]:
    nonce = secrets.token_bytes(12)
    box = AESGCM(kek).encrypt(nonce, key.secret, _label(key.id, key.purpose))
    wrapped = base64.b64encode(nonce + box).decode()
    return {"id": key.id, "purpose": key.purpose, "created": key.created, "active": key.active, "wrapped": wrapped}


def _unwrapped(row: dict[str, Any], kek: bytes) -> DataKey:
    box = base64.b64decode(row["wrapped"])
    secret = AESGCM(kek).decrypt(box[:12], box[12:], _label(row["id"], row["purpose"]))
    return DataKey(row["id"], row["purpose"], row["created"], bool(row["active"]), secret)


def _label(key_id: str, purpose: str) -> bytes:
    return f"{key_id}/{purpose}".encode()


def _write_secret(path: Path, data: bytes) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
