"""Pieces of work at the same time: in order, two at once, and what goes wrong is told."""

import threading

import pytest

from audit.ingest.formats import ParseOptions
from audit.ingest.register import parsed_pieces
from audit.ingest.samples import nginx_lines
from audit.ingest.side_by_side import side_by_side


def test_what_came_of_the_items_stands_in_their_order() -> None:
    assert side_by_side(lambda one: one * one, range(50)) == [one * one for one in range(50)]
    assert side_by_side(lambda one: one, []) == []


@pytest.mark.skipif(__import__("os").cpu_count() == 1, reason="a second processor")
def test_two_are_worked_on_at_the_same_time() -> None:
    met = threading.Barrier(2, timeout=30)
    assert sorted(side_by_side(lambda _: met.wait(), range(2))) == [0, 1]


def test_what_goes_wrong_with_one_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda one: 1 // one, [1, 0, 1])


def test_lines_of_a_long_body_count_from_its_first_whatever_it_was_cut_into() -> None:
    lines = list(nginx_lines(60_000))
    parsed = parsed_pieces("nginx", "".join(f"{one}\n" for one in lines).encode(), ParseOptions())
    assert len(parsed) > 2
    assert [raw for frame in parsed for raw in frame["raw"]] == lines
    assert [line for frame in parsed for line in frame["line"]] == list(range(60_000))
