"""Correlations on what comes in: the same answer as over a file, however the events were cut, mixed and repeated."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from detectors.findings import Finding
from detectors.sigma.bursts import CorrelationBurst
from detectors.sigma.marks import CorrelationMark
from detectors.sigma.models import DetectionRule, RuleCounter
from detectors.sigma.service import switch
from soc.db import Database
from soc.identity.actors import operator_actor
from soc.logstore import open_store
from tests.conftest import NOON
from tests.detectors.sigma.streaming import (
    BOTH,
    COUNTED,
    DONE,
    FAILED,
    NESTED,
    ORDERED,
    VALUES,
    Stream,
    a_folder,
    login,
    told_by_stream,
)

RULES = (FAILED, DONE, COUNTED, VALUES, BOTH, ORDERED)


@pytest.fixture
def stream(database: Database) -> Stream:
    return Stream(database, open_store(database.settings))


def failures(*seconds: int, user: str = "eve", first: int = 0) -> list[dict[str, Any]]:
    return [login(first + number, second, user, ok=False) for number, second in enumerate(seconds)]


def test_a_window_over_several_batches_is_one_finding_with_its_reasons(stream: Stream, tmp_path: Path) -> None:
    stream.keep(a_folder(tmp_path, FAILED, COUNTED))
    for number, event in enumerate(failures(0, 10, 20)):
        assert stream.findings() == []
        stream.take([event], batch=f"b{number}")
        stream.look()
    (finding,) = stream.findings()
    assert (finding.entity_name, finding.events) == ("eve", ["u0", "u1", "u2"])
    assert finding.reasons[0]["params"]["count"] == 3
    assert (finding.first_at, finding.last_at) == (NOON, NOON + timedelta(seconds=20))


def test_a_rule_that_a_correlation_names_raises_nothing_by_itself_unless_it_generates(
    stream: Stream, tmp_path: Path
) -> None:
    stream.keep(a_folder(tmp_path, FAILED, COUNTED))
    stream.take(failures(0), batch="b0")
    assert stream.findings() == []
    stream.keep(a_folder(tmp_path, FAILED, COUNTED.replace("timespan: 60s", "timespan: 60s, generate: true")))
    stream.take(failures(10, first=1), batch="b1")
    assert [one.rule_id for one in stream.findings()] == ["21111111-0000-4000-8000-000000000001"]


def test_a_late_event_makes_the_window_that_it_falls_into_whole(stream: Stream, tmp_path: Path) -> None:
    stream.keep(a_folder(tmp_path, FAILED, COUNTED))
    stream.take(failures(0, 40), batch="b0")
    stream.take(failures(100_000, first=5), batch="b1")
    stream.look()
    assert stream.findings() == []
    stream.take(failures(20, first=9), batch="b2")
    stream.look()
    assert [one.events for one in stream.findings()] == [["u0", "u9", "u1"]]


def test_a_burst_that_grows_to_both_sides_stays_one_and_is_told_again_when_it_has_doubled(
    stream: Stream, tmp_path: Path
) -> None:
    stream.keep(a_folder(tmp_path, FAILED, COUNTED))
    stream.take(failures(100, 110, 120), batch="b0")
    stream.look()
    stream.take(failures(130, first=3), batch="b1")
    stream.look()
    stream.take(failures(70, 80, first=4), batch="b2")
    stream.look()
    (burst,) = stream.bursts()
    assert (burst.events, burst.begins) == (6, NOON + timedelta(seconds=70))
    told = stream.findings()
    assert [len(one.events) for one in told] == [3, 6]
    assert len({one.dedup_key for one in told}) == 1


def test_bursts_apart_and_groups_apart_are_findings_of_their_own(stream: Stream, tmp_path: Path) -> None:
    stream.keep(a_folder(tmp_path, FAILED, COUNTED))
    stream.take(
        failures(0, 10, 20, 500, 510, 520)
        + failures(0, 1, 2, user="bob", first=10)
        + failures(0, 1, user="kim", first=20),
        batch="b",
    )
    stream.look()
    assert sorted((one.entity_name, len(one.events)) for one in stream.findings()) == [
        ("bob", 3),
        ("eve", 3),
        ("eve", 3),
    ]


def test_two_bursts_that_a_late_event_joins_go_on_as_the_first(stream: Stream, tmp_path: Path) -> None:
    stream.keep(a_folder(tmp_path, FAILED, COUNTED))
    stream.take(failures(0, 1, 2, 70, 71, 72), batch="b0")
    stream.look()
    assert len(stream.bursts()) == 2
    stream.take(failures(40, first=9), batch="b1")
    stream.look()
    (burst,) = stream.bursts()
    assert (burst.events, burst.begins) == (7, NOON)


def test_what_a_killed_process_left_is_looked_at_again_and_nothing_twice(stream: Stream, tmp_path: Path) -> None:
    stream.keep(a_folder(tmp_path, FAILED, COUNTED))
    events = failures(0, 10, 20)
    stream.store_only(events, batch="b")  # killed between the append and the stages behind it
    stream.take(events, batch="b")
    stream.take(events, batch="b")  # killed before the batch counted as analysed
    stream.look()
    stream.take(events, batch="b")
    stream.look()
    assert [one.events for one in stream.findings()] == [["u0", "u1", "u2"]]
    with stream.database.read() as session:
        assert session.scalars(select(CorrelationMark)).all() == []


def test_of_two_processes_that_look_at_the_same_one_raises(stream: Stream, tmp_path: Path) -> None:
    from detectors.sigma.watching import Watch

    class _Slow(Watch):
        """While it looks, another process takes the marks."""

        def _seen(self, active: Any, stretch: Any) -> Any:
            seen = super()._seen(active, stretch)
            Watch(self.database, self.store).turn()
            return seen

    stream.keep(a_folder(tmp_path, FAILED, COUNTED))
    stream.take(failures(0, 10, 20), batch="b")
    assert _Slow(stream.database, stream.store).turn() == 0
    assert len(stream.findings()) == 1
    assert len(stream.bursts()) == 1


def test_each_organisation_counts_for_itself(database: Database, tmp_path: Path) -> None:
    store = open_store(database.settings)
    here, there = Stream(database, store), Stream(database, store, org="440100")
    here.keep(a_folder(tmp_path, FAILED, COUNTED))
    here.take(failures(0, 1), batch="b")
    there.take(failures(2, first=5), batch="b")
    here.look()
    assert here.findings() == []
    there.take(failures(3, 4, first=6), batch="c")
    there.look()
    assert [one.org for one in there.findings()] == ["440100"]


def test_switched_off_it_is_not_looked_for_and_what_it_stands_on_speaks_for_itself(
    stream: Stream, tmp_path: Path
) -> None:
    stream.keep(a_folder(tmp_path, FAILED, COUNTED))
    with stream.database.write() as session:
        switch(session, operator_actor(session), "21111111-0000-4000-8000-000000000003", enabled=False, why="noise")
    stream.take(failures(0, 1, 2), batch="b")
    stream.look()
    assert {one.rule_id for one in stream.findings()} == {"21111111-0000-4000-8000-000000000001"}


def test_with_its_rule_switched_off_it_says_so(stream: Stream, tmp_path: Path) -> None:
    stream.keep(a_folder(tmp_path, FAILED, COUNTED))
    with stream.database.write() as session:
        switch(session, operator_actor(session), "21111111-0000-4000-8000-000000000001", enabled=False, why="noise")
    assert "switched off" in standing(stream)


def standing(stream: Stream, number: int = 3) -> str:
    with stream.database.read() as session:
        query = select(DetectionRule).where(DetectionRule.rule_id.endswith(f"00{number}"))
        return session.scalars(query).one().reason


def test_rules_that_come_with_another_folder_make_it_whole(stream: Stream, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    assert stream.keep(a_folder(tmp_path / "one", COUNTED))["unsupported"] == 1
    assert "failed: no such rule" in standing(stream)
    assert stream.keep(a_folder(tmp_path / "two", FAILED))["unsupported"] == 0
    assert standing(stream) == ""
    stream.take(failures(0, 1, 2), batch="b")
    stream.look()
    assert len(stream.findings()) == 1


def test_a_window_of_ninety_days_is_refused_in_words(stream: Stream, tmp_path: Path) -> None:
    stream.keep(a_folder(tmp_path, FAILED, COUNTED.replace("60s", "90d")))
    assert "90d" in standing(stream)
    assert "31 days" in standing(stream)


def test_a_filter_narrows_what_is_counted(stream: Stream, tmp_path: Path) -> None:
    probe = """title: The probe may fail
