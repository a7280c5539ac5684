"""What a file is, by its first bytes; its extension only decides between kinds of text."""

import re
import zipfile
from enum import StrEnum

from detectors.discovery.sources.base import UnreadableError
from detectors.discovery.sources.files.handle import Handle
from soc.text import t


class Kind(StrEnum):
    """A kind of file, by its content."""

    EMPTY = "empty"
    DELIMITED = "csv"
    JSON = "json"
    XML = "xml"
    HTML = "html"
    MAIL = "eml"
    MAILBOX = "mbox"
    TEXT = "txt"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    DOCX = "docx"
    ODT = "odt"
    PPTX = "pptx"
    PDF = "pdf"
    RTF = "rtf"
    PARQUET = "parquet"
    ORC = "orc"
    AVRO = "avro"
    ARROW = "arrow"
    SQLITE = "sqlite"
    DUCKDB = "duckdb"
    IMAGE = "image"
    ZIP = "zip"
    TAR = "tar"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZSTD = "zstd"
    LZ4 = "lz4"
    SEVEN = "7z"
    RAR = "rar"
    ENCRYPTED = "encrypted"
    DOC = "doc"
    PPT = "ppt"
    OLE = "ole"
    MSG = "msg"
    BINARY = "binary"


HEAD = 8192
_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"PAR1", Kind.PARQUET),
    (b"ORC", Kind.ORC),
    (b"Obj\x01", Kind.AVRO),
    (b"ARROW1", Kind.ARROW),
    (b"SQLite format 3\x00", Kind.SQLITE),
    (b"%PDF-", Kind.PDF),
    (b"{\\rtf", Kind.RTF),
    (b"\x1f\x8b", Kind.GZIP),
    (b"BZh", Kind.BZIP2),
    (b"\xfd7zXZ\x00", Kind.XZ),
    (b"\x28\xb5\x2f\xfd", Kind.ZSTD),
    (b"\x04\x22\x4d\x18", Kind.LZ4),
    (b"7z\xbc\xaf\x27\x1c", Kind.SEVEN),
    (b"Rar!\x1a\x07", Kind.RAR),
    (b"\x89PNG\r\n\x1a\n", Kind.IMAGE),
    (b"\xff\xd8\xff", Kind.IMAGE),
    (b"GIF8", Kind.IMAGE),
    (b"II*\x00", Kind.IMAGE),
    (b"MM\x00*", Kind.IMAGE),
)
_EXPECTED: dict[Kind, frozenset[str]] = {
    Kind.DELIMITED: frozenset({".csv", ".tsv", ".txt", ".tab", ".psv", ".dat", ".del", ".log", ".out", ".unl"}),
    Kind.JSON: frozenset({".json", ".jsonl", ".ndjson", ".geojson", ".txt", ".log", ".har", ".ipynb"}),
    Kind.XML: frozenset({".xml", ".kml", ".gpx", ".svg", ".xsd", ".wsdl", ".plist", ".config", ".rss"}),
    Kind.HTML: frozenset({".html", ".htm", ".xhtml", ".shtml"}),
    Kind.MAIL: frozenset({".eml", ".mht", ".mhtml"}),
    Kind.MAILBOX: frozenset({".mbox", ".mbx"}),
    Kind.XLSX: frozenset({".xlsx", ".xlsm", ".xltx", ".xltm"}),
    Kind.XLS: frozenset({".xls", ".xlt", ".et"}),
    Kind.ODS: frozenset({".ods", ".ots"}),
    Kind.DOCX: frozenset({".docx", ".docm", ".dotx"}),
    Kind.ODT: frozenset({".odt", ".ott"}),
    Kind.PPTX: frozenset({".pptx", ".pptm", ".ppsx"}),
    Kind.DOC: frozenset({".doc", ".dot", ".wps"}),
    Kind.PPT: frozenset({".ppt", ".pps", ".dps"}),
    Kind.PDF: frozenset({".pdf", ".ai"}),
    Kind.RTF: frozenset({".rtf", ".doc"}),
    Kind.PARQUET: frozenset({".parquet", ".pq"}),
    Kind.ORC: frozenset({".orc"}),
    Kind.AVRO: frozenset({".avro"}),
    Kind.ARROW: frozenset({".arrow", ".feather", ".ipc"}),
    Kind.SQLITE: frozenset({".db", ".sqlite", ".sqlite3", ".db3", ".gpkg"}),
    Kind.DUCKDB: frozenset({".db", ".duckdb"}),
    Kind.IMAGE: frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".jfif"}),
    Kind.ZIP: frozenset({".zip", ".jar", ".war", ".whl", ".cbz", ".epub", ".apk"}),
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_MAIL_FIELD = re.compile(rb"(?im)^(from|to|subject|date|received|message-id|mime-version|return-path|x-[\w-]+):")
_TAGS = re.compile(rb"(?i)<(html|!doctype\s+html|table|head|body|meta)\b")


