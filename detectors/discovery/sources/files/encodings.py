"""Which encoding a text is in: its mark, its zeros, then what its lines decode to, wherever they stand in the file.

A file may be ASCII for a gigabyte and Chinese after it, and one damaged line must not turn a whole
UTF-8 file into GB18030: lines vote, and between GB18030 and Big5, which decode nearly anything, the
share of everyday characters decides.
"""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from detectors.discovery.sources.base import UnreadableError
from detectors.discovery.sources.files.handle import Handle

_BLOCK = 1 << 20
_SEEN = 4  # blocks with Chinese in them that are looked at
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENOUGH = 0.8  # of the lines with Chinese must decode


@dataclass(frozen=True, slots=True)
class Charset:
    """An encoding's name for ``codecs``, and how many bytes its mark and its units take."""

    name: str
    mark: int = 0
    unit: int = 1

    @property
    def plain(self) -> str:
        """The encoding of a piece out of the middle, where no mark stands."""
        return self.name

    def decode(self, piece: bytes) -> str:
        """Decode a piece, what cannot be decoded replaced."""
        return piece.decode(self.name, "replace").replace("\x00", "")


def charset_of(file: Handle, pieces: Iterable[bytes] = ()) -> Charset:
    """Find a file's encoding.

    Args:
        file: the file.
        pieces: what of it will be read, where not all of it is; else all of it is looked through
            until enough Chinese was seen.

    Raises:
        UnreadableError: it is text in no encoding we know.
    """
    head = file.head(_BLOCK)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return _marked(name, mark)
    wide = _wide(head[:8192], file)
    if wide is not None:
        return wide
    return Charset(_voted(_chinese([head, *pieces] if pieces else _blocks(file)), file))


def _marked(name: str, mark: bytes) -> Charset:
    if name == "utf-8-sig":
        return Charset("utf-8", len(mark))
    order = "le" if mark[0] == 0xFF else "be"
    return Charset(f"{name}-{order}", len(mark), 4 if name == "utf-32" else 2)


def _wide(head: bytes, file: Handle) -> Charset | None:
    """UTF-16 and UTF-32 without a mark: their zeros stand at fixed places."""
    zeros = head.count(0)
    if not zeros:
        return None
    for name, unit in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        try:
            text = head[: len(head) // unit * unit].decode(name)
        except UnicodeDecodeError as error:
            if error.start < len(head) - 4:
                continue
            text = head[: error.start].decode(name)
        if _everyday(text) >= 0.9:
            return Charset(name, 0, unit)
    if zeros * 20 < len(head):
        return None  # a text with a few stray zeros
    raise UnreadableError("errors.discovery.encoding", path=file.name)


def _everyday(text: str) -> float:
    """The share of characters that offices write."""
    ranges = ((" ", "~"), ("\u3000", "\u9fff"), ("\uff00", "\uffef"))
    known = sum(1 for sign in text if sign in "\t\r\n" or any(low <= sign <= high for low, high in ranges))
    return known / len(text) if text else 0.0


def _blocks(file: Handle) -> Iterator[bytes]:
    with file.open() as opened:
        while block := opened.read(_BLOCK):
            yield block


def _chinese(blocks: Iterable[bytes]) -> list[bytes]:
    """The lines that are not ASCII, of the first few blocks that have any."""
    lines: list[bytes] = []
    seen = 0
    for block in blocks:
        if block.isascii():
            continue
        found = block.split(b"\n")
        # the first and the last line of a block may be cut within a character
        whole = found[1:-1] if len(found) > 2 else found
        some = [line for line in whole if not line.isascii()] or [line for line in found if not line.isascii()]
        lines += some[:2000]
        seen += 1
        if seen == _SEEN:
            break
    return lines


def _voted(lines: list[bytes], file: Handle) -> str:
    """The encoding most lines are in."""
    if not lines:
        return "utf-8"
    shares = {name: _decoding(lines, name) for name in ("utf-8", "gb18030", "big5")}
    if shares["utf-8"] >= _ENOUGH:
        return "utf-8"
    best = max(shares.values())
    if best < _ENOUGH or (best < 1.0 and _control(lines) > 0.02):
        raise UnreadableError("errors.discovery.encoding", path=file.name)
    if shares["big5"] >= _ENOUGH and _is_big5(lines):
        return "big5"
    return "gb18030" if shares["gb18030"] >= shares["big5"] else "big5"


def _decoding(lines: list[bytes], name: str) -> float:
    """The share of lines that decode; a character cut by the line's end is forgiven."""
    good = 0
    for line in lines:
        decoder = codecs.getincrementaldecoder(name)("strict")
        try:
            decoder.decode(line)
        except UnicodeDecodeError:
            continue
        good += 1
    return good / len(lines)


def _control(lines: list[bytes]) -> float:
    joined = b"".join(lines)
    return sum(joined.count(bytes([code])) for code in range(32) if code not in b"\t\r\n\x0c\x01\x1f\x1b") / len(joined)


#: lead bytes of the everyday characters: punctuation and level 1 of GB 2312, and of Big5
_GB2312 = frozenset({0xA1, 0xA3, 0xA8, *range(0xB0, 0xD8)})
_BIG5 = frozenset(range(0xA1, 0xC7))
_FEW = 6  # characters that do not yet decide for Big5


def _is_big5(lines: list[bytes]) -> bool:
    """Whether the lines make everyday characters as Big5, and rare ones as GB18030."""
    wide, common = _everyday_pairs(lines, "big5", _BIG5, range(0x40, 0xFF))
    if wide < _FEW:
        return False
    others, usual = _everyday_pairs(lines, "gb18030", _GB2312, range(0xA1, 0xFF))
    return common / wide > (usual / others if others else 0.0) + 0.1


def _everyday_pairs(lines: list[bytes], name: str, leads: frozenset[int], trails: range) -> tuple[int, int]:
    """How many wide characters the lines have as ``name``, and how many of them are everyday ones."""
    common = total = 0
    for sign in "".join(line.decode(name, "ignore") for line in lines[:200]):
        if sign < "\x80":
            continue
        total += 1
        pair = sign.encode(name)
        common += len(pair) == 2 and pair[0] in leads and pair[1] in trails
    return total, common
