"""Mapping by columns says the same as mapping one record after another."""

from typing import Any

import orjson
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.ingest.formats import DECLARED, ParseOptions, find_format
from audit.ingest.formats.base import lines_of
from audit.ingest.formats.by_record import attributes, by_record
from audit.ingest.formats.declaration import declaration_of, declared_here
from audit.ingest.formats.declared import declared_format
from tests.audit.ingest.formats.test_declared import SAMPLES

OPTIONS = ParseOptions()
#: what breaks a line, makes a number none, or a time another
_PIECES = (
    "",
    " ",
    "-",
    '"',
    "\\",
    "\t",
    ":",
    "::1",
    "[::1]:7",
    "9" * 12,
    "1.5",
    "1e3",
    "é",
    "\n",
    "2026-02-29",
    "?",
    "/",
    "0",
)


def _both(name: str, text: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    told = declared_here(name)
    records = find_format(name).split(lines_of(text.encode()))
    columns = find_format(name).extract(records, OPTIONS)
    rows = pl.concat([records, by_record(records, told, OPTIONS, attributes(told))], how="horizontal")
    assert columns.schema == rows.schema
    return _plain(columns, name), _plain(rows, name)


def _plain(frame: pl.DataFrame, name: str) -> list[dict[str, Any]]:
    rows = list(frame.iter_rows(named=True))
    return [{**row, f"+{name}": orjson.loads(row[f"+{name}"] or "{}")} for row in rows]


@pytest.mark.parametrize("name", DECLARED)
def test_a_sample_reads_the_same_both_ways(name: str) -> None:
    columns, rows = _both(name, SAMPLES[name] * 2 + "no such line\n")
    assert columns == rows


@pytest.mark.parametrize("name", DECLARED)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_spoiled_line_reads_the_same_both_ways(name: str, data: st.DataObject) -> None:
    text = SAMPLES[name]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text) - 1))
        end = place + data.draw(st.integers(0, 4))
        text = text[:place] + data.draw(st.sampled_from(_PIECES)) + text[end:]
    columns, rows = _both(name, text + SAMPLES[name])
    assert columns == rows


def test_a_number_that_is_none_leaves_its_field_beside_the_event() -> None:
    told = declaration_of(
        "name = 'own'\n[[cases]]\nmatch = '^(?P<time>\\S+) (?P<code>\\S+)$'\n[map]\n'http_response.code' = 'code'\n"
    )
    frame = declared_format(told).extract(lines_of(b"2026-11-22T10:00:00Z 2x0\n2026-11-22T10:00:00Z 200\n"), OPTIONS)
    assert frame["http_response.code"].to_list() == [None, 200]
    assert [orjson.loads(text or "{}") for text in frame["+own"]] == [
        {"time": "2026-11-22T10:00:00Z", "code": "2x0"},
        {"time": "2026-11-22T10:00:00Z"},
    ]


def test_a_time_that_the_clocks_skip_is_the_same_both_ways() -> None:
    skipped = SAMPLES["apache"].replace("22/Nov/2026:10:00:00 +0800", "15/Mar/1987:02:30:00")
    columns, rows = _both("apache", skipped)
    assert [row["time"] for row in columns] == [row["time"] for row in rows]