id: 21111111-0000-4000-8000-000000000008
logsource: {category: authentication}
filter:
    rules: [failed]
    selection: {actor.user.name: probe}
    condition: not selection
"""
    stream.keep(a_folder(tmp_path, FAILED, COUNTED, probe))
    stream.take(failures(0, 1, 2, user="probe") + failures(0, 1, 2, first=5), batch="b")
    stream.look()
    assert [one.entity_name for one in stream.findings()] == ["eve"]


def test_a_changed_rule_is_matched_as_changed(stream: Stream, tmp_path: Path) -> None:
    stream.keep(a_folder(tmp_path, FAILED, COUNTED))
    stream.take(failures(0), batch="a")
    stream.keep(a_folder(tmp_path, FAILED.replace("status_id: 2", "status_id: 1"), COUNTED.replace("gte: 3", "gte: 2")))
    stream.take([login(7, 0, "bob", ok=True), login(8, 1, "bob", ok=True)], batch="b")
    stream.look()
    assert [one.entity_name for one in stream.findings()] == ["bob"]


def test_counters_say_what_a_correlation_found_and_cost(stream: Stream, tmp_path: Path) -> None:
    stream.keep(a_folder(tmp_path, FAILED, COUNTED))
    stream.take(failures(0, 1, 2), batch="b")
    stream.look()
    with stream.database.read() as session:
        counter = session.get_one(RuleCounter, "21111111-0000-4000-8000-000000000003")
    assert (counter.hits, counter.events, counter.error) == (1, 3, None)
    assert counter.cost_us > 0
    assert counter.last_hit_at is not None


def test_an_upper_bound_waits_until_its_window_is_over(stream: Stream, tmp_path: Path) -> None:
    from soc.clock import now

    stream.keep(a_folder(tmp_path, FAILED, COUNTED.replace("gte: 3", "lt: 3")))
    just_now = (now() - NOON).total_seconds()
    stream.take(failures(0, 10) + failures(1, 2, 3, user="bob", first=5), batch="old")
    stream.take(failures(int(just_now), first=20), batch="new")
    stream.look()
    assert [one.entity_name for one in stream.findings()] == ["eve"]
    with stream.database.read() as session:
        (mark,) = session.scalars(select(CorrelationMark))
    assert mark.due_at > now()


TOLD = st.lists(
    st.tuples(
        st.integers(0, 120), st.sampled_from(["eve", "bob"]), st.booleans(), st.sampled_from(["10.0.0.1", "10.0.0.2", "10.0.0.3"])
    ),
    min_size=1,
    max_size=16,
)  # fmt: skip


@pytest.fixture
def empty(database: Database) -> Any:
    """Give streams one after another on the same state, each with nothing told."""

    def fresh(folder: Path) -> Stream:
        with database.write() as session:
            for model in (CorrelationBurst, CorrelationMark, Finding):
                session.execute(delete(model))
        made.append(1)
        stream = Stream(database, _Another(database, len(made)).store())
        stream.keep(folder)
        return stream

    made: list[int] = []
    return fresh


class _Another:
    """A store of its own in the home of a state."""

    def __init__(self, database: Database, number: int) -> None:
        self._home = database.settings.home / f"store-{number}"

    def store(self) -> Any:
        from soc.logstore.delta import DeltaLogStore

        self._home.mkdir(parents=True, exist_ok=True)
        return DeltaLogStore(self._home)


@given(told=TOLD, order=st.randoms(use_true_random=False), cuts=st.integers(1, 4), again=st.booleans())
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_stream_says_what_the_file_says(
    empty: Any, tmp_path: Path, told: list[Any], order: Any, cuts: int, again: bool
) -> None:
    folder = a_folder(tmp_path, FAILED, DONE, COUNTED, VALUES, BOTH, ORDERED, NESTED)
    loud = folder / "6.yml"
    loud.write_text(NESTED.replace("timespan: 30s", "timespan: 30s, generate: true"), encoding="utf-8")
    stream: Stream = empty(folder)
    events = [login(n, at, user, ok, **{"src_endpoint.ip": ip}) for n, (at, user, ok, ip) in enumerate(told)]
    order.shuffle(events)
    batches = [events[place::cuts] for place in range(cuts)]
    for number, batch in enumerate(batch for batch in batches if batch):
        stream.take(batch, batch=f"b{number}")
        if again:
            stream.take(batch, batch=f"b{number}")
        if order.random() < 0.5:
            stream.look()
    stream.look()
    assert told_by_stream(stream) == {one: found for one, found in stream.by_file(folder).items() if found}
