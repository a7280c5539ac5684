"""Archives (zip, tar): each member is a file of its own, shown as ``a.zip!/dir/b.csv``.

Nothing is ever written under a member's name, so that a name that leads elsewhere can do no harm; it
is named all the same, as are links, members under a password, and what unpacks out of all proportion.
"""

import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from detectors.discovery.finding import Skipped
from detectors.discovery.sources.base import UnreadableError
from detectors.discovery.sources.files.handle import INSIDE, Handle, parsed, parsing, shown
from detectors.discovery.sources.files.limits import Limits, unpacked
from soc.errors import SocError
from soc.text import t, told

_ENCRYPTED = 0x1
_UTF8 = 0x800
_NOISE = ("__MACOSX/", ".DS_Store", "Thumbs.db")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


def zipped(file: Handle, limits: Limits) -> Iterator[Handle | Skipped]:
    """The members of a zip.

    Raises:
        UnreadableError: it is damaged, lies too deep, or has too many members.
    """
    limits.enter(file)
    with parsing(file), file.open() as opened, zipfile.ZipFile(opened) as archive:
        for member in archive.infolist():
            name = _zip_name(member)
            if member.is_dir() or _is_noise(name):
                continue
            limits.take(file.name)
            path = f"{file.path}{INSIDE}{name}"
            reason = _zip_refused(member, name, limits)
            if reason:
                yield Skipped(shown(path), reason)
                continue
            yield from _zip_member(archive, member, path, limits)


def _zip_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: str, limits: Limits
) -> Iterator[Handle | Skipped]:
    given = False
    try:
        with archive.open(member) as stream:
            source = cast(BinaryIO, stream)
            with unpacked(path, source, limits, packed=member.compress_size) as inner:
                given = True
                yield inner
    except SocError as error:
        if given:
            raise
        yield Skipped(shown(path), told(error))
    except _BROKEN as error:
        if given:
            raise
        yield Skipped(shown(path), t("discovery.skipped.broken", kind=type(error).__name__))


def _zip_name(member: zipfile.ZipInfo) -> str:
    """A member's name: Chinese tools write it in GBK and say nothing of it."""
    if member.flag_bits & _UTF8:
        return member.filename
    try:
        raw = member.orig_filename.split("\x00", 1)[0].encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    return _decoded(raw).replace("\\", "/")


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "surrogateescape")


def _zip_refused(member: zipfile.ZipInfo, name: str, limits: Limits) -> str:
    if stat.S_ISLNK(member.external_attr >> 16):
        return t("discovery.skipped.link_member")
    if member.flag_bits & _ENCRYPTED:
        return t("discovery.skipped.password")
    if _leads_outside(name):
        return t("discovery.skipped.outside_name")
    return t("discovery.skipped.member_too_large") if member.file_size > limits.member else ""


def _leads_outside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or (len(name) > 1 and name[1] == ":")


def _is_noise(name: str) -> bool:
    return name.startswith(_NOISE[0]) or name.rsplit("/", 1)[-1] in _NOISE[1:]


def tarred(file: Handle, limits: Limits) -> Iterator[Handle | Skipped]:
    """The members of a tar.

    Raises:
        UnreadableError: it is damaged, lies too deep, or has too many members.
    """
    limits.enter(file)
    with parsing(file), file.open() as opened, tarfile.open(fileobj=opened, mode="r:") as archive:
        for member in parsed(file, archive):
            name = _decoded(member.name.encode("utf-8", "surrogateescape"))
            if member.isdir() or _is_noise(name):
                continue
            limits.take(file.name)
            path = f"{file.path}{INSIDE}{name}"
            reason = _tar_refused(member, name, limits)
            stream = None if reason else archive.extractfile(member)
            if stream is None:
                yield Skipped(shown(path), reason or t("discovery.skipped.not_regular"))
                continue
            yield from _tar_member(cast(BinaryIO, stream), path, limits)


def _tar_member(stream: BinaryIO, path: str, limits: Limits) -> Iterator[Handle | Skipped]:
    given = False
    try:
        with stream, unpacked(path, stream, limits) as inner:
            given = True
            yield inner
    except UnreadableError as error:
        if given:
            raise
        yield Skipped(shown(path), told(error))


def _tar_refused(member: tarfile.TarInfo, name: str, limits: Limits) -> str:
    if member.issym() or member.islnk():
        return t("discovery.skipped.link_member")
    if not member.isfile():
        return t("discovery.skipped.not_regular")
    if _leads_outside(name):
        return t("discovery.skipped.outside_name")
    return t("discovery.skipped.member_too_large") if member.size > limits.member else ""
