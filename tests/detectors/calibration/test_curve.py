"""The chance by points: it rises, few verdicts move it little, many settle it, and its span is honest."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from detectors.calibration.curve import SCORES, WHOLE, Curve, Tally, fit_curve, fit_curves

NOBODY = Tally.of(())
VERDICTS = st.lists(st.tuples(st.integers(0, 100), st.booleans()), max_size=60)


def _rises(row: tuple[int, ...]) -> bool:
    return all(one <= other for one, other in itertools.pairwise(row))


@examples(max_examples=40)
@given(own=VERDICTS, others=VERDICTS)
def test_more_points_never_mean_a_smaller_chance_and_the_span_holds_it(
    own: list[tuple[int, bool]], others: list[tuple[int, bool]]
) -> None:
    found = fit_curve(Tally.of(own), Tally.of(others))
    assert len(found.chance) == len(found.low) == len(found.high) == SCORES
    assert _rises(found.chance)
    assert _rises(found.low)
    assert _rises(found.high)
    assert all(
        0 < low <= chance <= high < WHOLE for low, chance, high in zip(found.low, found.chance, found.high, strict=True)
    )
    surest = (len(own) + 0.2 * len(others) + 1) / (len(own) + 0.2 * len(others) + 2)
    assert max(found.chance) <= round(WHOLE * surest)
    assert min(found.chance) >= round(WHOLE * (1 - surest))


def test_what_came_in_another_order_is_the_same() -> None:
    verdicts = [(20, False), (80, True), (55, False), (55, True)]
    assert fit_curve(Tally.of(verdicts), NOBODY) == fit_curve(Tally.of(verdicts[::-1]), NOBODY)


def test_one_verdict_moves_little_and_fifty_alike_move_much() -> None:
    thirty = [(60, False)] * 20 + [(60, True)] * 10
    before = fit_curve(Tally.of(thirty), NOBODY)
    one = fit_curve(Tally.of([*thirty, (60, False)]), NOBODY)
    fifty = fit_curve(Tally.of([*thirty, *[(60, False)] * 50]), NOBODY)
    assert 0 < before.chance[60] - one.chance[60] < 20
    assert fifty.chance[60] < before.chance[60] / 2


def test_verdicts_on_other_detectors_count_less_than_ones_own() -> None:
    nothing_true = Tally.of([(60, False)] * 20)
    own, others = fit_curve(nothing_true, NOBODY), fit_curve(NOBODY, nothing_true)
    assert own.chance[60] < others.chance[60] < fit_curve(NOBODY, NOBODY).chance[60]
    # and they leave more open
    assert others.high[60] - others.low[60] > own.high[60] - own.low[60]


def test_each_detector_has_a_curve_of_its_own() -> None:
    found = fit_curves({"rule": Tally.of([(60, True)] * 30), "behaviour": Tally.of([(60, False)] * 30), "drip": NOBODY})
    assert found["behaviour"].chance[60] < found["drip"].chance[60] < found["rule"].chance[60]


def _truth(scores: np.ndarray) -> np.ndarray:
    """A detector that promises too much: 40 points are true in one of twenty, 90 in seven of ten."""
    return 1 / (1 + np.exp(-(scores - 80) / 13))


def _learnt(seed: int, count: int) -> tuple[Curve, np.ndarray]:
    chance = np.random.default_rng(seed)
    scores = chance.integers(40, 100, count)
    real = chance.random(count) < _truth(scores)
    return fit_curve(Tally.of(zip(scores.tolist(), real.tolist(), strict=True)), NOBODY), np.arange(45, 98)


def test_many_verdicts_settle_what_points_are_worth() -> None:
    for seed in range(5):
        found, where = _learnt(seed, 600)
        away = np.abs(np.asarray(found.chance)[where] / WHOLE - _truth(where))
        assert away.mean() < 0.06, seed


def test_the_span_holds_the_truth_about_as_often_as_it_says() -> None:
    held = []
    for seed in range(25):
        found, where = _learnt(seed, 80)
        truth = _truth(where)
        held.append((np.asarray(found.low)[where] / WHOLE <= truth) & (truth <= np.asarray(found.high)[where] / WHOLE))
    assert 0.8 <= np.mean(held) <= 0.99
