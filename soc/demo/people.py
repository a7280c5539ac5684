"""Made-up persons: names from the surname list, numbers with right check digits."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from soc.demo.chance import Rng, days, digits, letters, pick
from soc.demo.checkdigits import luhn_digit, resident_marks
from soc.demo.places import Place, addresses

#: family names, the commonest first
_SINGLE = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范廖"
    "贾夏韦方白邹孟熊秦邱江尹薛段雷侯龙黎贺顾毛郝龚邵万覃武戴莫孔向汤温庞殷卓冼麦欧区招伍"
)
_DOUBLE = ("欧阳", "司徒", "上官", "司马", "诸葛")
_GIVEN = (
    "伟强磊军洋勇杰涛明超刚平辉健鹏飞波斌宇浩凯帆俊龙亮坤志文华国建海江林峰山川东方永成春夏秋冬芳娜静丽敏艳娟霞燕玲桂英梅兰萍"
    "红玉洁颖琳雪慧莉婷倩欣怡佳思雨晨子涵梓轩嘉诺一可心悦宁安然"
)
_MOBILE_HEADS = (
    "134",
    "135",
    "136",
    "137",
    "138",
    "139",
    "147",
    "150",
    "151",
    "158",
    "159",
    "182",
    "187",
    "188",
    "130",
    "131",
    "155",
    "186",
    "133",
    "153",
    "180",
    "189",
    "199",
)
_BANK_HEADS = ("622202", "621700", "622848", "621661", "622588", "621226")
_MAIL_HOSTS = ("163.com", "qq.com", "126.com", "foxmail.com", "139.com")
_PINYIN = (
    "wang",
    "li",
    "zhang",
    "liu",
    "chen",
    "yang",
    "huang",
    "zhao",
    "wu",
    "zhou",
    "liang",
    "lin",
    "he",
    "guo",
    "ma",
    "luo",
    "zheng",
    "xie",
)


@dataclass(frozen=True)
class Persons:
    """Parallel lists: the n-th of each belongs to the same person."""

    names: list[str]
    resident_ids: list[str]
    births: list[date]
    women: list[bool]
    mobiles: list[str]
    addresses: list[str]
    emails: list[str]
    cards: list[str]
    homes: list[Place]

    def __len__(self) -> int:
        """Count of persons."""
        return len(self.names)


def make_persons(rng: Rng, places: list[Place], count: int, youngest: date = date(2005, 12, 31)) -> Persons:
    """Make up ``count`` persons who live in ``places``."""
    homes = [places[index] for index in rng.integers(0, len(places), count)]
    births = days(rng, count, date(1962, 1, 1), youngest)
    women = (rng.random(count) < 0.3).tolist()
    return Persons(
        names=make_names(rng, count),
        resident_ids=make_resident_ids(rng, homes, births, women),
        births=births,
        women=women,
        mobiles=make_mobiles(rng, count),
        addresses=addresses(rng, homes),
        emails=make_emails(rng, count),
        cards=make_cards(rng, count),
        homes=homes,
    )


def make_names(rng: Rng, count: int) -> list[str]:
    """Family and given names; the first of the list are the commonest families."""
    weights = 1 / np.arange(2, len(_SINGLE) + 2)
    families = pick(rng, _SINGLE, count, weights.tolist())
    doubles = rng.random(count) < 0.01
    given = letters(rng, count, 2, _GIVEN)
    short = rng.random(count) < 0.25
    double_families = pick(rng, _DOUBLE, count)
    return [
        (double if is_double else family) + (word[:1] if is_short else word)
        for family, double, is_double, word, is_short in zip(
            families, double_families, doubles, given, short, strict=True
        )
    ]


def make_resident_ids(rng: Rng, homes: list[Place], births: list[date], women: list[bool]) -> list[str]:
    """18-character resident IDs whose division, birth date, sex and check mark agree."""
    serial = rng.integers(1, 500, len(homes)) * 2
    odd = serial + np.where(np.asarray(women), 0, 1)  # odd for men, even for women
    bodies = [
        f"{home.code}{born:%Y%m%d}{int(number) % 1000:03d}"
        for home, born, number in zip(homes, births, odd, strict=True)
    ]
    table = np.frombuffer("".join(bodies).encode(), dtype=np.uint8).reshape(len(bodies), 17).astype(np.int64) - ord("0")
    return [body + mark for body, mark in zip(bodies, resident_marks(table), strict=True)]


def make_mobiles(rng: Rng, count: int) -> list[str]:
    """Mobile numbers of ranges in use."""
    return [head + tail for head, tail in zip(pick(rng, _MOBILE_HEADS, count), digits(rng, count, 8), strict=True)]


def make_cards(rng: Rng, count: int) -> list[str]:
    """19-digit debit cards with a right Luhn digit."""
    bodies = [head + tail for head, tail in zip(pick(rng, _BANK_HEADS, count), digits(rng, count, 12), strict=True)]
    return [body + luhn_digit(body) for body in bodies]


def make_emails(rng: Rng, count: int) -> list[str]:
    """Private mail addresses."""
    parts = zip(pick(rng, _PINYIN, count), digits(rng, count, 5), pick(rng, _MAIL_HOSTS, count), strict=True)
    return [f"{name}{number}@{host}" for name, number, host in parts]
