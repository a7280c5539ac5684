"""How a record's text becomes fields: JSON, key=value, CEF, LEEF, tables, the XML of Windows."""

import csv
import html
import re
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from audit.ingest.formats.declaration import Declaration

Fields = dict[str, Any]
_QUOTE_MARKS = ('"', "'")
_PAIR = re.compile(r"""([A-Za-z_][\w.\-]*)=("[^"\\]*(?:\\.[^"\\]*)*"|'[^']*'|[^\s,;"']*[^\s,;]*)""")
#: the same where nothing is escaped: the text in quotation marks, or what has none
_PLAIN_PAIR = re.compile(r"""([A-Za-z_][\w.\-]*)=(?:"([^"]*)"|'([^']*)'|([^\s,;"']*[^\s,;]*))""")
#: values have commas here, and ``op`` has words
_AUDIT_PAIR = re.compile(
    r"""([A-Za-z_][\w.\-\[\]]*)=("[^"\\]*(?:\\.[^"\\]*)*"|'[^']*'|(?<=\bop=)[^="]*[^=" ](?= [\w\-]+=)|[^\s"']*[^\s"',])"""
)
_INNER = re.compile(r"msg='([^']*)'")
_AUDIT_STAMP = re.compile(r"msg=audit\((\d+\.\d+):(\d+)\)")
#: fields whose text is another's choice, quoted or else in hexadecimal; a program's arguments likewise
_CHOSEN = re.compile(r"^(?:acct|cmd|comm|cwd|data|exe|name|new_name|path|proctitle)$")
_ARGUMENTS = re.compile(r"^a\d+(?:\[\d+\])?$")
_HEX = re.compile(r"^(?:[0-9A-F]{2}){3,}$")
_SECTION = re.compile(r"(?:^|\s)type=(\S+)")
#: a key stands behind a blank, and "\=" in a value is none
_CEF_KEY = re.compile(r"(?<!\S)([A-Za-z0-9_.\[\]\-]+)=")
_CEF_HEAD = ("cef_version", "vendor", "product", "product_version", "signature", "name", "severity")
_LEEF_HEAD = ("leef_version", "vendor", "product", "product_version", "event_id")
#: ``x5E`` or ``0x5E``
_SEPARATOR = re.compile(r"^0?[xX]([0-9A-Fa-f]{1,4})$")
_ESCAPED = re.compile(r"\\([\\|=])")
_PIPE = re.compile(r"(?<!\\)\|")
_DATA = re.compile(r"""<Data Name=["']([^"']+)["'](?:/>|>([^<]*)</Data>)""")
_TAG = re.compile(r"<([A-Za-z]+)(?: [^>]*)?>([^<]*)</\1>")
#: a name is looked at from behind: a pattern that begins with letters is found much sooner than one with a word's bound
_ATTRIBUTE = re.compile(
    r"""(SystemTime(?<=\bSystemTime)|UserID(?<=\bUserID)|ProcessID(?<=\bProcessID)|Name(?<=\bName))=["']([^"']*)["']"""
)


def read_json(text: str, told: Declaration) -> Fields | None:
    """Read one JSON object."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def read_pairs(text: str, told: Declaration) -> Fields | None:
    """Read ``key=value`` and ``key="value"``."""
    if text.count('"') % 2 and "\\" not in text:
        return None
    if "\\" not in text:
        return _plain_pairs(text)
    found: Fields = {}
    for key, value in _PAIR.findall(text):
        if key not in found:
            # one quotation mark alone is no pair of them
            quoted = value[:1] in _QUOTE_MARKS and value[-1:] == value[:1] and len(value) > 1
            found[key] = value[1:-1].replace('\\"', '"') if quoted else value
    return found or None


def _plain_pairs(text: str) -> Fields | None:
    pairs = _PLAIN_PAIR.findall(text)
    found = {key: double or single or bare for key, double, single, bare in pairs}
    if len(found) < len(pairs):  # of equal keys the first counts
        found |= {key: double or single or bare for key, double, single, bare in reversed(pairs)}
    return found or None


def read_audit(text: str, told: Declaration) -> Fields | None:
    """Read one event of the kernel's audit; below its first line a key is its line's, ``path.name``."""
    stamp = _AUDIT_STAMP.search(text)
    if stamp is None:
        return None
    found: Fields = {"audit_time": stamp[1], "audit_serial": stamp[2]}
    for number, line in enumerate(text.split("\n")):
        if line.count('"') % 2 and "\\" not in line:
            return None
        kind = _SECTION.search(line)
        head = f"{kind[1].lower()}." if number and kind else ""
        chosen = _ARGUMENTS if kind and kind[1] == "EXECVE" else _CHOSEN
        for key, value in _AUDIT_PAIR.findall(_AUDIT_STAMP.sub("", _INNER.sub(r"\1", line))):
            found.setdefault(head + key, _plain(value) if chosen.match(key) else _unquoted(value))
    return found


def _plain(value: str) -> str:
    """Return a text of another's choice: the kernel writes it in hexadecimal where it has odd characters."""
    if not _HEX.match(value):
        return _unquoted(value)
    return bytes.fromhex(value).replace(b"\0", b" ").decode("utf-8", errors="replace").strip()


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1].replace('\\"', '"')
    return value


