"""JSON documents however a file holds them, in pieces as in one."""

import io
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.ingest.files import pieces
from audit.ingest.formats import ParseOptions, find_format, parse_bytes

_EVENT: dict[str, Any] = {
    "eventVersion": "1.08",
    "eventTime": "2026-11-22T02:00:00Z",
    "eventSource": "s3.amazonaws.com",
}
_EVENT |= {
    "eventName": "GetObject",
    "sourceIPAddress": "10.1.2.3",
    "userIdentity": {"type": "IAMUser", "userName": "alice"},
}


def _events(count: int, words: str = "") -> list[dict[str, Any]]:
    nested = [{"ARN": "a"}, {"ARN": f"b}},{{{words}"}]
    return [{**_EVENT, "eventID": f"7-{number}", "resources": nested} for number in range(count)]


def _written(events: list[dict[str, Any]], shape: str) -> bytes:
    if shape == "one line":
        return orjson.dumps(events)
    if shape == "export":
        return orjson.dumps({"Records": events})
    if shape == "spread":
        return orjson.dumps(events, option=orjson.OPT_INDENT_2)
    return b"[\n" + b",\n".join(orjson.dumps(one) for one in events) + b"\n]\n"


def _in_pieces(body: bytes, size: int) -> tuple[list[dict[str, Any]], int]:
    told, rows, longest = find_format("cloudtrail"), [], 0
    for piece in pieces(io.BytesIO(body), told, size=size):
        longest = max(longest, len(piece.body))
        parsed = parse_bytes(told, piece.text, ParseOptions())
        rows += [{**row, "line": row["line"] + piece.line_of_text} for row in parsed.iter_rows(named=True)]
    return rows, longest


@pytest.mark.parametrize("shape", ["one line", "export", "spread", "a line each"])
@settings(max_examples=20, deadline=None)
@given(
    count=st.integers(1, 60), size=st.integers(600, 5000), words=st.sampled_from(["", '"', "\\", "},{", "é\n", "]}"])
)
def test_an_array_read_in_pieces_says_what_it_says_as_one(shape: str, count: int, size: int, words: str) -> None:
    body = _written(_events(count, words), shape)
    rows, _ = _in_pieces(body, size)
    whole, _ = _in_pieces(body, len(body) + 1)
    names = ("error", "time", "api.operation", "actor.user.name", "+cloudtrail")
    assert [[row[name] for name in names] for row in rows] == [[row[name] for name in names] for row in whole]
    assert [row["error"] for row in rows] == [None] * count


@pytest.mark.parametrize("shape", ["one line", "export", "spread"])
def test_no_piece_of_an_array_is_much_longer_than_asked(shape: str) -> None:
    body = _written(_events(500), shape)
    rows, longest = _in_pieces(body, 8000)
    assert len(rows) == 500
    assert longest < 3 * 8000
    assert [row["raw"] for row in rows] == [row["raw"] for row in _in_pieces(body, len(body) + 1)[0]]


def test_an_array_that_breaks_off_tells_of_what_is_whole_and_of_the_rest() -> None:
    body = _written(_events(200), "one line")[:-50]
    rows, _ = _in_pieces(body, 8000)
    assert sum(row["error"] is None for row in rows) > 150
    assert rows[-1]["error"] is not None
