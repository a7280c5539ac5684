"""Persons' names in Chinese columns: a family name, a length, and what the lexical model says.

The family name alone would take 黄埔 and 高速 for persons, so words of places, colours and things
are refused, and a sample is read by the lexical model (LAC), which knows 张伟 from 方案.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from config import content
from detectors.recognizers import lexical_model

_MODEL_SAMPLE = 80  # values the model reads for one column

_HAN = "[\u3400-\u9fff]"
_SHAPE = re.compile(rf"{_HAN}{{2,4}}")
#: names of minorities and of foreigners: parts with dots between them
_DOTTED = re.compile(rf"{_HAN}{{1,10}}(?:[·•．・‧∙]{_HAN}{{1,10}}){{1,3}}")
_LATIN = re.compile(r"[A-Z][a-z'’-]+(?:,? [A-Z][A-Za-z'’.-]*){1,3}|[A-Z]{2,}(?:[, /]+[A-Z]{2,}){1,3}")
#: how the names of places, offices and things end that begin with a family name
_THINGS = re.compile(
    rf"{_HAN}{{2}}(?:市|区|县|镇|乡|村|街|路|站|桥|局|厂|店|所|港|线|型|级|车|费|率|量|额|单|证|表|书|省|科|部|队|员|性)"
    rf"|{_HAN}{{2,3}}(?:市|区|县|镇|乡|村|路|站|桥|局|处|厂|店|港|公司|大道|高速|运输|中心|车|船|机|器|品|费|证|单|表|员|师|级|型|类)"
)
#: how people are addressed, and what they are by their post, as forms write it beside a name; longer ones first
TITLES = (
    "总经理", "副局长", "副处长", "副科长", "副主任", "副队长", "副站长", "先生", "女士", "小姐", "太太", "夫人", "老师", "教授", "医生", "大夫", "护士",
    "律师", "警官", "师傅", "教练", "同志", "同学", "司机", "船长", "队长", "组长", "班长", "站长", "所长", "局长", "处长", "科长", "主任", "书记", "经理",
    "部长", "院长", "校长", "老板", "阿姨",
)  # fmt: skip
_WORDS = frozenset(
    {
    "正常", "高速", "白色", "黄色", "蓝色", "黑色", "红色", "绿色", "单位", "方向", "安全", "安排", "成功", "和平", "时间",
    "高级", "中级", "初级", "金额", "马上", "方便", "应急", "全部", "全新", "国道", "省道", "农村", "向东", "向西", "向南",
    "向北", "东方", "毛重", "石油", "水泥", "钢材", "煤炭", "黄沙", "砂石", "温度", "江河", "明确", "易燃", "支付", "支出",
    "支付宝", "花费", "计划", "计时", "党员", "群众", "连接", "来源", "关闭", "项目", "解除", "申请", "车辆", "安装", "经理",
    "文员", "司机", "乐观", "明天", "成都", "温州", "贺州", "韶关", "江门", "阳江", "云浮", "梅州", "惠州", "黄埔", "白云", "花都",
    "从化", "南沙", "番禺", "越秀", "荔湾", "海珠", "天河", "增城", "龙岗", "龙华", "罗湖", "福田", "盐田", "宝安", "广州", "石家庄",
    "汉族", "男性", "女性",
    }
)  # fmt: skip


@cache
def family_names() -> tuple[frozenset[str], tuple[str, ...]]:
    """The family names of one character, and those of two."""
    with content.path("names.toml").open("rb") as file:
        table = tomllib.load(file)
    return frozenset(table["single"].replace("\n", "")), tuple(table["compound"])


def has_family_name(name: str) -> bool:
    """Whether a text begins with a family name."""
    single, compound = family_names()
    return name[:1] in single or name[:2] in compound


@cache
def _peoples() -> re.Pattern[str]:
    """Words that Tibetan and Mongolian names are made of; two of them are a name."""
    with content.path("names.toml").open("rb") as file:
        words = tomllib.load(file)["peoples"]
    either = [f"(?:{'|'.join(sorted(table.split(), key=len, reverse=True))})" for table in words.values()]
    return re.compile("|".join(f"{one}{{2,3}}" for one in either))


def of_a_people(name: str) -> bool:
    """Whether a text is a name of a people that has no family names (扎西多吉, 斯琴高娃), or Japanese (桥本龙太郎)."""
    return _peoples().fullmatch(name) is not None or _japanese().fullmatch(name) is not None


@cache
def _japanese() -> re.Pattern[str]:
    with content.path("names.toml").open("rb") as file:
        names = tomllib.load(file)["japanese"].split()
    return re.compile(f"(?:{'|'.join(sorted(names, key=len, reverse=True))}){_HAN}{{1,3}}")


def shaped(value: str) -> bool:
    """Whether a value is built like a Chinese name: family name, two to four characters, not a thing."""
    if _SHAPE.fullmatch(value):
        return has_family_name(value) and value not in _WORDS and _THINGS.fullmatch(value) is None
    return _DOTTED.fullmatch(value) is not None or _peoples().fullmatch(value) is not None


def loosely(value: str) -> bool:
    """Whether a value can be a name where the column's name says so: rare family names, names of peoples without one."""
    short = _SHAPE.fullmatch(value) is not None and value not in _WORDS
    return (short and _THINGS.fullmatch(value) is None) or shaped(value)


