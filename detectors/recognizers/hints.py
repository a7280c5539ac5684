"""What the name and the comment of a column say about it.

A Latin name is cut into words, and whole words are compared, so that ``area_code`` is not "ea";
a Chinese name is compared at its end, because its last noun is what it means: 身份证地址 is an
address, 手机品牌 is no telephone. Generic tails (号码, _no, a digit) are taken off first.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from detectors.recognizers import things, vocabulary
from detectors.recognizers.definition import recognizers
from detectors.recognizers.readings import skeleton

SURE, MAYBE = 1.0, 0.5

_LATIN_TAILS = frozenset(
    {
        "no",
        "num",
        "number",
        "nbr",
        "code",
        "str",
        "string",
        "text",
        "txt",
        "value",
        "val",
        "raw",
        "plain",
        "hash",
        "enc",
        "cn",
        "cd",
        "result",
        "res",
        "info",
        "data",
        "record",
        "desc",
        "detail",
        "test",
        "check",
        # of a second copy
        "bak",
        "backup",
        "old",
        "new",
        "orig",
        "prev",
        "copy",
    }
)
#: what tools put before a name
_LATIN_HEADS = frozenset(
    {
        *"abcdefghijklmnopqrstuvwxyz",
        *("col", "fld", "field", "src", "tbl", "usr", "tmp", "old", "new"),
        # of the type: varchar, nvarchar, number, datetime
        *("vc", "nv", "vch", "nvc", "nvch", "chr", "str", "txt", "num", "int"),
    }
)
_RUN_TAILS = ("no", "num", "number", "code", "haoma", "hao", "bianhao", "daima", "bianma", "hm", "id")
_TELLING = 0.3  # the weight of a shape that two initials may speak for
_MOST_MEANINGS = 400  # readings of a name with words cut off; more of them say nothing
_FEW_LETTERS = 4  # of initials at the end of a word: fewer are a hint at most
_LONG = 10  # letters of a word, from which on it is no chance at the end of another
_INITIALS = re.compile(r"[b-df-hj-np-tv-z]{2,}")
#: whose name a ``name`` is
_PERSONS = frozenset(
    {
        "driver", "owner", "customer", "cust", "passenger", "contact", "employee", "emp", "staff", "applicant", "legal", "person", "crew",
        "officer", "holder", "member", "client", "patient", "student", "teacher", "father", "mother", "consignee", "shipper", "recipient",
        "receiver", "sender", "captain", "manager", "leader", "principal", "worker", "guest", "buyer", "seller", "payer", "payee",
        "beneficiary", "agent", "representative", "rep", "inspector", "practitioner", "seafarer", "sailor", "technician", "handler",
        "operator", "linkman", "guardian", "witness", "party", "debtor", "citizen", "resident", "tourist", "traveler", "traveller",
        "real", "full", "first", "last", "family", "given", "middle", "maiden",
    }
)  # fmt: skip
#: how what somebody is called ends
_ROLES = (
    "人",
    "员",
    "者",
    "师傅",
    "船长",
    "车主",
    "队长",
    "站长",
    "主任",
    "局长",
    "经理",
    "家属",
    "监护人",
    "法人",
    "户主",
    "业主",
)
_HAN_TAILS = (
    "号码",
    "编号",
    "代码",
    "信息",
    "编码",
    "证号",
    "情况",
    "结果",
    "检查",
    "检测",
    "核验",
    "核查",
    "证明",
    "申报",
    "声明",
    "结论",
    "类别",
    "描述",
    "说明",
    "号",
    "码",
    "值",
    "数据",
    "原文",
    "列",
    "字段",
    "内容",
    "明文",
    "参数",
    "标识",
    "标志",
)
# what a name says when it ends in one of these is something else than its first words
OTHER_TAILS = frozenset(
    {
        "count", "cnt", "total", "sum", "amount", "amt", "fee", "price", "money", "time", "date", "datetime", "at",
        "type", "kind", "status", "state", "flag", "level", "rate", "ratio", "version", "ver", "seq", "sequence",
        "index", "idx", "order", "orderno", "brand", "model", "size", "length", "verified", "enabled", "color",
        "colour", "source", "city", "province", "year", "month", "day", "hour", "score", "rank", "age", "duration",
        "timestamp", "ts", "created", "updated", "qty", "quantity", "weight", "speed", "batch", "serial", "mileage",
    }
)  # fmt: skip
OTHER_HAN = (
    "金额", "费用", "价格", "单价", "数量", "次数", "总数", "人数", "时间", "日期", "类型", "种类", "状态", "标志", "标识",
    "等级", "级别", "版本", "序号", "排序", "订单号", "订单编号", "流水号", "单号", "批次号", "品牌", "型号", "颜色", "归属地",
    "来源", "年份", "月份", "年龄", "得分", "分数", "里程", "速度", "重量", "长度", "宽度", "时长", "运营商", "次序", "校验",
)  # fmt: skip
_COMMENT_END = re.compile(r"[（(\[【,，;；。:：/|、\s]")


@dataclass(frozen=True, slots=True)
class NameOpinion:
    """What a column's name says.

    ``types`` maps a type's id to how surely the name says it; ``other`` is true when the name
    says that the column holds something that is no sensitive type (an amount, a time, an order).
    ``thing`` is the kind of thing that it names instead (see :mod:`detectors.recognizers.things`), None where it names none.
    """

    types: Mapping[str, float]
    other: bool
    said: bool
    thing: things.Thing | None = None

    def against(self, type_id: str) -> bool:
        """Whether the name says that the column holds another kind of thing than this type."""
        return self.thing is not None and not self.of(type_id) and type_id not in self.thing.spares

    def of(self, type_id: str) -> float:
        """How surely the name says this type, 0 to 1; half of it is a hint."""
        return self.types.get(type_id, 0.0)

    @property
    def sure(self) -> frozenset[str]:
        """The types the name says without doubt."""
        return frozenset(name for name, strength in self.types.items() if strength >= SURE)


SILENT = NameOpinion({}, other=False, said=False)


def words(name: str) -> list[str]:
    """Cut a Latin name into its lower-case words: ``driverIDCard2`` → driver, id, card."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", spaced)
    spaced = re.sub(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])", " ", spaced)
    return [word for word in re.split(r"[^a-z0-9]+", spaced.lower()) if word]


