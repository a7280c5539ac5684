"""From the spool to the store: everything, once, also after a crash between any two steps."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import polars as pl
import pytest
from sqlalchemy import select

from audit.ingest.formats import ParseOptions
from audit.ingest.lanes import Lanes
from audit.ingest.models import BatchState, IngestBatch
from audit.ingest.pipeline import Pipeline, make_searchable
from audit.ingest.register import Incoming, accept
from soc.errors import UnavailableError
from soc.identity.actors import operator_actor
from tests.audit.ingest.at_work import Installation, nginx


class CrashError(BaseException):
    """Stands for the end of a process: nothing below it catches it."""


def states(at_work: Installation) -> list[str]:
    with at_work.database.read() as session:
        return [batch.state.value for batch in session.scalars(select(IngestBatch).order_by(IngestBatch.id))]


def test_what_was_accepted_is_stored_and_its_spool_is_archived(at_work: Installation) -> None:
    at_work.send(nginx("/a", "/b"))
    at_work.spool.close()
    at_work.work()
    assert sorted(row["http_request.url.path"] for row in at_work.stored()) == ["/a", "/b"]
    assert states(at_work) == ["analysed"]
    assert list(at_work.spool.folder.glob("*.spool")) == []
    assert len(list(at_work.spool.archive.glob("*.spool"))) == 1


@pytest.mark.parametrize("step", ["append", "marked stored", "analysed", "trim"])
def test_a_crash_at_a_step_loses_and_doubles_nothing(
    at_work: Installation, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work.send(nginx("/a"))
    at_work.send(nginx("/b"))
    with monkeypatch.context() as patched, pytest.raises(CrashError):
        _crash_at(step, patched)
        pipeline = at_work.pipeline()
        pipeline.drain()
        pipeline.trim()
    at_work.send(nginx("/c"))
    at_work.work()
    assert sorted(row["http_request.url.path"] for row in at_work.stored()) == ["/a", "/b", "/c"]
    assert states(at_work) == ["analysed"] * 3


def _crash_at(step: str, patched: pytest.MonkeyPatch) -> None:
    mark = Pipeline._mark

    def crashing(self: Pipeline, batches: object, state: BatchState) -> None:
        if {"append": BatchState.STORED, "analysed": BatchState.ANALYSED}.get(step) is state:
            raise CrashError
        mark(self, batches, state)  # type: ignore[arg-type]
        if step == "marked stored" and state is BatchState.STORED:
            raise CrashError

    def crash(*_: object) -> None:
        raise CrashError

    patched.setattr(Pipeline, "_mark", crashing)
    if step == "trim":
        patched.setattr(Pipeline, "trim", crash)


def test_a_batch_that_breaks_keeps_no_other_waiting(at_work: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    at_work.send(nginx("/bad"), org="440100")
    at_work.send(nginx("/good"))
    real = Pipeline._enriched

    def breaking(self: Pipeline, org: str, log_name: str, frames: list[pl.DataFrame]) -> list[pl.DataFrame]:
        if org == "440100":
            raise ValueError("a stage broke")
        return real(self, org, log_name, frames)

    with monkeypatch.context() as patched:
        patched.setattr(Pipeline, "_enriched", breaking)
        at_work.work()
        assert [row["http_request.url.path"] for row in at_work.stored()] == ["/good"]
    at_work.work()
    assert sorted(row["http_request.url.path"] for row in at_work.stored()) == ["/bad", "/good"]


def test_a_batch_whose_original_is_gone_is_said_to_be_lost(at_work: Installation) -> None:
    at_work.send(nginx("/a"))
    for path in at_work.spool.folder.glob("*.spool"):
        path.unlink()
    at_work.work()
    assert states(at_work) == ["lost"]


def test_an_event_has_the_same_identity_however_often_it_is_worked_on(at_work: Installation) -> None:
    at_work.send(nginx("/a", "/b"))
    at_work.work()
    first = {row["metadata.uid"] for row in at_work.stored()}
    with at_work.database.write() as session:
        session.scalars(select(IngestBatch)).one().state = BatchState.RECEIVED
    at_work.work()
    assert {row["metadata.uid"] for row in at_work.stored()} == first
    assert len(at_work.stored()) == 2


def _sent(at_work: Installation, pipeline: Pipeline, *paths: str) -> None:
    """Accept a batch as a file's reader does, who keeps its records for the pipeline."""
    batch = Incoming("440000", "nginx", nginx(*paths), "test", None, ParseOptions())
    accept(at_work.database, at_work.spool, batch, operator_actor, recent=pipeline.recent)


def test_what_was_prepared_is_stored_as_if_it_had_not_been(at_work: Installation) -> None:
    pipeline = at_work.pipeline()
    _sent(at_work, pipeline, "/a?phone=13800138000", "/b")
    pipeline.prepare()
    _sent(at_work, pipeline, "/c?phone=13800138000", "/d")
    assert pipeline.drain() == 2
    rows = at_work.stored("http_request.url.path", "http_request.url.query_string", "raw_data", "guanlan.inside")
    prepared, plain = rows[:2], rows[2:]
    assert sorted(row["http_request.url.path"] for row in rows) == ["/a", "/b", "/c", "/d"]
    assert not any("13800138000" in str(row) for row in rows)
    assert prepared[0].keys() == plain[0].keys()
    assert {row["guanlan.inside"] for row in rows} == {True}
    assert states(at_work) == ["analysed"] * 2


