"""What counts as found, when, and how sure the share is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from detectors.leaktrial.alerts import Ranked
from detectors.leaktrial.recall import by_kind, false_alerts, outcomes, over_leaks, over_seeds
from soc.demo.leaks.leak import Kind, Leak

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


def leak(kind: Kind = Kind.PAGING, days: int = 1, *entities: str) -> Leak:
    return Leak(kind, 0, entities or ("GD00001",), FIRST, FIRST + timedelta(days=days - 1), 5, 900)


def alert(day: date, name: str = "person:GD00001", score: float = 50) -> Ranked:
    return Ranked(name, day, score, FIRST)


def day(number: int) -> date:
    return date(2026, 3, 10) + timedelta(days=number)


def others(on: date, count: int) -> list[Ranked]:
    return [alert(on, f"person:other{number}", 90) for number in range(count)]


@pytest.mark.parametrize(("on", "found"), [(-1, None), (0, 0), (1, 1), (2, 2), (3, None)])
def test_a_fast_leak_is_found_until_two_days_after_it(on: int, found: int | None) -> None:
    (one,) = outcomes([leak()], {day(on): [alert(day(on))]}, 20, ZONE)
    assert one.days == found


@pytest.mark.parametrize(("on", "found"), [(29, 29), (36, 36), (37, None)])
def test_a_slow_leak_is_found_until_a_week_after_it(on: int, found: int | None) -> None:
    (one,) = outcomes([leak(Kind.DRIP_40, 30)], {day(on): [alert(day(on))]}, 20, ZONE)
    assert one.days == found


def test_what_stands_below_the_budget_is_raised_but_not_found() -> None:
    alerts = {day(0): [*others(day(0), 20), alert(day(0))]}
    (one,) = outcomes([leak()], alerts, 20, ZONE)
    assert (one.days, one.raised) == (None, True)
    (one,) = outcomes([leak()], alerts, 21, ZONE)
    assert one.days == 0


def test_one_of_several_accomplices_is_enough() -> None:
    (one,) = outcomes([leak(Kind.ACCOMPLICES, 5, "GD00009", "GD00001")], {day(2): [alert(day(2))]}, 20, ZONE)
    assert one.days == 2


def test_a_services_account_is_no_person() -> None:
    stolen = leak(Kind.SERVICE_PASSWORD, 1, "svc_etl")
    assert outcomes([stolen], {day(0): [alert(day(0), "account:svc_etl")]}, 20, ZONE)[0].days == 0
    assert outcomes([stolen], {day(0): [alert(day(0), "person:svc_etl")]}, 20, ZONE)[0].days is None


def test_chance_is_how_often_honest_colleagues_stand_within_the_budget_in_the_same_days() -> None:
    alerts = {day(0): [*others(day(0), 1), alert(day(0), "person:far")], day(9): [alert(day(9), "person:late")]}
    mates = ["other0", "far", "late", "never"]
    (one,) = outcomes([leak()], alerts, 1, ZONE, lambda _: mates)
    assert one.chance == 0.25
    (several,) = outcomes([leak(Kind.PAGING, 1, "GD1", "GD2")], alerts, 1, ZONE, lambda _: mates)
    assert several.chance == 1 - 0.75**2


def test_false_alerts_are_those_within_the_budget_about_nobody_who_leaks_then() -> None:
    alerts = {day(0): [alert(day(0)), *others(day(0), 30)], day(9): [alert(day(9))]}
    assert false_alerts([leak()], alerts, 20, ZONE) == (19 + 1) / 2


def test_recall_is_told_by_kind_and_of_fast_and_slow() -> None:
    leaks = [leak(), leak(), leak(Kind.LOOKUP_3, 30)]
    hit, missed = {day(0): [alert(day(0))]}, {day(40): [alert(day(40))]}
    figures = by_kind([outcomes(leaks, hit, 20, ZONE), outcomes(leaks, missed, 20, ZONE)])
    assert (figures["paging"]["recall"], figures["paging"]["leaks"]) == (0.5, 4)
    assert (figures["all slow"]["found"], figures["all slow"]["goal"]) == (1, 0.7)
    assert figures["paging"]["days_until_found"] == {"median": 0, "most": 0}


def test_the_interval_over_seeds_is_students() -> None:
    assert over_seeds([0.5]) is None
    assert over_seeds([0.8, 0.8, 0.8]) == [0.8, 0.8]
    # mean 0.6, deviation 0.2, t(0.975, 2) = 4.303, so the reach is 0.497
    assert over_seeds([0.4, 0.6, 0.8]) == [0.103, 1.0]


def test_the_interval_over_leaks_is_wilsons() -> None:
    assert over_leaks(0, 0) is None
    assert over_leaks(8, 10) == [0.49, 0.943]
