"""Slow leaks: little every day, together far beyond the peers and one's own weeks before."""

from datetime import timedelta

from detectors.behaviour.facts import EntityDay
from detectors.leakage.drip import drips
from tests.detectors.behaviour.days import FIRST, facts, key, ordinary

LAST = FIRST + timedelta(days=39)


def with_extra(name: str, rows: int, from_day: int) -> list[EntityDay]:
    """Eight weeks-long ordinary people, one of whom reads ``rows`` more a day from a day on."""
    days = ordinary(days=40)
    for one in days:
        if one.key.name == name and one.day >= FIRST + timedelta(days=from_day):
            one.facts.add(facts(rows, table="t.etc"))
    return days


def test_nobody_drips_in_ordinary_weeks() -> None:
    assert drips(ordinary(days=40), LAST) == []


def test_sixty_rows_a_day_for_two_weeks_are_found() -> None:
    found = drips(with_extra("p3", 90, from_day=26), LAST)
    assert [one.day.key.name for one in found] == ["p3"]
    assert found[0].grown >= 2.5


def test_who_always_read_that_much_does_not_drip() -> None:
    assert drips(with_extra("p3", 90, from_day=0), LAST) == []


def test_a_service_is_not_judged_by_peers() -> None:
    days = ordinary(days=40)
    days += [
        EntityDay(key("svc", "窗口受理", service=True), FIRST + timedelta(days=n), facts(900)) for n in range(30, 40)
    ]
    assert drips(days, LAST) == []


def test_one_great_day_is_no_drip() -> None:
    days = ordinary(days=40)
    days.append(EntityDay(key("p3"), LAST + timedelta(days=1), facts(3_000)))
    assert drips(days, LAST + timedelta(days=1)) == []
