"""Files of the table and the windows of time that a search walks."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from soc.logstore.parts import Part, newest, windows
from soc.logstore.upkeep import GATHERED, due

_parts = st.lists(
    st.tuples(st.integers(0, 300_000), st.integers(0, 1000), st.integers(0, 300)),
    max_size=20,
    unique_by=lambda t: t[1:],
).map(lambda made: tuple(Part(f"p{n}", 1, rows, first, first + width) for n, (rows, first, width) in enumerate(made)))
_bounds = st.none() | st.integers(0, 1300)


@given(_parts, _bounds, _bounds, st.integers(1, 400_000), st.integers(0, 1300))
def test_windows_cover_time_once_newest_first(
    parts: tuple[Part, ...], since: int | None, until: int | None, rows: int, at: int
) -> None:
    walked = list(windows(parts, since, until, rows))
    holding = [w for w in walked if (w.since is None or w.since <= at) and (w.until is None or at < w.until)]
    wanted = (since is None or since <= at) and (until is None or at < until)
    there = [part for part in parts if wanted and part.first <= at <= part.last]
    assert len(holding) <= 1
    assert not there or set(there) <= set(holding[0].parts)
    assert all(later.until is None or later.until == earlier.since for earlier, later in pairwise(walked))


@given(_parts, _bounds, st.integers(1, 400_000))
def test_the_newest_window_leaves_out_nothing_that_is_newer(
    parts: tuple[Part, ...], until: int | None, rows: int
) -> None:
    window = newest(parts, None, until, rows)
    if window is None:
        assert not any(part.overlaps(None, until) for part in parts)
        return
    newer = [part for part in parts if part.overlaps(window.since, until)]
    assert set(newer) == set(window.parts)


@given(_parts)
def test_only_what_has_gathered_is_merged_and_each_file_once(parts: tuple[Part, ...]) -> None:
    merged = [part for group in due(parts) for part in group]
    assert len(merged) == len(set(merged))
    assert all(len(group) > 1 for group in due(parts))
    assert len(parts) >= GATHERED or not merged


def test_eight_small_files_become_one_group_in_order_of_time() -> None:
    parts = tuple(Part(f"p{n}", 1, 10, 100 - n, 200) for n in range(8))
    assert due(parts) == [tuple(reversed(parts))]
