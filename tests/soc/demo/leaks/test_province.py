"""The trial: the same for the same seed, honest but for what its truth names, and written apart from whoever looks."""

import ast
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

import soc.demo.leaks
from soc.demo.leaks.leak import Kind, Leak
from soc.demo.leaks.province import Trial
from soc.demo.leaks.services import BACKUP, SERVICES

SMALL = Trial(seed=3, people=300, days=60, quiet=20, each=2)
_CHINA = timedelta(hours=8)
_ABOVE = {"detectors", "audit", "policies", "incidents", "playbooks", "dashboards"}


@pytest.fixture(scope="module")
def trial() -> Trial:
    return SMALL


def events_of(trial: Trial, leak: Leak, day: date) -> pl.DataFrame:
    """What the leak's own accounts did on a day, themselves or through the portal."""
    accounts = {one.account for one in trial.staff if one.person in leak.entities} | set(leak.entities)
    done = trial.day((day - trial.first).days)
    return done.filter(pl.coalesce("asked", "account").is_in(accounts))


def test_the_same_seed_gives_the_same_trial_whichever_day_is_drawn_first() -> None:
    one, two = Trial(7, 150, 20, quiet=8, each=1), Trial(7, 150, 20, quiet=8, each=1)
    late = two.day(11)
    assert [one.day(number).height for number in (0, 11)][1] == late.height
    assert one.day(11).equals(late)
    assert one.leaks == two.leaks
    assert one.book.patterns == two.book.patterns


def test_another_seed_gives_another_trial() -> None:
    one, two = Trial(7, 150, 20, quiet=8, each=1), Trial(8, 150, 20, quiet=8, each=1)
    assert not one.day(0).equals(two.day(0))
    assert [leak.entities for leak in one.leaks] != [leak.entities for leak in two.leaks]


def test_every_kind_leaks_as_often_as_asked(trial: Trial) -> None:
    assert Counter(leak.kind for leak in trial.leaks) == dict.fromkeys(Kind, 2)


def test_nothing_leaks_before_the_quiet_days_are_over(trial: Trial) -> None:
    begins = trial.date_of(trial.quiet)
    assert all((leak.first + _CHINA).date() >= begins for leak in trial.leaks)


def test_what_the_truth_names_stands_in_the_log(trial: Trial) -> None:
    for leak in trial.leaks:
        for moment in (leak.first, leak.last):
            done = events_of(trial, leak, (moment + _CHINA).date())
            apart = (done["time"] - moment).dt.total_milliseconds().abs()
            assert done.height, leak
            assert apart.min() <= 1, leak  # type: ignore[operator]


def test_nothing_in_the_log_tells_what_is_a_leak(trial: Trial) -> None:
    assert not {name for name in trial.day(30).columns if "leak" in name or "label" in name}


def test_offices_are_quiet_on_rest_days() -> None:
    trial = Trial(seed=1, people=300, days=50, quiet=20, each=1)  # from 18 August to 6 October 2025
    services = [one.account for one in SERVICES] + [BACKUP[0]]

    def people(day: date) -> int:
        done = trial.day((day - trial.first).days)
        return done.filter(~pl.col("account").is_in(services)).height

    ordinary = people(date(2025, 9, 3))
    assert people(date(2025, 10, 2)) < 0.3 * ordinary  # National Day, a Thursday
    assert people(date(2025, 9, 28)) > 0.6 * ordinary  # a Sunday that was worked instead


def test_nobody_but_a_thief_uses_the_account_of_who_has_gone(trial: Trial) -> None:
    thieves = {entity for leak in trial.leaks if leak.kind is Kind.DORMANT_ACCOUNT for entity in leak.entities}
    gone = {one.account: one.leaves for one in trial.staff if one.leaves < trial.days and one.person not in thieves}
    assert gone
    for number in (25, 40, 55):
        active = set(trial.day(number)["account"]) | set(trial.day(number)["asked"].drop_nulls())
        assert not {name for name, left in gone.items() if left <= number} & active


def test_the_new_system_is_used_from_one_day_on(trial: Trial) -> None:
    asked = [
        number for number, one in enumerate(trial.book.patterns) if "FROM onestop.application WHERE id = {n}" in one.sql
    ]
    people = pl.col("app") == "window-client"
    use = [trial.day(day).filter(people & pl.col("pattern").is_in(asked)).height for day in range(trial.days)]
    begins = next(day for day, count in enumerate(use) if count > 10)
    assert 0.4 * trial.days <= begins <= 0.8 * trial.days
    assert sum(use[:begins]) < 10


def test_a_slow_leak_is_little_each_day(trial: Trial) -> None:
    for leak in trial.leaks:
        if leak.kind is Kind.DRIP_40:
            worked = (leak.last - leak.first).days * 5 / 7
            assert leak.rows / worked < 60
            assert (leak.last - leak.first).days > 30


def test_the_log_is_in_order_and_of_the_servers_form() -> None:
    lines = list(Trial(2, 100, 2, quiet=0, each=1).lines())
    assert [line[:23] for line in lines] == sorted(line[:23] for line in lines)
    assert all(" AUDIT: SESSION," in line or "ERROR:" in line for line in lines)


def test_the_generator_knows_nothing_of_detectors() -> None:
    for path in Path(soc.demo.leaks.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
        }
        assert not {name for name in named if name.split(".")[0] in _ABOVE}
