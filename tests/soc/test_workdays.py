"""Working days by the State Council's calendar, and by weekdays, said once, where it does not reach."""

from datetime import date

import pytest

from soc import workdays
from soc.workdays import is_known, is_workday


def test_a_sunday_worked_for_a_holiday_is_a_working_day_and_the_holiday_none() -> None:
    assert is_workday(date(2025, 9, 28))
    assert not is_workday(date(2025, 10, 1))


def test_beyond_the_calendar_weekdays_count_and_it_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    workdays._tell_of_year.cache_clear()
    is_workday.cache_clear()
    days = [date(2099, 10, 1), date(2099, 10, 2), date(2099, 10, 3)]
    assert [is_workday(day) for day in days] == [True, True, False]
    assert not is_known(days[0])
    assert [one.message for one in caplog.records] == ["holidays are not known: judged by weekdays"]
