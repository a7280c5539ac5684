"""A file read in pieces says what it says read at once, whatever names its columns at its beginning."""

import io

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from audit.ingest.files import Piece, pieces, pieces_of
from audit.ingest.formats import Format, ParseOptions, find_format, parse_bytes

_OPTIONS = ParseOptions()
_STATEMENTS = st.text(st.sampled_from('ab,"\n\r 张'), max_size=30)
_CONN = (
    "#separator \\x09\n#fields\tts\tuid\tconn_state\torig_bytes\tid.orig_h\n#types\ttime\tstring\tstring\tcount\taddr\n"
)


def _table(statements: list[str]) -> bytes:
    rows = ["EVENT_TIMESTAMP,DBUSERNAME,ACTION_NAME,RETURN_CODE,USERHOST,SQL_TEXT\r\n"]
    for number, statement in enumerate(statements):
        quoted = statement.replace('"', '""')
        rows.append(f'2026-11-22 10:00:{number % 60:02},USER{number},SELECT,0,10.1.2.3,"{quoted}"\r\n')
    return "".join(rows).encode()


def _in_pieces(name: str, text: bytes, size: int) -> pl.DataFrame:
    """Read a text as a file and as a body, which must say the same; a head stands in the first record of each piece."""
    found = find_format(name)
    as_file, as_body = (
        pl.concat([_read(found, one) for one in made], how="diagonal_relaxed")
        for made in (pieces(io.BytesIO(text), found, size=size), pieces_of(text, found, size))
    )
    assert as_file.drop("raw", "line").equals(as_body.select(as_file.columns).drop("raw", "line"))
    return as_body


def _read(found: Format, piece: Piece) -> pl.DataFrame:
    return parse_bytes(found, piece.text, _OPTIONS).with_columns(pl.col("line") + piece.line_of_text)


@given(st.lists(_STATEMENTS, min_size=2, max_size=20), st.integers(100, 600))
@example(["a\nb"] * 9, 100)
def test_rows_below_a_head_are_the_same_in_pieces(statements: list[str], size: int) -> None:
    text = _table(statements)
    whole, parts = _in_pieces("oracle_audit", text, len(text) + 1), _in_pieces("oracle_audit", text, size)
    for column in ("line", "actor.user.name", "query_info.query_string", "error"):
        assert parts[column].to_list() == whole[column].to_list(), column
    assert whole["actor.user.name"].to_list() == [f"USER{number}" for number in range(len(statements))]


@given(st.integers(1, 40), st.integers(120, 900))
def test_every_row_of_a_table_is_read_under_the_names_it_stands_under(rows: int, size: int) -> None:
    text = _CONN + "".join(f"17640000{n:02}.5\tC{n}\tSF\t{n * 10}\t10.0.0.{n}\n" for n in range(rows)) + "#close\tnow\n"
    parts = _in_pieces("zeek_conn", text.encode(), size)
    assert parts["error"].null_count() == rows
    assert parts["src_endpoint.ip"].to_list() == [f"10.0.0.{n}" for n in range(rows)]
    assert parts["traffic.bytes_out"].to_list() == [n * 10 for n in range(rows)]


def test_a_piece_begins_at_the_offset_that_the_file_has_there() -> None:
    text = _table(["a"] * 30)
    found = list(pieces(io.BytesIO(text), find_format("oracle_audit"), size=200))
    assert len(found) > 3
    assert b"".join(one.body for one in found) == text
    assert [one.end for one in found[:-1]] == [one.start for one in found[1:]]
    assert all(one.text.startswith(b"EVENT_TIMESTAMP") for one in found)


def test_a_table_without_a_row_has_no_record() -> None:
    assert _in_pieces("zeek_conn", _CONN.encode(), 1000).is_empty()
    assert _in_pieces("zeek_conn", (_CONN + "#close\tnow\n").encode(), 1000).is_empty()


def test_a_short_body_is_not_copied() -> None:
    text = _table(["a"] * 3)
    assert [one.body is text for one in pieces_of(text, find_format("oracle_audit"))] == [True]


def test_a_body_is_cut_without_loss_wherever_records_end() -> None:
    text = _table(["a\nb", "c" * 700, "d"] * 10)
    found = list(pieces_of(text, find_format("oracle_audit"), size=200))
    assert len(found) > 3
    assert b"".join(one.body for one in found) == text
    assert [one.end for one in found[:-1]] == [one.start for one in found[1:]]
    assert [one.first_line for one in found] == [text.count(b"\n", 0, one.start) for one in found]
    assert all(one.text.startswith(b"EVENT_TIMESTAMP") for one in found)


def test_an_empty_body_has_no_pieces() -> None:
    assert list(pieces_of(b"", find_format("nginx"))) == []
