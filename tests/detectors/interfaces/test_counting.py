"""What batches say of interfaces, the same on every log store."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from detectors.interfaces.counting import Arrived, folded, sightings
from soc.logstore.port import LogStore
from tests.contract import corpus
from tests.contract.conftest import own_store

__all__ = ["own_store"]
AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
WEB = {"class_uid": 4002, "http_request.http_method": "GET", "http_response.code": 200}
READ = {"class_uid": 6005, "guanlan.asked_through": "GET /drivers/{id}", "actor.user.name": "svc"}


def stored(store: LogStore, *rows: dict[str, object]) -> Arrived:
    """Store rows as one batch, a minute apart."""
    batch, came = uuid4().hex, AT + timedelta(hours=1)
    events = corpus.numbered(
        [{"time": AT + timedelta(minutes=place), "guanlan.org": "a", "metadata.logged_time": came} for place in range(len(rows))],
        batch,
    )  # fmt: skip
    store.append(corpus.table([event | row for event, row in zip(events, rows, strict=True)]), batch=batch)
    store.refresh()
    return Arrived(f"{batch}-a", [batch], came, came)


def test_requests_and_the_statements_behind_them_are_added_up(own_store: LogStore) -> None:
    stored(own_store, WEB | {"http_request.url.path": "/drivers/9"})
    arrived = stored(
        own_store,
        WEB | {"http_request.url.path": "/drivers/1"},
        WEB | {"http_request.url.path": "/drivers/2"},
        WEB | {"http_request.url.path": "/drivers/3", "http_response.code": 404},
        READ | {"guanlan.columns": ["t.id", "t.phone"], "guanlan.level_rank": 4},
        READ | {"guanlan.columns": ["t.phone"], "guanlan.level_rank": 3},
    )
    found = sightings(own_store, arrived)
    assert list(found.by_route) == ["GET /drivers/{id}"]
    one = found.by_route["GET /drivers/{id}"]
    assert (one.requests, one.statements, one.rank, found.left_out) == (2, 2, 4, 0)
    assert (dict(one.items), dict(one.accounts)) == ({"t.phone": 2, "t.id": 1}, {"svc": 2})
    assert (one.first, one.last) == (AT, AT + timedelta(minutes=4))


def test_only_where_there_are_very_many_words_are_they_values() -> None:
    few, many = [f"GET /a/{word}" for word in "xyz"], [f"GET /b/{word}" for word in "uvwxyz"]
    assert folded([*few, *many], [], 4) == dict(zip(few, few, strict=True)) | dict.fromkeys(many, "GET /b/{id}")
    assert folded(few, [f"GET /a/{word}" for word in "uvw"], 4) == dict.fromkeys(few, "GET /a/{id}")
