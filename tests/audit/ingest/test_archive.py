"""How long sealed originals are kept: as long as the setting says, whole segments, told in the trail before they go."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from audit.ingest import archive
from audit.ingest.archive import let_go, outlived
from audit.ingest.models import IngestBatch
from audit.ingest.spool import OriginalGoneError, Place, Spool
from audit.search.upkeep import retain
from config.settings import Settings
from soc.clock import now
from soc.jobs import JobContext
from soc.trail.models import TrailEntry
from soc.trail.record import opened
from tests.audit.ingest.at_work import Installation, nginx

DAY = timedelta(days=1)


class CrashError(BaseException):
    """Stands for the end of a process: nothing below it catches it."""


def archived(at_work: Installation, path: str) -> Place:
    """Take one batch in, work it off and return where its original lies."""
    at_work.send(nginx(path))
    at_work.spool.close()
    at_work.work()
    with at_work.database.read() as session:
        batch = session.scalars(select(IngestBatch).order_by(IngestBatch.id.desc())).first()
        assert batch is not None
        return Place(batch.segment, batch.position)


def job(at_work: Installation, **changes: object) -> JobContext:
    settings: Settings = at_work.database.settings.with_changes(**changes)
    return JobContext(
        database=at_work.database, settings=settings, run_id=None, params={}, open_store=lambda: at_work.store
    )


def told(at_work: Installation) -> list[tuple[str, object]]:
    """What the trail says was deleted: of what, and how many segments."""
    with at_work.database.read() as session:
        entries = session.scalars(select(TrailEntry).where(TrailEntry.act == "logs.deleted").order_by(TrailEntry.id))
        said = [(entry.subject_id, opened(at_work.database.settings, entry)) for entry in entries]
    return [(what, (private.after or {}).get("segments")) for what, private in said if private is not None]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.spool")}


def test_a_segment_goes_when_its_last_batch_is_too_old_and_not_before(at_work: Installation) -> None:
    place = archived(at_work, "/a")
    assert outlived(at_work.database, at_work.spool, now() - DAY) == []
    later = outlived(at_work.database, at_work.spool, now() + DAY)
    assert [segment.name for segment in later] == [place.segment]


def test_a_segment_begun_long_ago_stays_while_one_batch_of_it_is_young(at_work: Installation) -> None:
    place = archived(at_work, "/a")
    with at_work.database.write() as session:
        session.scalars(select(IngestBatch)).one().received_at = now() + 3 * DAY
    assert outlived(at_work.database, at_work.spool, now() + DAY) == []
    assert names(at_work.spool.archive) == {place.segment}


def test_what_waits_in_the_spool_is_never_old_enough(at_work: Installation) -> None:
    at_work.send(nginx("/a"))
    at_work.spool.close()
    assert outlived(at_work.database, at_work.spool, now() + DAY) == []


def test_the_nightly_job_removes_originals_tells_of_it_and_leaves_the_events(at_work: Installation) -> None:
    place = archived(at_work, "/a")
    retain(job(at_work))
    assert at_work.spool.read(place) == nginx("/a")
    retain(job(at_work, originals=-DAY))
    with pytest.raises(OriginalGoneError):
        at_work.spool.read(place)
    assert [row["http_request.url.path"] for row in at_work.stored()] == ["/a"]
    assert ("originals", 1) in told(at_work)
    assert [what for what, _ in told(at_work)].count("originals") == 1


def test_a_run_that_was_cut_is_finished_by_the_next(at_work: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [archived(at_work, path) for path in ("/a", "/b", "/c")]
    drop = Spool.drop
    dropped: list[Path] = []

    def once(spool: Spool, segment: Path) -> None:
        if dropped:
            raise CrashError
        drop(spool, segment)
        dropped.append(segment)

    with monkeypatch.context() as patched, pytest.raises(CrashError):
        patched.setattr(Spool, "drop", once)
        retain(job(at_work, originals=-DAY))
    assert names(at_work.spool.archive) == {place.segment for place in places[1:]}
    assert told(at_work)[-1] == ("originals", 3), "what was about to go stands in the trail although the run was cut"
    retain(job(at_work, originals=-DAY))
    assert names(at_work.spool.archive) == set()


def test_letting_go_of_what_is_gone_is_no_error(at_work: Installation) -> None:
    archived(at_work, "/a")
    old = outlived(at_work.database, at_work.spool, now() + DAY)
    let_go(at_work.spool, old)
    let_go(at_work.spool, old)
    assert names(at_work.spool.archive) == set()


def test_where_none_are_kept_the_archive_stays_empty_and_the_events_are_there(at_work: Installation) -> None:
    at_work.send(nginx("/a"))
    at_work.spool.close()
    pipeline = at_work.pipeline()
    pipeline.settings = pipeline.settings.with_changes(originals=timedelta())
    pipeline.drain()
    pipeline.trim()
    assert names(at_work.spool.archive) == names(at_work.spool.folder) == set()
    assert [row["http_request.url.path"] for row in at_work.stored()] == ["/a"]


def test_a_batch_that_is_not_analysed_yet_keeps_its_original_even_then(at_work: Installation) -> None:
    at_work.send(nginx("/a"))
    at_work.spool.close()
    pipeline = at_work.pipeline()
    pipeline.settings = pipeline.settings.with_changes(originals=timedelta())
    pipeline.trim()
    assert len(names(at_work.spool.folder)) == 1


def test_the_time_in_a_segments_name_is_when_it_was_begun(at_work: Installation) -> None:
    before = now()
    place = archived(at_work, "/a")
    begun = archive._begun_at(at_work.spool.archive / place.segment)
    assert before - timedelta(seconds=1) <= begun <= now()
