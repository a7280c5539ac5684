"""Word and PowerPoint of 1997 to 2003, in containers made here."""

import struct
from pathlib import Path

import pytest

from detectors.discovery.finding import Secret
from detectors.discovery.scan import Orders, scan
from soc.text import speaking
from tests.detectors.discovery.sources.files.reads import scanned, types
from tests.detectors.made import Maker

_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def container(streams: dict[str, bytes]) -> bytes:
    """A compound file ([MS-CFB]) of streams; each is padded beyond the size of small ones."""
    padded = {name: data.ljust(max(4096, -(-len(data) // 512) * 512), b"\x00") for name, data in streams.items()}
    chain = [_TABLE, _END]  # sector 0 is the table of sectors, sector 1 the list of streams
    entries = [_entry("Root Entry", 5, 1, _END, 0)]
    body = b""
    for number, (name, data) in enumerate(padded.items(), start=1):
        first, count = len(chain), len(data) // 512
        chain += [*range(first + 1, first + count), _END]
        body += data
        follower = number + 1 if number < len(padded) else _FREE
        entries.append(_entry(name, 2, _FREE, first, len(data), follower))
    listed = b"".join(entries).ljust(512, b"\x00")
    assert len(chain) <= 128
    assert len(listed) == 512
    table = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0) + struct.pack("<109I", 0, *[_FREE] * 108)
    return head + table + listed + body


def _entry(name: str, kind: int, child: int, first: int, size: int, follower: int = _FREE) -> bytes:
    raw = name.encode("utf-16-le") + b"\x00\x00"
    links = struct.pack("<BBIII", kind, 1, _FREE, follower, child)
    return (
        raw.ljust(64, b"\x00") + struct.pack("<H", len(raw)) + links + bytes(36) + struct.pack("<III", first, size, 0)
    )


def word(path: Path, pieces: list[tuple[str, bool]], *, flags: int = 0x0200, properties: bytes = b"") -> Path:
    """A document of pieces, each in UTF-16 or, where told so, in bytes."""
    main, borders, places, at = bytearray(2048), [0], [], 2048
    for text, narrow in pieces:
        data = text.encode("cp1252" if narrow else "utf-16-le")
        places.append(at * 2 | 0x40000000 if narrow else at)
        main += data + bytes(len(data) % 2)
        at = len(main)
        borders.append(borders[-1] + len(text))
    body = struct.pack(f"<{len(borders)}I", *borders) + b"".join(struct.pack("<HIH", 0, place, 0) for place in places)
    clx = (b"\x01" + struct.pack("<H", len(properties)) + properties if properties else b"") + b"\x02"
    clx += struct.pack("<I", len(body)) + body
    struct.pack_into("<HxxxxxxxxH", main, 0, 0xA5EC, flags)
    struct.pack_into("<II", main, 0x01A2, 100, len(clx))
    table = "1Table" if flags & 0x0200 else "0Table"
    path.write_bytes(container({"WordDocument": bytes(main), table: bytes(100) + clx}))
    return path


def slides(path: Path, texts: list[str]) -> Path:
    atoms = b"".join(struct.pack("<HHI", 0, 0x0FA0, len(text) * 2) + text.encode("utf-16-le") for text in texts)
    atoms += struct.pack("<HHI", 0, 0x0FA8, 5) + b"plain"
    path.write_bytes(container({"PowerPoint Document": struct.pack("<HHI", 0xF, 0x03E8, len(atoms)) + atoms}))
    return path


@pytest.mark.parametrize("flags", [0, 0x0200])
def test_the_pieces_of_an_old_document_are_its_text(tmp_path: Path, flags: int) -> None:
    maker = Maker()
    pieces = [(f"张伟，身份证号{maker.resident_id()}。\r", False), (f"Tel {maker.mobile()}\r", True)]
    word(tmp_path / "a.doc", pieces, flags=flags, properties=b"xyz")
    assert {"resident_id", "mobile"} <= set(types(scanned(tmp_path))["a.doc"])


def test_an_old_document_with_a_mark_is_gone(tmp_path: Path) -> None:
    path = word(tmp_path / "a.doc", [("机密★10年\r某方案\r", False)])
    assert scan([str(tmp_path)], Orders()).secrets == (Secret(str(path)),)


def test_an_old_document_under_a_password_says_so(tmp_path: Path) -> None:
    word(tmp_path / "a.doc", [("x", False)], flags=0x0300)
    with speaking("en"):
        (skipped,) = scanned(tmp_path)["skipped"]
    assert "password" in skipped["reason"]


def test_the_texts_of_an_old_presentation_are_read(tmp_path: Path) -> None:
    slides(tmp_path / "a.ppt", ["联系人", f"电话 {Maker().mobile()}"])
    assert types(scanned(tmp_path)) == {"a.ppt": ["mobile"]}


@pytest.mark.parametrize("cut", [600, 2000, 5000])
def test_an_old_document_cut_short_is_named(tmp_path: Path, cut: int) -> None:
    path = word(tmp_path / "a.doc", [("电话13800138000\r", False)])
    path.write_bytes(path.read_bytes()[:-cut])
    document = scanned(tmp_path)
    assert len(document["tables"]) + len(document["skipped"]) == 1
