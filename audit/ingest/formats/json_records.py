"""The JSON documents of a text: one a line, or the items of an array or of an export's ``Records``."""

import csv
import json
import re
from collections.abc import Iterator
from typing import Any

import orjson
import polars as pl

from audit.ingest.formats.base import ARRAY, Head, each_line

#: keys under which exports keep a list of records
_WRAPPERS = ("Records", "records", "value", "items")
_DECODER = json.JSONDecoder()
_ARRAY = re.compile(ARRAY.pattern.decode())
#: the end of an array, with whatever an export has behind it
_ENDED = re.compile(r"\]\s*(?:$|,[^\[\]]*\}\s*$|\}\s*$)")
#: an array written with one item a line: its brackets, and the comma behind an item
_BRACKETS = r"^\s*(?:\[|\]|\],?)\s*$"


def json_records(lines: pl.DataFrame, must: tuple[str, ...] = ()) -> pl.DataFrame:
    """Return a record a document; a text that is no JSON stays as its lines.

    A table of comma-separated values whose first row names what ``must`` be there is read as documents too.
    """
    filled = each_line(lines)
    if filled.height and filled["raw"].item(0).lstrip()[:1] not in ("{", "[") and _heads(filled["raw"].item(0), must):
        return _of_table(filled)
    first = filled["raw"].head(1).to_list()
    if first and first[0].lstrip("\ufeff ")[:1] in ("{", "[") and not _whole(first[0]):
        found = _over_lines(filled)
        if found is not None:
            return found
    plain = filled.filter(~pl.col("raw").str.contains(_BRACKETS)) if _is_array(filled) else filled
    plain = plain.with_columns(pl.col("raw").str.replace(r"\}\s*,\s*$", "}"))
    wrapped = pl.col("raw").str.contains(r'^\s*(?:\[\s*\{|\{.{0,120}?"(?:Records|records|value|items)"\s*:\s*\[\s*\{)')
    if not plain.select(wrapped.any()).item():
        return plain
    rows = [(line, one) for line, raw in plain.select("line", "raw").iter_rows() for one in _items(raw)]
    return pl.DataFrame(rows, schema={"line": pl.Int64, "raw": pl.String}, orient="row")


def table_head(text: bytes, must: tuple[str, ...]) -> Head:
    """The first row of a table of comma-separated values, where the text is one."""
    begun = text.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    row, end, _ = begun.partition(b"\n")
    if ARRAY.match(begun):
        # a line may be an array of its own
        return Head(listed=not end or not _whole(row.decode("utf-8", errors="replace")))
    if not end or row[:1] in (b"{", b"[") or not _heads(row.decode("utf-8", errors="replace"), must):
        return Head()
    return Head(row + end, quoted=True)


def _heads(row: str, must: tuple[str, ...]) -> bool:
    names = set(next(csv.reader([row]), []))
    return bool(must) and all(names & set(one.split("|")) for one in must)


def _of_table(filled: pl.DataFrame) -> pl.DataFrame:
    """Return a document a row below the head; a row may go over several lines."""
    reader = csv.reader(f"{raw}\n" for raw in filled["raw"])
    names = next(reader)
    rows: list[tuple[int, str]] = []
    begun = reader.line_num
    try:
        for row in reader:
            rows.append((filled["line"].item(begun), orjson.dumps(dict(zip(names, row, strict=False))).decode()))
            begun = reader.line_num
    except csv.Error:  # a field longer than any should be: from there on the lines are none of a table
        rows += filled.slice(begun).select("line", "raw").rows()
    return pl.DataFrame(rows, schema={"line": pl.Int64, "raw": pl.String}, orient="row")


def _is_array(filled: pl.DataFrame) -> bool:
    """Say whether it is an array with one item a line, or the first or last piece of one."""
    return filled.height > 1 and (filled["raw"].item(0).strip() == "[" or filled["raw"].item(-1).strip() == "]")


def _whole(text: str) -> bool:
    """Say whether the line is a document by itself, or the bracket or item of a list with one item a line."""
    bare = text.strip().removesuffix(",")
    if bare in ("[", "]"):
        return False
    try:
        orjson.loads(bare)
    except orjson.JSONDecodeError:
        return False
    return True


def _items(raw: str) -> Iterator[str]:
    """Yield the records inside a list or an export; any other text as it is."""
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        yield raw
        return
    inner = _inner(found)
    if inner is None:
        yield raw
        return
    yield from (orjson.dumps(one).decode() for one in inner)


def _inner(found: Any) -> list[Any] | None:
    if isinstance(found, dict):
        found = next((found[name] for name in _WRAPPERS if isinstance(found.get(name), list)), None)
    return found if isinstance(found, list) and found and all(isinstance(one, dict) for one in found) else None


def _over_lines(filled: pl.DataFrame) -> pl.DataFrame | None:
    """Read documents that go over several lines, or a piece of an array; None where the text is not made of such."""
    text = filled["raw"].str.join("\n").item()
    rows = _documents(filled, text, 0, listed=text.rstrip().endswith(","))
    begun = _ARRAY.match(text)
    if rows is None and begun:
        rows = _documents(filled, text, begun.end(), listed=True)
    return None if rows is None else pl.DataFrame(rows, schema={"line": pl.Int64, "raw": pl.String}, orient="row")


def _documents(filled: pl.DataFrame, text: str, place: int, *, listed: bool) -> list[tuple[int, str]] | None:
    """Return line and text of each document; the items of an array are written as arrays' items always are."""
    rows: list[tuple[int, str, Any]] = []
    line, counted = 0, 0
    while (place := _next(text, place)) < len(text):
        try:
            found, end = _DECODER.raw_decode(text, place)
        except (json.JSONDecodeError, RecursionError):
            if not rows or not _ENDED.match(text, place):
                return None
            listed = True
            break
        line, counted = line + text.count("\n", counted, place), place
        number, inner = filled["line"].item(line), _inner(found)
        rows += [(number, text[place:end], found)] if inner is None else [(number, "", one) for one in inner]
        place = end
    return [(number, orjson.dumps(found).decode() if listed or not raw else raw) for number, raw, found in rows]


def _next(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n,":
        place += 1
    return place
