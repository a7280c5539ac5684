"""Bulk requests: every event settled by itself."""

import json
import threading

import polars as pl
import pytest

from soc.logstore import cluster_bulk
from soc.logstore.cluster_bulk import Item, brought, encoded, sent
from soc.logstore.errors import StoreUnavailableError
from soc.logstore.prepare import prepared
from tests.contract import corpus


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_bulk, "PAUSES", (0.0, 0.0))


def test_an_event_is_its_id_and_its_columns_with_values() -> None:
    row = {"time": corpus.START, "guanlan.org": "z", "message": '"张三"\n\\', "guanlan.tables": ["a", "b"]}
    (line,) = encoded(prepared(corpus.table(corpus.numbered([row], "b"))))
    head, body, rest = line.decode().split("\n")
    document = json.loads(body)
    assert json.loads(head) == {"create": {"_id": "b-0000"}}
    assert rest == ""
    assert (document["message"], document["guanlan.tables"]) == ('"张三"\n\\', ["a", "b"])
    assert (document["time"], document["@timestamp"]) == (1_790_870_399_999_990, 1_790_870_399_999)
    assert "file.path" not in document


def test_only_busy_items_are_sent_again() -> None:
    answers = iter([[Item(201, ""), Item(429, "busy"), Item(409, "there")], [Item(201, "")]])
    bodies: list[bytes] = []

    def send(body: bytes) -> list[Item]:
        bodies.append(body)
        return next(answers)

    assert sent([b"a\n", b"b\n", b"c\n"], send) == [True, True, False]
    assert bodies == [b"a\nb\nc\n", b"b\n"]


def test_a_cluster_that_stays_busy_is_an_error_with_what_is_left() -> None:
    with pytest.raises(StoreUnavailableError) as caught:
        sent([b"a\n", b"b\n"], lambda body: [Item(429, "busy")] * body.count(b"\n"))
    assert caught.value.params == {"count": 2}


def test_an_event_the_cluster_cannot_take_is_an_error() -> None:
    with pytest.raises(StoreUnavailableError) as caught:
        sent([b"a\n"], lambda _: [Item(400, "mapper_parsing_exception")])
    assert caught.value.params["status"] == 400


def test_requests_are_bounded() -> None:
    sizes: list[int] = []

    def send(body: bytes) -> list[Item]:
        sizes.append(body.count(b"\n"))
        return [Item(201, "")] * sizes[-1]

    assert sent([b"x\n"] * 9_000, send) == [True] * 9_000
    assert sizes == [4_000, 4_000, 1_000]


def numbered(count: int) -> pl.DataFrame:
    rows = [{"time": corpus.START, "guanlan.org": "z", "message": f"event {place}"} for place in range(count)]
    return prepared(corpus.table(corpus.numbered(rows, "b")))


def test_events_are_brought_in_their_order_and_each_is_told_of() -> None:
    messages: list[str] = []

    def send(body: bytes) -> list[Item]:
        events = [json.loads(line) for line in body.splitlines()[1::2]]
        messages.extend(event["message"] for event in events)
        return [Item(409 if event["message"].endswith("7") else 201, "") for event in events]

    new = brought(numbered(9_001), send)
    assert messages == [f"event {place}" for place in range(9_001)]
    assert new == [place % 10 != 7 for place in range(9_001)]


def test_of_no_events_none_are_brought() -> None:
    assert brought(numbered(1).clear(), lambda _: pytest.fail("nothing is to be sent")) == []


def test_the_next_request_is_made_while_the_cluster_is_at_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [threading.Event(), threading.Event()]
    waiting = iter(made)

    def tell(frame: pl.DataFrame) -> list[bytes]:
        lines = encoded(frame)
        next(waiting).set()
        return lines

    def send(body: bytes) -> list[Item]:
        assert made[1].wait(30), "the second request waits for the first one's answer"
        return [Item(201, "")] * (body.count(b"\n") // 2)

    monkeypatch.setattr(cluster_bulk, "encoded", tell)
    assert brought(numbered(4_001), send) == [True] * 4_001


def test_a_request_that_fails_ends_the_bringing() -> None:
    bodies: list[bytes] = []

    def send(body: bytes) -> list[Item]:
        bodies.append(body)
        return [Item(400, "mapper_parsing_exception")] * (body.count(b"\n") // 2)

    with pytest.raises(StoreUnavailableError):
        brought(numbered(9_000), send)
    assert len(bodies) == 1
