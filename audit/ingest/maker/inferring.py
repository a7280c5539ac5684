"""A draft of a log format, proposed from pasted lines: how they are cut into fields, and what the fields mean."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import polars as pl

from audit.ingest.formats.declaration import Declaration
from audit.ingest.formats.envelope import ENVELOPE
from audit.ingest.formats.paths import flattened, in_words
from audit.ingest.formats.readers import read_cef, read_leef, read_pairs
from audit.ingest.maker.check import LONGEST_FIELD
from audit.ingest.maker.claiming import claimed_by
from audit.ingest.maker.meanings import SECRET, TIME, Columns, Meaning, are, is_address, is_instant, meaning_of
from audit.ingest.maker.pasted import Pasted
from audit.ingest.maker.patterns import PatternWrongError, named_fields
from audit.ingest.maker.shapes import patterns_of

Table = dict[str, Any]
#: a share of the lines that says that all are so
_MOST = 0.8
_SEPARATORS = ("\t", "|", ";", ",", "^", "||", "~", "::")
#: cells that a row must have to be no prose with a comma in it
_LEAST_CELLS = 4
_MOST_COLUMNS, _MOST_MUST = 200, 8
_LEAST_PAIRS = 3
_NONE = Declaration("inferring")


def inferred(lines: Pasted) -> Table | None:
    """Propose a declaration for lines of an unknown log; None where they say nothing.

    The names are for a person to give; what is proposed passes its check but for that, or says what is missing.
    """
    filled = [line.replace("\x00", "") for line in lines.filled]
    if not filled:
        return None
    texts, envelope = _unwrapped(filled)
    for read in (_json, _headed, _pairs, _delimited, _shaped):
        found = read(texts)
        if found is not None:
            table, columns, named = found
            return _finished(table, columns, envelope, named=named)
    return None


def _finished(table: Table, columns: Columns, envelope: Columns, *, named: bool) -> Table:
    meaning = meaning_of(columns, named=named)
    table |= {"syslog": True} if envelope and table["reader"] != "json" else {}
    table["time"] = _time(meaning, envelope)
    table["map"] = _mapped(meaning)
    if envelope:
        _from_envelope(table, envelope)
    table["set"] = {"class_uid": meaning.class_uid}
    table |= {"by": meaning.by} if meaning.by else {}
    table |= {"dialect": meaning.dialect} if meaning.dialect else {}
    secret = [name for name, value in meaning.fields.items() if value == SECRET]
    table |= {"secret": secret} if secret else {}
    if table["reader"] in ("csv", "table"):
        table["must"] = table["columns"][:_MOST_MUST]
    elif table["reader"] != "pattern":
        table["must"] = _must(table, columns)
    return table


def _time(meaning: Meaning, envelope: Columns) -> list[str]:
    own = [name for name, value in meaning.fields.items() if value == TIME]
    found = ["+".join(own)] if own else []
    return found + (["syslog_at"] if envelope else []) or ["time"]


def _mapped(meaning: Meaning) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, attribute in meaning.fields.items():
        if attribute not in (TIME, SECRET):
            found.setdefault(attribute, []).append(name)
    return found


def _from_envelope(table: Table, envelope: Columns) -> None:
    for attribute, name in (("actor.app_name", "syslog_program"), ("dst_endpoint.hostname", "syslog_host")):
        if any(envelope.get(name, ())):
            table["map"].setdefault(attribute, [name])


def _must(table: Table, columns: Columns) -> list[str]:
    """Fields that every line has, as many as keep the format from taking a shipped one's records."""
    most = max(map(len, columns.values()), default=0)
    always = [name for name, values in columns.items() if len(values) == most]
    told = [name for places in table["map"].values() for name in places]
    times = [part for one in table["time"] for part in one.split("+")]
    ranked = sorted(always, key=lambda name: (name not in times and name not in told, _commonness(name)))
    for count in range(min(3, len(ranked)), min(_MOST_MUST, len(ranked)) + 1):
        must = ranked[:count]
        if not claimed_by({"id": "a", "zh": "a", "en": "a", **table, "must": must}):
            break
    else:
        must = sorted(always, key=_commonness)[:_MOST_MUST]
    return must


def _commonness(name: str) -> tuple[bool, str]:
    """Short names are many logs' own."""
    return (len(name) < 4, name)


def _unwrapped(lines: Sequence[str]) -> tuple[list[str], Columns]:
    """The texts behind a head of syslog, and the head's parts, where the lines have one."""
    parts = pl.DataFrame({"raw": lines}).select(pl.col("raw").str.extract_groups(ENVELOPE).alias("p")).unnest("p")
    headed = parts.filter(pl.col("text").is_not_null())
    if headed.height < _MOST * len(lines) or are(headed["text"].to_list()[:20], lambda text: not text):
        return list(lines), {}
    names = {"syslog_at": ("syslog_at", "old_at", "bare_at"), "syslog_host": ("syslog_host", "old_host", "bare_host")}
    names["syslog_program"] = ("syslog_program", "old_program", "app_program")
    envelope = {
        name: headed.select(pl.coalesce(pl.when(pl.col(one) != "").then(one) for one in places).alias("v"))["v"]
        .drop_nulls()
        .to_list()
        for name, places in names.items()
    }
    return headed["text"].to_list(), envelope


