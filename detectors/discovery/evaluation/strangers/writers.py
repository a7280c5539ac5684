"""What shapes alone cannot write: numbers with checks, persons, plates, places, secrets. A row in, a cell out."""

import base64
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from detectors.discovery.evaluation.strangers import checks
from detectors.discovery.evaluation.strangers.row import Row

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"

Writer = Callable[[Row], str]


def digits(row: Row, count: int) -> str:
    """So many digits."""
    return f"{row.chance.randrange(10**count):0{count}d}"


def _signs(row: Row, alphabet: str, count: int) -> str:
    return "".join(row.chance.choices(alphabet, k=count))


def _resident(row: Row, county: str | None = None) -> str:
    return checks.resident(f"{county or row.county}{row.born:%Y%m%d}{row.serial:03d}")


def _of_the_islands(row: Row) -> str:
    return _resident(row, row.chance.choice(("810000", "820000", "830000")))


def _foreigner(row: Row) -> str:
    return _resident(row, f"9{row.home[:2]}{row.chance.choice(('840', '392', '410', '826', '276'))}")


def _credit(row: Row) -> str:
    head = row.chance.choice(("91", "91", "91", "92", "12", "52"))
    return checks.credit(head + row.home + _signs(row, "0123456789ABCDEFGHJKLMNPQRTUWXY", 9))


def _organisation(row: Row) -> str:
    return checks.organisation(row.chance.choice("76M50") + digits(row, 7))


def _card(row: Row) -> str:
    head, length = row.word("cards").split(":")
    return checks.luhn(head + digits(row, int(length) - 7))


def _vehicle(row: Row) -> str:
    middle = _signs(row, "123456ABCDEFHJKRSTY", 5)
    return checks.vehicle(
        f"{row.word('makers')}{middle}0{row.chance.choice('FGHJKLMNPR')}{row.chance.choice('ABDEHKL2')}{digits(row, 6)}"
    )


def _name(row: Row) -> str:
    given = row.words["women" if row.chance.random() < 0.4 else "men"]
    count = 1 if row.chance.random() < 0.2 else 2
    return row.word("surnames") + "".join(row.chance.sample(given, count))


def _latin_name(row: Row) -> str:
    family, given = row.word("latin_surnames"), row.word("latin_given")
    return row.chance.choice((f"{family.upper()} {given.upper()}", f"{family.upper()}/{given.upper()}"))


def _mobile(row: Row) -> str:
    return row.word("segments") + digits(row, 8)


def _head(row: Row) -> str:
    if row.chance.random() < 0.78:
        return "粤" + row.chance.choice("AAABBCDEEFGHJKLMNPQRSTUVWXY")
    return row.chance.choice(("湘", "桂", "赣", "闽", "鄂", "琼", "川", "豫", "皖", "浙")) + row.chance.choice(
        "ABCDEFGH"
    )


def _tail(row: Row) -> str:
    signs = list(digits(row, 5))
    for place in row.chance.sample(range(4), row.chance.choice((0, 1, 1, 2))):
        signs[place] = row.chance.choice(_LETTERS)
    return "".join(signs)


def _plate(row: Row) -> str:
    return _head(row) + _tail(row)


def _dotted_plate(row: Row) -> str:
    return f"{_head(row)}·{_tail(row)}"


def _electric(row: Row) -> str:
    if row.chance.random() < 0.3:  # buses and lorries carry the letter at the end
        return f"{_head(row)}{digits(row, 5)}{row.chance.choice('DF')}"
    return f"{_head(row)}{row.chance.choice('DDDFA')}{row.chance.choice('0123456789ABCKH')}{digits(row, 4)}"


def _trailer(row: Row) -> str:
    return f"{_head(row)}{digits(row, 4)}挂"


def _secret(row: Row) -> str:
    start = row.word("secrets")
    return f"{start}{row.chance.choice('@#_!')}{row.chance.choice(('2019', '2021', '123', '8866', '12328', '0759'))}{row.chance.choice(('', '!', 'x', '%'))}"


def _url64(row: Row, count: int) -> str:
    return base64.urlsafe_b64encode(row.chance.randbytes(count)).decode().rstrip("=")


def _jwt(row: Row) -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"HS512","typ":"JWT"}').decode().rstrip("=")
    body = base64.urlsafe_b64encode(f'{{"sub":"{digits(row, 6)}","exp":17{digits(row, 8)}}}'.encode()).decode()
    return f"{head}.{body.rstrip('=')}.{_url64(row, 32)}"


def _key(row: Row) -> str:
    kind = row.chance.choice(("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY"))
    return (
        f"-----BEGIN {kind}-----\n{base64.b64encode(row.chance.randbytes(48)).decode()}\n"
        f"{base64.b64encode(row.chance.randbytes(30)).decode()}\n-----END {kind}-----"
    )


