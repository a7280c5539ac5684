"""The made-up server log: the form is pgaudit's, the days are working days, the theft is in it once."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc.demo.accounts import Post, demo_accounts
from soc.demo.commands import merged
from soc.demo.history import history_lines
from soc.demo.serverlog import audit_text, quoted, stamp
from soc.demo.theft import TheftKind, plan_theft
from soc.demo.theft_log import theft_lines
from soc.demo.weblog import web_lines
from soc.demo.worktime import is_month_end, is_workday
from soc.demo.world import World

FRIDAY = date(2026, 11, 20)
HEAD = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} CST \[\d+\] user=\w+,db=\w+,app=[\w-]+,host=[\d.]+,session=[0-9a-f]+\.[0-9a-f]+ (LOG|ERROR|STATEMENT):  "
)


def world(seed: int = 4) -> World:
    return World.of(seed, "small")


def test_every_line_has_the_prefix_of_our_server_or_continues_one() -> None:
    lines = "".join(history_lines(world(), FRIDAY, 2)).splitlines()
    assert len(lines) > 2_000
    assert all(HEAD.match(line) or line.startswith("\t") for line in lines)


def test_the_days_come_in_order_and_the_same_seed_gives_the_same_lines() -> None:
    lines = list(history_lines(world(), FRIDAY, 3))
    stamps = [line[:23] for line in lines]
    assert stamps == sorted(stamps)
    assert lines == list(history_lines(world(), FRIDAY, 3))


def test_on_a_sunday_the_windows_are_closed_and_the_services_run() -> None:
    lines = list(history_lines(world(), date(2026, 11, 22), 1))
    windows = {line.split("user=")[1].split(",")[0] for line in lines if "user=win_" in line}
    assert len(windows) <= 3
    assert sum("user=svc_portal" in line for line in lines) > 100


@pytest.mark.parametrize(
    ("day", "open_"), [(date(2026, 10, 1), False), (date(2026, 11, 20), True), (date(2031, 1, 4), False)]
)
def test_holidays_are_known_and_years_to_come_fall_back_on_the_weekday(day: date, open_: bool) -> None:
    assert is_workday(day) is open_


def test_a_month_ends_in_its_last_four_days() -> None:
    assert [is_month_end(date(2026, 11, day)) for day in (26, 27, 30)] == [False, True, True]


def test_there_are_persons_of_every_post_and_services_without_a_person() -> None:
    accounts = demo_accounts(world())
    assert {one.post for one in accounts} == set(Post)
    assert len({one.name for one in accounts}) == len(accounts)
    assert all((one.person is None) == (one.post is Post.SERVICE) for one in accounts)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from('",\n')))
def test_a_quoted_field_can_be_read_back(text: str) -> None:
    field = quoted(text).replace("\n\t", "\n")
    read = field[1:-1].replace('""', '"') if field.startswith('"') and field != text else field
    assert read == text


def test_an_audit_line_is_written_as_the_server_writes_it() -> None:
    line = audit_text(2, "READ", "SELECT", "SELECT a\nFROM t WHERE b = 'x,\"y'", 3)
    assert line == 'LOG:  AUDIT: SESSION,2,1,READ,SELECT,,,"SELECT a\n\tFROM t WHERE b = \'x,""y\'",<not logged>,3'
    assert stamp(FRIDAY, 3661.5) == "2026-11-20 01:01:01.500"


@pytest.mark.parametrize("kind", list(TheftKind))
def test_each_kind_of_theft_is_by_a_person_who_is_there_from_the_start(kind: TheftKind) -> None:
    plan = plan_theft(world(), kind)
    assert plan.thief.person is not None
    assert sum(one.taken for one in plan.statements) >= 1_000
    assert all(plan.thief.name in line for line in theft_lines(world(), FRIDAY, kind))


def test_ten_seeds_choose_several_kinds_and_thieves() -> None:
    plans = [plan_theft(world(seed)) for seed in range(10)]
    assert len({plan.kind for plan in plans}) == 3
    assert len({plan.thief.name for plan in plans}) > 5


def test_the_theft_takes_its_place_in_time() -> None:
    lines = list(merged(history_lines(world(), FRIDAY, 1), list(theft_lines(world(), FRIDAY))))
    assert [line[:23] for line in lines] == sorted(line[:23] for line in lines)


def test_web_lines_are_in_the_combined_format() -> None:
    combined = re.compile(
        r'^[\d.]+ - [\w-]+ \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0800\] "GET \S+ HTTP/1\.1" \d{3} \d+ "-" "[^"]+"$'
    )
    lines = list(web_lines(world(), FRIDAY, 1, daily=300))
    assert lines
    assert all(combined.match(line.rstrip("\n")) for line in lines)
