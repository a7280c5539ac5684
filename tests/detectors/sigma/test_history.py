"""What a rule would have raised on what is stored: single ones and correlations, before they are switched on."""

from datetime import timedelta
from pathlib import Path

import pytest

from detectors.sigma import history
from detectors.sigma.history import History, judged
from detectors.sigma.service import all_rules
from soc.db import Database
from soc.logstore import open_store
from tests.conftest import NOON
from tests.detectors.sigma.streaming import BOTH, COUNTED, DONE, FAILED, NESTED, Stream, a_folder, login

HOUR = timedelta(hours=1)


@pytest.fixture
def stream(database: Database, tmp_path: Path) -> Stream:
    """Events stored before any rule was there, and then rules."""
    made = Stream(database, open_store(database.settings))
    made.take([login(number, at, "eve", ok=False) for number, at in enumerate((0, 10, 20, 400))], batch="a")
    made.take([login(10, 25, "eve", ok=True), login(11, 26, "bob", ok=False)], batch="b")
    made.keep(a_folder(tmp_path, FAILED, DONE, COUNTED, BOTH, NESTED))
    return made


def of(stream: Stream, number: int) -> History:
    with stream.database.read() as session:
        kept = all_rules(session)
    rule_id = f"21111111-0000-4000-8000-00000000000{number}"
    return judged(stream.store, kept, rule_id, "440000", NOON - HOUR, NOON + HOUR)


def test_a_correlation_is_judged_over_what_was_stored_before_it(stream: Stream) -> None:
    found = of(stream, 3)
    assert (found.read, found.hits, found.cut) == (6, 5, False)
    assert [(one.who, one.events, one.first) for one in found.would] == [("eve", 3, NOON)]


def test_so_is_a_correlation_of_a_correlation_and_a_rule_of_single_events(stream: Stream) -> None:
    assert [(one.who, one.events) for one in of(stream, 7).would] == [("eve", 4)]
    assert sorted((one.who, one.events) for one in of(stream, 1).would) == [("bob", 1), ("eve", 4)]


def test_too_many_hits_are_cut_and_said_so(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_EVENTS", 2)
    found = of(stream, 3)
    assert found.cut
    assert "命中过多" in found.render() or "Too many" in found.render()
