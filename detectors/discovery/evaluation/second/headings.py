"""The styles in which systems name their columns, from whole Chinese to nothing at all."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from types import MappingProxyType

from detectors.discovery.evaluation.second.kinds import Named

#: names that say nothing; a table keeps to one scheme
_EMPTY = ("f{}", "col_{}", "字段{}", "c{:02d}", "attr_{}", "Column{}", "备用{}", "ext_field{}", "Unnamed: {}")
#: said of no column but standing beside its name
_BESIDE = ("*{}", "{}（必填）", "{}【文本】", "{}:", "{}(导出)", "{}\n(按证件填写)")
_ABOUT = ("{1}({0})", "{1} {0}", "{1}--{0}", "{0}_{1}")

#: how often a style is met; the last two only carry values that speak for themselves
STYLES: Mapping[str, int] = MappingProxyType(
    {
        "full": 14, "short": 12, "pinyin": 7, "initials": 9, "upper initials": 6, "snake": 14, "camel": 10,
        "upper snake": 7, "abbreviated": 6, "commented": 8, "decorated": 9, "prefixed": 6, "meaningless": 7, "shifted": 5,
    }
)  # fmt: skip
UNNAMED = ("meaningless", "shifted")
#: how often two columns of a table got into each other's places
_SWAPS = 0.15


@dataclass(frozen=True, slots=True)
class Heading:
    """A header, and whether it speaks of what stands below it."""

    text: str
    speaks: bool


def _camel(snake: str) -> str:
    first, *rest = snake.split("_")
    return first + "".join(one.capitalize() for one in rest)


def _bones(snake: str) -> str:
    """``driver_name`` as a database of the nineties has it: ``drvr_nm``."""
    return "_".join(one if len(one) < 4 else one[0] + re.sub("[aeiou]", "", one[1:]) for one in snake.split("_"))


def _prefixed(one: Named, rng: Random) -> str:
    """With the letter of the column's sort, or the table's alias, before the name."""
    return rng.choice(("F_{}", "C_{}", "v_{}", "t1.{}")).format(rng.choice((one.initials.upper(), one.english)))


def _beside(one: Named, rng: Random) -> str:
    if one.kind.unit and rng.random() < 0.8:
        return f"{one.full}（{one.kind.unit}）"
    return rng.choice(_BESIDE).format(one.full)


_WRITTEN: Mapping[str, Callable[[Named, Random], str]] = MappingProxyType(
    {
        "full": lambda one, _: one.full,
        "short": lambda one, _: one.short,
        "pinyin": lambda one, _: one.pinyin,
        "initials": lambda one, _: one.initials,
        "upper initials": lambda one, _: one.initials.upper(),
        "snake": lambda one, _: one.english,
        "camel": lambda one, _: _camel(one.english),
        "upper snake": lambda one, _: one.english.upper(),
        "abbreviated": lambda one, _: _bones(one.english),
        "commented": lambda one, rng: rng.choice(_ABOUT).format(one.full, rng.choice((one.initials, one.english))),
        "decorated": _beside,
        "prefixed": _prefixed,
        "shifted": lambda one, _: one.full,
    }
)


def _told_apart(headers: Sequence[str]) -> list[str]:
    """No table has two columns of one name: the second gets a figure."""
    told: list[str] = []
    for header in headers:
        same = sum(one == header or one.startswith(f"{header}_") for one in told)
        told.append(f"{header}_{same + 1}" if header in told else header)
    return told


def _swapped(headers: list[str], columns: Sequence[Named], rng: Random) -> set[int]:
    """Lets two columns that speak for themselves change their headers; says which."""
    free = [place for place, one in enumerate(columns) if one.kind.alone]
    if len(free) < 2 or rng.random() >= _SWAPS:
        return set()
    one, other = rng.sample(free, 2)
    headers[one], headers[other] = headers[other], headers[one]
    return {one, other}


def headed(columns: Sequence[Named], style: str, rng: Random) -> list[Heading]:
    """A header for each column in one style."""
    if style == "meaningless":
        scheme = rng.choice(_EMPTY)
        return [Heading(scheme.format(place), speaks=False) for place in range(1, len(columns) + 1)]
    headers = _told_apart([_WRITTEN[style](one, rng) for one in columns])
    if style == "shifted":
        return [Heading(one, speaks=False) for one in (*headers[1:], headers[0])]
    swapped = _swapped(headers, columns, rng)
    return [Heading(one, speaks=place not in swapped) for place, one in enumerate(headers)]
