"""A pattern from sample values takes those of the commonest form, whatever the values are."""

from hypothesis import given
from hypothesis import strategies as st

from detectors.workshop.inferring import inferred
from soc.ledger.own_matching import compiled


def test_classes_and_lengths_are_read_from_the_commonest_form() -> None:
    found = inferred(["粤A-0001", "粤B-12345", "粤C-777", "-"])
    assert found is not None
    assert (found.pattern, found.covered, found.values) == (r"粤[A-Z]\-\d{3,5}", 3, 4)


def test_nothing_makes_no_pattern() -> None:
    assert inferred(["", "  "]) is None


@given(st.lists(st.text(max_size=12), max_size=8))
def test_whatever_the_values_the_pattern_compiles_and_takes_one(values: list[str]) -> None:
    found = inferred(values)
    if found is not None:
        compiled(found.pattern)
        assert 0 < found.covered <= found.values
