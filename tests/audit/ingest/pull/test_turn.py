"""One turn at a time on a pull, however many workers there are; and whoever lost the pull writes nothing more."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from audit.ingest.pull import holding, indices, jobs, marking
from audit.ingest.pull.cluster import Cluster
from audit.ingest.pull.models import LogPull
from audit.ingest.pull.service import pause_pull, remove_pull
from audit.ingest.pull.turn import Outcome, take_turn
from soc.acting import SystemPath
from soc.clock import now
from soc.db import Database
from soc.identity.actors import operator_actor
from soc.jobs import context_of, hold
from tests.audit.ingest.at_work import Installation
from tests.audit.ingest.pull.index import add, document, fill, row, turn

pytestmark = pytest.mark.opensearch
COUNT = 300


def paths(at_work: Installation) -> Counter[str]:
    at_work.work()
    return Counter(str(one["http_request.url.path"]) for one in at_work.stored("http_request.url.path"))


EVERY = Counter(f"/doc/{number}" for number in range(COUNT))


def four_at_once(act: Callable[[], object]) -> list[BaseException]:
    """Let four workers act; returns what broke."""
    broken: list[BaseException] = []

    def one() -> None:
        try:
            act()
        except BaseException as error:
            broken.append(error)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return broken


def many_pages(monkeypatch: pytest.MonkeyPatch, index: str) -> None:
    monkeypatch.setattr(marking, "_MOST_ROWS", 20)
    fill(index, {number: document(number) for number in range(COUNT)})


def test_four_workers_at_once_bring_each_document_once(
    state: Database, at_work: Installation, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_pages(monkeypatch, index)
    pull = add(state, index)
    context = context_of(state.acting_for(SystemPath.JOBS), None, {})
    monkeypatch.setattr(
        jobs, "take_turn", lambda database, settings, one: take_turn(database, settings, one, budget=0.1)
    )

    def several() -> None:
        for _ in range(8):
            jobs.pull_job(context)

    assert four_at_once(several) == []
    turn(state, pull)
    assert paths(at_work) == EVERY


def test_only_one_of_four_has_the_turn(state: Database, index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    many_pages(monkeypatch, index)
    pull, inside, most = add(state, index), [0], [0]
    real = Cluster.page

    def counted(self: Cluster, *given: object) -> object:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        try:
            return real(self, *given)  # type: ignore[arg-type]
        finally:
            inside[0] -= 1

    monkeypatch.setattr(Cluster, "page", counted)
    outcomes: list[Outcome | None] = []
    assert four_at_once(lambda: outcomes.append(take_turn(state, state.settings, pull))) == []
    assert most[0] == 1
    assert any(one is None for one in outcomes)


def test_even_without_a_lease_the_ids_let_no_document_in_twice(
    state: Database, at_work: Installation, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_pages(monkeypatch, index)
    pull = add(state, index)
    monkeypatch.setattr(holding, "hold", lambda *_given, **_named: True)
    four_at_once(lambda: take_turn(state, state.settings, pull))
    monkeypatch.setattr(holding, "hold", hold)
    turn(state, pull)
    assert paths(at_work) == EVERY


def interrupted(
    state: Database, pull: UUID, monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]
) -> Outcome | None:
    """Take a turn in which something happens between the second page and its registration."""
    real, calls = indices._Reading._take, [0]

    def taken(self: indices._Reading, page: object) -> None:
        calls[0] += 1
        if calls[0] == 2:
            act()
        real(self, page)  # type: ignore[arg-type]

    monkeypatch.setattr(indices._Reading, "_take", taken)
    outcome = take_turn(state, state.settings, pull)
    monkeypatch.setattr(indices._Reading, "_take", real)
    return outcome


def test_whoever_lost_the_lease_meanwhile_writes_nothing_more(
    state: Database, at_work: Installation, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_pages(monkeypatch, index)
    pull = add(state, index)

    def stolen() -> None:
        with state.write() as session:
            later = now() + timedelta(minutes=5)
            assert hold(session, f"pull:{pull}", "another", at=later, span=timedelta(seconds=1))

    assert interrupted(state, pull, monkeypatch, stolen) is None
    assert row(state, pull).records == 20
    assert sum(paths(at_work).values()) == 20


def test_a_pause_in_the_middle_of_a_turn_holds_at_once(
    state: Database, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_pages(monkeypatch, index)
    pull = add(state, index)

    def paused() -> None:
        with state.write() as session:
            pause_pull(session, operator_actor(session), pull)

    assert interrupted(state, pull, monkeypatch, paused) is None
    assert row(state, pull).records == 20
    assert take_turn(state, state.settings, pull) is None


def test_a_pull_that_is_removed_in_the_middle_of_a_turn_leaves_nothing_half_done(
    state: Database, at_work: Installation, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_pages(monkeypatch, index)
    pull = add(state, index)

    def removed() -> None:
        with state.write() as session:
            remove_pull(session, operator_actor(session), pull)

    assert interrupted(state, pull, monkeypatch, removed) is None
    assert sum(paths(at_work).values()) == 20


def test_a_pull_is_due_again_when_its_time_has_come(state: Database, index: str) -> None:
    fill(index, {1: document(1)})
    pull = add(state, index, every=timedelta(minutes=10))
    context = context_of(state.acting_for(SystemPath.JOBS), None, {})
    jobs.pull_job(context)
    first = row(state, pull)
    assert first.whole_at is not None
    jobs.pull_job(context)
    assert row(state, pull).worked_at == first.worked_at


@pytest.mark.parametrize("engine_name", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_change_at_this_very_moment_ends_the_turn_and_waits_for_nobody(
    state: Database, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_pages(monkeypatch, index)
    pull = add(state, index)
    began = time.monotonic()
    with state.write() as session:
        session.get(LogPull, pull, with_for_update=True)
        assert take_turn(state, state.settings, pull) is None
    assert time.monotonic() - began < 5
    assert turn(state, pull).turned.accepted == COUNT
