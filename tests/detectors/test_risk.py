"""The entity risk figure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.risk import Criticality, RiskInputError, RiskLevel, entity_risk, risk_level, with_criticality

SCORES = st.lists(st.floats(0, 100), max_size=40)


def test_a_single_score_counts_one_part_in_2612() -> None:
    assert entity_risk([26.12]).category_score == pytest.approx(10.0)


def test_the_order_of_scores_does_not_matter() -> None:
    assert entity_risk([10, 90, 50]) == entity_risk([90, 50, 10])
    assert entity_risk([90, 50, 10]).category_score == pytest.approx((90 + 50 / 2**1.5 + 10 / 3**1.5) / 2.612)


def test_no_score_at_all_is_unknown() -> None:
    assert entity_risk([]).level is RiskLevel.UNKNOWN


@pytest.mark.parametrize(
    ("criticality", "expected"),
    [(Criticality.LOW, 100 / 3), (Criticality.MEDIUM, 50), (Criticality.HIGH, 60), (Criticality.EXTREME, 200 / 3)],
)
def test_criticality_multiplies_the_odds_of_fifty(criticality: Criticality, expected: float) -> None:
    assert with_criticality(50, criticality) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("score", "level"),
    [(19.99, "unknown"), (20, "low"), (39.9, "low"), (40, "moderate"), (70, "high"), (89.9, "high"), (90, "critical")],
)
def test_levels_begin_at_their_bound(score: float, level: str) -> None:
    assert risk_level(score).value == level


@given(SCORES, st.sampled_from(Criticality))
def test_the_figure_stays_between_nought_and_a_hundred(scores: list[float], criticality: Criticality) -> None:
    assert 0 <= entity_risk(scores, criticality).entity_score <= 100


@given(SCORES, st.floats(0, 100))
def test_another_finding_never_lowers_the_risk(scores: list[float], more: float) -> None:
    assert entity_risk([*scores, more]).category_score >= entity_risk(scores).category_score - 1e-9


@pytest.mark.parametrize("score", [-1, 100.5, float("nan")])
def test_a_score_outside_the_scale_is_refused(score: float) -> None:
    with pytest.raises(RiskInputError):
        entity_risk([score])
