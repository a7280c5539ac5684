"""Slow leaks in the kept days of a real database: told of whoever comes next, and looked at for a share of the time."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from detectors.behaviour import stage
from detectors.behaviour.facts import EntityDay
from detectors.behaviour.store import add_days, days_between, slow_days
from detectors.findings import NewFinding
from detectors.leakage import drip
from soc.db import Database
from tests.detectors.behaviour.days import FIRST
from tests.detectors.leakage import test_lasting, test_left_posts
from tests.detectors.leakage.test_drip import LAST, with_extra
from tests.detectors.leakage.test_lookups import weeks

ORG = "440000"
TOMORROW = LAST + timedelta(days=1)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        """Seconds."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """The clock of the looks, and no look before."""
    made = Clock()
    monkeypatch.setattr(stage, "time", made)
    stage._next_looks.clear()
    stage._judges.clear()
    yield made
    stage._next_looks.clear()
    stage._judges.clear()


@pytest.fixture
def dripping(database: Database) -> Database:
    """One of eight has read ninety rows more a day for two weeks."""
    with database.write() as session:
        add_days(session, ORG, with_extra("p3", 90, from_day=26))
    return database


def told_when(database: Database, name: str, org: str = ORG, day: date = LAST) -> list[str]:
    """Entities of the slow leaks that a batch of one entity's events brings out."""
    found: list[NewFinding] = stage.judged(database, org, day, {(f"person:{name}", day)})
    return [one.entity_name for one in found if one.dedup_key.startswith("drip/")]


def test_a_leak_is_told_of_with_the_batch_of_anybody(dripping: Database, clock: Clock) -> None:
    assert told_when(dripping, "p7") == ["acc_p3"]


def test_who_was_not_there_that_day_is_not_told_of_again(dripping: Database, clock: Clock) -> None:
    with dripping.write() as session:
        ordinary = [one for one in with_extra("p3", 0, from_day=39) if one.day == LAST and one.key.name != "p3"]
        add_days(session, ORG, [type(one)(one.key, TOMORROW, one.facts) for one in ordinary])
    assert told_when(dripping, "p7", day=TOMORROW) == []


def test_weeks_are_looked_at_once_a_minute_in_each_organisations_logs(dripping: Database, clock: Clock) -> None:
    with dripping.write() as session:
        add_days(session, "440100", with_extra("p3", 90, from_day=26))
    for org in (ORG, "440100"):
        assert told_when(dripping, "p3", org) == ["acc_p3"]
    for org in (ORG, "440100"):
        assert told_when(dripping, "p3", org) == []
    clock.now += 61
    assert told_when(dripping, "p3") == ["acc_p3"]


def test_a_look_that_takes_long_waits_for_fifty_times_as_long(
    dripping: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(*given: object) -> list[NewFinding]:
        clock.now += 30
        return drip.drip_findings(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(stage, "drip_findings", slowly)
    assert told_when(dripping, "p3") == ["acc_p3"]
    clock.now += 1_400
    assert told_when(dripping, "p3") == []
    clock.now += 101
    assert told_when(dripping, "p3") == ["acc_p3"]


def test_a_leak_is_told_with_all_its_days_though_only_their_sums_were_read(dripping: Database) -> None:
    with dripping.read() as session:
        (found,) = drip.drip_findings(session, ORG, LAST)
        ((_, whole),) = drip.slow_findings(days_between(session, ORG, FIRST, TOMORROW), LAST, ORG)
    assert found == whole
    assert found.details["tables"] == ["t.etc", "t.people"]


def test_the_sums_of_what_is_read_for_slow_leaks_are_those_of_the_whole_days(database: Database) -> None:
    held = [*with_extra("p3", 90, from_day=26), *weeks(4)]
    with database.write() as session:
        add_days(session, ORG, held)
    with database.read() as session:
        whole, slim = days_between(session, ORG, FIRST, TOMORROW), slow_days(session, ORG, FIRST, TOMORROW)
    assert [(one.key, one.day) for one in slim] == [(one.key, one.day) for one in whole]
    for name in ("weight", "tables", "subjects", "looked_up", "knows_subjects", "rows"):
        assert [getattr(one.facts, name) for one in slim] == [getattr(one.facts, name) for one in whole], name
    assert any(one.facts.subjects for one in slim)


def with_a_new_habit() -> list[EntityDay]:
    """An office of which one has taken up a table for good."""
    held = test_lasting.office()
    test_lasting.also(held, ["p7"], "t.etc", 40)
    return held


@pytest.mark.parametrize(("kind", "made"), [("lasting", with_a_new_habit), ("left_post", test_left_posts.days)])
def test_other_slow_leaks_are_found_in_what_is_read_of_the_weeks(
    database: Database, kind: str, made: Callable[[], list[EntityDay]]
) -> None:
    held = made()
    last = max(one.day for one in held)
    with database.write() as session:
        add_days(session, ORG, held)
    with database.read() as session:
        found = drip.drip_findings(session, ORG, last)
    assert kind in {one.dedup_key.split("/")[0] for one in found}
    assert found == [told for _, told in drip.slow_findings(held, last, ORG)]