def read_name(name: str, comment: str = "") -> NameOpinion:
    """Return what the name and the comment say together; the stronger of the two counts.

    Initials may be many words (sbbh: 社保编号, 设备编号): a comment that says something else takes their word away.
    """
    spoken = [_read(text) for text in phrases(name, comment)]
    merged: dict[str, float] = {}
    if len(spoken) == 2 and spoken[1].said and not spoken[1].types and _INITIALS.fullmatch(name.lower()):
        spoken[0] = NameOpinion(dict.fromkeys(spoken[0].types, MAYBE / 2), spoken[0].other, spoken[0].said)
    for opinion in spoken:
        for type_id, strength in opinion.types.items():
            merged[type_id] = max(strength, merged.get(type_id, 0.0))
    sure = any(strength >= SURE for strength in merged.values())
    return NameOpinion(
        _with_kin(merged),
        other=not merged and any(one.other for one in spoken),
        said=any(one.said for one in spoken),
        thing=None if sure else next((one.thing for one in reversed(spoken) if one.thing is not None), None),
    )


def phrases(name: str, comment: str = "") -> list[str]:
    """What is read of a name and of its comment, without what forms and tools add; what is empty is left out."""
    return [text for text in (_undecorated(name), _beside(name) or _first_phrase(comment)) if text.strip()]


def _with_kin(types: Mapping[str, float]) -> dict[str, float]:
    """The types, and as hints the others of a family that is called as one of them is: a plate may be any office's."""
    known = recognizers()
    families = {known[one].family for one, strength in types.items() if strength >= SURE and known[one].family == one}
    kin = (one.id for one in known.values() if one.family in families) if families else ()
    return dict.fromkeys(kin, MAYBE) | dict(types)


def _undecorated(name: str) -> str:
    """Take off what forms and tools add: ``1、姓名（必填）*`` is 姓名."""
    text = unicodedata.normalize("NFKC", name)
    bare = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|<[^<>]*>", "", text)
    text = bare if re.search(r"[A-Za-z\u3400-\u9fff]", bare) else text
    return re.sub(r"^\s*\d{1,2}\s*[.、)]\s*|[*:：?？\s]+$", "", text)


def _beside(name: str) -> str:
    """The Chinese that stands in brackets behind a Latin name, as some exports write a comment: ``cphm(车牌号码)``."""
    found = re.fullmatch(r"[A-Za-z0-9_. ]+[(（]([^()（）]*[\u3400-\u9fff][^()（）]*)[)）]", name.strip())
    return found.group(1) if found else ""


def _first_phrase(comment: str) -> str:
    return _COMMENT_END.split(unicodedata.normalize("NFKC", comment).strip(), maxsplit=1)[0]


