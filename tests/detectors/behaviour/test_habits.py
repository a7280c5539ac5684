"""Peers without one of them are the peers of whom that one was never one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.behaviour.habits import Habit, PeerHabit, Surroundings, surroundings_of
from tests.detectors.behaviour.days import facts, ordinary

_DAY = st.builds(
    facts,
    st.integers(0, 40),
    rank=st.integers(1, 4),
    table=st.sampled_from(["a", "b", "c"]),
    shape=st.sampled_from(["s", "t"]),
    hour=st.integers(8, 12),
    exports=st.integers(0, 1),
)
_GROUP = st.lists(st.lists(_DAY, max_size=4), min_size=1, max_size=5)


@given(_GROUP)
def test_taking_one_off_is_adding_up_the_others(members: list[list]) -> None:  # type: ignore[type-arg]
    habits = {f"p{number}": Habit(tuple(days)) for number, days in enumerate(members)}
    one, anew = PeerHabit("", habits).without("p0"), PeerHabit("", {n: h for n, h in habits.items() if n != "p0"})
    assert dict(one.habits) == dict(anew.habits)
    np.testing.assert_array_equal(one.volumes, anew.volumes)
    np.testing.assert_array_equal(one.grave, anew.grave)
    assert dict(one.table_shares) == pytest.approx(dict(anew.table_shares))
    assert dict(one.shape_shares) == pytest.approx(dict(anew.shape_shares))
    assert one.hours == anew.hours
    assert (one.days, one.exporters) == pytest.approx((anew.days, anew.exporters))


def test_whoever_is_no_peer_leaves_all_of_them() -> None:
    around: Surroundings = surroundings_of(ordinary(days=5))
    assert len(around.peers_of("person:stranger", "窗口受理").habits) == 8
    assert len(around.peers_of("person:p3", "窗口受理").habits) == 7
