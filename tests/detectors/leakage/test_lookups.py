"""People looked up over weeks: alone with many, far from the peers, more than before; a case that is shared is none."""

from datetime import timedelta

from detectors.behaviour.facts import EntityDay
from detectors.leakage.lookups import slow_lookups
from tests.detectors.behaviour.days import FIRST, facts, key, ordinary

LAST = FIRST + timedelta(days=39)


def weeks(
    extra: int = 0, *, since: int = 26, name: str = "p3", number: float = 1.0, shared: bool = False
) -> list[EntityDay]:
    """Forty days of eight people, each alone with one subject a day and sharing three; one with ``extra`` more."""
    days = ordinary(days=40)
    for one in days:
        subjects = {f"resident_id:{one.day}/{one.key.name}": 1.0} if one.day.day % 2 else {}
        subjects |= {f"resident_id:{one.day}/{place}": 1.0 for place in range(3)}
        if one.key.name == name and one.day >= FIRST + timedelta(days=since):
            subjects |= {f"mobile:{one.day}/{place}": number for place in range(extra)}
        if shared and one.key.name == "p5" and one.day >= FIRST + timedelta(days=since):
            subjects |= {f"mobile:{one.day}/{place}": 0.0 for place in range(extra)}
        one.facts.subjects = subjects
    return days


def names(days: list[EntityDay]) -> list[str]:
    return [one.day.key.name for one in slow_lookups(days, LAST)]


def test_nobody_is_told_of_in_ordinary_weeks() -> None:
    assert names(weeks()) == []


def test_four_people_a_day_for_two_weeks_are_found() -> None:
    (found,) = slow_lookups(weeks(4), LAST)
    assert (found.day.key.name, found.active_days) == ("p3", 14)
    assert found.alone >= 56
    assert found.grown >= 2.5
    finding = found.told("440000")
    assert finding.reasons[0].params == {"count": found.alone, "days": 14}
    assert finding.parts[0].query.endswith("guanlan.subjects:* AND NOT guanlan.business:*")
    assert 45 <= finding.score <= 80


def test_those_whom_a_colleague_handles_too_are_a_case() -> None:
    assert names(weeks(4, shared=True)) == []


def test_those_looked_up_with_a_business_number_are_work() -> None:
    assert names(weeks(4, number=0.0)) == []


def test_who_always_looked_that_many_up_is_not_told_of() -> None:
    assert names(weeks(4, since=0)) == []


def test_one_great_day_is_no_slow_leak() -> None:
    days = weeks()
    days[-1].facts.subjects |= {f"mobile:{place}": 1.0 for place in range(200)}
    assert names(days) == []


def test_days_kept_before_subjects_were_known_are_no_habit() -> None:
    days = weeks(4)
    for one in days:
        one.facts.knows_subjects = one.day >= FIRST + timedelta(days=26)
    assert names(days) == ["p3"]


def test_a_service_is_not_judged() -> None:
    days = weeks()
    for number in range(26, 40):
        day = facts(20)
        day.subjects = {f"mobile:{number}/{place}": 1.0 for place in range(9)}
        days.append(EntityDay(key("svc", service=True), FIRST + timedelta(days=number), day))
    assert names(days) == []
