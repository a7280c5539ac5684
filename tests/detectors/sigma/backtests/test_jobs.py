"""A backtest as a job: what it finds is its message, of its orderer's scope alone; it can be stopped; both stores say the same."""

from typing import Any

import pytest

from detectors.sigma.backtests import jobs
from detectors.sigma.backtests.jobs import backtest
from detectors.sigma.backtests.result import History
from detectors.sigma.backtests.service import JOB, draft_of_text, history_in, order, stop
from detectors.sigma.own.book import KEY
from soc.db import Database
from soc.identity.actor import Role
from soc.jobs import CancelledError, JobContext, JobRun, RunStatus, run_one
from soc.logstore.port import LogStore
from tests.audit.search.conftest import either_store
from tests.conftest import MakePerson
from tests.detectors.sigma.backtests.trying import drafted, filled, ran, stored
from tests.detectors.sigma.own.correlating import FAILED_ID, entry
from tests.detectors.sigma.own.writing import CITY, COUNTY, PROVINCE, TAG
from tests.detectors.sigma.streaming import COUNTED, FAILED

__all__ = ["either_store"]


def carried_out(database: Database, store: LogStore, params: dict[str, Any]) -> dict[str, Any]:
    """What a run of these orders leaves as its message, on a store of one's own."""
    left: list[dict[str, Any]] = []

    class Run(JobContext):
        def progress(self, done: int, total: int, message: dict[str, Any] | None = None) -> None:
            left.extend([message] if message else [])

    backtest(Run(database=database, settings=database.settings, run_id=None, params=params, open_store=lambda: store))
    return left[-1]


def test_both_stores_say_the_same(database: Database, either_store: LogStore) -> None:
    store = stored(either_store)
    with database.read() as session:
        params = drafted(session).as_json() | {"org": CITY, "orgs": [CITY, COUNTY], "days": 7}
    told = History.from_json(carried_out(database, store, params)["params"]["history"])
    assert (told.rule_id, told.read, told.hits, told.raised, told.below, told.cut) == (TAG, 6, 5, 3, None, False)
    assert [(one.org, one.hits, one.alerts) for one in told.orgs] == [(COUNTY, 4, 2), (CITY, 1, 1)]
    assert [one.hits for one in told.days if one.hits] == [1, 4]
    assert sum(one.alerts for one in told.days) == 3
    assert len(told.days) == 8
    assert {one.uid for one in told.newest[:2]} == {"u00", "u04"}


def test_a_worker_carries_it_out_within_what_the_orderer_sees(database: Database, person: MakePerson) -> None:
    filled(database)
    run = ran(database, person(Role.POLICY, CITY))
    found = history_in(run)
    assert (run.status, run.job, run.done, run.total) == (RunStatus.DONE, JOB, 6, 6)
    assert found is not None
    assert {one.org for one in found.orgs} == {CITY, COUNTY}


def test_a_tier_above_sees_all_of_it(database: Database, person: MakePerson) -> None:
    filled(database)
    found = history_in(ran(database, person(Role.POLICY, PROVINCE), PROVINCE))
    assert found is not None
    assert (found.hits, len(found.orgs)) == (6, 3)


def test_one_without_a_hit_ends_too_with_every_day(database: Database, person: MakePerson) -> None:
    found = history_in(ran(database, person(Role.POLICY, CITY)))
    assert found is not None
    assert (found.read, found.hits, found.raised, found.orgs, found.newest) == (0, 0, 0, (), ())
    assert len(found.days) == 8
    assert found.cost.share is None


def test_one_that_is_stopped_keeps_nothing(
    database: Database, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person stops it while it reads: the next look at whether it goes on ends it."""
    filled(database)
    author = person(Role.POLICY, CITY)
    with database.write() as session:
        run = order(session, author, drafted(session), CITY, 7)
    told = JobContext.progress

    def stopped_meanwhile(self: JobContext, done: int, total: int, message: dict[str, Any] | None = None) -> None:
        with database.write() as session:
            stop(session, author, run.id)
        told(self, done, total, message)

    monkeypatch.setattr(JobContext, "progress", stopped_meanwhile)
    assert run_one(database, "worker")
    with database.read() as session:
        ended = session.get_one(JobRun, run.id)
        assert (ended.status, ended.message, history_in(ended)) == (RunStatus.CANCELLED, None, None)


def test_it_asks_at_once_and_then_only_now_and_then_whether_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    moment, asked = [0.0], []
    monkeypatch.setattr("detectors.sigma.backtests.jobs.time.monotonic", lambda: moment[0])

    class Run:
        def progress(self, done: int, total: int) -> None:
            asked.append((done, total))
            if done == 40:
                raise CancelledError

    watch = jobs._watch(Run(), 30)  # type: ignore[arg-type]
    for read, at in ((10, 0.0), (20, 0.5)):
        moment[0] = at
        watch(read)
    moment[0] = 1.5
    with pytest.raises(CancelledError):
        watch(40)
    assert asked == [(10, 30), (40, 40)]


def test_a_correlation_stands_on_the_rules_that_are_written_with_it(database: Database, person: MakePerson) -> None:
    author = person(Role.POLICY, CITY)
    with database.write() as session:
        draft = draft_of_text(session, CITY, {KEY: [entry(FAILED), entry(COUNTED)]}, COUNTED)
        assert [one["id"] for one in draft.beside] == [FAILED_ID]
        run = order(session, author, draft, CITY, 7)
    assert run_one(database, "worker")
    with database.read() as session:
        found = history_in(session.get_one(JobRun, run.id))
    assert found is not None
    assert (found.below, found.hits) == (0, 0)


def test_one_whose_ground_is_gone_fails_with_the_reason(database: Database, person: MakePerson) -> None:
    author = person(Role.POLICY, CITY)
    with database.write() as session:
        draft = draft_of_text(session, CITY, {KEY: [entry(FAILED), entry(COUNTED)]}, COUNTED)
        run = order(session, author, draft, CITY, 7)
        run.params = run.params | {"beside": []}
    assert run_one(database, "worker")
    with database.read() as session:
        failed = session.get_one(JobRun, run.id)
    assert failed.status is RunStatus.FAILED
    assert failed.message is not None
    assert failed.message["key"] == "errors.version_faulty"