def kind_of(file: Handle) -> Kind:
    """What the file is.

    Raises:
        UnreadableError: it cannot be opened.
    """
    head = file.head(HEAD)
    if not head:
        return Kind.EMPTY
    if head.startswith(_ZIP):
        return _zipped(file)
    if head.startswith(_OLE):
        return _compound(file)
    return _by_magic(head) or _written(head, file.suffix)


def _by_magic(head: bytes) -> Kind | None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[8:12] == b"DUCK":
        return Kind.DUCKDB
    if head[257:262] == b"ustar":
        return Kind.TAR
    if (head.startswith(b"RIFF") and head[8:12] == b"WEBP") or (head.startswith(b"BM") and head[6:10] == bytes(4)):
        return Kind.IMAGE
    return None


def _zipped(file: Handle) -> Kind:
    """Office documents are archives: their parts tell which."""
    try:
        with file.open() as opened, zipfile.ZipFile(opened) as archive:
            names = set(archive.namelist())
            declared = archive.read("mimetype")[:80] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError):
        return Kind.ZIP
    for part, kind in (("xl/workbook", Kind.XLSX), ("word/document", Kind.DOCX), ("ppt/presentation", Kind.PPTX)):
        if any(name.startswith(part) for name in names):
            return kind
    for mark, kind in ((b"spreadsheet", Kind.ODS), (b"opendocument.text", Kind.ODT)):
        if mark in declared:
            return kind
    return Kind.ZIP


def _compound(file: Handle) -> Kind:
    """The old Office container: the names of its streams, in UTF-16, tell what lies in it."""
    with file.open() as opened:
        body = opened.read(4 << 20)
        if file.size > len(body):  # the list of streams of a large one may stand at its end
            opened.seek(max(len(body), file.size - (1 << 20)))
            body += opened.read(1 << 20)
    for mark, kind in (
        ("EncryptedPackage", Kind.ENCRYPTED),
        ("WordDocument", Kind.DOC),
        ("PowerPoint Document", Kind.PPT),
        ("Workbook", Kind.XLS),
        ("Book", Kind.XLS),
        ("__substg1.0_", Kind.MSG),
    ):
        if mark.encode("utf-16-le") in body:
            return kind
    return Kind.OLE


def _written(head: bytes, suffix: str) -> Kind:
    """Text of some kind, or nothing we know."""
    text = _squeezed(head)
    if _looks_binary(text):
        return Kind.BINARY
    start = text.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")) and _opens_json(start):
        return Kind.JSON
    if start.startswith(b"<?xml"):
        return Kind.HTML if re.search(rb"(?i)<html\b", start[:2048]) else Kind.XML
    if start.startswith(b"<"):
        return Kind.HTML if _TAGS.search(start) else Kind.XML if suffix in _EXPECTED[Kind.XML] else Kind.TEXT
    if start.startswith(b"From ") and _MAIL_FIELD.search(start):
        return Kind.MAILBOX
    if len({found.lower() for found in _MAIL_FIELD.findall(start[:4096])}) >= 3 and _MAIL_FIELD.match(start):
        return Kind.MAIL
    return Kind.TEXT


def _squeezed(head: bytes) -> bytes:
    """UTF-16 with its zeros taken out, so that ASCII signs can be looked for."""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return head[2:].replace(b"\x00", b"")
    even, odd = head[0::2].count(0), head[1::2].count(0)
    wide = max(even, odd) * 8 >= len(head) and min(even, odd) * 10 <= max(even, odd)
    return head.replace(b"\x00", b"") if wide else head


def _looks_binary(text: bytes) -> bool:
    odd = sum(text.count(bytes([code])) for code in range(32) if code not in b"\t\n\r\x0c\x01\x1f\x1b")
    return odd * 50 > len(text)


def _opens_json(start: bytes) -> bool:
    return bool(re.match(rb'(?s)\{\s*("|\})|\[\s*([\[{"\d\]tfn-])', start))


def surprise(file: Handle, kind: Kind) -> tuple[str, ...]:
    """What to note where the extension says something else than the content."""
    expected = _EXPECTED.get(kind)
    if expected is None or not file.suffix or file.suffix in expected:
        return ()
    if not any(file.suffix in known for known in _EXPECTED.values()):
        return ()
    return (t("discovery.note.extension", suffix=file.suffix, kind=kind.value),)


def refuse(file: Handle, kind: Kind) -> UnreadableError:
    """Why a kind is not read, as an error to raise."""
    reasons = {
        Kind.EMPTY: "errors.discovery.empty_file",
        Kind.ENCRYPTED: "errors.discovery.password",
        Kind.RAR: "errors.discovery.no_reader",
        Kind.SEVEN: "errors.discovery.no_reader",
        Kind.OLE: "errors.discovery.no_reader",
        Kind.MSG: "errors.discovery.no_reader",
    }
    key = reasons.get(kind, "errors.discovery.unknown_kind")
    return UnreadableError(key, path=file.name, kind=kind.value)
