import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.posture.score import Band, Ratio, roll_up, score_of

RATIOS = st.builds(
    Ratio,
    id=st.sampled_from(["A1", "A2", "B1", "C1", "D1", "E1", "F1", "F3", "G1"]),
    numerator=st.integers(0, 1000).map(float),
    denominator=st.integers(0, 1000).map(float),
    target=st.sampled_from([0.2, 0.9, 0.95, 1.0]),
    up=st.booleans(),
)


def test_a_city_is_the_sum_of_its_counties_not_the_mean_of_their_percentages() -> None:
    total = roll_up([Ratio("A1", 372, 400, 0.95), Ratio("A1", 90, 100, 0.95)])
    assert total["A1"].value == pytest.approx(0.924)


def test_a_denominator_of_zero_does_not_apply_and_is_never_full_marks() -> None:
    nothing = Ratio("A1", 0, 0, 0.95)
    assert nothing.value is None
    assert nothing.score is None
    assert score_of({"A1": nothing}).value is None
    assert score_of({"A1": nothing}).band is None


@pytest.mark.parametrize(
    ("ratio", "score"),
    [
        (Ratio("B1", 95, 100, 0.95), 100),
        (Ratio("B1", 19, 40, 0.95), 50),
        (Ratio("B1", 100, 100, 0.95), 100),
        (Ratio("F3", 20, 100, 0.2, up=False), 100),
        (Ratio("F3", 30, 100, 0.2, up=False), 50),
        (Ratio("F3", 40, 100, 0.2, up=False), 0),
        (Ratio("E3", 0, 40, 0.0, up=False), 100),
        (Ratio("E3", 2, 40, 0.0, up=False), 50),
    ],
)
def test_a_ratio_is_scored_against_its_target(ratio: Ratio, score: float) -> None:
    assert ratio.score == pytest.approx(score)


def test_groups_without_data_drop_out_and_the_others_take_their_weight() -> None:
    found = score_of({"A1": Ratio("A1", 95, 100, 0.95), "D1": Ratio("D1", 0, 10, 0.9), "G1": Ratio("G1", 0, 0, 0.85)})
    assert found.value == pytest.approx(100 * 15 / (15 + 20))
    assert found.covered == 2
    assert found.band is Band.POOR


@given(st.lists(RATIOS))
def test_a_score_lies_between_nought_and_a_hundred(ratios: list[Ratio]) -> None:
    found = score_of(roll_up(ratios))
    assert found.value is None or 0 <= found.value <= 100
    assert found.covered <= len({one.id for one in ratios})
