"""A file wherever it lies: on a disk, in an archive, in a mail, in a bucket; and how its name is shown."""

import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TypeVar, cast

from detectors.discovery.sources.base import UnreadableError
from soc.errors import SocError
from soc.text import t

#: control characters, and those that turn the direction of writing: a name with them lies about itself
_LYING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\udc80-\udcff]")
_SUFFIXES = re.compile(r"(?:\.(?:gz|bz2|xz|zst|lz4))$", re.IGNORECASE)
INSIDE = "!/"
T = TypeVar("T")
_END = object()


def shown(name: str) -> str:
    """A name as people see it: what cannot be seen, or turns what follows, is written as its code."""
    return _LYING.sub(_code, name)


def _code(match: re.Match[str]) -> str:
    number = ord(match.group())
    return f"\\x{number - 0xDC00:02x}" if number >= 0xDC80 else f"\\u{number:04x}"


@dataclass(frozen=True, slots=True)
class Handle:
    """A file that can be opened again and again, each time from its start and with random access.

    ``path`` is what people are told (``a.zip!/dir/b.csv``); ``local`` is where it lies on this
    machine, None where it does not; ``changed`` tells whether it was altered since it was found.
    """

    path: str
    size: int
    opener: Callable[[], BinaryIO]
    local: Path | None = None
    stamp: Callable[[], tuple[float, ...]] | None = None
    #: changes with the file, where that is known without opening it
    mark: str = ""

    @property
    def name(self) -> str:
        """The last part of the path."""
        return PurePosixPath(self.path.rsplit(INSIDE, 1)[-1]).name or self.path

    @property
    def stem(self) -> str:
        """The name without its extension, and without that of a compression before it."""
        return PurePosixPath(_SUFFIXES.sub("", self.name)).stem or self.name

    @property
    def suffix(self) -> str:
        """The extension in lower case, that of a compression left out."""
        return PurePosixPath(_SUFFIXES.sub("", self.name)).suffix.lower()

    def open(self) -> BinaryIO:
        """Open it from its start.

        Raises:
            UnreadableError: it is gone, or may not be read.
        """
        try:
            return self.opener()
        except OSError as error:
            raise UnreadableError("errors.discovery.cannot_open", path=self.name) from error

    def head(self, count: int) -> bytes:
        """The first bytes."""
        with self.open() as file:
            return file.read(count)


def of_path(path: Path) -> Handle:
    """A regular file of this machine.

    Raises:
        UnreadableError: it is gone.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise UnreadableError("errors.discovery.cannot_open", path=shown(path.name)) from error
    return Handle(shown(str(path)), size, lambda: path.open("rb"), path, lambda: _stamp(path))


def _stamp(path: Path) -> tuple[float, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ino


def of_bytes(path: str, content: bytes) -> Handle:
    """Bytes in memory: an attachment, a picture of a page."""
    return Handle(shown(path), len(content), lambda: io.BytesIO(content))


@contextmanager
def on_disk(file: Handle) -> Iterator[Path]:
    """A path of this machine with the file's bytes, for libraries that take nothing else."""
    if file.local is not None:
        yield file.local
        return
    with tempfile.TemporaryDirectory(prefix="guanlan-") as folder:
        copy = Path(folder) / "copy"
        with file.open() as source, copy.open("wb") as target:
            while block := source.read(1 << 20):
                target.write(block)
        yield copy


@contextmanager
def parsing(file: Handle) -> Iterator[None]:
    """Say that a file is damaged, whatever a foreign parser trips over: hostile files reach every line of it.

    Raises:
        UnreadableError: in place of anything but our own errors.
    """
    try:
        yield
    except (SocError, GeneratorExit):
        raise
    except Exception as error:
        raise UnreadableError("errors.discovery.broken_file", path=file.name) from error


def parsed(file: Handle, things: Iterable[T]) -> Iterator[T]:
    """Pass on what a foreign parser gives, see :func:`parsing`."""
    iterator = iter(things)
    while True:
        with parsing(file):
            found = next(iterator, _END)
        if found is _END:
            return
        yield cast(T, found)


def spooled() -> BinaryIO:
    """A file for bytes that are unpacked: in memory while small, then on disk; gone when closed."""
    return cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=8 << 20))


def altered(file: Handle, before: tuple[float, ...] | None) -> tuple[str, ...]:
    """What to note where a file changed while it was read."""
    if before is None or file.stamp is None or file.stamp() == before:
        return ()
    return (t("discovery.note.changed"),)
