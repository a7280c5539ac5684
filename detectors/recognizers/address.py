"""Addresses in Chinese columns, by what they are made of: division, street, number, place."""

import polars as pl

_DIVISION = r"(?:省|自治区|自治州|特别行政区|市|区|县|旗|镇|乡|街道)"
_STREET = r"(?:路|街|道|巷|弄|胡同|大道|大街|国道|省道|村|屯|里|围|坊|径|涌)"
_NUMBER = r"\d+\s*(?:号|栋|幢|座|楼|室|单元|层|房|组|队|弄|F|#)|[一二三四五六七八九十]+(?:号|栋|幢|座|楼|单元|组)"
_PLACE = r"(?:小区|花园|大厦|广场|苑|公寓|工业园|科技园|产业园|物流园|商务中心|社区|新村|家园|城|府|码头|市场|大楼)"
#: an organisation's name is built of the same pieces; it ends in what it is
_ORGANISATION = r"(?:公司|集团|局|厅|委员会|办公室|中心|大队|支队|总队|银行|大学|学校|医院|收费站|服务区|加油站|分公司|车队|合作社|厂|店)$"
_LATIN = r"(?i)^\d{1,6}[ ,].*\b(?:street|st|road|rd|avenue|ave|lane|ln|boulevard|blvd|drive|dr|way|court|ct|place|square|suite|apt)\b"
_PROSE = r"[。！？!?；;]"


def _parts(values: pl.Series) -> pl.Series:
    """How many of the four parts of an address a value has."""
    counts = [values.str.contains(part).cast(pl.Int8) for part in (_DIVISION, _STREET, _NUMBER, _PLACE)]
    return counts[0] + counts[1] + counts[2] + counts[3]


def shaped(values: pl.Series) -> pl.Series:
    """Which values are addresses by their parts alone."""
    length = values.str.len_chars()
    inside = values.str.contains(rf"{_STREET}|{_NUMBER}|{_PLACE}")
    plain = ~values.str.contains(_PROSE) & (length >= 6) & (length <= 80)
    named = values.str.contains(_ORGANISATION) & ~values.str.contains(r"\d+\s*(?:号|室|栋|楼)")
    chinese = values.str.contains(r"\p{Han}{2}") & (_parts(values) >= 2) & inside & plain & ~named
    return chinese | values.str.contains(_LATIN)


def loosely(values: pl.Series) -> pl.Series:
    """Which values can be addresses where the column's name says so: a division or a street is enough."""
    length = values.str.len_chars()
    plain = ~values.str.contains(_PROSE) & (length >= 4) & (length <= 120)
    return (values.str.contains(r"\p{Han}{2}") & (_parts(values) >= 1) & plain) | shaped(values)
