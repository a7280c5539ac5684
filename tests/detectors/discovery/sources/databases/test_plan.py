"""How a sample is shared out: every part gets something, and places reach from one end to the other."""

from hypothesis import given
from hypothesis import strategies as st

from detectors.discovery.sources.databases.mysql_plan import texts_between
from detectors.discovery.sources.databases.plan import between, shares, spread

SEEDS = st.integers(0, 2**31)


@given(st.integers(1, 50_000), st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_every_part_has_a_share_and_the_larger_no_smaller_one(total: int, sizes: list[int]) -> None:
    given_out = shares(total, sizes)
    assert min(given_out) >= 1
    ordered = [share for _, share in sorted(zip(sizes, given_out, strict=True))]
    assert ordered == sorted(ordered)


@given(st.integers(1, 2000), st.integers(3, 40), SEEDS)
def test_of_many_things_the_first_and_last_are_taken_and_no_more_than_the_most(
    count: int, most: int, seed: int
) -> None:
    places = spread(count, most, seed)
    assert places == sorted(set(places))
    assert (places[0], places[-1]) == (0, count - 1)
    assert len(places) <= max(most, 1) or count <= most
    assert all(0 <= place < count for place in places)
    assert places == spread(count, most, seed)


@given(st.integers(-(10**12), 10**12), st.integers(0, 10**12), st.integers(1, 200), SEEDS)
def test_places_lie_between_the_ends_and_are_as_many_as_asked_for_at_most(
    low: int, span: int, count: int, seed: int
) -> None:
    places = between(low, low + span, count, seed)
    assert places[0] == low
    assert len(places) <= count
    assert low <= places[0] <= places[-1] < low + span + max(1, (span + 1) // count)


@given(st.binary(min_size=1, max_size=20), st.binary(min_size=1, max_size=20), st.integers(2, 50), SEEDS)
def test_places_of_texts_are_made_for_any_two_keys(one: bytes, other: bytes, count: int, seed: int) -> None:
    low, high = min(one, other), max(one, other)
    places = texts_between(low, high, count, seed)
    assert 1 <= len(places) <= count
    assert places == texts_between(low, high, count, seed)
