"""Recognition on public annotated sentences; skipped where they are absent."""

import json
from pathlib import Path

import pytest

from detectors.discovery.sentences.engine import read

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples"
pytestmark = pytest.mark.conformance

Marks = set[tuple[int, int, int]]


def figures(gold: Marks, found: Marks) -> tuple[float, float]:
    right = len(gold & found)
    return right / max(1, len(found)), right / max(1, len(gold))


@pytest.fixture(scope="module")
def english() -> list[tuple[str, list[tuple[str, int, int]]]]:
    path = SAMPLES / "presidio_research" / "synth_dataset_v2.json"
    if not path.exists():
        pytest.skip("samples of presidio-research are not here")
    return [
        (
            one["full_text"],
            [(span["entity_type"], span["start_position"], span["end_position"]) for span in one["spans"]],
        )
        for one in json.loads(path.read_text(encoding="utf-8"))[:500]
    ]


@pytest.mark.parametrize(
    ("entity", "kind", "precision", "recall"),
    [
        ("EMAIL_ADDRESS", "email", 0.95, 0.95),
        ("CREDIT_CARD", "bank_card", 0.95, 0.9),
        ("IP_ADDRESS", "ip", 0.9, 0.9),
        ("PHONE_NUMBER", "mobile", 0.7, 0.7),
        ("PERSON", "person_name", 0.7, 0.55),
    ],
)
def test_english_values_are_found(
    english: list[tuple[str, list[tuple[str, int, int]]]], entity: str, kind: str, precision: float, recall: float
) -> None:
    gold = {
        (place, start, end) for place, (_, spans) in enumerate(english) for name, start, end in spans if name == entity
    }
    found = {
        (place, one.start, one.end) for place, (text, _) in enumerate(english) for one in read(text) if one.type == kind
    }
    measured = figures(gold, found)
    assert measured[0] >= precision
    assert measured[1] >= recall


def test_persons_in_chinese_posts_are_found() -> None:
    path = SAMPLES / "weibo_ner" / "weiboNER_2nd_conll.dev"
    if not path.exists():
        pytest.skip("samples of weibo_ner are not here")
    posts = [post.splitlines() for post in path.read_text(encoding="utf-8").split("\n\n") if post.strip()]
    gold: Marks = set()
    found: Marks = set()
    for place, post in enumerate(posts):
        marks = [line.split("\t") for line in post]
        text = "".join(mark[0][0] for mark in marks)
        gold |= {(place, start, end) for start, end in _persons([mark[1] for mark in marks])}
        found |= {(place, one.start, one.end) for one in read(text) if one.type == "person_name"}
    precision, recall = figures(gold, found)
    assert precision >= 0.4
    assert recall >= 0.5


def _persons(tags: list[str]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start: int | None = None
    for place, tag in enumerate([*tags, "O"]):
        if start is not None and tag != "I-PER.NAM":
            spans.append((start, place))
            start = None
        if tag == "B-PER.NAM":
            start = place
    return spans
