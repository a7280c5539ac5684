"""Sentences in Chinese and English: what stands where, in code points."""

import socket
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.discovery.sentences.engine import Span, read, resolved
from tests.detectors.made import Maker


def said(text: str) -> list[tuple[str, str]]:
    return [(span.type, text[span.start : span.end]) for span in read(text)]


def test_a_chinese_sentence_gives_up_everything_in_it() -> None:
    text = "张伟的身份证号是11010519491231002X，手机13800138000，住在广州市天河区体育东路100号2栋301房，车牌粤B·A1B23，邮箱zhang.san@gd.gov.cn。"
    assert said(text) == [
        ("person_name", "张伟"),
        ("resident_id", "11010519491231002X"),
        ("mobile", "13800138000"),
        ("address", "广州市天河区体育东路100号2栋301房"),
        ("plate", "粤B·A1B23"),
        ("email", "zhang.san@gd.gov.cn"),
    ]


def test_an_english_sentence_gives_up_everything_in_it() -> None:
    text = "I'm John Smith, card 4454794511390933, phone 905-674-3793, john@example.com from 10.1.2.3"
    assert said(text) == [
        ("person_name", "John Smith"),
        ("bank_card", "4454794511390933"),
        ("mobile", "905-674-3793"),
        ("email", "john@example.com"),
        ("ip", "10.1.2.3"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "订单20240101123456，金额1380.00元，共12345678901件",
        "编号110105194912310021登记有误",
        "What are my options for 2024-01-02 10:20:30 and version 1.2.3.4.5?",
        "道路施工，请绕行。",
        "The quick brown fox jumps over the lazy dog.",
        "",
        "   \n",
    ],
)
def test_numbers_of_nobody_are_left_alone(text: str) -> None:
    assert said(text) == []


def test_offsets_count_code_points_after_characters_beyond_the_first_plane() -> None:
    text = "😀𠀀 mail a@b.com"
    (span,) = read(text)
    assert text[span.start : span.end] == "a@b.com"


def test_a_wrong_check_digit_drops_a_resident_id_in_text() -> None:
    assert ("resident_id", "110105194912310021") not in said("身份证110105194912310021")


def test_words_that_stand_near_raise_the_score() -> None:
    number = "G15440113L0010"
    alone, beside = read(f"{number}已检查")[0].score, read(f"桥梁代码 {number} 已检查")[0].score
    assert beside > alone


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["resident_id", "mobile", "bank_card", "email", "plate", "uscc", "vin"]))
def test_a_value_is_found_wherever_it_stands_among_han(seed: int, kind: str) -> None:
    value = getattr(Maker(seed), kind)()
    text = f"已登记{value}，请核对"
    assert (kind, value) in said(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_spans_never_overlap_and_lie_within_their_text(text: str) -> None:
    spans = read(text)
    assert all(0 <= one.start < one.end <= len(text) and 0 < one.score <= 1 for one in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))


def test_the_surer_of_two_overlapping_spans_stays() -> None:
    sure, long = Span("resident_id", 2, 20, 1.0), Span("bank_account", 0, 25, 0.4)
    assert resolved([long, sure]) == [sure]


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise AssertionError("the network was asked")

    from detectors.discovery.sentences import engine

    engine._analyzer.cache_clear()
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert said("邮箱 zhang.san@gd.gov.cn") == [("email", "zhang.san@gd.gov.cn")]
