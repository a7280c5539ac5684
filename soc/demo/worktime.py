"""When people work: days of the week, the State Council's holidays, month ends, and hours of the day."""

from datetime import date, timedelta

import numpy as np

from soc.demo.accounts import DemoAccount, Post
from soc.demo.chance import Rng


def is_workday(day: date) -> bool:
    """Whether offices are open; beyond the published calendar, Monday to Friday."""
    import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def is_month_end(day: date) -> bool:
    """The last four days of a month, when reports are due."""
    return (day + timedelta(days=4)).month != day.month


def load_factor(account: DemoAccount, day: date, rng: Rng) -> float:
    """How much of an ordinary day's work this account does that day (0: none)."""
    if account.post is Post.SERVICE:
        return 1.0 if is_workday(day) else 0.85
    if not is_workday(day):
        on_duty = 0.2 if account.post in {Post.ENFORCEMENT, Post.OPERATIONS} else 0.02
        return 0.4 if rng.random() < on_duty else 0.0
    if rng.random() < 0.05:
        return 0.0  # leave, a course, ill
    busy = 1.5 if is_month_end(day) and account.post in {Post.STATISTICS, Post.FINANCE, Post.PERSONNEL} else 1.0
    return busy * float(rng.lognormal(0, 0.25)) * (1.15 if day.weekday() == 0 else 1.0)


def seconds_of_day(account: DemoAccount, count: int, rng: Rng) -> list[float]:
    """Moments of ``count`` statements, in order, as seconds since midnight."""
    if account.post is Post.SERVICE:
        return _service_seconds(account, count, rng)
    late = rng.random() < 0.04  # an evening in the office
    morning, afternoon = rng.normal(10.1, 0.9, count), rng.normal(15.4, 1.0, count)
    hours = np.where(rng.random(count) < 0.52, np.clip(morning, 8.4, 12.1), np.clip(afternoon, 14.0, 17.8))
    if late:
        hours = np.where(rng.random(count) < 0.25, rng.uniform(18.0, 20.5, count), hours)
    return sorted((hours * 3600 + rng.uniform(0, 60, count)).tolist())


def _service_seconds(account: DemoAccount, count: int, rng: Rng) -> list[float]:
    if account.name == "svc_backup":
        return sorted(rng.uniform(3.0 * 3600, 3.4 * 3600, count).tolist())
    if account.name == "svc_exchange":
        return sorted(rng.uniform(2.0 * 3600, 2.2 * 3600, count).tolist())
    daytime = rng.random(count) < 0.75
    hours = np.where(daytime, rng.normal(13.5, 4.0, count) % 24, rng.uniform(0, 24, count))
    return sorted((hours * 3600).tolist())
