"""From a stored event back to the very bytes it was made of, and to nothing else."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from audit.ingest.files import PIECE
from audit.ingest.models import IngestBatch
from audit.ingest.spool import DamagedRecordError, Place
from audit.originals import finding
from audit.originals.finding import MOST_SHOWN, batch_of, original_of
from soc.logstore.port import Event, SearchRequest
from tests.audit.ingest.at_work import Installation
from tests.audit.originals.conftest import ID, PHONE, TakeIn, line

WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters=' "\\\n\r?', exclude_categories=("C", "Z")), max_size=30
)


def opened(at_work: Installation, event: Event) -> str:
    with at_work.database.read() as session:
        batch = batch_of(session, event)
        assert batch is not None
        return original_of(session, at_work.spool, batch, event).text


def test_the_original_has_what_the_stored_line_hides(at_work: Installation, take_in: TakeIn) -> None:
    (event,) = take_in(f"/person?id={ID}&tel={PHONE}")
    assert ID not in str(event["raw_data"])
    assert opened(at_work, event) == line(f"/person?id={ID}&tel={PHONE}")


def test_each_event_of_many_batches_and_organisations_opens_its_own_line(
    at_work: Installation, take_in: TakeIn
) -> None:
    for number in range(3):
        take_in(*(f"/{number}/{place}" for place in range(12)), org="440100" if number % 2 else "440300")
    events = at_work.store.search(SearchRequest(limit=100)).events
    assert len(events) == 36
    assert all(opened(at_work, event) == event["raw_data"] for event in events)
    assert len({opened(at_work, event) for event in events}) == 36


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(words=st.lists(WORDS, min_size=1, max_size=8))
@example(words=[ID, PHONE, "", "张三"])
def test_whatever_was_sent_comes_back_record_by_record(
    at_work: Installation, take_in: TakeIn, words: list[str]
) -> None:
    sent = {line(f"/{word}") for word in words}
    events = take_in(*(f"/{word}" for word in words))
    newest = max(str(event["metadata.logged_time"]) for event in events)
    mine = [event for event in events if str(event["metadata.logged_time"]) == newest]
    assert {opened(at_work, event) for event in mine} <= sent


def test_a_record_behind_the_first_piece_of_a_long_batch_is_found(at_work: Installation, take_in: TakeIn) -> None:
    paths = [f"/{number}{'x' * 6000}" for number in range(PIECE // 6000 + 200)]
    take_in(*paths)
    last = len(paths) - 1
    request = SearchRequest(limit=3000)
    found = next(one for one in at_work.store.search(request).events if one["guanlan.position"] == last)
    assert opened(at_work, found) == line(paths[-1])


def test_a_very_long_record_is_cut_and_says_how_long_it_is(
    at_work: Installation, take_in: TakeIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST_SHOWN", 20)
    (event,) = take_in("/a")
    with at_work.database.read() as session:
        batch = batch_of(session, event)
        assert batch is not None
        found = original_of(session, at_work.spool, batch, event)
    assert (len(found.text), found.length, found.as_stored) == (20, len(line("/a")), True)
    assert MOST_SHOWN > 20


def test_a_text_never_stands_in_a_representation(at_work: Installation, take_in: TakeIn) -> None:
    (event,) = take_in(f"/{ID}")
    with at_work.database.read() as session:
        batch = batch_of(session, event)
        assert batch is not None
        assert ID not in repr(original_of(session, at_work.spool, batch, event))


def test_an_instant_that_a_cluster_rounded_still_finds_the_batch(at_work: Installation, take_in: TakeIn) -> None:
    (event,) = take_in("/a")
    arrived = event["metadata.logged_time"]
    rounded = arrived.replace(microsecond=arrived.microsecond // 1000 * 1000)  # type: ignore[attr-defined]
    with at_work.database.read() as session:
        assert batch_of(session, dict(event) | {"metadata.logged_time": rounded}) is not None
        away = rounded + timedelta(seconds=1)
        assert batch_of(session, dict(event) | {"metadata.logged_time": away}) is None


def test_a_batch_of_the_same_instant_is_not_taken_for_it(at_work: Installation, take_in: TakeIn) -> None:
    (event,) = take_in("/a")
    with at_work.database.read() as session:
        assert batch_of(session, dict(event) | {"guanlan.batch": "another"}) is None


def test_another_batchs_sealed_body_put_in_its_place_is_known_for_one(at_work: Installation, take_in: TakeIn) -> None:
    (event,) = take_in("/a")
    (foreign,) = take_in("/b", org="440300")
    with at_work.database.read() as session:
        batch, other = batch_of(session, event), batch_of(session, foreign)
        assert batch is not None
        assert other is not None
        assert at_work.spool.read(Place(other.segment, other.position))
        batch.segment, batch.position = other.segment, other.position
        with pytest.raises(DamagedRecordError):
            original_of(session, at_work.spool, batch, event)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)  # which tells its plan in a line
def test_the_batch_is_looked_up_by_the_index_of_arrivals(at_work: Installation, take_in: TakeIn) -> None:
    take_in("/a")
    with at_work.database.read() as session:
        arrived = session.scalars(select(IngestBatch.received_at)).one()
        query = select(IngestBatch).where(IngestBatch.received_at.between(arrived, arrived))
        text = str(query.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all()
    assert "ix_ingest_batches_received_at" in str(plan)
