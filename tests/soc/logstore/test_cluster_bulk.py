"""Bulk requests: every event settled by itself."""

import json

import pytest

from soc.logstore import cluster_bulk
from soc.logstore.cluster_bulk import Item, encoded, sent
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
