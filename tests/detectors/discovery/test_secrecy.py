"""Marks of state secrets, and the words that are none."""

import polars as pl
import pytest

from detectors.discovery import secrecy


@pytest.mark.parametrize(
    "text",
    [
        "机密★10年",
        "绝密★长期",
        "秘密 ★ 启封前",
        "秘密★解密前",
        "绝　密★长期",
        "机密☆１０年",
        "机密*5年",
        "机密★10年 某方案",
        "【秘密★3年】",
        "密级：秘密★3年",
        "000001    机密★1年",
        "第一段\n  机密★10年  \n第三段",
        "粤交〔2024〕1号    机密★10年",
        "秘密★",
    ],
)
def test_a_level_with_its_star_is_a_mark_wherever_it_stands_by_itself(text: str) -> None:
    assert secrecy.in_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "商业秘密",
        "商业秘密★3年",
        "核心商密★10年",
        "保守国家秘密是公民的义务",
        "国家秘密管理",
        "保密★重要",
        "机密计算",
        "文件上标有“机密★10年”字样的",
        "凡标注机密★10年字样的文件",
        "SECRET ★ 10 years",
        "CONFIDENTIAL",
        "*秘密*花园",
        "内部★5年",
        "秘密",
    ],
)
def test_words_that_speak_of_secrets_are_no_mark(text: str) -> None:
    assert not secrecy.in_text(text)


@pytest.mark.parametrize("line", ["机密", "机　密", "【绝密】", "密级：秘密", "秘密★10年", "机密 10年"])
def test_the_bare_level_alone_on_a_line_counts_in_a_header(line: str) -> None:
    assert secrecy.in_header(f"某厅文件\n{line}\n2024年")


@pytest.mark.parametrize("line", ["商业秘密", "机密文件管理办法", "保密", "秘密花园", "Secret", "秘密，不得外传"])
def test_a_longer_line_in_a_header_does_not(line: str) -> None:
    assert not secrecy.in_header(line)


def test_the_bare_level_counts_on_the_first_lines_only() -> None:
    assert secrecy.in_start("000001\n机密\n某厅文件\n正文")
    assert not secrecy.in_start("\n".join(f"第{number}行" for number in range(20)) + "\n机密\n")


@pytest.mark.parametrize(
    "name",
    ["机密★10年方案.docx", "【机密】规划.docx", "(秘密)名单.xlsx", "绝密_规划.pdf", "名单（绝密）.csv", "机密.csv", "机密级-路网.shp", "2024 秘密 桥梁.txt"],
)  # fmt: skip
def test_a_level_set_apart_in_a_name_is_a_mark(name: str) -> None:
    assert secrecy.in_name(name)


@pytest.mark.parametrize(
    "name",
    ["商业秘密保护办法.docx", "国家秘密管理规定.pdf", "保密承诺书.docx", "机密计算白皮书.pdf", "秘密花园.txt", "secret.csv", "t_confidential"],
)  # fmt: skip
def test_a_name_that_speaks_of_secrets_is_none(name: str) -> None:
    assert not secrecy.in_name(name)


def test_a_column_with_one_marked_value_is_found_and_one_of_levels_is_not() -> None:
    assert secrecy.in_values(pl.Series(["方案一", None, "机密★10年 方案二"]))
    assert not secrecy.in_values(pl.Series(["商业秘密★3年", "秘密", "机密", None]))
    assert not secrecy.in_values(pl.Series([], dtype=pl.String))