def read_cef(text: str, told: Declaration) -> Fields | None:
    """Read the Common Event Format: seven heads, then key=value with blanks in the values."""
    parts = _PIPE.split(text, maxsplit=7) if "\\|" in text else text.split("|", 7)
    if len(parts) != len(_CEF_HEAD) + 1 or not parts[0].startswith("CEF:"):
        return None
    heads = {name: _bare(part) for name, part in zip(_CEF_HEAD, parts, strict=False)}
    return heads | _extension(parts[-1])


def _extension(text: str) -> Fields:
    # what stands before the first key is nobody's; a record may have its heads alone
    parts = _CEF_KEY.split(text)
    values = map(str.strip, parts[2::2])
    return dict(zip(parts[1::2], values if "\\" not in text else map(_bare, values), strict=True))


def pairs_of(text: str | None, told: Declaration) -> Fields:
    """Read what a case calls ``pairs``: ``Key: value, Key: value`` or ``key=[value], key=[value]``."""
    if text is None:
        return {}
    keys = list(told.key.finditer(text))
    ends = [key.start() for key in keys[1:]] + [len(text)]
    found: Fields = {}
    for key, end in zip(keys, ends, strict=False):
        value = text[key.end() : end].strip()
        found.setdefault(key[1].replace(" ", ""), value.removesuffix("]") if key[0].endswith("[") else value)
    return found


def _bare(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda found: found[1], text).replace("\\n", "\n").replace("\\r", "\r")


def read_leef(text: str, told: Declaration) -> Fields | None:
    """Read the Log Event Extended Format, 1.0 (tab) and 2.0 (names its separator)."""
    parts = text.split("|", 5)
    if len(parts) != len(_LEEF_HEAD) + 1 or not parts[0].startswith("LEEF:"):
        return None
    heads, rest, separator = dict(zip(_LEEF_HEAD, parts, strict=False)), parts[-1], "\t"
    if parts[0].startswith("LEEF:2") and "|" in rest[:7]:
        named, _, rest = rest.partition("|")
        code = _SEPARATOR.match(named)
        if len(named) > 1 and code is None:
            return None
        separator = chr(int(code[1], 16)) if code else named or "\t"
    pairs = (one.partition("=") for one in rest.split(separator) if "=" in one)
    return heads | {key.strip(): value for key, _, value in pairs}


def read_table(text: str, told: Declaration) -> Fields | None:
    """Read a row under the names above it (``#fields``), or else the declared ones; or the same as JSON."""
    lines = [line for line in text.split("\n") if not line.startswith("#close")]
    row = (lines or [""])[-1]
    if row.startswith("{"):
        return read_json(row, told)
    names = column_names(text) or told.columns
    values = row.split(told.separator)
    whole = bool(names) and len(values) == len(names) and not row.startswith("#")
    return dict(zip(names, values, strict=True)) if whole else None


def column_names(text: str) -> tuple[str, ...]:
    """The names that a table's head gives its columns; none where ``text`` has no such line."""
    if not text.startswith("#"):
        return ()
    heads = (line for line in text.split("\n") if line.lower().startswith(("#fields\t", "#fields:")))
    return next((tuple(line.split()[1:]) for line in heads), ())


def read_csv(text: str, told: Declaration) -> Fields | None:
    """Read a row of comma-separated values in the declared order."""
    try:
        row = next(csv.reader([text], strict=True))
    except (csv.Error, StopIteration):
        return None
    return dict(zip(told.columns, row, strict=True)) if len(row) == len(told.columns) else None


def read_windows_xml(text: str, told: Declaration) -> Fields | None:
    """Read an ``<Event>`` of Windows: its named data, and the system part."""
    if not text.rstrip().endswith("</Event>"):
        return None
    found: Fields = dict(_TAG.findall(text))
    found |= reversed(_ATTRIBUTE.findall(text))
    found |= _DATA.findall(text)
    return {key: html.unescape(value) for key, value in found.items()} if "&" in text else found


READERS: Mapping[str, Callable[[str, Declaration], Fields | None]] = {
    "json": read_json,
    "pairs": read_pairs,
    "audit": read_audit,
    "cef": read_cef,
    "leef": read_leef,
    "table": read_table,
    "csv": read_csv,
    "windows_xml": read_windows_xml,
}
