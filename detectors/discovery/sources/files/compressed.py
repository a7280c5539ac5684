"""Single files that are compressed (gz, bz2, xz, zst, lz4): unpacked within limits, then read as what they are."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from detectors.discovery.sources.base import UnreadableError
from detectors.discovery.sources.files.handle import Handle
from detectors.discovery.sources.files.kinds import Kind
from detectors.discovery.sources.files.limits import Limits, unpacked


def inside(file: Handle, kind: Kind, limits: Limits) -> Iterator[tuple[Handle, bool]]:
    """The one file inside, and whether it is all there; it has the name of its wrapping.

    Raises:
        UnreadableError: it unpacks to too much, or to nothing.
    """
    with file.open() as raw:
        stream = _Forgiving(_opened(raw, kind))
        with unpacked(file.path, cast(BinaryIO, stream), limits, packed=file.size) as inner:
            if stream.broken and not inner.size:
                raise UnreadableError("errors.discovery.broken_file", path=file.name)
            yield inner, not stream.broken


def _opened(raw: BinaryIO, kind: Kind) -> BinaryIO:
    if kind is Kind.GZIP:
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    if kind is Kind.BZIP2:
        return cast(BinaryIO, bz2.BZ2File(raw))
    if kind is Kind.XZ:
        return cast(BinaryIO, lzma.LZMAFile(raw))
    import pyarrow as pa

    return cast(BinaryIO, pa.input_stream(raw, compression=kind.value))


class _Forgiving(io.RawIOBase):
    """A stream that ends where its packing is damaged, and remembers it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream: Any = stream
        self.broken = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self.broken:
            return b""
        try:
            return bytes(self._stream.read1(size) if hasattr(self._stream, "read1") else self._stream.read(size))
        except (EOFError, OSError, zlib.error, lzma.LZMAError, ValueError):
            self.broken = True
            return b""