Read = tuple[Table, Columns, bool]


def _json(texts: Sequence[str]) -> Read | None:
    rows = [row for text in texts if (row := _document(text))]
    if len(rows) < _MOST * len(texts):
        return None
    return {"reader": "json"}, _columns(rows), True


def _document(text: str) -> dict[str, str] | None:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, dict):
        return None
    return {name: in_words(value) for name, value in flattened(found).items() if value is not None}


def _headed(texts: Sequence[str]) -> Read | None:
    for reader, head, read in (("cef", "CEF:", read_cef), ("leef", "LEEF:", read_leef)):
        rows = [row for text in texts if text.startswith(head) and (row := read(text, _NONE))]
        if len(rows) >= _MOST * len(texts):
            # made for one product's records: it is told before the shipped format that reads any product's
            return {"reader": reader, "before": [reader]}, _columns(rows), True
    return None


def _pairs(texts: Sequence[str]) -> Read | None:
    """Lines of ``key=value`` and nothing else to speak of; one of these says when."""
    rows = [row for text in texts if (row := read_pairs(text, _NONE)) and _covers(row, text)]
    if len(rows) < _MOST * len(texts):
        return None
    columns = _columns([{name: str(value) for name, value in row.items()} for row in rows])
    meaning = meaning_of(columns, named=True)
    return ({"reader": "pairs"}, columns, True) if TIME in meaning.fields.values() else None


def _covers(row: Mapping[str, Any], text: str) -> bool:
    return len(row) >= _LEAST_PAIRS and sum(len(name) + len(str(value)) + 2 for name, value in row.items()) * 2 > len(
        text
    )


def _delimited(texts: Sequence[str]) -> Read | None:
    best: tuple[int, str, list[list[str]]] | None = None
    for separator in _SEPARATORS:
        rows = [row for text in texts if (row := _cells(text, separator))]
        width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
        whole = [row for row in rows if len(row) == width]
        if width >= _LEAST_CELLS and len(whole) >= _MOST * len(texts) and (best is None or width > best[0]):
            best = (width, separator, whole)
    if best is None or best[0] > _MOST_COLUMNS:
        return None
    return _table(best[1], best[2], texts)


def _cells(text: str, separator: str) -> list[str]:
    if separator != ",":
        return text.split(separator)
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error:
        return []


def _table(separator: str, rows: list[list[str]], texts: Sequence[str]) -> Read:
    reader: Table = {"reader": "csv"} if separator == "," else {"reader": "table", "separator": separator}
    head = rows[0] if len(rows) > 1 and _names_columns(rows) else None
    if head is not None:
        reader |= {"header": texts[0].rstrip("\r\n"), "columns": head}
        return reader, dict(zip(head, zip(*rows[1:], strict=True), strict=True)), True
    columns = {f"c{place + 1}": list(values) for place, values in enumerate(zip(*rows, strict=True))}
    meaning = meaning_of(columns, named=False)
    names: dict[str, str] = {}
    for name in columns:
        called = meaning.called(name)
        names[name] = called if called not in names.values() else name
    reader["columns"] = list(names.values())
    return reader, {names[name]: values for name, values in columns.items()}, False


def _names_columns(rows: list[list[str]]) -> bool:
    """Whether the first row says what the others hold: names, all different, where they have figures or times."""
    head, others = rows[0], rows[1:]
    plain = all(one.strip() and one == one.strip() and not _is_value(one) for one in head)
    return plain and len(set(head)) == len(head) and any(_is_value(cell) for row in others[:5] for cell in row)


def _is_value(cell: str) -> bool:
    return cell.replace(".", "", 1).isdigit() or is_address(cell) or is_instant(cell)


def _shaped(texts: Sequence[str]) -> Read | None:
    patterns, columns = patterns_of(texts)
    good = [pattern for pattern in patterns if _is_pattern(pattern)]
    if not good:
        return None
    return {"reader": "pattern", "cases": [{"match": pattern} for pattern in good]}, columns, True


def _is_pattern(pattern: str) -> bool:
    try:
        named_fields(pattern)
    except PatternWrongError:
        return False
    return True


def _columns(rows: Sequence[Mapping[str, Any]]) -> Columns:
    found: dict[str, list[str]] = {}
    for name, value in _each(rows):
        found.setdefault(name, []).append(value)
    return dict(list(found.items())[:_MOST_COLUMNS])


def _each(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    return ((name, str(value)) for row in rows for name, value in row.items() if _is_name(name))


def _is_name(name: str) -> bool:
    return bool(name) and len(name) <= LONGEST_FIELD and name.isprintable()
