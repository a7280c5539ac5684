"""The catalogue's form: two sheets, resources and their items, with the heads that catalogues use.

The heads follow the core metadata of the national guide for catalogues of government information
resources (发改高技〔2017〕1272号, GB/T 21063); their wording is from memory and unverified (M), so a head is
known by several writings, and a column that nobody knows is left alone. ``ours`` are columns that only
this product writes: by them a row finds its way back.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from soc.ledger.stewardship import FIELDS, Domain, Layer, Lifecycle, Opening, Rhythm, Sharing, Store
from soc.text import t


class Sheet(StrEnum):
    """The two sheets."""

    RESOURCES = "resources"
    ITEMS = "items"

    @property
    def caption(self) -> str:
        """Its name in the workbook."""
        return "信息资源" if self is Sheet.RESOURCES else "信息项"


@dataclass(frozen=True, slots=True)
class Head:
    """One column: the ledger's field, its head, other writings of it; whether it comes in or only goes out."""

    field: str
    title: str
    also: tuple[str, ...] = ()
    comes_in: bool = True
    sheets: tuple[Sheet, ...] = (Sheet.RESOURCES, Sheet.ITEMS)


_R, _I = (Sheet.RESOURCES,), (Sheet.ITEMS,)
HEADS = (
    Head("source", "数据源", ("来源库",), comes_in=False),
    Head("table", "表名", ("数据表", "库表名称", "英文表名"), comes_in=False),
    Head("column", "字段名", ("字段", "英文字段名", "信息项英文名"), comes_in=False, sheets=_I),
    Head("resource_code", "信息资源代码", ("资源代码", "目录代码"), comes_in=False, sheets=_I),
    Head("resource_title", "信息资源名称", ("资源名称", "目录名称"), comes_in=False, sheets=_I),
    Head("code", "信息资源代码", ("资源代码", "目录代码"), sheets=_R),
    Head("title", "信息资源名称", ("资源名称", "目录名称"), sheets=_R),
    Head("code", "信息项代码", ("数据项代码",), sheets=_I),
    Head("title", "信息项名称", ("数据项名称", "中文名称", "字段中文名"), sheets=_I),
    Head("summary", "信息资源摘要", ("资源摘要", "摘要"), sheets=_R),
    Head("owner", "信息资源提供方代码", ("提供方代码", "数源部门代码")),
    Head("owner_name", "信息资源提供方", ("提供方", "数源部门"), comes_in=False),
    Head("system", "来源系统", ("所属系统", "业务系统")),
    Head("domain", "业务领域", ("领域", "主题")),
    Head("layer", "数据层", ("层",)),
    Head("store", "数据库类别", ("库",)),
    Head("standard", "数据标准", ("标准", "数据元标识")),
    Head("steward", "责任岗位", ("责任人岗位", "联系岗位")),
    Head("sharing", "共享类型", ("共享属性",)),
    Head("sharing_reason", "共享条件", ("不予共享依据", "共享条件或依据")),
    Head("share_way", "共享方式", ("共享方式类型",)),
    Head("opening", "是否向社会开放", ("开放属性", "开放类型")),
    Head("rhythm", "更新周期", ("更新频率",)),
    Head("lifecycle", "生命周期状态", ("状态",)),
    Head("data_type", "数据类型", ("字段类型",), comes_in=False, sheets=_I),
    Head("level", "安全级别", ("数据级别", "分级"), comes_in=False),
    Head("category", "数据类目", ("分类", "类目"), comes_in=False),
    Head("rows", "数据量", ("记录数",), comes_in=False, sheets=_R),
)
#: words of catalogues for our values; the first is what we write
_WORDS: Mapping[str, Mapping[StrEnum, tuple[str, ...]]] = {
    "sharing": {
        Sharing.UNCONDITIONAL: ("无条件共享", "无条件", "普遍共享"),
        Sharing.CONDITIONAL: ("有条件共享", "有条件", "条件共享"),
        Sharing.NONE: ("不予共享", "不予", "不共享"),
    },
    "opening": {
        Opening.OPEN: ("是", "可开放", "无条件开放", "开放"),
        Opening.CONDITIONAL: ("有条件开放", "有条件", "依申请开放"),
        Opening.CLOSED: ("否", "不开放", "不予开放"),
    },
    "rhythm": {
        Rhythm.REAL_TIME: ("实时",),
        Rhythm.DAILY: ("每日", "每天", "日"),
        Rhythm.WEEKLY: ("每周", "周"),
        Rhythm.MONTHLY: ("每月", "月"),
        Rhythm.QUARTERLY: ("每季度", "季度", "季", "每季"),
        Rhythm.YEARLY: ("每年", "年", "年度"),
        Rhythm.IRREGULAR: ("不定期", "其他", "按需"),
        Rhythm.NEVER: ("不更新", "一次性"),
    },
}
_KINDS: Mapping[str, type[StrEnum]] = {
    "domain": Domain, "layer": Layer, "store": Store, "lifecycle": Lifecycle, "sharing": Sharing, "opening": Opening,
    "rhythm": Rhythm,
}  # fmt: skip


class WordError(ValueError):
    """A cell whose words the form does not know."""


def heads_of(sheet: Sheet) -> tuple[Head, ...]:
    """The columns of a sheet, in their order."""
    return tuple(head for head in HEADS if sheet in head.sheets)


def head_named(sheet: Sheet, text: str) -> Head | None:
    """The column that a head's text means; None where nobody knows it."""
    wanted = _bare(text)
    for head in heads_of(sheet):
        if wanted in {_bare(head.title), *(_bare(other) for other in head.also)}:
            return head
    return None


def _bare(text: str) -> str:
    """A head without blanks, stars of required columns, and explanations in brackets."""
    return re.sub(r"[\s*＊:：]|[（(].*?[）)]", "", text)


def value_of(field: str, text: str) -> Any:
    """What a cell says, as the ledger has it; None for an empty one.

    Raises:
        WordError: the form has no such word.
    """
    plain = text.strip()
    if not plain or plain in {"-", "–", "无", "/"}:
        return None
    kind = _KINDS.get(field)
    if kind is None:
        return plain
    for member, words in _vocabulary(field).items():
        if plain.casefold() in {word.casefold() for word in (*words, member.value)}:
            return member
    raise WordError(plain)


def _vocabulary(field: str) -> Mapping[StrEnum, tuple[str, ...]]:
    """The words of a field's values: of catalogues, and our own in both languages."""
    words = _WORDS.get(field, {})
    kind = _KINDS[field]
    own = {one: tuple(t(f"ledger.{field}.{one.value}", lang) for lang in ("zh", "en")) for one in kind}
    return {one: (*words.get(one, ()), *own[one]) for one in kind}


def text_of(field: str, value: Any) -> str:
    """How the catalogue writes a value of the ledger."""
    if value is None or value == "":
        return ""
    kind = _KINDS.get(field)
    if kind is None:
        return str(getattr(value, "value", value))
    member = kind(getattr(value, "value", value))
    return (_WORDS.get(field, {}).get(member) or (t(f"ledger.{field}.{member.value}", "zh"),))[0]


#: fields that a catalogue may change, by sheet
def incoming(sheet: Sheet) -> tuple[str, ...]:
    """The fields that come in by a sheet."""
    return tuple(head.field for head in heads_of(sheet) if head.comes_in)


assert set(FIELDS) - {head.field for head in HEADS} == {"operator"}
