"""Pulling from a real index: everything once, late ones too, whatever ends a turn in between."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from audit.ingest.models import IngestBatch
from audit.ingest.pull import cluster, indices, marking
from audit.ingest.pull.models import PulledDocument
from audit.ingest.receive.models import LogSender
from soc.db import Database
from tests.audit.ingest.at_work import Installation
from tests.audit.ingest.pull.index import START, add, document, fill, row, turn
from tests.opensearch_node import ask

pytestmark = pytest.mark.opensearch
LATER = START + timedelta(hours=2)


def stored(at_work: Installation) -> Counter[str]:
    at_work.work()
    return Counter(str(one["http_request.url.path"]) for one in at_work.stored("http_request.url.path"))


def numbers(*of: int) -> Counter[str]:
    return Counter(f"/doc/{number}" for number in of)


def test_each_document_comes_once_over_many_pages_and_turns(
    state: Database, at_work: Installation, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "_MOST_ROWS", 7)
    fill(index, {number: document(number) for number in range(50)})
    pull = add(state, index)
    assert not turn(state, pull, budget=0).turned.whole
    first = turn(state, pull)
    assert (first.turned.whole, first.trouble) == (True, None)
    again = turn(state, pull)
    assert (again.turned.accepted, again.turned.whole) == (0, True)
    fill(index, {number: document(number) for number in range(50, 60)})
    assert turn(state, pull).turned.accepted == 10
    assert stored(at_work) == numbers(*range(60))
    kept = row(state, pull)
    assert (kept.records, kept.newest_at) == (60, START + timedelta(seconds=59))


def test_many_documents_of_one_millisecond_lose_and_double_nothing(
    state: Database, at_work: Installation, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "_MOST_ROWS", 5)
    fill(index, {number: document(number, START) for number in range(23)})
    pull = add(state, index)
    for _ in range(6):
        turn(state, pull, budget=0)
    turn(state, pull)
    assert stored(at_work) == numbers(*range(23))


def test_a_document_that_comes_late_is_found_by_a_second_look(
    state: Database, at_work: Installation, index: str
) -> None:
    fill(index, {number: document(number) for number in range(0, 1200, 100)})
    pull = add(state, index, overlap=600)
    turn(state, pull, START + timedelta(seconds=1200))
    fill(index, {number: document(number) for number in (601, 1050)})
    turn(state, pull, START + timedelta(seconds=1400))
    assert stored(at_work) == numbers(*range(0, 1200, 100), 601, 1050)
    with state.read() as session:
        kept = session.scalars(select(PulledDocument.at)).all()
    assert min(kept) >= indices.millis(START + timedelta(seconds=1100 - 750))


def test_a_look_between_two_long_ones_reads_little_again(state: Database, index: str) -> None:
    fill(index, {number: document(number) for number in range(0, 1200, 100)})
    pull = add(state, index, overlap=600)
    turn(state, pull, START + timedelta(seconds=1200))
    assert turn(state, pull, START + timedelta(seconds=1210)).turned.seen == 1
    assert turn(state, pull, START + timedelta(seconds=1400)).turned.seen > 5


def test_a_time_far_ahead_hides_nothing_that_comes_after_it(state: Database, at_work: Installation, index: str) -> None:
    fill(index, {1: document(1), 2: document(2, START + timedelta(days=9000))})
    pull = add(state, index)
    turn(state, pull, LATER)
    fill(index, {number: document(number, LATER + timedelta(seconds=number)) for number in (3, 4)})
    turn(state, pull, LATER + timedelta(minutes=1))
    assert stored(at_work) == numbers(1, 2, 3, 4)
    assert row(state, pull).newest_at == LATER + timedelta(minutes=1)


def test_a_snapshot_that_is_gone_is_taken_anew_and_nothing_comes_twice(
    state: Database, at_work: Installation, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "_MOST_ROWS", 5)
    fill(index, {number: document(number) for number in range(20)})
    pull = add(state, index)
    turn(state, pull, budget=0)
    held = row(state, pull).mark["snapshot"]
    assert held
    ask("DELETE", "/_search/point_in_time", {"pit_id": [held]})
    assert turn(state, pull).turned.whole
    assert stored(at_work) == numbers(*range(20))


def test_a_document_larger_than_any_page_is_named_and_the_others_come(
    state: Database, at_work: Installation, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "LARGEST_PAGE", 64 << 10)
    fill(index, {number: document(number, padding="x" * (100_000 if number == 3 else 5)) for number in range(8)})
    pull = add(state, index)
    assert turn(state, pull).turned.whole
    turn(state, pull)
    kept = row(state, pull)
    assert kept.mark["passed"] == [[index, "3", "pulls.skipped.too_large"]]
    assert kept.skipped == 1
    assert stored(at_work) == numbers(*(number for number in range(8) if number != 3))


def test_filters_of_both_kinds_choose(state: Database, at_work: Installation, index: str) -> None:
    fill(index, {number: document(number, host=f"h{number % 2}") for number in range(6)})
    turn(state, add(state, index, name="words", filter="host:h0"))
    turn(state, add(state, index, name="json", filter='{"match": {"host": "h1"}}'))
    assert stored(at_work) == numbers(*range(6))


def test_a_pattern_reads_the_indices_it_fits_and_waits_where_there_is_none(
    state: Database, at_work: Installation, index: str
) -> None:
    pull = add(state, f"{index}-*")
    assert turn(state, pull).as_json()["trouble"] == "pulls.trouble.no_index"
    fill(f"{index}-a", {1: document(1)})
    fill(f"{index}-b", {1: document(2)})
    assert turn(state, pull).turned.accepted == 2
    assert stored(at_work) == numbers(1, 2)


def test_a_data_stream_is_read_as_an_index_is(state: Database, at_work: Installation, index: str) -> None:
    ask("PUT", f"/_index_template/{index}", {"index_patterns": [index], "data_stream": {}, "priority": 900})
    try:
        fill(index, {number: document(number) for number in range(5)})
        assert turn(state, add(state, index)).turned.accepted == 5
        ask("POST", f"/{index}/_rollover")
    finally:
        ask("DELETE", f"/_data_stream/{index}")
        ask("DELETE", f"/_index_template/{index}")
    assert stored(at_work) == numbers(*range(5))


def test_formats_are_told_from_the_documents(state: Database, index: str) -> None:
    fill(index, {number: document(number) for number in range(30)})
    turn(state, add(state, index, format="auto", field=""))
    turn(state, add(state, index, name="by field", format="auto"))
    turn(state, add(state, index, name="as documents", format="shipper_json", field=""))
    with state.read() as session:
        found = session.execute(select(IngestBatch.format, func.sum(IngestBatch.accepted)).group_by(IngestBatch.format))
        assert {name: int(count) for name, count in found} == {"nginx": 60, "shipper_json": 30}


def test_what_no_format_reads_lies_in_quarantine_with_its_reason(state: Database, index: str) -> None:
    fill(index, {1: document(1), 2: {"@timestamp": START.isoformat(), "message": "no such line"}})
    outcome = turn(state, add(state, index))
    assert (outcome.turned.accepted, outcome.turned.quarantined) == (1, 1)


def test_what_comes_is_heard_of_at_the_alarm_of_silence(state: Database, index: str) -> None:
    fill(index, {1: document(1)})
    pull = add(state, index)
    turn(state, pull)
    with state.read() as session:
        (sender,) = session.scalars(select(LogSender)).all()
    assert (sender.org, sender.receiver, sender.sender) == ("440100", "pull", f"pull {index}")


def test_nothing_is_written_to_the_index(state: Database, index: str) -> None:
    fill(index, {number: document(number) for number in range(5)})
    before = ask("GET", f"/{index}/_stats/indexing,docs")["_all"]["total"]
    turn(state, add(state, index))
    assert ask("GET", f"/{index}/_stats/indexing,docs")["_all"]["total"] == before


def test_no_snapshot_is_left_behind(state: Database, index: str) -> None:
    fill(index, {1: document(1)})
    pull = add(state, index)
    turn(state, pull)
    open_ones = ask("GET", f"/{index}/_stats/search")["_all"]["total"]["search"]
    assert open_ones["point_in_time_current"] == 0
    assert row(state, pull).mark["snapshot"] == ""
