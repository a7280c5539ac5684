"""Exposed rows and persons: joined without getting surer, said in words, and never without a basis."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc.exposure import NOT_KNOWN, NOTHING, Basis, Figure, added, least_certain, widest
from soc.text import speaking

_figures = st.builds(
    lambda low, more, basis: Figure(low, None if more is None else low + more, basis),
    st.integers(0, 10**6),
    st.none() | st.integers(0, 10**6),
    st.sampled_from(Basis),
)


@given(st.lists(_figures, min_size=1, max_size=6))
def test_a_join_of_figures_is_never_surer_or_smaller_than_its_parts(figures: list[Figure]) -> None:
    for joined in (added(figures), widest(figures)):
        assert joined.low >= max(one.low for one in figures)
        assert joined.high is None or joined.high >= joined.low
        assert (joined.high is None) == any(one.high is None for one in figures)
        assert joined.basis is not Basis.MEASURED or all(one.basis is Basis.MEASURED for one in figures)


@given(_figures, _figures, _figures)
def test_it_does_not_matter_in_which_order_figures_are_joined(one: Figure, two: Figure, three: Figure) -> None:
    for join in (added, widest):
        assert join([join([one, two]), three]) == join([one, join([three, two])]) == join([three, two, one])


def test_nothing_at_all_is_a_measured_nothing() -> None:
    assert added([]) == widest([]) == NOTHING
    assert least_certain([]) is Basis.MEASURED
    assert NOTHING.nothing
    assert not NOT_KNOWN.nothing


@pytest.mark.parametrize(
    ("figure", "zh", "en", "how"),
    [
        (Figure(1234, 1234), "1,234", "1,234", "measured"),
        (Figure(0, 5000, Basis.UNKNOWN), "至多 5,000", "up to 5,000", "unknown"),
        (Figure(7, None, Basis.UNKNOWN), "至少 7", "at least 7", "unknown"),
        (Figure(7, 9, Basis.ESTIMATED), "7–9", "7–9", "estimated"),
        (NOT_KNOWN, "未知", "unknown", ""),
        (NOTHING, "0", "0", ""),
    ],
)
def test_a_figure_says_what_it_is(figure: Figure, zh: str, en: str, how: str) -> None:
    with speaking("zh"):
        assert figure.words() == zh
    with speaking("en"):
        assert (figure.words(), figure.how()) == (en, how)


@given(_figures)
def test_what_may_be_something_is_never_said_as_a_plain_number_without_its_basis(figure: Figure) -> None:
    with speaking("en"):
        assert figure.nothing or figure.how() or figure.words() == "unknown"


@given(st.lists(_figures, min_size=2, max_size=5))
def test_the_order_puts_what_is_certain_first_then_what_is_possible(figures: list[Figure]) -> None:
    first, second, *_ = sorted(figures, key=lambda one: one.weight, reverse=True)
    assert first.low > second.low or (
        first.low == second.low and (first.high is None or (second.high is not None and first.high >= second.high))
    )
