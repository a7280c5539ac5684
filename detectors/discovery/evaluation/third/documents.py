"""Numbers and words about persons, firms and homes; each maker is given a row and returns one cell."""

from collections.abc import Callable, Mapping
from datetime import date

from detectors.discovery.evaluation.second import checks
from detectors.discovery.evaluation.third.rows import Row, words

#: places for BIN, length: what the common banks of the province issue
_BINS = (
    ("622202", 19), ("621226", 19), ("622848", 19), ("623052", 19), ("621700", 19), ("621661", 19), ("622588", 16),
    ("621483", 16), ("622908", 18), ("623193", 19), ("625801", 16), ("436742", 16), ("518710", 16), ("621098", 19),
)  # fmt: skip
_COUNTRIES = ["PHL", "USA", "JPN", "GBR", "KOR", "DEU", "IND", "RUS", "AUS", "FRA"]
_TODAY = date(2026, 10, 31)


def _resident_15(row: Row) -> str:
    """As cards were before 1999: of somebody born in time for one."""
    year = row.rng.randint(45, 79)
    return f"{row.home.code}{year:02d}{row.born:%m%d}{row.digits(2)}{row.rng.choice('02468' if row.woman else '13579')}"


def _hkmotw(row: Row) -> str:
    body = f"{row.rng.choice(('810000', '810000', '820000', '830000'))}{row.born:%Y%m%d}{row.digits(3)}"
    return body + checks.rid(body)


def _permanent_new(row: Row) -> str:
    body = f"9{row.home.code[:2]}{row.rng.choice(('840', '392', '608', '410', '826'))}{row.born:%Y%m%d}{row.digits(3)}"
    return body + checks.rid(body)


def _permanent_old(row: Row) -> str:
    return f"{row.rng.choice(_COUNTRIES)}{row.home.code[:4]}{row.born:%y%m%d}{row.digits(2)}"


def _passport(row: Row) -> str:
    first = row.rng.choice(("E", "E", "G", "EX"))
    return f"E{row.letter()}{row.digits(7)}" if first == "EX" else first + row.digits(8)


def _hong_kong(row: Row) -> str:
    body = row.rng.choice("ABCDEGHKMPRVYZ") + row.digits(6)
    return f"{body}({checks.hkid(body)})"


def _taiwan(row: Row) -> str:
    body = f"{row.rng.choice('ABCDEFGHJKLMNPQRSTUVXYZ')}{2 if row.woman else 1}{row.digits(7)}"
    return body + checks.twid(body)


def _practitioner(row: Row) -> str:
    """Region, speciality, grade, change, year and serial: nineteen digits."""
    kind = row.rng.choice(("020", "010", "030", "040", "021"))
    return f"{row.home.code}{kind}{row.rng.randint(0, 3)}{row.rng.randint(0, 2)}{row.moment:%y}{row.digits(6)}"


def _org(row: Row) -> str:
    return f"{row.credit_code[8:16]}-{checks.org(row.credit_code[8:16])}"


def _registration(row: Row) -> str:
    body = row.home.code + row.rng.choice(("0", "6", "4")) + row.digits(7)
    return body + checks.registration(body)


def _landline(row: Row) -> str:
    long = row.home.area in {"020", "0755", "0757", "0769", "0731", "0771"}
    return f"{row.home.area}-{row.rng.choice('23568')}{row.digits(7 if long else 6)}"


def _mail(row: Row) -> str:
    name = row.rng.choice(
        (row.pick("syllables") + row.pick("syllables"), row.pick("syllables") + row.digits(3), row.digits(9))
    )
    return f"{name}@{row.pick('mail_hosts')}"


def _card(row: Row) -> str:
    head, length = row.rng.choice(_BINS)
    body = head + row.digits(length - 1 - len(head))
    return body + checks.luhn(body)


def _payment(row: Row) -> str:
    return f"{row.moment:%Y%m%d}22001{row.digits(15)}"


def _address(row: Row) -> str:
    home = row.home
    head = row.rng.choice((home.province + home.city + home.county, home.city + home.county))
    return f"{head}{row.rng.choice(home.streets)}{row.rng.randint(1, 480)}号{row.pick('rooms')}"


def _room(text: str) -> Callable[[Row], str]:
    return lambda row: str(getattr(row.home, text))


def _age(row: Row) -> str:
    return str((_TODAY - row.born).days // 365)


def _foreigner(row: Row) -> str:
    return str(row.rng.choice(words()["foreigners"]))


DOCUMENTS: Mapping[str, Callable[[Row], str]] = {
    "person": lambda row: row.name,
    "foreigner": _foreigner,
    "sex": lambda row: "女" if row.woman else "男",
    "age": _age,
    "born": lambda row: row.born.isoformat(),
    "born slashed": lambda row: f"{row.born.year}/{row.born.month}/{row.born.day}",
    "born chinese": lambda row: f"{row.born.year}年{row.born.month}月{row.born.day}日",
    "resident": lambda row: row.resident,
    "resident 15": _resident_15,
    "hkmotw": _hkmotw,
    "permanent new": _permanent_new,
    "permanent old": _permanent_old,
    "passport": _passport,
    "hong kong": _hong_kong,
    "taiwan": _taiwan,
    "practitioner": _practitioner,
    "firm": lambda row: row.firm,
    "credit code": lambda row: row.credit_code,
    "org": _org,
    "registration": _registration,
    "mobile": lambda row: row.mobile,
    "landline": _landline,
    "landline bracketed": lambda row: "({}){}".format(*_landline(row).split("-")),
    "landline unparted": lambda row: _landline(row).replace("-", ""),
    "mail": _mail,
    "card": _card,
    "payment": _payment,
    "address": _address,
    "region": _room("code"),
    "city": _room("city"),
    "county": _room("county"),
    "post": _room("post"),
}
