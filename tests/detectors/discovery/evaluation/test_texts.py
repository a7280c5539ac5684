"""The sentence engine on the development half of made-up texts; the other half is for reports."""

import pytest

from detectors.discovery.evaluation.draw import Half
from detectors.discovery.evaluation.texts import TextScore, score, texts


@pytest.fixture(scope="module")
def found() -> TextScore:
    return score(texts(Half.DEVELOPMENT, seed=4, copies=6))


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("person_name", 0.93),
        ("organization", 0.9),
        ("address", 0.9),
        ("mobile", 0.98),
        ("resident_id", 0.98),
        ("plate", 0.98),
    ],
)
def test_what_stands_in_news_and_chat_is_found(found: TextScore, kind: str, least: float) -> None:
    assert found.f1(kind) >= least


def test_every_mark_lies_where_its_value_is() -> None:
    for known in texts(Half.HELDOUT, seed=4, copies=1):
        assert all(0 <= start < end <= len(known.text) for _, start, end in known.marks)
