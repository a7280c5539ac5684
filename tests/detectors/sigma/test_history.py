"""What a rule would have raised on what is stored: single ones and correlations, before they are switched on; on each store."""

from datetime import timedelta
from pathlib import Path

import pytest

from detectors.sigma import history
from detectors.sigma.findings import raise_hits
from detectors.sigma.history import Judged, judged, known_to
from detectors.sigma.own.trial import trial_of_kept
from detectors.sigma.stage import tag_hits
from soc.db import Database
from soc.errors import InputError, NotFoundError
from soc.logstore.port import LogStore
from soc.logstore.query import Scope
from tests.audit.search.conftest import either_store
from tests.conftest import NOON
from tests.detectors.sigma.streaming import BOTH, COUNTED, DONE, FAILED, NESTED, Stream, a_folder, login
from tests.detectors.sigma.test_stage import frame_of

__all__ = ["either_store"]
HOUR = timedelta(hours=1)
NEIGHBOUR = "440100"


@pytest.fixture
def stream(database: Database, either_store: LogStore, tmp_path: Path) -> Stream:
    """Events stored before any rule was there, and then rules."""
    made = Stream(database, either_store)
    made.take([login(number, at, "eve", ok=False) for number, at in enumerate((0, 10, 20, 400))], batch="a")
    made.take([login(10, 25, "eve", ok=True), login(11, 26, "bob", ok=False)], batch="b")
    made.keep(a_folder(tmp_path, FAILED, DONE, COUNTED))
    either_store.refresh()
    return made


@pytest.fixture
def nested(stream: Stream, tmp_path: Path) -> Stream:
    """The same, with correlations that stand on others."""
    (tmp_path / "nested").mkdir()
    stream.keep(a_folder(tmp_path / "nested", FAILED, DONE, COUNTED, BOTH, NESTED))
    return stream


def named(number: int) -> str:
    return f"21111111-0000-4000-8000-00000000000{number}"


def of(stream: Stream, number: int, *orgs: str) -> Judged:
    with stream.database.read() as session:
        trial = trial_of_kept(session, named(number))
    scope = Scope.of(orgs or ("440000",))
    return judged(stream.store, trial, known_to(stream.database), scope, NOON - HOUR, NOON + HOUR)


def test_a_correlation_is_judged_over_what_was_stored_before_it(stream: Stream) -> None:
    found = of(stream, 3)
    assert (found.read, found.below, found.hits.height, found.cut) == (6, 5, 3, False)
    assert [(one.who, one.events, one.first) for one in found.would] == [("eve", 3, NOON)]


def test_so_is_a_correlation_of_a_correlation(nested: Stream) -> None:
    assert [(one.who, one.events) for one in of(nested, 7).would] == [("eve", 4)]


def test_what_serves_correlations_alone_raises_nothing_itself(nested: Stream) -> None:
    single, below, above = (of(nested, number) for number in (1, 3, 7))
    assert (single.hits.height, single.would, single.quiet) == (5, (), True)
    assert (below.hits.height, below.would, below.quiet) == (3, (), True)
    assert not above.quiet


def test_so_is_a_rule_of_single_events(database: Database, either_store: LogStore, tmp_path: Path) -> None:
    alone = Stream(database, either_store)
    alone.take(
        [login(number, 10 * number, name, ok=False) for number, name in enumerate(("eve", "eve", "bob"))], batch="a"
    )
    alone.keep(a_folder(tmp_path, FAILED))
    either_store.refresh()
    found = of(alone, 1)
    assert sorted((one.who, one.events) for one in found.would) == [("bob", 1), ("eve", 2)]
    assert not found.quiet


def test_too_many_hits_are_cut_and_said_so_with_the_time_that_was_looked_at(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MOST_EVENTS", 2)
    found = of(stream, 3)
    assert found.cut
    assert NOON - HOUR < found.since <= NOON + timedelta(seconds=20)


def test_the_newest_events_that_it_hits_come_first(stream: Stream) -> None:
    assert of(stream, 1).hits["metadata.uid"].to_list() == ["u3", "u11", "u2", "u1", "u0"]
    assert of(stream, 3).hits["metadata.uid"].to_list() == ["u2", "u1", "u0"]


def test_windows_are_of_one_organisations_events_alone(stream: Stream) -> None:
    other = Stream(stream.database, stream.store, org=NEIGHBOUR)
    other.store_only([login(30 + number, 5 + number, "eve", ok=False) for number in range(3)], batch="c")
    stream.store.refresh()
    assert sorted((one.told.org, one.events) for one in of(stream, 3, "440000", NEIGHBOUR).would) == [
        ("440000", 3), (NEIGHBOUR, 3),
    ]  # fmt: skip
    assert of(stream, 3, NEIGHBOUR).read == 3


def test_what_it_tells_is_what_the_ingest_raises(database: Database, either_store: LogStore, tmp_path: Path) -> None:
    """The same finding, key and points: what becomes of findings can be asked of it."""
    stream = Stream(database, either_store)
    stream.store_only([login(number, 600 * number, "eve", ok=False) for number in range(4)], batch="a")
    stream.keep(a_folder(tmp_path, FAILED))
    stream.store.refresh()
    would = {one.told.dedup_key: one.told for one in of(stream, 1).would}
    context = stream.context()
    raise_hits(context, tag_hits(context, frame_of(*stream.sent.values())))
    raised = {one.dedup_key: (one.entity_name, one.score, set(one.events)) for one in stream.findings()}
    assert raised == {key: (one.entity_name, one.score, set(one.events)) for key, one in would.items()}
    assert len(raised) == 1


def test_it_says_how_far_it_is_and_can_be_stopped(stream: Stream) -> None:
    with stream.database.read() as session:
        trial = trial_of_kept(session, named(1))
    seen: list[int] = []

    def stop(read: int) -> None:
        seen.append(read)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        judged(stream.store, trial, known_to(stream.database), Scope.of(["440000"]), NOON - HOUR, NOON + HOUR, stop)
    assert seen == [6]


def test_what_is_not_kept_or_cannot_be_matched_is_refused(stream: Stream, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    stream.keep(a_folder(tmp_path / "bad", COUNTED.replace("[failed]", "[nobody]").replace("000003", "000009")))
    with stream.database.read() as session:
        with pytest.raises(NotFoundError):
            trial_of_kept(session, "none")
        with pytest.raises(InputError):
            trial_of_kept(session, named(9))


def test_what_it_cost_is_told(stream: Stream) -> None:
    spent = of(stream, 3).cost
    assert spent.micros > 0
    assert spent.cpu_seconds >= 0
