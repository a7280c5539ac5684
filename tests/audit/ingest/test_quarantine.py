"""What could not be read is read again: as another format if wanted, once, and by its own alone."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from audit.ingest.formats import UnknownFormatError
from audit.ingest.models import BatchState, IngestBatch, QuarantinedRecords
from audit.ingest.quarantine import Replayed, likely_format, replay, shown_records
from audit.originals.finding import batch_of, original_of
from soc.db import Database
from soc.errors import ConflictError, NotFoundError
from soc.identity.actor import Actor, Role
from soc.identity.actors import operator_actor
from soc.logstore.port import SearchRequest
from soc.trail import Act, TrailEntry
from tests.audit.ingest.at_work import Installation, nginx
from tests.browsing import SignIn, app, client, sign_in  # noqa: F401 - fixtures
from tests.conftest import MakePerson, person  # noqa: F401 - fixture

WEB = nginx("/a", "/b", "/c")


def entry_of(database: Database) -> QuarantinedRecords:
    with database.read() as session:
        return session.scalars(select(QuarantinedRecords)).one()


def operator(database: Database) -> Actor:
    with database.read() as session:
        return operator_actor(session)


def sent_as_pgaudit(at_work: Installation, body: bytes = WEB, org: str = "440100") -> UUID:
    """Send a web log under a wrong name, and work it off; returns the entry of what could not be read."""
    assert at_work.send(body, name="pgaudit", org=org).quarantined
    at_work.work()
    assert at_work.stored() == []
    return entry_of(at_work.database).id


def read_again(at_work: Installation, entry: UUID, format_name: str = "") -> Replayed:
    done = replay(at_work.database, operator(at_work.database), entry, at_work.spool, format_name)
    at_work.work()
    return done


def test_lines_that_came_under_a_wrong_name_are_read_as_what_they_are(at_work: Installation) -> None:
    entry = sent_as_pgaudit(at_work)
    done = read_again(at_work, entry, "nginx")
    assert (done.read, done.left) == (3, 0)
    assert {one["http_request.url.path"] for one in at_work.stored()} == {"/a", "/b", "/c"}
    with at_work.database.read() as session:
        wrong, right = session.scalars(select(IngestBatch).order_by(IngestBatch.id))
        assert (wrong.accepted, wrong.quarantined) == (0, 0)
        assert (right.id, right.org, right.format, right.accepted) == (done.batch, "440100", "nginx", 3)
        assert right.state is BatchState.ANALYSED
        assert right.newest_event is not None
        assert (session.get_one(QuarantinedRecords, entry).lines, entry_of(at_work.database).count) == ([], 0)


def test_what_still_cannot_be_read_stays_and_what_was_read_is_read_once(at_work: Installation) -> None:
    entry = sent_as_pgaudit(at_work, nginx("/a") + b"no log at all\n" + nginx("/c"))
    assert (read_again(at_work, entry, "nginx").read, entry_of(at_work.database).lines) == (2, [[1, 1]])
    assert read_again(at_work, entry, "nginx") == Replayed(0, 1)
    assert len(at_work.stored()) == 2
    with at_work.database.read() as session:
        assert len(session.scalars(select(IngestBatch)).all()) == 2


def test_what_is_told_is_in_the_trail_with_the_format_and_the_batch(at_work: Installation) -> None:
    done = read_again(at_work, sent_as_pgaudit(at_work), "nginx")
    with at_work.database.read() as session:
        acts = session.scalars(select(TrailEntry.act).order_by(TrailEntry.id)).all()
        kept = session.scalars(
            select(TrailEntry).where(TrailEntry.act == Act.BATCH_STORED).order_by(TrailEntry.id)
        ).all()
    assert acts[-2:] == [Act.BATCH_STORED, Act.QUARANTINE_REPLAYED]
    assert [one.subject_id for one in kept][-1] == str(done.batch)


def test_a_batch_of_many_thousand_lines_is_read_again_whole(at_work: Installation) -> None:
    many = nginx(*(f"/{number}" for number in range(12_345)))
    entry = sent_as_pgaudit(at_work, many)
    assert entry_of(at_work.database).lines == [[0, 12_344]]
    assert read_again(at_work, entry, "nginx").read == 12_345
    assert at_work.store.count(SearchRequest()) == 12_345


def test_the_original_of_what_was_read_again_is_found(at_work: Installation) -> None:
    read_again(at_work, sent_as_pgaudit(at_work), "nginx")
    (event,) = at_work.store.search(SearchRequest()).events[:1]
    with at_work.database.read() as session:
        batch = batch_of(session, event)
        assert batch is not None
        text = original_of(session, at_work.spool, batch, event).text
    assert text in WEB.decode()
    assert str(event["http_request.url.path"]) in text


def test_a_format_that_nobody_has_is_refused_and_nothing_is_lost(at_work: Installation) -> None:
    entry = sent_as_pgaudit(at_work)
    with pytest.raises(UnknownFormatError):
        read_again(at_work, entry, "no_such_format")
    assert (entry_of(at_work.database).count, entry_of(at_work.database).lines) == (3, [[0, 2]])


def test_of_two_who_read_again_at_once_the_later_is_told(
    at_work: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, actor = sent_as_pgaudit(at_work), operator(at_work.database)
    real = at_work.spool.read

    def slowly(place: object) -> bytes:
        monkeypatch.setattr(at_work.spool, "read", real)
        replay(at_work.database, actor, entry, at_work.spool, "nginx")
        return real(place)  # type: ignore[arg-type]

    monkeypatch.setattr(at_work.spool, "read", slowly)
    with pytest.raises(ConflictError):
        replay(at_work.database, actor, entry, at_work.spool, "nginx")
    at_work.work()
    assert len(at_work.stored()) == 3


def test_bad_records_say_what_they_look_like(at_work: Installation) -> None:
    entry = sent_as_pgaudit(at_work)
    with at_work.database.read() as session:
        shown = shown_records(session, operator_actor(session), entry, at_work.spool)
        looks_like = likely_format(session, operator_actor(session), entry, at_work.spool)
    assert (len(shown), looks_like) == (3, "nginx")


def test_a_stranger_finds_no_entry_to_read_again(at_work: Installation, person: MakePerson) -> None:  # noqa: F811
    entry = sent_as_pgaudit(at_work)
    stranger = person(Role.SYSADMIN, "440300")
    for wanted in (entry, uuid4()):
        with pytest.raises(NotFoundError):
            replay(at_work.database, stranger, wanted, at_work.spool, "nginx")


def test_the_page_offers_the_likely_format_and_leads_to_what_was_read(at_work: Installation, sign_in: SignIn) -> None:  # noqa: F811
    entry = sent_as_pgaudit(at_work)
    browser = sign_in(Role.SYSADMIN, "440100")
    with at_work.database.read() as session:
        batch = session.scalars(select(IngestBatch.id)).one()
    page = browser.get(f"/ingest/{batch}?lang=en").text
    assert f"/ingest/quarantine/{entry}/form" in page
    assert '<option value="pgaudit" selected>' in page, "without scripts, the batch's own"
    part = browser.get(f"/ingest/quarantine/{entry}/form?lang=en").text
    assert '<option value="nginx" selected>' in part
    assert "These lines look like" in part
    assert sign_in(Role.SYSADMIN, "440300").get(f"/ingest/quarantine/{entry}/form").status_code == 404
    done = browser.send(f"/ingest/quarantine/{entry}/replay", {"format": "nginx"}, follow_redirects=True)
    assert "3 records are read" in done.text
    assert "nginx" in done.text
    assert f"/ingest/quarantine/{entry}/replay" not in browser.get(f"/ingest/{batch}").text