def _read(text: str) -> NameOpinion:
    han = "".join(re.findall(r"[\u3400-\u9fffA-Za-z0-9]", text)).lower()
    if re.search(r"[\u3400-\u9fff]", text):
        return _read_han(han)
    return _read_shortened(words(text))


def _read_shortened(parts: list[str]) -> NameOpinion:
    """A Latin name as it is written; where that says no type surely, with its shortened words spelled out.

    What still says nothing may be mistyped, or its words cut off.
    """
    written, known = _read_latin(parts), vocabulary.abbreviations()
    full = [known.get(part, part) for part in parts]
    if written.sure:
        return _spelled_out(written, full) if full != parts else written
    hinted = written
    for spelled in (full, [vocabulary.singular(part) for part in parts], [vocabulary.meant(part) for part in parts]):
        read = _read_latin(spelled) if spelled != parts else written
        if read.sure or (read.thing and not written.types):
            return read
        hinted = hinted if hinted.types or hinted.thing else read
    return _read_cut_off(parts) or hinted


def _spelled_out(written: NameOpinion, full: list[str]) -> NameOpinion:
    """What a shortened name says, and as a hint what its words say in full: ``tkt_no`` is an air ticket's or a coach's."""
    return replace(written, types={**dict.fromkeys(_read_latin(full).sure, MAYBE), **written.types})


def _read_cut_off(parts: list[str]) -> NameOpinion | None:
    """What a name says when words of it were cut off (``fing_temp``), where all that may have been meant say one type."""
    known = vocabulary.abbreviations()
    meanings = [_meanings(part, known) for part in parts]
    if len(parts) < 2 or prod(len(one) for one in meanings) > _MOST_MEANINGS:
        return None
    spelled: dict[int, set[str]] = {}
    for one in product(*meanings):
        whole = sum(word != part for word, part in zip(one, parts, strict=True))
        spelled.setdefault(whole, set()).update(_read_latin(list(one)).sure)
    # the more of its words are spelled out, the less a reading leaves unsaid
    types = next((spelled[whole] for whole in sorted(spelled, reverse=True) if spelled[whole]), set())
    return NameOpinion(dict.fromkeys(types, SURE), other=False, said=True) if len(types) == 1 else None


