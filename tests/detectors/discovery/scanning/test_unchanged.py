"""What is read again: by schema, by rows, by writes, by age; and what is not."""

from datetime import timedelta

import pytest

from detectors.discovery.scanning.models import Mode
from detectors.discovery.scanning.opening import Unit
from detectors.discovery.scanning.unchanged import Before, Why, choose
from detectors.discovery.sources.base import TableState
from tests.conftest import NOON

TOLD = TableState("d", 100, "w1", 4096)
GUESSED = TableState("d", 100, "", 4096)


def why(before: Before | None, state: TableState | None, mode: Mode = Mode.CHANGED, age: int = 1) -> Why:
    known = {} if before is None else {"t": before}
    choice = choose([Unit("t", state=state)], known, mode, NOON + timedelta(days=age))
    (reason,) = choice.reasons
    assert bool(choice.carried) == (reason is Why.SAME)
    assert bool(choice.read) != bool(choice.carried)
    return reason


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (TOLD, TOLD, Why.SAME),
        (TOLD, TableState("d", 250, "w1", 9000), Why.SAME),  # statistics move by themselves: the mark of writes did not
        (TOLD, TableState("d", 100, "w2", 4096), Why.WRITTEN),
        (TOLD, TableState("e", 100, "w1", 4096), Why.SCHEMA),
        (GUESSED, GUESSED, Why.SAME),
        (GUESSED, TableState("d", 101, "", 4096), Why.ROWS),
        (GUESSED, TableState("d", 100, "", 8192), Why.ROWS),
        (TableState("d"), TableState("d"), Why.UNTOLD),
        (None, TOLD, Why.UNTOLD),
        (TOLD, None, Why.UNTOLD),
    ],
)
def test_a_state_tells_whether_a_table_changed(old: TableState | None, new: TableState | None, reason: Why) -> None:
    assert why(Before(old, NOON), new) is reason


def test_a_table_that_cannot_tell_for_sure_is_read_when_its_reading_is_old() -> None:
    assert why(Before(GUESSED, NOON), GUESSED, age=29) is Why.SAME
    assert why(Before(GUESSED, NOON), GUESSED, age=31) is Why.AGED
    assert why(Before(TOLD, NOON), TOLD, age=31) is Why.SAME


def test_what_is_new_or_failed_before_is_read() -> None:
    assert why(None, TOLD) is Why.NEW
    assert why(Before(TOLD, NOON, failed=True), TOLD) is Why.FAILED


@pytest.mark.parametrize("mode", [Mode.AGAIN, Mode.FULL])
def test_who_asks_for_everything_gets_it(mode: Mode) -> None:
    assert why(Before(TOLD, NOON), TOLD, mode) is Why.ORDERED


def test_readings_by_other_rules_are_no_use() -> None:
    choice = choose([Unit("t", state=TOLD)], None, Mode.CHANGED, NOON)
    assert (choice.reasons, choice.carried) == ({Why.RULES: 1}, ())
