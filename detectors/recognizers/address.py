"""Addresses in Chinese columns, by what they are made of: division, street, number, place."""

import re

_DIVISION = r"(?:省|自治区|自治州|特别行政区|市|区|县|旗|镇|乡|街道)"
_STREET = r"(?:路|街|道|巷|弄|胡同|大道|大街|国道|省道|村|屯|里|围|坊|径|涌)"
_NUMBER = r"\d+\s*(?:号|栋|幢|座|楼|室|单元|层|房|组|队|弄|F|#)|[一二三四五六七八九十]+(?:号|栋|幢|座|楼|单元|组)"
_PLACE = r"(?:小区|花园|大厦|广场|苑|公寓|工业园|科技园|产业园|物流园|商务中心|社区|新村|家园|城|府|码头|市场|大楼)"
#: an organisation's or a work's name is built of the same pieces; it ends in what it is
_ORGANISATION = (
    r"(?:公司|集团|局|厅|委员会|办公室|中心|大队|支队|总队|银行|大学|学校|医院|收费站|服务区|加油站|分公司|车队|合作社|厂|店"
    r"|工程|项目|标段|计划|方案|合同|课题|系统|平台|服务|采购|活动|公告|通知|报告)$"
)

_LATIN = r"(?i)^\d{1,6}[ ,].*\b(?:street|st|road|rd|avenue|ave|lane|ln|boulevard|blvd|drive|dr|way|court|ct|place|square|suite|apt)\b"
_PROSE = r"[。！？!?；;]"


_PARTS = tuple(re.compile(part) for part in (_DIVISION, _STREET, _NUMBER, _PLACE))
_INSIDE = re.compile(f"{_STREET}|{_NUMBER}|{_PLACE}")
_HAN = re.compile(r"[\u3400-\u9fff]{2}")
#: a district by itself says where, but nobody lives in "白云区" alone
_ONE_DIVISION = re.compile(r"[\u3400-\u9fff]{1,6}(?:省|市|区|县|旗|镇|乡)")
#: words and a number, as addresses abroad are: "Hauptstr. 12, Berlin"
_ABROAD = re.compile(r"(?=.*\d)(?=.*[A-Za-z]{3}).{6,120}[, ].+")
_NUMBERED = re.compile(r"\d+\s*(?:号|室|栋|楼)")
#: a document's number has a year in brackets: 粤交〔2020〕2号
_DOCUMENT = re.compile(r"[\[(（〔【]\s*(?:19|20)\d{2}\s*[\])）〕】]\s*第?\d+\s*号$")
_PROSE_MARK, _NAMED, _FOREIGN = re.compile(_PROSE), re.compile(_ORGANISATION), re.compile(_LATIN)

#: berths and fairways: nobody lives at 黄埔港区7#
_BERTH = re.compile(r"(?:港区|泊位|作业区|锚地|航道)[\dA-Za-z]{0,4}(?:#|号|号?泊位)?$")


def _parts(value: str) -> int:
    """How many of the four parts of an address a value has."""
    return sum(part.search(value) is not None for part in _PARTS)


def shaped(value: str) -> bool:
    """Whether a value is an address by its parts alone."""
    if _HAN.search(value) is None:
        return _FOREIGN.match(value) is not None
    plain = 6 <= len(value) <= 80 and _PROSE_MARK.search(value) is None
    return plain and not _is_named(value) and _parts(value) >= 2 and _INSIDE.search(value) is not None


def loosely(value: str) -> bool:
    """Whether a value can be an address where the column's name says so: a division or a street is enough."""
    if _HAN.search(value) is None:
        return _FOREIGN.match(value) is not None or _ABROAD.fullmatch(value) is not None
    plain = 4 <= len(value) <= 120 and _PROSE_MARK.search(value) is None
    return plain and not _is_named(value) and _ONE_DIVISION.fullmatch(value) is None and _parts(value) >= 1


def _is_named(value: str) -> bool:
    """Whether a value is a document's number, an organisation's name or a berth's, which are built of the same pieces."""
    if _DOCUMENT.search(value) is not None:
        return True
    return _BERTH.search(value) is not None or (_NAMED.search(value) is not None and _NUMBERED.search(value) is None)
