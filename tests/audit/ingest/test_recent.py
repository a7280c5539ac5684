"""What is kept between taking in and working off: once, of the latest only, and left alone while somebody is at it."""

import polars as pl

from audit.ingest.recent import MOST_BYTES, MOST_READY, Recent
from audit.ingest.spool import Place

PLACES = [Place("s", number) for number in range(5)]
FRAMES = [pl.DataFrame({"raw": ["a"]})]


def test_records_are_given_once() -> None:
    recent = Recent()
    recent.put(PLACES[0], 1, FRAMES)
    assert recent.take(PLACES[0]) is FRAMES
    assert recent.take(PLACES[0]) is None


def test_of_too_many_records_the_oldest_go() -> None:
    recent = Recent()
    for place in PLACES[:3]:
        recent.put(place, MOST_BYTES // 2, FRAMES)
    assert recent.places() == PLACES[1:3]


def test_a_batch_is_being_made_from_its_beginning_to_its_end() -> None:
    recent = Recent()
    recent.put(PLACES[0], 1, FRAMES)
    assert not recent.being_made(PLACES[0])
    assert recent.begin(PLACES[0]) is FRAMES
    assert recent.being_made(PLACES[0])
    recent.end(PLACES[0], FRAMES)
    assert not recent.being_made(PLACES[0])
    assert recent.ready(PLACES[0]) is FRAMES
    assert recent.ready(PLACES[0]) is None


def test_nobody_begins_with_a_batch_whose_records_are_gone() -> None:
    recent = Recent()
    assert recent.begin(PLACES[0]) is None
    assert not recent.being_made(PLACES[0])


def test_events_that_could_not_be_made_are_not_kept() -> None:
    recent = Recent()
    recent.put(PLACES[0], 1, FRAMES)
    recent.begin(PLACES[0])
    recent.end(PLACES[0], None)
    assert not recent.being_made(PLACES[0])
    assert recent.ready(PLACES[0]) is None


def test_of_events_that_nobody_came_for_only_the_latest_are_kept() -> None:
    recent = Recent()
    for place in PLACES:
        recent.end(place, FRAMES)
    assert [place for place in PLACES if recent.ready(place)] == PLACES[-MOST_READY:]
