"""Correlations give the same answer on every log store, and stay within their limits."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from detectors.sigma.figures import collect
from detectors.sigma.models import RuleCounter
from detectors.sigma.reading import Limits
from soc.db import Database
from soc.logstore.port import LogStore
from tests.detectors.sigma.streaming import (
    BOTH,
    COUNTED,
    DONE,
    FAILED,
    NESTED,
    ORDERED,
    VALUES,
    Stream,
    a_folder,
    login,
    told_by_stream,
)

LOUD = NESTED.replace("timespan: 30s", "timespan: 30s, generate: true")
WHOLE = (FAILED, DONE, COUNTED, VALUES, BOTH, ORDERED, LOUD)


@pytest.fixture
def stream(database: Database, own_store: LogStore) -> Stream:
    return Stream(database, own_store)


def test_every_store_says_what_the_file_says(stream: Stream, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, *WHOLE)
    stream.keep(folder)
    events = [
        login(number, at, user, ok, **{"src_endpoint.ip": f"10.0.0.{ip}"})
        for number, (at, user, ok, ip) in enumerate(
            [(5, "eve", False, 1), (9, "eve", False, 2), (40, "eve", False, 3), (41, "eve", True, 1), (41, "bob", True, 1),
             (42, "bob", False, 1), (43, "bob", True, 2), (300, "eve", False, 1), (301, "o'neil", False, 1),
             (302, "o'neil", False, 1), (303, "o'neil", False, 4), (304, "o'neil", True, 5), (305, "张 三", True, 5)]
        )
    ]  # fmt: skip
    for number, batch in enumerate((events[7:], events[::2], events[1::2])):
        stream.take(batch, batch=f"b{number}")
        stream.look()
    found = told_by_stream(stream)
    assert found == stream.by_file(folder)
    assert len(found) == 5


def failing(stream: Stream, users: int, each: int, *, batch: str = "b", first: int = 0) -> None:
    stream.take(
        [
            login(first + user * each + number, number * 2, f"u{user}", ok=False)
            for user in range(users)
            for number in range(each)
        ],
        batch=batch,
    )


def test_groups_that_are_too_small_are_not_even_read(stream: Stream, tmp_path: Path) -> None:
    stream.keep(a_folder(tmp_path, FAILED, COUNTED))
    failing(stream, 50, 2)
    failing(stream, 1, 3, batch="c", first=200)
    stream.look()
    assert [(one.entity_name, len(one.events)) for one in stream.findings()] == [("u0", 5)]
    with stream.database.read() as session:
        assert session.scalars(select(RuleCounter.events).where(RuleCounter.hits == 1)).one() == 5


def test_more_groups_than_are_looked_at_are_told_in_words_and_in_a_figure(stream: Stream, tmp_path: Path) -> None:
    stream.keep(a_folder(tmp_path, FAILED, COUNTED))
    stream.limits = Limits(groups=5)
    failing(stream, 9, 3)
    stream.look()
    assert len(stream.findings()) == 5
    assert "Too many groups" in (error_of(stream) or "")
    assert figures(stream)["guanlan_correlation_limited"] == 1
    stream.limits = Limits()
    failing(stream, 1, 3, batch="c", first=900)
    stream.look()
    assert error_of(stream) is None


def test_a_flood_of_one_group_is_still_found_by_its_latest_events(stream: Stream, tmp_path: Path) -> None:
    stream.keep(a_folder(tmp_path, FAILED, COUNTED))
    stream.limits = Limits(events=10)
    stream.take([login(number, number, "eve", ok=False) for number in range(40)], batch="b")
    stream.look()
    assert "Too many events" in (error_of(stream) or "")
    assert {one.entity_name for one in stream.findings()} == {"eve"}


def test_a_long_stretch_is_looked_at_in_parts(stream: Stream, tmp_path: Path) -> None:
    stream.keep(a_folder(tmp_path, FAILED, DONE, BOTH))
    stream.limits = Limits(events=12)
    pairs = [login(2 * at + ok, at * 500 + ok, "eve", ok=bool(ok)) for at in range(20) for ok in (0, 1)]
    stream.take(pairs, batch="b")
    stream.look()
    assert len(stream.findings()) == 20
    assert error_of(stream, 5) is None


def test_more_finds_than_are_raised_at_once_are_told(stream: Stream, tmp_path: Path) -> None:
    stream.keep(a_folder(tmp_path, FAILED, COUNTED))
    stream.limits = Limits(told=3)
    failing(stream, 6, 3)
    stream.look()
    assert len(stream.findings()) == 3
    assert "largest" in (error_of(stream) or "")


def error_of(stream: Stream, number: int = 3) -> str | None:
    with stream.database.read() as session:
        return session.get_one(RuleCounter, f"21111111-0000-4000-8000-00000000000{number}").error


def figures(stream: Stream) -> dict[str, float]:
    with stream.database.read() as session:
        return {name: value for name, _, _, value in collect(session, stream.database.settings)}


def test_a_group_may_be_a_field_beyond_the_schema_or_all_there_is(stream: Stream, tmp_path: Path) -> None:
    whole = COUNTED.replace("group-by: [actor.user.name], ", "").replace("gte: 3", "gte: 5")
    beyond = COUNTED.replace("actor.user.name", "method").replace("000000000003", "000000000008")
    folder = a_folder(tmp_path, FAILED, whole, beyond.replace("name: guessing", "name: beyond"))
    stream.keep(folder)
    methods = ("password", "key", "password", "password", "key")
    for number, method in enumerate(methods):
        event = login(number, number, f"u{number}", ok=False, unmapped=json.dumps({"linux_auth": {"method": method}}))
        stream.take([event], batch=f"b{number}")
        stream.look()
    assert sorted(((one.rule_id or "")[-1], len(one.events)) for one in stream.findings()) == [("3", 5), ("8", 3)]
