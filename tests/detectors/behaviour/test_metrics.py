"""The figures of a ranking, against scikit-learn's and by hand."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from detectors.behaviour.metrics import average_precision, quality, recall_at_budget, recall_at_fpr, roc_auc

PAIRS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 8)), min_size=2, max_size=60)


@given(PAIRS)
def test_auc_and_precision_agree_with_scikit_learn_also_with_ties(pairs: list[tuple[int, int]]) -> None:
    labels = np.asarray([label for label, _ in pairs])
    scores = np.asarray([float(score) for _, score in pairs])
    assume(0 < labels.sum() < len(labels))
    assert roc_auc(labels, scores) == pytest.approx(roc_auc_score(labels, scores))
    assert average_precision(labels, scores) == pytest.approx(average_precision_score(labels, scores))


def test_one_class_alone_has_no_auc() -> None:
    assert roc_auc(np.asarray([1, 1]), np.asarray([0.1, 0.2])) is None
    assert average_precision(np.asarray([0, 0]), np.asarray([0.1, 0.2])) is None


def test_recall_at_a_false_positive_rate_stops_before_the_rate_is_passed() -> None:
    labels = np.asarray([1, 0, 1, 0, 0, 0])
    scores = np.asarray([6.0, 5.0, 4.0, 3.0, 2.0, 1.0])
    assert recall_at_fpr(labels, scores, 0.2) == pytest.approx(0.5)
    assert recall_at_fpr(labels, scores, 0.25) == pytest.approx(1.0)


def test_the_budget_is_spent_anew_each_day() -> None:
    labels = np.asarray([1, 1, 0, 1])
    scores = np.asarray([4.0, 3.0, 9.0, 1.0])
    assert recall_at_budget(labels, scores, ["mon", "mon", "tue", "tue"], budget=1) == pytest.approx(1 / 3)
    assert recall_at_budget(labels, scores, ["mon", "mon", "tue", "tue"], budget=2) == pytest.approx(1.0)


def test_the_rates_are_named_as_the_contract_names_them() -> None:
    made = quality(np.asarray([0, 1]), np.asarray([0.0, 1.0]), ["a", "a"], 1)
    assert set(made.recall_at_fpr) == {"0.01", "0.05"}
