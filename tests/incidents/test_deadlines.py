from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.deadlines import (
    IncidentLevel,
    Mark,
    Reporter,
    Start,
    cited,
    clock_rules,
    clocks_for,
    criteria,
    duties,
    judge_level,
    stage,
)
from soc.text import speaking
from soc.tiers.models import Tier

T0 = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({}, IncidentLevel.GENERAL),
        ({"persons": 999_999}, IncidentLevel.GENERAL),
        ({"persons": 1_000_000}, IncidentLevel.LARGER),
        ({"persons": 10_000_000}, IncidentLevel.MAJOR),
        ({"persons": 100_000_000}, IncidentLevel.SPECIAL),
        ({"affected": 100_000}, IncidentLevel.LARGER),
        ({"loss": 20_000_000, "persons": 5}, IncidentLevel.MAJOR),
        ({"cii_minutes": 10}, IncidentLevel.LARGER),
        ({"cii_minutes": 60}, IncidentLevel.MAJOR),
        ({"cii_minutes": 360}, IncidentLevel.SPECIAL),
        ({"portal_minutes": 120}, IncidentLevel.LARGER),
    ],
)
def test_any_one_criterion_is_enough_and_its_figure_counts(facts: dict[str, float], level: IncidentLevel) -> None:
    assert judge_level(facts).level is level


@pytest.mark.parametrize(("reporter", "minutes"), [(Reporter.OPERATOR, 240), (Reporter.CII, 60), (Reporter.STATE, 120)])
def test_each_reporter_has_the_hours_of_the_measure(reporter: Reporter, minutes: int) -> None:
    rules = clocks_for(IncidentLevel.LARGER, reporter, Tier.PROVINCE, Start.DISCOVERED)
    found = {one.limit for one in rules if one.mark is Mark.FOUND}
    assert found == {timedelta(minutes=minutes)}


def test_a_general_incident_has_no_duty_to_the_cac() -> None:
    rules = clocks_for(IncidentLevel.GENERAL, Reporter.OPERATOR, Tier.CITY, Start.DISCOVERED)
    assert not [one for one in rules if one.id.startswith("cac.")]


def test_the_closing_report_runs_thirty_days_from_the_end() -> None:
    (rule,) = clocks_for(IncidentLevel.MAJOR, Reporter.OPERATOR, Tier.CITY, Start.RESOLVED)
    assert rule.limit == timedelta(days=30)


def test_inner_hops_end_before_the_statutory_clock() -> None:
    for level in (IncidentLevel.SPECIAL, IncidentLevel.MAJOR, IncidentLevel.LARGER):
        statutory = min(one.limit for one in clock_rules() if one.id == "cac.operator")
        for tier in (Tier.COUNTY, Tier.CITY):
            hops = [one for one in clocks_for(level, Reporter.OPERATOR, tier, Start.DISCOVERED) if one.tier is tier]
            assert hops
            assert all(one.limit < statutory for one in hops)


@given(st.dictionaries(st.sampled_from([one.id for one in criteria()]), st.floats(0, 1e9)), st.floats(0, 1e9))
def test_more_harm_never_lowers_the_level(facts: dict[str, float], more: float) -> None:
    for name, value in facts.items():
        assert judge_level(facts | {name: value + more}).level.rank >= judge_level(facts).level.rank


@pytest.mark.parametrize(("minutes", "reached"), [(0, 0), (119, 0), (120, 0.5), (180, 0.75), (216, 0.9), (240, 1.0)])
def test_a_clock_is_announced_at_half_three_quarters_nine_tenths_and_its_end(minutes: int, reached: float) -> None:
    assert stage(T0, T0 + timedelta(hours=4), T0 + timedelta(minutes=minutes)) == reached


def test_every_basis_is_cited_in_both_languages() -> None:
    for basis in {one.basis for one in clock_rules()} | {one.basis for one in duties()}:
        with speaking("en"):
            assert cited(basis).isascii(), basis
        with speaking("zh"):
            assert cited(basis) == basis


def test_a_basis_of_a_later_table_is_cited_by_its_own_name() -> None:
    with speaking("en"):
        assert cited("新办法 第一条") == "新办法 第一条"
