"""Addresses in Chinese text: a chain of divisions, then a road with a number, a village with a house, an estate with a flat.

Where an address begins its own words do not say (他家住广州市…): it begins at the first division that is known,
and only without one at the words that the pattern took.
"""

import re
from functools import cache

_W = r"[\u3400-\u9fff]"
_DIVISIONS = (
    rf"(?:(?:中国)?{_W}{{2,7}}?(?:省|自治区))?(?:{_W}{{2,6}}?(?:市|地区|盟)|{_W}{{2,12}}?自治州)?(?:{_W}{{2,12}}?自治[县旗]|{_W}{{1,6}}?(?:区|县|旗|市))?"
    rf"(?:{_W}{{1,6}}?(?:镇|乡|街道))?"
)
_FLAT = r"(?:\s?[A-Za-z]?\d{1,4}(?:号楼|栋|幢|座|楼|单元|层|室|房|号|[A-Za-z]座|[A-Za-z]?铺)|[A-Za-z]座|之[一二三四五六七八九十\d]{1,2})"
_ESTATE = rf"{_W}{{1,10}}?(?:大厦|广场|小区|花园|公寓|大楼|院|苑|家园|城|中心|新村|工业园|工业区|科技园|产业园|物流园|软件园|宿舍|山庄|名都|豪庭|华府|公馆)"
_ROAD = (
    rf"(?:{_W}{{1,8}}?(?:村|社区|小区|花园|工业园|科技园|新村))?{_W}{{1,8}}?(?:大道|大街|公路|国道|路|街|巷|胡同|弄|里|道)(?:[东西南北中]段?|[一二三四五六七八九十]+[路街巷])?"
    rf"\s?(?:\d{{1,5}}(?:[-—]\d{{1,4}})?(?:号|弄))(?:{_ESTATE})?{_FLAT}{{0,4}}"
)
_VILLAGE = rf"{_W}{{1,6}}?(?:村|社区|屯|庄|寨)(?:{_W}{{1,4}}(?:组|队|社|屯|巷|坊|里))?(?:第?\d{{1,3}}(?:组|队|社))?(?:\d{{1,4}}号(?:之[一二三四五\d])?|(?<=组)|(?<=队))"
_HOUSED = rf"{_ESTATE}{_FLAT}{{1,4}}"
_ADDRESS = re.compile(rf"{_DIVISIONS}(?:{_ROAD}|{_HOUSED}|{_VILLAGE})")
_LEAD = re.compile(
    r"^(?:我|他|她|你|住址|地址|户籍|住在|家住|现住|居住|住|位于|坐落|寄到|寄往|送到|送至|到|在|是|于|至|从|的|为|去|来|由|往|：|:|租|开|经过)+"
)


@cache
def _known() -> re.Pattern[str]:
    """Names of divisions, long ones first; provinces and cities also without what they are."""
    from stdnum import numdb

    names: set[str] = set()
    for _, _, _, own, children in numdb.get("cn/loc").prefixes:
        province = own["province"]
        names |= {province, re.sub("(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)$", "", province)}
        for child in children:
            name = re.sub(r"\[[^\]]*\]|,", "", child[3]["county"])
            names |= {name, name.removesuffix("市")} if child[1].endswith("00") else {name}
    names = {
        name
        for name in names
        if len(name) >= 2 and name not in {"市辖区", "县", "郊区", "城区", "矿区", "省直辖县级行政单位"}
    }
    return re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))


def is_division(name: str) -> bool:
    """Whether a text is the name of a division, and nothing else."""
    return _known().fullmatch(name) is not None


def found_in(text: str) -> list[tuple[int, int, float]]:
    """Start, end and score of each address."""
    spans = []
    for match in _ADDRESS.finditer(text) if _may_have_one(text) else ():
        start = match.start()
        known = _known().search(match.group())
        if known:
            start += known.start()
        else:
            lead = _LEAD.match(match.group())
            start += lead.end() if lead else 0
        if known or match.end() - start >= 5:
            spans.append((start, match.end(), 0.92 if known else 0.72))
    return spans


def _may_have_one(text: str) -> bool:
    return re.search(r"\d(?:[号栋幢座楼室房组队弄层]|单元)|[组队A-Za-z]座?", text) is not None
