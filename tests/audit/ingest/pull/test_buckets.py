"""Pulling from a real store: every object once, in pieces, whatever it is packed in; what cannot be read is named."""

import gzip
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from audit.ingest.pull import buckets, receiving, s3
from audit.ingest.pull.calling import Answer, Caller
from audit.ingest.pull.models import PulledObject
from audit.ingest.pull.s3 import Bucket, Listed
from soc.clock import now
from soc.db import Database
from soc.errors import UnavailableError
from tests.audit.ingest.at_work import Installation, nginx
from tests.audit.ingest.pull import bucket as made
from tests.audit.ingest.pull.bucket import Put, add
from tests.audit.ingest.pull.hostile import plain, serving
from tests.audit.ingest.pull.index import here, row, turn

pytestmark = pytest.mark.skipif(not made.URL, reason="needs an S3-compatible store: SOC_TEST_S3_URL is not set")


@pytest.fixture
def place() -> Iterator[tuple[str, Put]]:
    """A prefix and what puts an object below it."""
    with made.putting() as (prefix, put, _):
        yield prefix, put


@pytest.fixture
def state(database: Database) -> Database:
    """The state of an installation that may pull from the test store."""
    return here(database, made.endpoint())


def paths(at_work: Installation) -> Counter[str]:
    at_work.work()
    return Counter(str(one["http_request.url.path"]) for one in at_work.stored("http_request.url.path"))


def lines(name: str, count: int = 5) -> list[str]:
    return [f"/{name}/{number}" for number in range(count)]


def objects(state: Database) -> dict[str, tuple[str, str]]:
    with state.read() as session:
        rows = session.scalars(select(PulledObject)).all()
    return {one.key.partition("/")[2]: (one.state.value, one.reason) for one in rows}


def test_objects_are_read_once_whatever_they_are_packed_in(
    state: Database, at_work: Installation, place: tuple[str, Put]
) -> None:
    prefix, put = place
    put("2026/a.log", nginx(*lines("a")))
    put("2026/b 1+ü.log.gz", gzip.compress(nginx(*lines("b"))) + gzip.compress(nginx(*lines("b2"))))
    put("empty", b"")
    pull = add(state, prefix)
    first = turn(state, pull)
    assert (first.turned.whole, first.turned.accepted, first.trouble) == (True, 15, None)
    assert turn(state, pull).turned.accepted == 0
    put("2026/c.log", nginx(*lines("c")))
    assert turn(state, pull).turned.accepted == 5
    assert paths(at_work) == Counter([*lines("a"), *lines("b"), *lines("b2"), *lines("c")])
    assert {one for one, _ in objects(state).values()} == {"done"}


def test_an_object_that_changed_is_read_anew_as_a_new_version(
    state: Database, at_work: Installation, place: tuple[str, Put]
) -> None:
    prefix, put = place
    put("a.log", nginx(*lines("a")))
    pull = add(state, prefix)
    turn(state, pull)
    put("a.log", nginx(*lines("new", 6)))
    assert turn(state, pull).turned.accepted == 6
    assert paths(at_work) == Counter([*lines("a"), *lines("new", 6)])


