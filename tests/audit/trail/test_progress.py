from hypothesis import given
from hypothesis import strategies as st

from audit.trail.progress import Progress


@given(order=st.permutations(range(1, 25)), cut=st.integers(0, 24))
def test_progress_knows_exactly_what_entered(order: list[int], cut: int) -> None:
    entered = set(order[:cut])
    progress = Progress()
    for row in order[:cut]:
        progress = progress.after([row])
    assert {row for row in range(1, 30) if progress.knows(row)} == entered
    assert progress.size == cut


def test_the_clause_asks_for_what_is_new_and_what_is_late() -> None:
    assert Progress().after([1, 5]).clause == "WHERE id > 5 OR id BETWEEN 2 AND 4"
