"""Sketches: the counts and similarities they give lie within their error bounds, they merge, and they say no value."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from soc.ledger.sketch import BINS, EMPTY, REGISTERS, Sketch, SketchError, alike, estimate, union

#: four standard errors: one example of 16,000 lies outside by chance
COUNT_ERROR = 4 * 1.04 / np.sqrt(REGISTERS)


def hashes(seed: int, count: int) -> NDArray[np.uint64]:
    return np.random.default_rng(seed).integers(0, 2**64, count, dtype=np.uint64)


def overlapping(seed: int, shared: int, mine: int, theirs: int) -> tuple[Sketch, Sketch]:
    """Two sketches of sets with ``shared`` values in common."""
    all_of_them = hashes(seed, shared + mine + theirs)
    one = np.concatenate([all_of_them[:shared], all_of_them[shared : shared + mine]])
    other = np.concatenate([all_of_them[:shared], all_of_them[shared + mine :]])
    return Sketch.of(one), Sketch.of(other)


@given(st.integers(0, 2**32), st.integers(0, 60_000))
def test_a_count_lies_within_its_error(seed: int, count: int) -> None:
    assert abs(Sketch.of(hashes(seed, count)).count() - count) <= max(2, COUNT_ERROR * count)


def test_counting_is_without_bias_from_small_to_large() -> None:
    for count in (5, 50, 500, 5_000, 50_000):
        found = [Sketch.of(hashes(seed, count)).count() / count for seed in range(40)]
        # the mean of 40 has a sixth of one count's error
        assert abs(np.mean(found) - 1) <= COUNT_ERROR / np.sqrt(40)


def test_nothing_counts_as_nothing() -> None:
    assert Sketch.empty().count() == 0.0
    assert Sketch.of(hashes(1, 0)).count() == 0.0
    assert Sketch.empty().similarity(Sketch.empty()) == 0.0
    assert Sketch.empty().contained(Sketch.of(hashes(1, 9))) == 0.0


def test_saturated_registers_are_still_a_number() -> None:
    assert np.isfinite(estimate(np.full(REGISTERS, 52, np.uint8)))
    assert estimate(np.full(REGISTERS, 53, np.uint8)) > 1e18


@given(st.integers(0, 2**32), st.integers(1, 3_000), st.integers(0, 3_000), st.integers(0, 3_000))
def test_a_similarity_lies_within_its_error(seed: int, shared: int, mine: int, theirs: int) -> None:
    one, other = overlapping(seed, shared, mine, theirs)
    true = shared / (shared + mine + theirs)
    filled = min(BINS, shared + mine + theirs)
    error = np.sqrt(max(true * (1 - true), 1 / filled) / filled)
    assert abs(one.similarity(other) - true) <= 4.5 * error + 0.01
    assert one.similarity(other) == other.similarity(one)


@given(st.integers(0, 2**32), st.integers(300, 3_000), st.integers(0, 3_000))
def test_what_lies_wholly_in_another_is_seen_to(seed: int, shared: int, theirs: int) -> None:
    one, other = overlapping(seed, shared, 0, theirs)
    assert one.contained(other) >= 0.6
    assert abs(other.contained(one) - shared / (shared + theirs)) <= 0.2


@given(st.integers(0, 2**32), st.lists(st.integers(0, 400), min_size=1, max_size=6))
def test_chunks_merge_to_the_sketch_of_the_whole_in_any_order(seed: int, sizes: list[int]) -> None:
    values = hashes(seed, sum(sizes))
    chunks = [Sketch.of(part) for part in np.split(values, np.cumsum(sizes)[:-1])]
    whole, forward, backward = Sketch.of(values), union(chunks), union(chunks[::-1])
    for merged in (forward, backward):
        assert (merged.registers == whole.registers).all()
        assert (merged.bins == whole.bins).all()


@given(st.integers(0, 2**32), st.integers(0, 500))
def test_what_comes_twice_counts_once(seed: int, count: int) -> None:
    values = hashes(seed, count)
    assert Sketch.of(np.concatenate([values, values])).pack() == Sketch.of(values).pack()


@given(st.integers(0, 2**32), st.integers(0, 20_000))
def test_a_packed_sketch_comes_back_as_it_was(seed: int, count: int) -> None:
    made = Sketch.of(hashes(seed, count))
    packed = made.pack()
    back = Sketch.unpack(packed)
    assert (back.registers == made.registers).all()
    assert (back.bins == made.bins).all()
    assert len(packed) <= 4_200


@given(st.binary(max_size=64))
def test_bytes_that_are_no_sketch_are_refused(data: bytes) -> None:
    with pytest.raises(SketchError):
        Sketch.unpack(data)


def test_a_sketch_of_another_version_is_refused() -> None:
    with pytest.raises(SketchError):
        Sketch.unpack(b"\x09" + Sketch.empty().pack()[1:])


def test_pairs_that_share_half_are_found_among_strangers() -> None:
    twins = [overlapping(seed, 400, 200, 200) for seed in range(40)]
    strangers = [Sketch.of(hashes(10_000 + seed, 500)) for seed in range(400)]
    bins = np.stack([one.bins for pair in twins for one in pair] + [one.bins for one in strangers])
    found = {tuple(pair) for pair in alike(bins).tolist()}
    assert {(2 * n, 2 * n + 1) for n in range(40)} <= found
    # few strangers have to be looked at: 440 sets have 96,580 pairs
    assert len(found) < 1_000


def test_small_sets_with_empty_bins_are_compared_too() -> None:
    one, other = overlapping(3, 40, 5, 5)
    assert (one.bins == EMPTY).any()
    assert alike(np.stack([one.bins, other.bins])).tolist() == [[0, 1]]


def test_a_value_that_everybody_has_makes_no_crowd_of_pairs() -> None:
    same = Sketch.of(hashes(5, 1))
    assert len(alike(np.stack([same.bins] * 300))) == 0


def test_one_sketch_has_no_pair() -> None:
    assert alike(np.stack([Sketch.of(hashes(1, 100)).bins])).tolist() == []
