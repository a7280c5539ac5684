"""Servers that answer as none should, and addresses that may not be called: a clear word each time, and nothing lost."""

import time
from datetime import timedelta

import pytest

from audit.ingest.pull import calling
from audit.ingest.pull.calling import Caller, CallError, Trust, endpoint_of
from audit.ingest.pull.turn import LONGEST_WAIT, wait_after
from soc.db import Database
from soc.errors import InputError
from soc.outbound import Place
from tests.audit.ingest.pull import hostile
from tests.audit.ingest.pull.hostile import plain, serving
from tests.audit.ingest.pull.index import add, here, row, turn

ELSEWHERE = "http://127.0.0.1:9/never"


@pytest.mark.parametrize(
    ("answering", "key"),
    [
        (plain(200, b"<html>sign in</html>"), "pulls.trouble.not_json"),
        (plain(200, b"[1, 2]"), "pulls.trouble.not_json"),
        (plain(200, b""), "pulls.trouble.not_json"),
        (plain(302, b"", Location=ELSEWHERE), "pulls.trouble.redirect"),
        (plain(307, b"", Location="http://169.254.169.254/latest/meta-data"), "pulls.trouble.redirect"),
        (plain(401, b"{}"), "pulls.trouble.denied"),
        (plain(403, b"{}"), "pulls.trouble.denied"),
        (plain(429, b"{}"), "pulls.trouble.busy"),
        (plain(503, b"{}"), "pulls.trouble.busy"),
        (plain(500, b"{}"), "pulls.trouble.status"),
        (plain(200, b'{"pit_id": "x", "_shards": {"failed": 1}}'), "pulls.trouble.partial"),
        (plain(200, b'{"pit_id": "x", "hits": {"hits": [7]}}'), "pulls.trouble.not_json"),
        (plain(200, b'{"pit_id": "x", "hits": {"hits": [{"_index": "i", "_id": "1", "sort": [1]}]}}'), "pulls.trouble.no_source"),
        (plain(200, b'{"pit_id": "x", "hits": {"hits": [{"_index": "i", "_id": "1", "sort": ["a"], "_source": {}}]}}'), "pulls.trouble.not_json"),
        (hostile.endless, "pulls.trouble.too_large"),
        (hostile.cut_short, "pulls.trouble.unreachable"),
    ],
)  # fmt: skip
def test_what_no_cluster_should_answer_is_a_trouble_of_the_pull(
    database: Database, answering: hostile.Answering, key: str
) -> None:
    with serving(answering) as server:
        state = here(database, server.url)
        pull = add(state, "logs", address=server.url)
        outcome = turn(state, pull)
        asked = list(server.asked)
    assert outcome.as_json()["trouble"] == key
    kept = row(state, pull)
    assert kept.trouble is not None
    assert (kept.trouble["key"], kept.failures, kept.records) == (key, 1, 0)
    assert len(asked) < 12


def test_a_server_that_drips_is_hung_up_on(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(hostile.dripping) as server:
        trust = Trust(allowed_here=frozenset({f"127.0.0.1:{server.port}"}))
        began = time.monotonic()
        with Caller(endpoint_of(server.url), trust, seconds=0.5) as caller, pytest.raises(CallError) as raised:
            caller.ask("GET", "/", headers={}, longest=1 << 20)
    assert raised.value.key == "pulls.trouble.slow"
    assert time.monotonic() - began < 5


def test_a_server_that_is_away_is_asked_again_less_and_less(database: Database) -> None:
    with serving(plain(200, b"{}")) as server:
        state = here(database, server.url)
        pull = add(state, "logs", address=server.url)
    assert turn(state, pull).as_json()["trouble"] == "pulls.trouble.unreachable"
    waits = [wait_after(failures, CallError("pulls.trouble.slow")) for failures in range(1, 12)]
    assert timedelta(seconds=5) <= waits[0] < waits[2] < waits[4] <= LONGEST_WAIT * 1.2
    assert wait_after(1, CallError("pulls.trouble.busy", wait=120.0)) >= timedelta(seconds=120)
    assert wait_after(1, CallError("pulls.trouble.busy", wait=1e9)) <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("http://127.0.0.1:9200", "pulls.trouble.here"),
        ("http://[::1]:9200", "pulls.trouble.here"),
        ("http://[::ffff:127.0.0.1]:9200", "pulls.trouble.forbidden"),
        ("http://localhost:9200", "pulls.trouble.here"),
        ("http://169.254.169.254", "pulls.trouble.forbidden"),
        ("http://100.100.100.200", "pulls.trouble.forbidden"),
        ("http://[::ffff:169.254.169.254]", "pulls.trouble.forbidden"),
        ("http://0.0.0.0:9200", "pulls.trouble.forbidden"),
        ("ftp://cluster.example", "pulls.error.address"),
        ("http://", "pulls.error.address"),
        ("http://a b", "pulls.error.address"),
        ("http://cluster.example/?x=1", "pulls.error.address"),
    ],
)
def test_addresses_that_may_not_be_called_are_refused_when_they_are_given(
    database: Database, address: str, key: str
) -> None:
    with pytest.raises(InputError) as raised:
        add(database, "logs", address=address)
    assert raised.value.key == key


def test_a_name_that_moves_to_this_machine_is_not_called_there(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(plain(200, b"{}")) as server:
        place = Place("cluster.example", ("127.0.0.1",))
        monkeypatch.setattr(calling, "look_up", lambda _host: place)
        with (
            Caller(endpoint_of(f"http://cluster.example:{server.port}"), Trust()) as caller,
            pytest.raises(CallError, match=r"pulls\.trouble\.here"),
        ):
            caller.ask("GET", "/", headers={}, longest=10)
        assert server.asked == []


def test_only_what_reads_is_ever_sent(database: Database) -> None:
    """A cluster that answers well enough for a whole pass is asked for nothing but that."""
    with serving(plain(200, b'{"pit_id": "x", "hits": {"hits": []}}')) as server:
        state = here(database, server.url)
        turn(state, add(state, "logs-*", address=server.url))
        asked = [one.partition("?")[0] for one in server.asked]
    assert asked == ["POST /logs-*/_search/point_in_time", "POST /_search", "DELETE /_search/point_in_time"]


@pytest.mark.parametrize("index", ["_all", "a/../_cluster", "a?x", "-x/_doc", "", "a,,b", "_snapshot", "..", "+a"])
def test_no_index_name_is_an_order_in_disguise(database: Database, index: str) -> None:
    with pytest.raises(InputError):
        add(database, index, address="http://cluster.internal.invalid:9200")


def test_a_secret_is_sealed_and_stands_nowhere_in_the_open(database: Database) -> None:
    with serving(plain(401, b'{"error": "user elk password s3cret-word"}')) as server:
        state = here(database, server.url)
        pull = add(
            state,
            "logs",
            address=server.url.replace("//", "//elk:other@"),
            secret={"user": "elk", "password": "s3cret-word"},
        )
        turn(state, pull)
    with state.connect() as connection:
        for table in ("ingest_pulls", "ingest_pull_progress", "ingest_senders"):
            told = repr(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
            assert "s3cret-word" not in told
            assert ":other@" not in told
