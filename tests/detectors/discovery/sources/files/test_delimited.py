"""Dialects of delimited text."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.discovery.sources.files import delimited
from detectors.discovery.sources.files.delimited import Damage, dialect_of, lines_of, records


def cut(text: str) -> list[list[str | None]]:
    return list(records(iter(text.splitlines(keepends=True)), dialect_of(text), Damage()))


@pytest.mark.parametrize("sign", [",", "\t", ";", "|", "\x01", "^", "~", "||", "|@|", "@|@", "!^"])
def test_every_delimiter_of_exports_is_found(sign: str) -> None:
    rows = [["姓名", "手机", "备注"], ["张伟", "13800138000", "甲"], ["李娜", "13900139000", "乙"]]
    assert cut("\n".join(sign.join(row) for row in rows) + "\n") == rows


def test_a_line_that_names_the_delimiter_is_believed() -> None:
    assert dialect_of("sep=;\na;b,c\n").delimiter == ";"


def test_columns_set_apart_by_spaces_are_cut() -> None:
    text = "姓名    手机          住址\n张伟    13800138000   广州\n李娜    13900139000   深圳\n"
    assert cut(text)[1] == ["张伟", "13800138000", "广州"]


def test_quotes_kept_by_a_backslash_are_understood() -> None:
    text = '"a","b"\n"1","say \\"hi, there\\" now"\n"2","x"\n'
    assert cut(text)[1] == ["1", 'say "hi, there" now']


def test_single_quotes_hold_fields_too() -> None:
    text = "'a','b'\n'1','x, y'\n'2','z'\n'3','w'\n"
    assert cut(text)[1] == ["1", "x, y"]


def test_a_line_beyond_all_measure_keeps_both_its_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_BLOCK", 100)
    monkeypatch.setattr(delimited, "_LINE", 1000)
    monkeypatch.setattr(delimited, "_ENDS", 200)
    damage = Damage()
    found = list(lines_of(io.StringIO('a,b\n1,"' + "x" * 9000 + '",13800138000\n2,y,z\n'), damage))
    assert (found[0], found[2], damage.cut) == ("a,b\n", "2,y,z\n", 1)
    assert found[1].startswith('1,"x')
    assert found[1].endswith('",13800138000\n')
    assert len(found[1]) < 500


def test_a_quote_that_never_closes_loses_its_own_record_only(monkeypatch: pytest.MonkeyPatch) -> None:
    before = csv.field_size_limit(50)
    try:
        damage = Damage()
        text = 'a,b\n1,"' + "open\n" * 20 + "2,y\n3,z\n"
        found = list(records(iter(text.splitlines(keepends=True)), dialect_of("a,b\n1,2\n3,4\n"), damage))
    finally:
        csv.field_size_limit(before)
    assert damage.broken == 1
    assert found[-1] == ["3", "z"]


_CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\x1f"), max_size=10)


@settings(max_examples=100)
@given(
    rows=st.lists(st.lists(_CELL, min_size=3, max_size=3), min_size=3, max_size=10),
    sign=st.sampled_from([",", "\t", ";", "|"]),
)
def test_what_was_written_with_quotes_is_read_again(rows: list[list[str]], sign: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=sign, quoting=csv.QUOTE_ALL).writerows([["k", "l", "m"], *rows])
    found = records(lines_of(io.StringIO(out.getvalue(), newline=None), Damage()), dialect_of(out.getvalue()), Damage())
    assert list(found)[1:] == rows
