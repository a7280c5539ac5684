"""A day's sums: parts may come in any order, and what is stored reads back."""

from hypothesis import given
from hypothesis import strategies as st

from detectors.behaviour.facts import DayFacts
from detectors.leakage.exposure import exposure_of
from soc.exposure import Basis
from tests.detectors.behaviour.days import facts

PARTS = st.builds(
    facts,
    st.integers(0, 10_000),
    rank=st.integers(0, 6),
    table=st.sampled_from(["a", "b"]),
    shape=st.sampled_from(["x", "y"]),
    hour=st.integers(0, 23),
    exports=st.integers(0, 3),
)


@given(PARTS, PARTS)
def test_parts_add_up_to_the_same_whichever_comes_first(one: DayFacts, other: DayFacts) -> None:
    there, back = DayFacts(), DayFacts()
    for part in (one, other):
        there.add(part)
    for part in (other, one):
        back.add(part)
    assert there == back


def test_a_day_kept_before_subjects_were_known_is_read_and_says_so() -> None:
    old = facts(5).as_json()
    del old["subjects"], old["knows_subjects"]
    read = DayFacts.from_json(old)
    assert (read.subjects, read.knows_subjects, read.reads) == ({}, False, 5)
    read.add(facts(5))
    assert not read.knows_subjects


@given(PARTS)
def test_what_is_stored_reads_back(one: DayFacts) -> None:
    assert DayFacts.from_json(one.as_json()) == one


def test_counted_rows_are_measured_and_persons_only_estimated() -> None:
    found = exposure_of(facts(120))
    assert (found.rows.low, found.rows.high, found.rows.basis) == (120, 120, Basis.MEASURED)
    assert (found.persons.low, found.persons.high, found.persons.basis) == (1, 120, Basis.ESTIMATED)
    assert found.level == "G4"


def test_an_uncounted_copy_is_unknown_up_to_its_bound() -> None:
    copied = facts(0)
    copied.rows, copied.person_rows, copied.uncounted = {4: [0, 900, 900]}, [0, 900], 1
    found = exposure_of(copied)
    assert (found.rows.low, found.rows.high, found.rows.basis) == (0, 900, Basis.UNKNOWN)
    assert (found.persons.low, found.persons.basis) == (0, Basis.UNKNOWN)


def test_what_nothing_bounds_has_no_upper_figure() -> None:
    copied = facts(5)
    copied.unbounded = 1
    assert exposure_of(copied).rows.high is None
    assert exposure_of(copied).persons.high is None
