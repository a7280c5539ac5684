"""Sentences in Chinese and English: what stands where, in code points."""

import socket
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.discovery.sentences.engine import Span, read, read_many, resolved
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
    beside, alone = read("网卡地址 00:1A:2B:3C:4D:5E，另有 00:1A:2B:3C:4D:5F")
    assert beside.score > alone.score


def test_a_form_that_no_source_confirms_is_found_beside_its_name_only_and_marked() -> None:
    number = "G15440113L0010"
    assert read(f"{number}已检查") == []
    (span,) = read(f"桥梁代码 {number} 已检查")
    assert (span.type, span.as_dict()["unverified"]) == ("bridge_code", True)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("请王局长和欧阳女士到会。", ["王局长", "欧阳女士"]),
        ("小李和老张去北京了。", ["小李", "老张"]),
        ("阿依古丽·买买提与约翰·史密斯参加会议。", ["阿依古丽·买买提", "约翰·史密斯"]),
        ("扎西多吉毕业于西藏大学。", ["扎西多吉"]),
        ("记者李明、通讯员陈晓燕报道", ["李明", "陈晓燕"]),
        ("姓名：欧阳娜娜 性别：女", ["欧阳娜娜"]),
        ("2024-05-01 10:12:33 张小明：明天几点出发？", ["张小明"]),
        ('{"driverName": "王伟", "phone": "13800138000"}', ["王伟"]),
        ("高兴地说，方便的话请马上安排，金额和温度照旧。", []),
        ("民族：汉族，政治面貌：群众", []),
    ],
)
def test_persons_in_chinese_are_found_as_people_are_called(text: str, names: list[str]) -> None:
    assert [value for kind, value in said(text) if kind == "person_name"] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("中国远洋海运集团有限公司与佛山市公安局交警支队座谈。", ["中国远洋海运集团有限公司", "佛山市公安局交警支队"]),
        ("广东省汽车运输集团有限公司佛山分公司已注销。", ["广东省汽车运输集团有限公司佛山分公司"]),
        ("公司和银行都在楼下。", []),
        ("国际海事组织与交通运输部签署了备忘录。", ["国际海事组织", "交通运输部"]),
    ],
)
def test_organisations_are_found_whole_and_only_when_they_are_named(text: str, names: list[str]) -> None:
    assert [value for kind, value in said(text) if kind == "organization"] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('Enrico shouted at Gary: "What are you doing here?"', ["Enrico", "Gary"]),
        ("As promised, here's Matej's address.", ["Matej"]),
        ("There were 3 founders: Eklund, Michael and Hodge.", ["Eklund", "Michael", "Hodge"]),
        ("Hanne I. Kreutzmann will speak, and later Kreutzmann signs books.", ["Hanne I. Kreutzmann", "Kreutzmann"]),
        ("Producer Liviana Palerma explained it.", ["Liviana Palerma"]),
        ("We moved here from Tromso in May.", []),
        ("Bot: What is the status? User: Unknown", []),
        ("2024-01-01 10:00:00 ERROR Connection Pool exhausted at com.zaxxer.HikariPool", []),
    ],
)
def test_persons_in_english_are_found_by_what_the_sentence_does_with_them(text: str, names: list[str]) -> None:
    assert [value for kind, value in said(text) if kind == "person_name"] == names


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("首批车辆将投放上海浦东新区。", ["上海浦东新区"]),
        ("首批车辆将投放惠州市博罗县。", ["惠州市博罗县"]),
        ("中美两国在日内瓦谈判。", ["中", "美", "日内瓦"]),
        ("公交和高速公路都停了。", []),
    ],
)
def test_places_are_found_whole_and_only_when_they_are_named(text: str, places: list[str]) -> None:
    assert [value for kind, value in said(text) if kind == "address"] == places


def test_a_version_is_no_address_of_a_host() -> None:
    assert said("固件升级到 1.2.3.4，网关 10.1.2.3") == [("ip", "10.1.2.3")]


def test_many_texts_read_together_are_read_as_each_alone() -> None:
    texts = [
        "张伟在广州",
        "",
        "Call me at 905-674-3793",
        "SELECT 1 FROM t;",
        "住址：佛山市南海区桂城街道南海大道北20号",
    ]
    assert read_many(texts) == [read(text) for text in texts]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["resident_id", "mobile", "bank_card", "email", "plate", "uscc", "vin"]))
def test_a_value_is_found_wherever_it_stands_among_han(seed: int, kind: str) -> None:
    value = getattr(Maker(seed), kind)()
    text = f"已登记{value}，请核对"
    assert (kind, value) in said(text)


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("张王李伟芳在了的说：，。·广州市局公司12 ab@={}\n")) | st.text(max_size=60))
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

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert said("邮箱 zhang.san@gd.gov.cn") == [("email", "zhang.san@gd.gov.cn")]