def test_what_is_being_prepared_is_left_alone_and_so_is_what_came_after(at_work: Installation) -> None:
    pipeline = at_work.pipeline()
    for path in ("/a", "/b", "/c"):
        _sent(at_work, pipeline, path)
    second = pipeline.recent.places()[1]
    parsed = pipeline.recent.begin(second)
    assert pipeline.drain() == 1
    assert states(at_work) == ["analysed", "received", "received"]
    pipeline.recent.end(second, None)
    assert parsed
    assert pipeline.drain() == 2
    assert sorted(row["http_request.url.path"] for row in at_work.stored()) == ["/a", "/b", "/c"]


def test_what_cannot_be_prepared_is_worked_off_as_ever(at_work: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline = at_work.pipeline()
    _sent(at_work, pipeline, "/a")
    with monkeypatch.context() as patched:
        patched.setattr(Pipeline, "_enriched", lambda *_: 1 / 0)
        pipeline.prepare()
    assert pipeline.drain() == 1
    assert [row["http_request.url.path"] for row in at_work.stored()] == ["/a"]


def test_what_another_process_has_worked_off_is_not_stored_again(at_work: Installation) -> None:
    pipeline = at_work.pipeline()
    _sent(at_work, pipeline, "/a")
    pipeline.prepare()
    at_work.work()
    assert pipeline.drain() == 0
    assert [row["http_request.url.path"] for row in at_work.stored()] == ["/a"]


def test_what_another_process_is_at_is_left_to_it(at_work: Installation) -> None:
    at_work.send(nginx("/a"))
    at_work.spool.close()
    at_work.send(nginx("/b"))
    first, _ = _segments(at_work)
    with Lanes(at_work.database.settings) as another:
        assert another.claim(first)
        at_work.work()
        assert [row["http_request.url.path"] for row in at_work.stored()] == ["/b"]
        assert states(at_work) == ["received", "analysed"]
    at_work.work()
    assert sorted(row["http_request.url.path"] for row in at_work.stored()) == ["/a", "/b"]
    assert states(at_work) == ["analysed", "analysed"]


def test_a_crash_that_another_process_takes_up_is_left_to_it(at_work: Installation) -> None:
    at_work.send(nginx("/a"))
    at_work.work()
    with at_work.database.write() as session:
        session.scalars(select(IngestBatch)).one().state = BatchState.STORED
    with Lanes(at_work.database.settings) as another:
        another.claim(*_segments(at_work))
        at_work.work()
        assert states(at_work) == ["stored"]
    at_work.work()
    assert states(at_work) == ["analysed"]


def test_a_batch_that_another_process_finished_before_the_claim_is_not_worked_on_again(
    at_work: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work.send(nginx("/a"))
    real, done = Lanes.claim, list[int]()

    def late(self: Lanes, segment: str) -> bool:
        """Another process does all of it in the moment before this one has the lane."""
        monkeypatch.setattr(Lanes, "claim", real)
        done.append(at_work.pipeline().drain())
        return real(self, segment)

    monkeypatch.setattr(Lanes, "claim", late)
    assert at_work.pipeline().drain() == 0
    assert done == [1]
    assert len(at_work.stored()) == 1


def _segments(at_work: Installation) -> list[str]:
    with at_work.database.read() as session:
        return list(dict.fromkeys(session.scalars(select(IngestBatch.segment).order_by(IngestBatch.id))))


def test_making_searchable_waits_for_whoever_is_at_it(at_work: Installation) -> None:
    at_work.send(nginx("/a"))
    settings, found = at_work.database.settings, list[str]()
    with ThreadPoolExecutor(1) as beside:
        with Lanes(settings) as another:
            another.claim(*_segments(at_work))
            waiting = beside.submit(make_searchable, at_work.database, settings, at_work.store)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
            found += [row["http_request.url.path"] for row in at_work.stored()]
        waiting.result(timeout=60)
    assert found == []
    assert [row["http_request.url.path"] for row in at_work.stored()] == ["/a"]


def test_making_searchable_does_not_wait_for_what_was_put_aside(
    at_work: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(*_: object) -> list[pl.DataFrame]:
        raise ValueError("a stage broke")

    at_work.send(nginx("/a"))
    monkeypatch.setattr(Pipeline, "_enriched", breaking)
    monkeypatch.setattr("audit.ingest.pipeline._PATIENCE", timedelta())
    make_searchable(at_work.database, at_work.database.settings, at_work.store)
    assert states(at_work) == ["received"]


def test_nobody_waits_for_what_came_later(at_work: Installation) -> None:
    pipeline = at_work.pipeline()
    assert pipeline.newest() is None
    at_work.send(nginx("/a"))
    newest = pipeline.newest()
    assert newest is not None
    assert pipeline.waits(newest)
    at_work.work()
    at_work.send(nginx("/b"))
    assert not pipeline.waits(newest)


def test_what_stays_with_another_process_too_long_is_said(
    at_work: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work.send(nginx("/a"))
    monkeypatch.setattr("audit.ingest.pipeline._PATIENCE", timedelta())
    with Lanes(at_work.database.settings) as another, pytest.raises(UnavailableError):
        another.claim(*_segments(at_work))
        make_searchable(at_work.database, at_work.database.settings, at_work.store)


def test_several_at_once_share_what_waits_and_do_each_batch_once(at_work: Installation) -> None:
    for number in range(12):
        at_work.send(nginx(f"/{number}"))
        at_work.spool.close()
    pipelines = [at_work.pipeline() for _ in range(3)]
    with ThreadPoolExecutor(3) as together, pytest.MonkeyPatch.context() as patched:
        patched.setattr("audit.ingest.pipeline.GROUP_BATCHES", 1)
        done = list(together.map(Pipeline.drain, pipelines))
    assert sum(done) == 12
    assert sorted(row["http_request.url.path"] for row in at_work.stored()) == sorted(f"/{n}" for n in range(12))
    assert states(at_work) == ["analysed"] * 12
