"""How a system writes the names of its columns, one style a table."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from detectors.discovery.evaluation.second.kinds import Kind
from detectors.discovery.evaluation.third.kinds import Name

#: names that say nothing of what is below them
_NOTHING = ("zd{}", "F{}", "列{}", "reserve{}", "spare_{}", "COL{:03d}", "data{}", "扩展字段{}", "A{}", "_c{}")
_NOTES = ("{}(必填)", "* {}", "{}：", "{}[新]", "{}（见说明）", "[{}]", "{}_导入", "{} ", "{}（字典）", "“{}”")
_TABLES = ("f_{}", "t_{}", "c_{}", "tb_{}", "vc_{}", "nv_{}", "biz_{}", "ods_{}")
_COMMENTED = ("{code} -- {chinese}", "{chinese}|{code}", "{code}:{chinese}", "{chinese}\n{code}", "{code}（{chinese}）")
#: typists' signs for one another
_HOMOPHONES = (
    ("账", "帐"), ("身份", "身分"), ("登记", "登计"), ("箱", "厢"), ("桩", "椿"), ("驶", "驰"), ("证", "正"), ("编", "偏"),
)  # fmt: skip

Writer = Callable[[Name, Kind, Random], str]


@dataclass(frozen=True, slots=True)
class Heading:
    """A header, and whether it is about what stands under it."""

    text: str
    speaks: bool


def _initials(name: Name) -> str:
    return "".join(one[0] for one in name.syllables)


def _chinese(name: Name, _kind: Kind, _rng: Random) -> str:
    return name.chinese


def _pinyin(name: Name, _kind: Kind, _rng: Random) -> str:
    return "".join(name.syllables)


def _pinyin_snake(name: Name, _kind: Kind, _rng: Random) -> str:
    return "_".join(name.syllables)


def _code(name: Name, kind: Kind, _rng: Random) -> str:
    """The initials; whole syllables where two letters would leave the reader to guess."""
    short = _initials(name)
    return short if len(short) > 2 or kind.alone else "".join(name.syllables)


def _upper_code(name: Name, kind: Kind, rng: Random) -> str:
    return _code(name, kind, rng).upper()


def _snake(name: Name, _kind: Kind, _rng: Random) -> str:
    return "_".join(name.english)


def _upper(name: Name, _kind: Kind, _rng: Random) -> str:
    return "_".join(name.english).upper()


def _pascal(name: Name, _kind: Kind, _rng: Random) -> str:
    return "".join(one.capitalize() for one in name.english)


def _camel(name: Name, _kind: Kind, _rng: Random) -> str:
    return name.english[0] + "".join(one.capitalize() for one in name.english[1:])


def _short(name: Name, _kind: Kind, rng: Random) -> str:
    """Vowels left out, or words cut after some letters."""
    if rng.random() < 0.5:
        return "_".join(one if len(one) < 4 else one[0] + re.sub("[aeiou]", "", one[1:]) for one in name.english)
    return "_".join(one if len(one) < 6 else one[:4] for one in name.english)


def _noted(name: Name, kind: Kind, rng: Random) -> str:
    """With its unit if it has one, or with what forms write beside a name."""
    if kind.unit:
        return rng.choice(("{}({})", "{}（{}）", "{}/{}", "{}（单位：{}）")).format(name.chinese, kind.unit)
    return rng.choice(_NOTES).format(name.chinese)


def _prefixed(name: Name, kind: Kind, rng: Random) -> str:
    return rng.choice(("_".join(name.english), _code(name, kind, rng)))


def _commented(name: Name, _kind: Kind, rng: Random) -> str:
    code = rng.choice((_initials(name), "_".join(name.english), _initials(name).upper()))
    return rng.choice(_COMMENTED).format(code=code, chinese=name.chinese)


def _slipped(name: Name, _kind: Kind, rng: Random) -> str:
    """Two letters of the longest word in each other's place, a letter twice, or a sign that sounds the same."""
    if rng.random() < 0.4:
        return _misheard(name.chinese)
    words = list(name.english)
    longest = max(range(len(words)), key=lambda place: len(words[place]))
    word = words[longest]
    if len(word) > 4:
        at = rng.randrange(1, len(word) - 2)
        swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        words[longest] = rng.choice((swapped, word[:at] + word[at] + word[at:], word[:at] + word[at + 1 :]))
    return "_".join(words)


def _misheard(chinese: str) -> str:
    for right, wrong in _HOMOPHONES:
        if right in chinese:
            return chinese.replace(right, wrong)
    return chinese


#: how often a style is met, and how it writes
_STYLES: Mapping[str, tuple[int, Writer]] = MappingProxyType(
    {
        "chinese": (17, _chinese),
        "noted": (10, _noted),
        "initials": (10, _code),
        "upper initials": (7, _upper_code),
        "pinyin": (6, _pinyin),
        "pinyin snake": (4, _pinyin_snake),
        "snake": (12, _snake),
        "camel": (10, _camel),
        "pascal": (4, _pascal),
        "upper": (7, _upper),
        "short": (7, _short),
        "table prefix": (7, _prefixed),
        "commented": (8, _commented),
        "slipped": (6, _slipped),
    }
)
#: each column in a style of its own, as in tables that grew for years
_GROWN = "grown"
NAMELESS = ("nothing", "shifted")
STYLES: Mapping[str, int] = MappingProxyType(
    {**{name: often for name, (often, _) in _STYLES.items()}, _GROWN: 8, "nothing": 7, "shifted": 4}
)


def _apart(headers: list[str]) -> list[str]:
    """A second column of one name gets a figure."""
    seen: dict[str, int] = {}
    told = []
    for header in headers:
        seen[header] = seen.get(header, 0) + 1
        told.append(header if seen[header] == 1 else f"{header}{seen[header]}")
    return told


def _writers(style: str, count: int, rng: Random) -> list[Writer]:
    if style == _GROWN:
        return [rng.choice(list(_STYLES.values()))[1] for _ in range(count)]
    return [_STYLES["chinese" if style == "shifted" else style][1]] * count


def headed(named: list[tuple[Name, Kind]], style: str, rng: Random) -> list[Heading]:
    """A header for each column."""
    if style == "nothing":
        scheme = rng.choice(_NOTHING)
        return [Heading(scheme.format(place), speaks=False) for place in range(1, len(named) + 1)]
    writers = _writers(style, len(named), rng)
    # the letter of the table stands before all of its columns alike
    frame = rng.choice(_TABLES) if style == "table prefix" else "{}"
    texts = [frame.format(write(name, kind, rng)) for write, (name, kind) in zip(writers, named, strict=True)]
    headers = _apart(texts)
    if style == "shifted":
        return [Heading(one, speaks=False) for one in (headers[-1], *headers[:-1])]
    return [Heading(one, speaks=True) for one in headers]