@pytest.mark.parametrize("packed", [False, True])
def test_a_large_object_goes_on_where_the_last_piece_ended(
    state: Database, at_work: Installation, place: tuple[str, Put], monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    monkeypatch.setattr(buckets, "_PIECE", 4096)
    monkeypatch.setattr(buckets, "_PACKED_SECONDS", 0.0)
    prefix, put = place
    body = nginx(*lines("big", 400))
    put("big.log", gzip.compress(body) if packed else body)
    put("small.log", nginx(*lines("small")))
    pull = add(state, prefix)
    turns = 0
    while not turn(state, pull, budget=0).turned.whole and turns < 60:
        turns += 1
        if turns % 5 == 0:
            turn(state, pull, budget=0.5)
    assert turns > 3
    assert paths(at_work) == Counter([*lines("big", 400), *lines("small")])


def test_what_cannot_be_read_is_named_and_holds_up_nothing(
    state: Database, at_work: Installation, place: tuple[str, Put]
) -> None:
    prefix, put = place
    put("a-binary", bytes(range(256)) * 30)
    put("b-broken.gz", gzip.compress(nginx(*lines("b", 50)))[:-20])
    put("c-large.log", nginx(*lines("large", 200)))
    put("d-bomb.gz", gzip.compress(nginx(*["/bomb"] * 4000)))
    put("e.log", nginx(*lines("e")))
    pull = add(state, prefix, largest=10_000)
    outcome = turn(state, pull)
    assert (outcome.turned.whole, outcome.turned.skipped) == (True, 4)
    assert objects(state) == {
        "a-binary": ("skipped", "pulls.skipped.not_recognised"),
        "b-broken.gz": ("skipped", "pulls.skipped.broken"),
        "c-large.log": ("skipped", "pulls.skipped.too_large"),
        "d-bomb.gz": ("skipped", "pulls.skipped.too_large"),
        "e.log": ("done", ""),
    }
    assert paths(at_work)["/e/4"] == 1
    assert row(state, pull).skipped == 4


def test_an_object_without_the_end_of_a_record_is_given_up(
    state: Database, place: tuple[str, Put], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "_LONGEST_RECORD", 200_000)
    prefix, put = place
    put("a", b"x" * 400_000)
    turn(state, add(state, prefix, format="nginx"))
    assert objects(state) == {"a": ("skipped", "pulls.skipped.long_record")}


def test_many_objects_are_listed_on_over_turns(
    state: Database, at_work: Installation, place: tuple[str, Put], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "LISTED", 3)
    prefix, put = place
    for number in range(8):
        put(f"{number}.log", nginx(f"/{number}"))
    pull = add(state, prefix, ordered=True)
    while not turn(state, pull, budget=0.2).turned.whole:
        pass
    asked: list[str] = []
    real = Bucket.listed

    def noted(self: Bucket, prefix: str, after: str) -> s3.Listing:
        asked.append(after)
        return real(self, prefix, after)

    monkeypatch.setattr(Bucket, "listed", noted)
    put("8.log", nginx("/8"))
    assert turn(state, pull).turned.accepted == 1
    assert asked[0].endswith("/5.log"), "what lies far back is listed no more"
    assert paths(at_work) == Counter(f"/{number}" for number in range(9))


def test_an_object_that_may_not_be_read_now_is_tried_again_after_a_while(
    state: Database, at_work: Installation, place: tuple[str, Put], monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix, put = place
    put("a.log", nginx(*lines("a")))
    put("b.log", nginx(*lines("b")))
    pull = add(state, prefix)
    real = Bucket.read

    def refusing(self: Bucket, one: Listed, start: int, size: int) -> bytes:
        if one.key.endswith("a.log"):
            raise s3.ObjectDeniedError
        return real(self, one, start, size)

    monkeypatch.setattr(Bucket, "read", refusing)
    assert turn(state, pull).turned.accepted == 5
    monkeypatch.setattr(Bucket, "read", real)
    assert turn(state, pull).turned.accepted == 0
    assert turn(state, pull, now() + timedelta(hours=2)).turned.accepted == 5
    assert paths(at_work) == Counter([*lines("a"), *lines("b")])


def test_wrong_keys_and_a_missing_bucket_are_said_as_such(state: Database, place: tuple[str, Put]) -> None:
    prefix, _ = place
    wrong = add(state, prefix, name="keys", secret={"key": "AKIAWRONG", "secret": "wrong"})
    assert turn(state, wrong).as_json()["trouble"] == "pulls.trouble.denied"
    missing = add(state, prefix, name="bucket", target="there-is-no-such-bucket")
    assert turn(state, missing).as_json()["trouble"] in {"pulls.trouble.no_bucket", "pulls.trouble.denied"}


@pytest.mark.parametrize(
    ("status", "body", "key"),
    [
        (200, b"no xml", "pulls.trouble.not_xml"),
        (200, b'<!DOCTYPE a [<!ENTITY b "c">]><ListBucketResult>&b;</ListBucketResult>', "pulls.trouble.not_xml"),
        (200, b"<Other/>", "pulls.trouble.not_xml"),
        (307, b"", "pulls.trouble.redirect"),
        (503, b"", "pulls.trouble.busy"),
    ],
)
def test_what_no_store_should_answer_is_a_trouble_of_the_pull(
    database: Database, status: int, body: bytes, key: str
) -> None:
    with serving(plain(status, body, Location="http://169.254.169.254/")) as server:
        state = here(database, server.url)
        pull = add(state, "x", address=server.url)
        assert turn(state, pull).as_json()["trouble"] == key
        assert all(one.startswith("GET ") for one in server.asked)


def test_the_store_is_only_ever_asked_by_get(
    state: Database, place: tuple[str, Put], monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix, put = place
    put("a.log", nginx(*lines("a")))
    methods: list[str] = []
    real = Caller.ask

    def noted(self: Caller, method: str, *given: Any, **named: Any) -> Answer:
        methods.append(method)
        return real(self, method, *given, **named)

    monkeypatch.setattr(Caller, "ask", noted)
    turn(state, add(state, prefix))
    assert set(methods) == {"GET"}


@pytest.mark.parametrize("refusal", [OSError(28, "No space left on device"), UnavailableError("receive.trouble")])
def test_a_full_disk_of_ours_is_no_fault_of_the_object(
    state: Database, at_work: Installation, place: tuple[str, Put], monkeypatch: pytest.MonkeyPatch, refusal: Exception
) -> None:
    prefix, put = place
    put("a.log", nginx(*lines("a")))
    pull = add(state, prefix)

    def refusing(*_given: object) -> None:
        raise refusal

    with monkeypatch.context() as patched, suppress(OSError):
        patched.setattr(receiving, "accept", refusing)
        turn(state, pull)
    assert objects(state) == {}
    assert turn(state, pull).turned.accepted == 5
    assert paths(at_work) == Counter(lines("a"))
