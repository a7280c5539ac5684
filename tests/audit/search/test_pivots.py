"""Queries joined: what they mean stays, and brackets do not pile up."""

import pytest

from audit.search.pivots import fact, joined
from soc.logstore.lucene import parse
from soc.logstore.query import And


@pytest.mark.parametrize("query", ["", " ", "*", "*:*"])
def test_beside_everything_a_value_stands_alone(query: str) -> None:
    assert fact("actor.user.name", "li", query).only == 'actor.user.name:"li"'


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("转账", "转账 AND status_id:1"),
        ("a AND NOT b", "a AND NOT b AND status_id:1"),
        ("(a OR b) AND c", "(a OR b) AND c AND status_id:1"),
        ("a OR b", "(a OR b) AND status_id:1"),
        ("a OR b AND c", "(a OR b AND c) AND status_id:1"),
        ("a b OR c", "(a b OR c) AND status_id:1"),
        ("time:>now-15m", "time:>now-15m AND status_id:1"),
        ("((broken", "(((broken) AND status_id:1"),
    ],
)
def test_brackets_are_set_only_where_the_meaning_needs_them(query: str, expected: str) -> None:
    assert joined(query, "status_id:1") == expected


@pytest.mark.parametrize("query", ["a b", "a OR b", "NOT a", "a AND b", "a b OR c", "-a", "+a"])
def test_a_joined_query_asks_for_both(query: str) -> None:
    read = parse(joined(query, "status_id:1"))
    assert isinstance(read, And)
    asked = parse(query)
    rest = And(read.parts[:-1]) if len(read.parts) > 2 else read.parts[0]
    assert (rest, read.parts[-1]) == (asked, parse("status_id:1"))


def test_twenty_values_one_after_the_other_can_still_be_read() -> None:
    query = "a OR b"
    for place in range(20):
        query = fact("actor.user.name", f"user{place}", query).without
    assert isinstance(parse(query), And)