def _floats(row: Row) -> str:
    return "[" + ", ".join(f"{row.chance.uniform(-0.2, 0.2):.5f}" for _ in range(128)) + "]"


def _packed(row: Row) -> str:
    return base64.b64encode(row.chance.randbytes(256)).decode()


def _degrees(row: Row) -> tuple[float, float]:
    """A point on the land between Zhanjiang and Chaozhou, longitude first."""
    along = row.chance.random()
    return 110.3 + 6.2 * along + row.chance.uniform(0, 0.3), 21.5 + 1.9 * along + row.chance.uniform(0, 0.9)


def _longitude(row: Row) -> str:
    return f"{_degrees(row)[0]:.6f}"


def _latitude(row: Row) -> str:
    return f"{_degrees(row)[1]:.6f}"


def _track(row: Row) -> str:
    longitude, latitude = _degrees(row)
    points = [
        f"{longitude + step * 0.0021:.5f},{latitude + step * 0.0013:.5f},{row.at + timedelta(minutes=2 * step):%Y%m%d%H%M%S}"
        for step in range(row.chance.randint(4, 7))
    ]
    return ";".join(points)


def _metres(row: Row) -> str:
    return f"{row.chance.uniform(2450000, 2700000):.3f}"


def _sentence(name: str, row: Row) -> str:
    return "".join(row.chance.choice(row.words[f"{name}{part}"]) for part in (1, 2, 3))


def _address(row: Row) -> str:
    start, number = row.word("districts"), row.chance.randint(1, 688)
    if row.chance.random() < 0.3:
        return f"{start}{row.word('towns')}{row.word('villages')}{row.chance.randint(1, 40)}号"
    rest = row.chance.choice(
        ("", f"{row.chance.randint(1, 18)}栋{row.chance.randint(101, 3204)}房", f"之{row.chance.randint(1, 9)}")
    )
    return f"{row.chance.choice(('广东省', ''))}{start}{row.word('roads')}{number}号{rest}"


def _crowd(row: Row) -> str:
    return "、".join(_name(row) for _ in range(row.chance.randint(2, 3)))


WRITERS: Mapping[str, Writer] = {
    "empty": lambda _: "",
    "lp": lambda _: "(",
    "rp": lambda _: ")",
    "pct": lambda _: "%",
    "hash": lambda _: "#",
    "usd": lambda _: "$",
    "q": lambda _: "?",
    "rid": _resident,
    "rid8": _of_the_islands,
    "rid9": _foreigner,
    "rid15": lambda row: f"{row.county}{row.born:%y%m%d}{row.serial:03d}",
    "county": lambda row: row.county,
    "home": lambda row: row.home,
    "hkid": lambda row: checks.hong_kong(row.chance.choice("ACDEGHKMPRVYZ") + digits(row, 6)),
    "twid": lambda row: checks.taiwan(row.chance.choice("ABDEFHKNPQTX") + ("2" if row.woman else "1") + digits(row, 7)),
    "uscc": _credit,
    "org": _organisation,
    "org-": lambda row: checks.grouped(_organisation(row), 8, by="-"),
    "bizreg": lambda row: checks.business(row.home + digits(row, 8)),
    "card": _card,
    "imei": lambda row: checks.luhn(row.chance.choice(("860", "861", "866", "352")) + digits(row, 11)),
    "vin": _vehicle,
    "imo": lambda row: checks.ship(row.chance.choice("89") + digits(row, 5)),
    "box": lambda row: checks.container(row.word("boxes") + digits(row, 6)),
    "name": _name,
    "latin": _latin_name,
    "crowd": _crowd,
    "mobile": _mobile,
    "mobile344": lambda row: checks.grouped(_mobile(row), 3, 7, by=row.chance.choice((" ", "-"))),
    "plate": _plate,
    "plate·": _dotted_plate,
    "electric": _electric,
    "trailer": _trailer,
    "address": _address,
    "lon": _longitude,
    "lat": _latitude,
    "lonlat": lambda row: "{:.6f},{:.6f}".format(*_degrees(row)),
    "lonlat_": lambda row: "{:.5f} {:.5f}".format(*_degrees(row)),
    "lone6": lambda row: _longitude(row).replace(".", ""),
    "late6": lambda row: _latitude(row).replace(".", ""),
    "track": _track,
    "metres": _metres,
    "floats": _floats,
    "packed": _packed,
    "secret": _secret,
    "jwt": _jwt,
    "key": _key,
    "b64": lambda row: base64.b64encode(row.chance.randbytes(18)).decode(),
    "epoch": lambda row: str(int(row.at.timestamp()) + row.chance.randrange(90000)),
} | {name: partial(_sentence, name) for name in ("complaint", "defect", "opinion")}
