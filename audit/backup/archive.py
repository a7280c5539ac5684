"""The archive: a tar of plain files with a manifest that names each with its length and SHA-256.

Nothing is unpacked that the manifest does not name, and nothing outside the new home: a member
that is a link, a device or has a way out in its name ends the restore before anything is written.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from soc.errors import InputError

MANIFEST = "manifest.json"
FORMAT = 1
_BLOCK = 1 << 20


class ArchiveError(InputError):
    """Not a backup of ours, cut, or altered."""


@dataclass
class Writer:
    """An archive being written; the manifest comes last."""

    tar: tarfile.TarFile
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add_file(self, path: Path, name: str) -> None:
        """Add a file as it is now: one that grows meanwhile is cut at the length it had."""
        try:
            with path.open("rb") as file:
                self.add(name, file, path.stat().st_size)
        except FileNotFoundError:
            return  # moved on by a running server, such as a spool segment that was trimmed

    def add_bytes(self, name: str, data: bytes) -> None:
        """Add a file that lives in memory."""
        self.add(name, io.BytesIO(data), len(data))

    def add(self, name: str, file: IO[bytes], size: int) -> None:
        """Add ``size`` bytes of an open file."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        hashed = _Hashing(file, size)
        self.tar.addfile(info, hashed)  # type: ignore[arg-type]
        self.files[name] = {"size": size, "sha256": hashed.digest.hexdigest()}

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the manifest."""
        manifest = json.dumps({"format": FORMAT, **facts, "files": self.files}, ensure_ascii=False, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(manifest), 0o600
        self.tar.addfile(info, io.BytesIO(manifest))


class _Hashing:
    """A file that is hashed while it is read, padded with zeros where it was cut meanwhile."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left, self.digest = file, size, hashlib.sha256()

    def read(self, count: int) -> bytes:
        data = self._file.read(min(count, self._left)).ljust(min(count, self._left), b"\0")
        self._left -= len(data)
        self.digest.update(data)
        return data


def read_manifest(path: Path) -> dict[str, Any]:
    """Return an archive's manifest.

    Raises:
        ArchiveError: it is no backup of ours, or of a later format.
    """
    try:
        with tarfile.open(path, "r:") as tar:
            file = tar.extractfile(MANIFEST)
            manifest: Any = json.loads(file.read(64 << 20)) if file else None
    except (tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise ArchiveError("errors.backup.no_archive") from error
    if (
        not isinstance(manifest, dict)
        or manifest.get("format") != FORMAT
        or not isinstance(manifest.get("files"), dict)
    ):
        raise ArchiveError("errors.backup.no_archive")
    return dict(manifest)


def _is_manifest(said: Any) -> bool:
    return isinstance(said, dict) and said.get("format") == FORMAT and isinstance(said.get("files"), dict)


def unpack(path: Path, manifest: dict[str, Any], dest: Path) -> None:
    """Write an archive's files below ``dest``, each checked against the manifest.

    Raises:
        ArchiveError: a member is no plain file, leads outside, is not named, or is not what was saved.
    """
    expected = dict(manifest["files"])
    with tarfile.open(path, "r:") as tar:
        members = [member for member in tar if member.name != MANIFEST]
        for member in members:
            _check(member, expected)
        if {member.name for member in members} != set(expected) or len(members) != len(expected):
            raise ArchiveError("errors.backup.incomplete")
        for member in members:
            _write(tar, member, expected[member.name], dest)


def _check(member: tarfile.TarInfo, expected: dict[str, Any]) -> None:
    pure = PurePosixPath(member.name)
    inside = not pure.is_absolute() and ".." not in pure.parts and "\\" not in member.name and pure.parts
    if not inside or not member.isreg() or member.issparse():
        raise ArchiveError("errors.backup.unsafe", name=member.name[:80])
    if member.name not in expected or member.size != expected[member.name].get("size"):
        raise ArchiveError("errors.backup.altered", name=member.name[:80])


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, said: dict[str, Any], dest: Path) -> None:
    target = dest / member.name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    source = tar.extractfile(member)
    assert source is not None
    with target.open("xb") as file:
        target.chmod(0o600)
        for block in _blocks(source):
            digest.update(block)
            file.write(block)
    if digest.hexdigest() != said.get("sha256"):
        raise ArchiveError("errors.backup.altered", name=member.name[:80])


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block