def latin(value: str) -> bool:
    """Whether a value is built like a name in Latin letters; many other things are too."""
    return _LATIN.fullmatch(value) is not None


def english(value: str) -> bool:
    """Whether a value in Latin letters is a name by its words: a given and a family name, or a Chinese one in pinyin."""
    if _LATIN.fullmatch(value) is None:
        return False
    words = [word for word in re.split(r"[ ,/.]+", value.lower()) if len(word) > 1]
    if all(word in _ships_words() for word in words):
        return False
    given, family = english_names()
    pinyin = (
        len(words) <= 3
        and words[0] in _surnames_read()
        and all(word in family or _PINYIN.fullmatch(word) for word in words)
    )
    return pinyin or (len(words) >= 2 and bool({words[0], words[-1]} & given) and bool({words[0], words[-1]} & family))


@cache
def _ships_words() -> frozenset[str]:
    """What ships are called after: virtues, seas, stars and owners; a name of such words alone is no person's."""
    with content.path("names.toml").open("rb") as file:
        return frozenset(tomllib.load(file)["ships"]["words"].split())


@cache
def english_names() -> tuple[frozenset[str], frozenset[str]]:
    """Given and family names of the US census, in small letters."""
    import names

    given = {row for key in ("first:male", "first:female") for row in _listed(Path(names.FILES[key]))}
    return frozenset(given), frozenset(_listed(Path(names.FILES["last"])))


def _listed(path: Path) -> Iterator[str]:
    with path.open(encoding="ascii") as file:
        for line in file:
            yield line.split(" ", 1)[0].lower()


_PINYIN = re.compile(
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ueng|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|uo|ui|ue|er|a|o|e|i|u|v)){1,2}"
)


@cache
def _surnames_read() -> frozenset[str]:
    """The commonest family names as they are read."""
    with content.path("names.toml").open("rb") as file:
        return frozenset(tomllib.load(file)["surnames_read"].split())


def tagged(values: Sequence[str]) -> list[list[tuple[str, str]]]:
    """The words and tags that the lexical model finds in each text."""
    return lexical_model.read(values)


def model_shares(values: Sequence[str]) -> tuple[float, float]:
    """How many of the values the model reads as one person and nothing else.

    Returns:
        The share among those built like a name, and among all of them; 0 where there is none.
    """
    sample = values[:: max(1, len(values) // _MODEL_SAMPLE)]
    persons = [len(words) == 1 and words[0][1] == "PER" for words in tagged(sample)]
    built = [person for person, value in zip(persons, sample, strict=True) if shaped(value)]
    return sum(built) / max(1, len(built)), sum(persons) / max(1, len(persons))
