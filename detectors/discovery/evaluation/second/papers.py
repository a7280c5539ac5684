"""What is said of persons, firms and places: documents, numbers, ways to reach them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from detectors.discovery.evaluation.second import checks
from detectors.discovery.evaluation.second.subjects import Subject, words


def _foreign_pr(s: Subject) -> str:
    if s.rng.random() < 0.5:
        return f"{s.rng.choice(('PHL', 'USA', 'JPN', 'IND', 'RUS'))}{s.place.code[:4]}{s.born:%y%m%d}{s.digits(2)}"
    body = f"9{s.place.code[:2]}{s.rng.choice(('156', '608', '356', '392'))}{s.born:%Y%m%d}{s.digits(3)}"
    return body + checks.rid(body)


def _hkmotw(s: Subject) -> str:
    body = f"{s.rng.choice(('810000', '820000', '830000'))}{s.born:%Y%m%d}{s.digits(3)}"
    return body + checks.rid(body)


def _hkid(s: Subject) -> str:
    body = s.rng.choice("ABCDEGHKMPRVYZ") + s.digits(6)
    return f"{body}({checks.hkid(body)})"


def _twid(s: Subject) -> str:
    body = f"{s.rng.choice('ABCDEFGHJKLMNPQRSTUVXYZ')}{1 if s.male else 2}{s.digits(7)}"
    return body + checks.twid(body)


def _passport(s: Subject) -> str:
    heads = ("E", "E", "E", "G", "PE", "SE")
    head = s.rng.choice((*heads, "E" + s.rng.choice("ABCDFGHJKLM")))
    return head + s.digits(9 - len(head))


def _exit_permit(s: Subject) -> str:
    return s.rng.choice(("C" + s.digits(8), f"C{s.rng.choice('ABCDEFGH')}{s.digits(7)}", "W" + s.digits(8)))


def _org(s: Subject) -> str:
    body = s.rng.choice("123456789MA") + s.digits(7)
    return f"{body}-{checks.org(body)}"


def _registration(s: Subject) -> str:
    body = f"{s.place.code}{s.rng.choice(('0', '1', '2', '4'))}{s.digits(7)}"
    return body + checks.registration(body)


def _with_luhn(heads: tuple[str, ...], length: int) -> Callable[[Subject], str]:
    def make(s: Subject) -> str:
        head = s.rng.choice(heads)
        body = head + s.digits(length - 1 - len(head))
        return body + checks.luhn(body)

    return make


def _email(s: Subject) -> str:
    user = s.rng.choice((s.pick("user_names") + s.digits(2), s.mobile, s.pick("user_names"), s.digits(9).lstrip("0")))
    return f"{user}@{s.pick('email_hosts')}"


def _address(s: Subject) -> str:
    p, road = s.place, s.rng.choice(s.place.roads.split())
    tail = s.rng.choice((f"{s.rng.randrange(1, 900)}号", f"{s.rng.randrange(1, 300)}号{s.rng.randrange(1, 30)}栋{s.rng.randrange(101, 3300)}室", f"{s.rng.randrange(1, 99)}号之{s.rng.randrange(1, 9)}"))  # fmt: skip
    return f"{p.province}{p.city}{p.county}{road}{tail}"


def _lonlat(s: Subject) -> str:
    return f"{_longitude(s)},{_latitude(s)}"


def _longitude(s: Subject) -> str:
    return f"{float(s.place.longitude) + s.rng.uniform(-0.2, 0.2):.6f}"


def _latitude(s: Subject) -> str:
    return f"{float(s.place.latitude) + s.rng.uniform(-0.2, 0.2):.6f}"


def _landline(s: Subject) -> str:
    return f"{s.place.area}-{s.rng.choice('2368')}{s.digits(7 if s.place.area in ('020', '0755', '0757', '0754', '0769', '0752', '0731') else 6)}"


def _vector(s: Subject) -> str:
    return "[" + ",".join(f"{s.rng.uniform(-0.2, 0.2):.4f}" for _ in range(128)) + "]"


def _ticket_day(s: Subject) -> str:
    return f"{s.place.code}{s.moment + timedelta(days=3):%Y%m%d}{s.digits(6)}"


#: a maker for each token
PAPERS: Mapping[str, Callable[[Subject], str]] = MappingProxyType(
    {
        "person": lambda s: s.name,
        "foreigner": lambda s: str(s.rng.choice(words()["names"]["foreign"])),
        "resident_id": lambda s: s.resident_id,
        "resident_id_15": lambda s: s.resident_id[:6] + s.resident_id[8:17],
        "born": lambda s: f"{s.born:%Y-%m-%d}",
        "born_slash": lambda s: f"{s.born.year}/{s.born.month}/{s.born.day}",
        "born_han": lambda s: f"{s.born.year}年{s.born.month:02d}月{s.born.day:02d}日",
        "sex": lambda s: "男" if s.male else "女",
        "age": lambda s: str(2024 - s.born.year),
        "foreign_pr": _foreign_pr,
        "hkmotw": _hkmotw,
        "hkid": _hkid,
        "twid": _twid,
        "passport": _passport,
        "exit_permit": _exit_permit,
        "mobile": lambda s: s.mobile,
        "landline": _landline,
        "email": _email,
        "address": _address,
        "longitude": _longitude,
        "latitude": _latitude,
        "lonlat": _lonlat,
        "latlon_millionth": lambda s: f"{int(float(_longitude(s)) * 1e6)}",
        "province": lambda s: s.place.province,
        "city": lambda s: s.place.city,
        "county": lambda s: s.place.county,
        "road": lambda s: s.rng.choice(s.place.roads.split()),
        "region": lambda s: s.place.code,
        "postcode": lambda s: s.place.postcode,
        "area_code": lambda s: s.place.area,
        "firm": lambda s: s.firm,
        "uscc": lambda s: s.uscc,
        "org": _org,
        "registration": _registration,
        "bank_card": _with_luhn(("622202", "621700", "622848", "621661", "623058", "622568"), 19),
        "credit_card": _with_luhn(("625955", "622575", "436742", "526855"), 16),
        "vector": _vector,
        "bus_ticket": _ticket_day,
    }
)
