"""Text in pictures: photographed cards, scanned pages; read where the extra ``ocr`` is installed.

Everything is read on this machine: the models come with the package. Pictures are turned upright,
made larger or smaller to where reading works best, and tried again with more contrast where nothing
was seen. Reading is limited in pixels and in seconds.
"""

import io
import time
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from typing import Any

from detectors.discovery.sources.base import UnreadableError
from detectors.discovery.sources.files.document import Document, Passage, Place, Prose
from detectors.discovery.sources.files.handle import Handle, parsing
from soc.text import t

_PIXELS = 80_000_000  # of a picture that is opened at all
_BYTES = 64 << 20
_LONG, _SHORT = 2000, 700  # the longer side is brought between these
_FRAMES = 40  # pages of a TIFF, pictures of a document
_SECONDS = 180.0  # that the pictures of one document may take
_SURE = 0.5  # a line read with less is none


def available() -> bool:
    """Whether the extra is installed."""
    return all(find_spec(name) for name in ("rapidocr_onnxruntime", "cv2", "PIL"))


def document_of(file: Handle) -> Document:
    """The text in a picture.

    Raises:
        UnreadableError: the extra is not installed, or the picture is too large.
    """
    if not available():
        raise UnreadableError("errors.discovery.no_ocr", path=file.name)
    if file.size > _BYTES:
        raise UnreadableError("errors.discovery.too_large", path=file.name)
    return Document(name=file.name, read=lambda _sampling: _prose(file), path=file.path)


def _prose(file: Handle) -> Prose:
    prose = Prose(passages=iter(()), rows=1)

    def passages() -> Iterator[Passage]:
        with file.open() as opened:
            data = opened.read()
        with parsing(file):
            frames = _frames(data)
        if not frames:
            raise UnreadableError("errors.discovery.too_large", path=file.name)
        prose.rows = len(frames)
        yield from _timed(frames, prose)

    prose.passages = passages()
    return prose


def seen_in(pictures: Iterable[bytes], prose: Prose) -> Iterator[Passage]:
    """The text in the pictures of a document; what is left out is noted.

    Args:
        pictures: each as the bytes of a file.
        prose: the document they are in.
    """
    if not available():
        count = sum(1 for _ in pictures)
        if count:
            prose.notes.append(t("discovery.note.no_ocr", count=count))
        return
    yield from _timed((frame for data in pictures for frame in _forgiving(data, prose)), prose)


def _timed(frames: Iterable[Any], prose: Prose) -> Iterator[Passage]:
    """Read pictures as long as there is time."""
    end = time.monotonic() + _SECONDS
    for number, frame in enumerate(frames):
        if number >= _FRAMES or time.monotonic() > end:
            prose.notes.append(t("discovery.note.pictures_left", read=number))
            return
        text = text_of(frame)
        if text:
            yield Passage(text, Place.START)
            yield Passage("\n".join(text.splitlines()[:4]), Place.MARGIN)


def _forgiving(data: bytes, prose: Prose) -> list[Any]:
    """The pictures in a file; what is none that can be read is noted."""
    try:
        return _frames(data)
    except (OSError, ValueError, SyntaxError, ArithmeticError):  # what Pillow says of damaged files
        prose.notes.append(t("discovery.note.damaged_picture"))
        return []


def _frames(data: bytes) -> list[Any]:
    """The pages of a picture, upright as its camera noted; none where it is too large."""
    from PIL import Image, ImageOps

    found = []
    with Image.open(io.BytesIO(data)) as picture:
        for number in range(min(getattr(picture, "n_frames", 1), _FRAMES)):
            picture.seek(number)
            if picture.width * picture.height > _PIXELS:
                continue
            found.append(_scaled(ImageOps.exif_transpose(picture).convert("RGB")))
            if picture.format == "GIF":
                break
    return found


def _scaled(picture: Any) -> Any:
    longer = max(picture.size)
    factor = _LONG / longer if longer > _LONG else 2.0 if longer < _SHORT else 1.0
    if factor == 1.0:
        return picture
    return picture.resize((max(1, round(picture.width * factor)), max(1, round(picture.height * factor))))


def text_of(picture: Any) -> str:
    """The lines in a picture, from top to bottom; tried turned, and with more contrast, where little is seen."""
    lines, upright = _read(picture)
    if not upright:
        turned = [_read(picture.rotate(angle, expand=True))[0] for angle in (90, 270)]
        lines = max([lines, *turned], key=_worth)
    if _worth(lines) < 4:
        from PIL import ImageOps

        grey = ImageOps.autocontrast(picture.convert("L"), cutoff=2).convert("RGB")
        lines = max(lines, _read(grey)[0], key=_worth)
    return "\n".join(line for line, _ in lines)


def _worth(lines: list[tuple[str, float]]) -> float:
    return sum(len(line) * sure for line, sure in lines)


def _read(picture: Any) -> tuple[list[tuple[str, float]], bool]:
    """Lines with how sure they are, and whether they lie as lines should."""
    import numpy as np

    result, _ = _engine()(np.asarray(picture)[:, :, ::-1])
    found = [(box, str(text), float(sure)) for box, text, sure in result or [] if float(sure) >= _SURE]
    tall = sum(_is_tall(box) for box, text, _ in found if len(text) > 2)
    return _in_lines(found), tall * 2 <= len(found) and bool(found)


def _is_tall(box: Any) -> bool:
    (left, top), (right, _), (_, bottom), _ = box
    return bool(abs(bottom - top) > 1.5 * abs(right - left))


def _in_lines(found: list[tuple[Any, str, float]]) -> list[tuple[str, float]]:
    """Pieces that stand beside each other are one line: a label and its value."""
    lines: list[list[tuple[float, str, float, float]]] = []
    for box, text, sure in sorted(found, key=lambda one: one[0][0][1]):
        top, height = float(box[0][1]), abs(float(box[3][1]) - float(box[0][1])) or 1.0
        if lines and abs(lines[-1][0][3] - top) < height * 0.6:
            lines[-1].append((float(box[0][0]), text, sure, top))
        else:
            lines.append([(float(box[0][0]), text, sure, top)])
    ordered = [sorted(line) for line in lines]
    return [(" ".join(text for _, text, _, _ in line), min(sure for _, _, sure, _ in line)) for line in ordered]


@cache
def _engine() -> Any:
    import logging

    from rapidocr_onnxruntime import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    return RapidOCR()
