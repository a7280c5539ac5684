"""Where a query goes wrong: the character is that of what was typed, and the words say what to mend."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc.logstore.errors import QueryError
from soc.logstore.lucene import parse
from soc.text import LANGUAGES, speaking, told

ROWS = "guanlan.rows"


def fault(text: str) -> QueryError:
    """Return what is wrong with a text."""
    with pytest.raises(QueryError) as caught:
        parse(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "at", "meant", "key"),
    [
        ("a AND", 2, "AND", "fault.right"),
        ("a AND NOT", 6, "NOT", "fault.right"),
        ("OR b", 0, "OR", "fault.left"),
        ("a && || b", 5, "||", "fault.left"),
        ("(a OR b", 0, "(", "fault.open"),
        ("a (b [c", 5, "[", "fault.open"),
        ("a ) b", 2, ")", "fault.close"),
        ("a ()", 2, "(", "fault.empty"),
        ("f:(a OR )", 5, "OR", "fault.right"),
        ('公路 "abc', 3, '"', "fault.quote"),
        ("a \\", 2, "\\", "fault.escape"),
        ("a AND f:", 6, "f:", "fault.value"),
        ("f: AND b", 0, "f:", "fault.value"),
        (f"{ROWS}:>=", 0, f"{ROWS}:>=", "fault.compared"),
        (f"{ROWS}:[1 5]", 13, "[1 5]", "fault.range"),
        (f"{ROWS}:[TO 5]", 13, "[TO 5]", "fault.range"),
        # behind what had to be escaped, the place is still that of what was typed
        (f"http_request.url.path:/a/b:c AND {ROWS}:1x", 46, "1x", "number"),
        (f"/a/b && !{ROWS}:1x", 22, "1x", "number"),
        (f"{ROWS}:[1 TO 2/3]", 19, "2/3", "number"),
        ("/a/b:c no.such:1", 7, "no.such", "field"),
        ("_exists_:no.such", 9, "no.such", "field"),
        (f"a AND ({ROWS}:1 OR b~2)", 25, "b~2", "unsupported.fuzzy"),
    ],
)
def test_a_fault_is_told_at_its_character(text: str, at: int, meant: str, key: str) -> None:
    found = fault(text)
    assert (found.at, found.key) == (at, f"errors.logstore.{key}")
    assert text[at : at + found.length] == meant
    assert found.texts()["q"]


@given(st.text('ab:*?\\/"()[]{}~^+-!<>&| TO公', max_size=30) | st.text("aORND ()", max_size=12))
def test_a_fault_lies_within_the_text_and_has_words(text: str) -> None:
    found = _fault_of(text)
    if found is None:
        return
    for lang in LANGUAGES:
        with speaking(lang):
            assert told(found)
    if found.at is not None:
        assert 0 <= found.at < found.at + found.length <= len(text)


def _fault_of(text: str) -> QueryError | None:
    try:
        parse(text)
    except QueryError as error:
        return error
    return None
