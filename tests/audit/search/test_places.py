"""What is being written at the caret: the place decides what is suggested."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.search.places import Place, Wanted, place_in

NAME = "actor.user.name"


@pytest.mark.parametrize(
    ("q", "wanted", "field", "pre"),
    [
        ("", Wanted.CONDITION, "", ""),
        ("a", Wanted.CONDITION, "", "a"),
        ("a ", Wanted.JOIN, "", ""),
        ("a OR ", Wanted.CONDITION, "", ""),
        ("a NOT", Wanted.NOTHING, "", ""),
        (f"{NAME}:", Wanted.VALUE, NAME, ""),
        (f"-{NAME}:ap", Wanted.VALUE, NAME, "ap"),
        (f'{NAME}:"a b', Wanted.VALUE, NAME, "a b"),
        (f'{NAME}:"a \\"b', Wanted.VALUE, NAME, 'a "b'),
        (f'{NAME}:"a b"', Wanted.NOTHING, "", ""),
        (f'{NAME}:"a (b" ', Wanted.JOIN, "", ""),
        (f"{NAME}: ap", Wanted.VALUE, NAME, "ap"),
        (f"{NAME}:ap*", Wanted.VALUE, NAME, "ap*"),
        ("guanlan.rows:>=1", Wanted.BOUND, "guanlan.rows", "1"),
        ("guanlan.rows:[1", Wanted.BOUND, "guanlan.rows", "1"),
        ("guanlan.rows:{1 ", Wanted.TO, "guanlan.rows", ""),
        ("guanlan.rows:[1 TO ", Wanted.BOUND, "guanlan.rows", ""),
        ("guanlan.rows:[1 TO 2 ", Wanted.END, "guanlan.rows", ""),
        ("guanlan.rows:[1 TO 2] ", Wanted.JOIN, "", ""),
        ("guanlan.level:(G3 OR ", Wanted.CONDITION, "guanlan.level", ""),
        ("guanlan.level:(G3 OR G4) ", Wanted.JOIN, "", ""),
    ],
)
def test_a_place_wants_what_may_be_written_there(q: str, wanted: Wanted, field: str, pre: str) -> None:
    place = place_in(q, len(q))
    assert (place.wanted, place.field, place.pre) == (wanted, field, pre)


def test_a_place_in_the_middle_reaches_to_the_end_of_its_word() -> None:
    assert place_in("(status_id:1 OR a)", 11) == Place(1, 12, Wanted.VALUE, "status_id", "", "status_id:", 1)


@given(st.text('ab:*"\\()[]{}+-!<> TO公', max_size=30), st.integers(-1, 40))
def test_a_place_lies_around_the_caret_whatever_is_written(text: str, caret: int) -> None:
    place = place_in(text, caret)
    at = min(max(caret, 0), len(text))
    assert 0 <= place.start <= at <= place.end <= len(text)
