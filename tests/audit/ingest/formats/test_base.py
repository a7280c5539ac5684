"""Lines, encodings, and cutting a text where a record begins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.ingest.formats import NAMES, find_format
from audit.ingest.formats.base import lines_of


def test_gb18030_lines_among_utf8_ones_are_read() -> None:
    body = "甲\n".encode() + "乙\n".encode("gb18030") + b"\xff\xfe\n"
    assert lines_of(body)["raw"].to_list()[:2] == ["甲", "乙"]


def test_a_byte_order_mark_and_carriage_returns_are_no_text() -> None:
    assert lines_of(b"\xef\xbb\xbfa\r\nb\n")["raw"].to_list() == ["a", "b"]


def test_nothing_has_no_lines() -> None:
    assert lines_of(b"").height == 0


@pytest.mark.parametrize("name", NAMES)
@given(body=st.binary(max_size=300))
def test_a_cut_loses_nothing_and_ends_behind_a_line(name: str, body: bytes) -> None:
    cut = find_format(name).cut(body)
    assert 0 <= cut <= len(body)
    assert cut == 0 or body[:cut].endswith(b"\n")


def test_a_statement_over_several_lines_is_not_cut() -> None:
    text = b"2026-11-22 10:00:00 CST [1] LOG:  a\n2026-11-22 10:00:00 CST [1] LOG:  b\n\tc\n\td\n"
    assert text[find_format("pgaudit").cut(text) :].startswith(b"2026-11-22 10:00:00 CST [1] LOG:  b")
