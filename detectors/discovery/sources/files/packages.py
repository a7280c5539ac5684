"""Office packages: how much they unpack to, and the pictures in them."""

import zipfile
from collections.abc import Iterator

from detectors.discovery.sources.base import UnreadableError
from detectors.discovery.sources.files.handle import Handle, parsing

_UNPACKED = 1 << 30  # bytes; a document that unpacks to more is refused before it is opened
_PART = 256 << 20  # bytes of one part, which is held in memory
_PICTURE = 32 << 20
_SMALLEST = 6 << 10  # bytes; less is an ornament
_SEEN = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp")


def check_size(file: Handle) -> None:
    """Look at the sizes of a package's parts before anything is unpacked.

    Raises:
        UnreadableError: it is damaged, or unpacks to too much.
    """
    with parsing(file), file.open() as opened, zipfile.ZipFile(opened) as archive:
        sizes = [(part.filename, part.file_size) for part in archive.infolist()]
    too_large = [name for name, size in sizes if size > _PART and name.endswith((".xml", ".rels"))]
    if sum(size for _, size in sizes) > _UNPACKED or too_large:
        raise UnreadableError("errors.discovery.too_large", path=file.name)


def pictures(file: Handle, folder: str) -> Iterator[bytes]:
    """The pictures of a package that are large enough to say something."""
    with parsing(file), file.open() as opened, zipfile.ZipFile(opened) as archive:
        for part in archive.infolist():
            fits = part.filename.startswith(folder) and part.filename.lower().endswith(_SEEN)
            if fits and _SMALLEST <= part.file_size <= _PICTURE:
                yield archive.read(part)
