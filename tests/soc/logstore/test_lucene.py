"""What people type, and the query it becomes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc.errors import InputError
from soc.logstore.errors import QueryError, UnknownFieldError, UnsupportedQueryError
from soc.logstore.fields import FIELDS
from soc.logstore.lucene import parse, term
from soc.logstore.query import (
    ANY,
    ONE,
    And,
    Contains,
    Exists,
    FullText,
    MatchAll,
    Not,
    Or,
    Prefix,
    Query,
    Range,
    Term,
    Wildcard,
)

USER, CODE, PATH = "actor.user.name", "http_response.code", "http_request.url.path"
A, B, C = (FullText((word,)) for word in "abc")


def _now() -> datetime:
    return datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", MatchAll()),
        ("  ", MatchAll()),
        ("*", MatchAll()),
        ("*:*", MatchAll()),
        ("a b", And((A, B))),
        ("a AND b OR c", Or((And((A, B)), C))),
        ("a && b || c", Or((And((A, B)), C))),
        ("a OR b c", And((Or((A, B)), C))),
        ("+a -b", And((A, Not(B)))),
        ("!a", Not(A)),
        ("NOT (a OR b)", Not(Or((A, B)))),
        ("转账", FullText(("转", "账"))),
        ("转*", FullText(("转",))),
        ("App*", FullText(("app",), open_end=True)),
        ('"Bulk Export"', FullText(("bulk", "export"))),
        ("10.1.2.3", FullText(("10", "1", "2", "3"))),
        ("http://a/b", FullText(("http", "a", "b"))),
        (f"{USER}:zhang", Term(USER, "zhang")),
        (f'{USER}:"a*b"', Term(USER, "a*b")),
        (rf"{USER}:a\*b", Term(USER, "a*b")),
        (f"{USER}:(a OR b)", Or((Term(USER, "a"), Term(USER, "b")))),
        (f"{USER}:app_*", Prefix(USER, "app_")),
        (f"{USER}:*a?b", Wildcard(USER, (ANY, "a", ONE, "b"))),
        (f"{USER}:*", Exists(USER)),
        (f"_exists_:{USER}", Exists(USER)),
        (f"{USER}:[a TO b}}", Range(USER, "a", "b", with_high=False)),
        (f"{PATH}:/api/v1/x", Term(PATH, "/api/v1/x")),
        (f"{PATH}:/api*", Prefix(PATH, "/api")),
        ("src_endpoint.ip:fe80::1", Term("src_endpoint.ip", "fe80::1")),
        ("src_endpoint.ip:10.0.0.0/8", Prefix("src_endpoint.ip", "10.")),
        ("src_endpoint.ip:10.0.0.1/32", Term("src_endpoint.ip", "10.0.0.1")),
        ("src_endpoint.ip:10.2.0.0/15", Or((Prefix("src_endpoint.ip", "10.2."), Prefix("src_endpoint.ip", "10.3.")))),
        (f"{CODE}:404", Term(CODE, 404)),
        (f"{CODE}:>=400", Range(CODE, 400)),
        (f"{CODE}:<5", Range(CODE, None, 5, with_high=False)),
        (f"{CODE}:-1", Term(CODE, -1)),
        (f"{CODE}:[-5 TO *]", Range(CODE, -5)),
        ("guanlan.off_hours:TRUE", Term("guanlan.off_hours", True)),
        ("message:转账", Contains("message", "转账")),
        ('message:""', Exists("message")),
        ('raw_data:"a \\"b\\""', Contains("raw_data", 'a "b"')),
        ("raw_data:a*b", Wildcard("raw_data", ("a", ANY, "b"))),
    ],
)
def test_text_becomes_its_query(text: str, query: Query) -> None:
    assert parse(text, now=_now) == query


@pytest.mark.parametrize(
    ("text", "low", "high", "with_low", "with_high"),
    [
        ("time:2026-10-01", (9, 30, 16), (10, 1, 16), True, False),
        ("time:2026-10", (9, 30, 16), (10, 31, 16), True, False),
        ("time:>2026-10-01", (10, 1, 16), None, True, True),
        ("time:<=2026-10-01", None, (10, 1, 16), True, False),
        ("time:<2026-10-01", None, (9, 30, 16), True, False),
        ("time:>=2026-10-01T08:00:00+08:00", (10, 1, 0), None, True, True),
        ("time:[2026-10-01T00:00:00Z TO 2026-10-02]", (10, 1, 0), (10, 2, 16), True, False),
        ("time:>=now-12h", (11, 22, 0), None, True, True),
    ],
)
def test_a_written_day_is_a_day_of_the_centre(
    text: str, low: tuple[int, ...] | None, high: tuple[int, ...] | None, with_low: bool, with_high: bool
) -> None:
    assert parse(text, now=_now) == Range("time", _at(low), _at(high), with_low, with_high)


def _at(parts: tuple[int, ...] | None) -> datetime | None:
    return None if parts is None else datetime(2026, parts[0], parts[1], parts[2], tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["a~", "a~2", '"a b"~3', "a^2", f"{USER}:a~", f"{PATH}:/a.*/", "/ab/", "a*b", "ap_p*", "a AND (b OR c~1)"]
)
def test_syntax_that_no_store_offers_is_one_error(text: str) -> None:
    with pytest.raises(UnsupportedQueryError):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "(a",
        'a "b',
        "a AND",
        f"{USER}:",
        f"{CODE}:[1 TO",
        "<5",
        "---",
        "[a TO b]",
        ")",
        "a ) b",
        "a~.",
        "a^.",
        "a~1.2.3",
        '"a b"~9.9',
    ],
)
def test_what_is_no_query_is_said_to_be_none(text: str) -> None:
    with pytest.raises(QueryError):
        parse(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f"{CODE}:abc", "errors.logstore.number"),
        (f"{CODE}:{10**19}", "errors.logstore.number"),
        (f"{CODE}:4*", "errors.logstore.no_joker"),
        ("guanlan.off_hours:maybe", "errors.logstore.flag"),
        ("time:yesterday", "errors.logstore.time"),
        ("time:2026-13-01", "errors.logstore.time"),
        ("src_endpoint.ip:10.0.0.0/99", "errors.logstore.network"),
        ("message:[a TO b]", "errors.logstore.no_range"),
        ("a" * 10_001, "errors.logstore.too_long"),
        ("(" * 30 + "a" + ")" * 30, "errors.logstore.too_wide"),
        (" ".join("abcde" * 120), "errors.logstore.too_wide"),
    ],
)
def test_a_value_that_does_not_fit_is_named(text: str, key: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.key == key


def test_an_unknown_field_is_answered_with_the_nearest_names() -> None:
    with pytest.raises(UnknownFieldError) as caught:
        parse("user.name:x")
    assert caught.value.params["near"].split(", ")[0] == USER  # type: ignore[union-attr]
    with pytest.raises(UnknownFieldError):
        parse("guanlan.tokens:x")


@given(st.text(max_size=60) | st.text('ab:*?\\/"()[]{}~^+-!<>&| TO', max_size=40))
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        parse(text)
    except InputError:
        return


@given(st.text(min_size=1).filter(lambda value: "\x00" not in value))
def test_a_value_clicked_on_a_page_finds_itself(value: str) -> None:
    assert parse(term(USER, value)) == Term(USER, value)


@given(
    st.sampled_from([name for name, field in FIELDS.items() if field.kind == "whole"]), st.integers(-(2**63), 2**63 - 1)
)
def test_a_number_clicked_on_a_page_finds_itself(name: str, value: int) -> None:
    assert parse(term(name, value)) == Term(name, value)