def _meanings(part: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """A word as it is, spelled out, and whole: whatever of these there is."""
    return tuple(dict.fromkeys((part, known.get(part, part), *vocabulary.cut_off(part))))


def _read_latin(parts: list[str]) -> NameOpinion:
    figured = _with_figures(parts)
    if figured:
        return NameOpinion(dict.fromkeys(figured, SURE), other=False, said=True)
    parts = _headless([part for part in parts if not part.isdigit()] or parts)
    if not parts:
        return SILENT
    stem = parts[:-1] if parts[-1] in _LATIN_TAILS and len(parts) > 1 else parts
    named = things.named_in_latin(parts)
    thing, sure, maybe = named.thing if named else None, *vocabulary.dictionary()
    for dictionary, strength in ((sure, SURE), (maybe, MAYBE)):
        length, found, tried = _said_longest(parts, stem, dictionary, alone=strength < SURE)
        if found and not (named and named.length > length):
            types = dict.fromkeys(found, strength)
            spoken = _also(types, tried, strength)
            return NameOpinion(spoken, other=False, said=True, thing=None if strength == SURE else thing)
    if parts[-1] == "name" and set(parts) & _PERSONS:
        return NameOpinion({"person_name": SURE}, other=False, said=True)
    other = parts[-1] in OTHER_TAILS or parts[-1] in {"id", "name"} or thing is not None
    return _guessed(parts, stem, other=other, named=named)


def _with_figures(parts: list[str]) -> tuple[str, ...]:
    """What a name says by words that have figures in them (``jt809_code``, ``m2m``, ``ipv4``), which are left out elsewhere."""
    runs = ("".join(parts[start:]) for start in range(len(parts)) if any(map(str.isdigit, parts[start:])))
    return next((found for run in runs if (found := vocabulary.dictionary()[0].get(run))), ())


def _guessed(parts: list[str], stem: list[str], *, other: bool, named: things.Named | None) -> NameOpinion:
    """What is left where no word is in the dictionary: words that run together, that stand in the middle, or lost letters."""
    thing = named.thing if named else None
    carried = _carried_latin(parts, named)
    if carried:
        return NameOpinion(dict.fromkeys(carried, SURE), other=False, said=True)
    short = {} if parts[-1] in OTHER_TAILS else _shortened(parts) or _shortened(stem)
    if any(strength >= SURE for strength in short.values()):
        return NameOpinion(short, other=False, said=True)
    types = {} if parts[-1] in OTHER_TAILS else _run_together(parts[-1]) | _contained_latin(parts) | short
    if not types and not other:
        types = _hinted_at_the_end(parts, stem)
    if any(strength >= SURE for strength in types.values()) and not (named and named.length >= len(parts[-1])):
        thing = None
    return NameOpinion(types, other=other and not types, said=True, thing=thing)


def _hinted_at_the_end(parts: list[str], stem: list[str]) -> dict[str, float]:
    """What an ambiguous last word may mean behind words that say nothing (``carrierAccount``): whose country, only a person tells."""
    known, person = recognizers(), bool(_PERSONS & set(parts))
    found = vocabulary.dictionary()[1].get(stem[-1], ())
    return {one: MAYBE for one in found if person or not known[one].needs_name}


def _carried_latin(parts: list[str], named: things.Named | None) -> tuple[str, ...]:
    """The types that the words before a thing say and the thing may hold: ``face_img_url`` leads to a face."""
    if named is None:
        return ()
    for end in range(len(parts) - 1, 0, -1):
        if things.named_in_latin(parts[end:]):
            return _kept_by(named, _longest_latin(parts[:end], vocabulary.dictionary()[0], alone=False)[1])
    return ()


def _kept_by(named: things.Named, types: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in types if one in named.thing.spares)


def _headless(parts: list[str]) -> list[str]:
    """A name's words without what tools put before them; ``tmp`` in the middle means temporary."""
    left = list(parts)
    while len(left) > 1 and left[0] in _LATIN_HEADS:
        left.pop(0)
    return left


def _shortened(parts: list[str]) -> dict[str, float]:
    """Words that lost their vowels; two of them together leave no doubt."""
    for taken in (3, 2, 1):
        last = parts[-taken:]
        if len(parts) >= taken and all(len(one) < 4 or one == skeleton(one) for one in last):
            found = vocabulary.skeletons().get(skeleton("".join(last)), ())
            if found:
                return dict.fromkeys(found, SURE if taken > 1 else MAYBE)
    return {}


def _also(types: dict[str, float], parts: list[str], strength: float) -> dict[str, float]:
    """What else the same words may mean, where they surely mean one thing."""
    if strength < SURE:
        return types
    _, maybe = _longest_latin(parts, vocabulary.dictionary()[1], alone=True)
    return dict.fromkeys(maybe, MAYBE) | _contained_latin(parts) | types


def _longest_latin(
    parts: list[str], dictionary: Mapping[str, tuple[str, ...]], *, alone: bool
) -> tuple[int, tuple[str, ...]]:
    """Compare the last one to four words, joined; an ambiguous single word has to stand alone.

    Returns:
        The letters that say so, and the types.
    """
    for taken in range(min(4, len(parts)), 0, -1):
        if alone and taken == 1 and len(parts) > 1:
            return 0, ()
        joined = "".join(parts[-taken:])
        found = dictionary.get(joined)
        if found:
            return len(joined), found
    return 0, ()


def _said_longest(
    parts: list[str], stem: list[str], dictionary: Mapping[str, tuple[str, ...]], *, alone: bool
) -> tuple[int, tuple[str, ...], list[str]]:
    """What a name says with its generic tail or without it, whichever takes more of it: an ``id card`` number is no ``card number``.

    Returns:
        The letters that say so, the types, and the words that were looked at.
    """
    length, found = _longest_latin(parts, dictionary, alone=alone)
    bare, without = _longest_latin(stem, dictionary, alone=alone) if stem is not parts else (0, ())
    if without and bare + len(parts[-1]) > length:
        return bare, without, stem
    return length, found, parts


def _contained_latin(parts: list[str]) -> dict[str, float]:
    """What two or three words in the middle say: ``id_card_encrypted`` may be an ID."""
    sure = vocabulary.dictionary()[0]
    runs = ["".join(parts[start : start + taken]) for taken in (3, 2) for start in range(len(parts) - taken + 1)]
    runs += [part for part in parts if len(part) >= 4]
    return dict.fromkeys((name for run in runs for name in sure.get(run, ())), MAYBE)


def _run_together(word: str) -> dict[str, float]:
    """Initials and words without a border: ``jsysfzh`` ends in sfzh, ``driverlicenseno`` in driverlicense."""
    sure = vocabulary.dictionary()[0]
    for tail in ("", *_RUN_TAILS):
        stem = word.removesuffix(tail)
        for start in range(1 if not tail else 0, len(stem) - 2):
            found = sure.get(stem[start:], ())
            short = _INITIALS.fullmatch(stem[start:]) is not None
            if len(stem) - start < _FEW_LETTERS:  # a form that no source confirms is not spoken for by so little
                found = tuple(one for one in found if not recognizers()[one].unverified)
            if found and (len(stem) - start >= _FEW_LETTERS or not tail) and (short or len(stem) - start >= 6):
                sure_enough = len(stem) - start >= (_FEW_LETTERS if short else _LONG)
                return dict.fromkeys(found, SURE if sure_enough else MAYBE)
        if tail and stem != word and len(stem) == len("qq") and stem in sure:
            return dict.fromkeys(sure[stem], MAYBE)
    return _last_two(word)


def _last_two(word: str) -> dict[str, float]:
    """Initials that end as a short word does (jsyxm, czgj): a hint, where the values of the type are told from most others."""
    if len(word) < 3 or _INITIALS.fullmatch(word) is None:
        return {}
    known, (sure, maybe) = recognizers(), vocabulary.dictionary()
    ends = (*sure.get(word[-2:], ()), *maybe.get(word[-2:], ()))
    found = [one for one in ends if known[one].weight >= _TELLING]
    return dict.fromkeys(found, MAYBE)


def _read_han(text: str) -> NameOpinion:
    text = re.sub(r"(?<=[^0-9])[0-9]+$|[一二三四五]$", "", text) or text
    named = things.named_in_han(text)
    thing, sure, maybe = named.thing if named else None, *vocabulary.dictionary()
    for dictionary, strength in ((sure, SURE), (maybe, MAYBE)):
        for stem in (*_stems(text), *(_as_numbers(text) if strength == SURE else ())):
            start, found = _longest_han(stem, dictionary)
            # 发票号码 is an invoice's, though it ends as 票号 does: the longer word is meant
            if found and not (named and named.length > len(text) - start):
                also = _longest_han(stem, maybe)[1] if strength == SURE else ()
                types = _contained_han(text) | dict.fromkeys(also, MAYBE) | dict.fromkeys(found, strength)
                return NameOpinion(types, other=False, said=True, thing=None if strength == SURE else thing)
    if named is not None and (carried := _carried_han(text, named)):
        return NameOpinion(dict.fromkeys(carried, SURE), other=False, said=True)
    if thing is not None or text.endswith(OTHER_HAN):
        return NameOpinion({}, other=True, said=True, thing=thing)
    types = _contained_han(text) | ({"person_name": MAYBE} if text.endswith(_ROLES) else {})
    return NameOpinion(types, other=False, said=True)


def _as_numbers(text: str) -> list[str]:
    """A thing's 编号 and its 号码 are its 号."""
    return [text.removesuffix(tail) + "号" for tail in ("编号", "号码") if text.endswith(tail)]


def _carried_han(text: str, named: things.Named) -> tuple[str, ...]:
    """As :func:`_carried_latin`: 人脸照片文件 holds a face."""
    heads = _stems(text[: len(text) - named.length])
    return next(
        (kept for head in heads if (kept := _kept_by(named, _longest_han(head, vocabulary.dictionary()[0])[1]))), ()
    )


def _stems(text: str) -> list[str]:
    """The name, and what is left as its generic tails are taken off, one behind the other."""
    found = [text]
    for stem in found:
        cut = [stem.removesuffix(tail) for tail in _HAN_TAILS if stem.endswith(tail) and stem != tail]
        found += [one for one in cut if one not in found]
    return found


def _contained_han(text: str) -> dict[str, float]:
    """What words in the middle say: 从业资格证件号 may be a 从业资格证."""
    sure = vocabulary.dictionary()[0]
    runs = (text[start:end] for start in range(len(text)) for end in range(start + 2, len(text) + 1))
    return {name: MAYBE for run in runs if not run.isascii() for name in sure.get(run, ())}


def _longest_han(text: str, dictionary: Mapping[str, tuple[str, ...]]) -> tuple[int, tuple[str, ...]]:
    """Where the longest dictionary entry that ``text`` ends with begins, and its types; Latin words in it are whole ones (用户QQ)."""
    for start in range(len(text)):
        cut_word = start and re.match(r"[a-z0-9]{2}", text[start - 1 : start + 1])
        found = () if cut_word else dictionary.get(text[start:], ())
        if found:
            return start, found
    return len(text), ()
