"""How each sensitive value is made of a row's subject: a function per token of ``kinds.toml``."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from detectors.discovery.evaluation.second import checks
from detectors.discovery.evaluation.second.subjects import Subject, words

_SAFE = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def _signs(s: Subject, signs: str, length: int) -> str:
    return "".join(s.rng.choices(signs, k=length))


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


def _vin(s: Subject) -> str:
    made = (
        s.pick("vin_makers") + _signs(s, _SAFE, 5) + "0" + s.rng.choice("GHJKLMNPR") + _signs(s, _SAFE, 3) + s.digits(4)
    )
    return f"{made[:8]}{checks.vin(made)}{made[9:]}"


def _container(s: Subject) -> str:
    body = s.pick("container_owners") + s.digits(6)
    return body + checks.container(body)


def _imo(s: Subject) -> str:
    body = str(s.rng.randrange(710000, 999999))
    return body + checks.imo(body)


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


def _nev(s: Subject) -> str:
    letter = s.rng.choice("DDDFAB")
    tail = (
        letter + s.rng.choice("ABCDEFGHJKLM0123456789") + s.digits(4) if s.rng.random() < 0.8 else s.digits(5) + letter
    )
    return f"粤{s.rng.choice('ABCDEFGHJKLMNPQRSTUVW')}{tail}"


def _embassy(s: Subject) -> str:
    return s.rng.choice((f"{s.digits(6)}使", f"粤A{s.digits(4)}领", f"粤A{s.digits(4)}领"))


def _military(s: Subject) -> str:
    head = s.rng.choice("VKHBSLJNGCE") + s.rng.choice("ABCD")
    return s.rng.choice((head + s.digits(5), f"WJ粤{s.digits(4)}{s.rng.choice('TDSHBXJ')}", head + s.digits(5)))


def _temporary(s: Subject) -> str:
    return s.rng.choice(
        (
            f"粤{s.rng.choice('ABCS')}{_signs(s, 'ABCDEFGH0123456789', 4)}{s.digits(1)}临",
            f"粤{s.rng.choice('XS')}{s.digits(4)}应急",
        )
    )


def _engine(s: Subject) -> str:
    return s.pick("engine_prefixes") + _signs(s, "ABCDEFGH0123456789", 2) + s.digits(s.rng.choice((4, 5, 6)))


def _pass_id(s: Subject) -> str:
    return f"{s.etc_card}{s.moment:%Y%m%d%H%M%S}"


def _lonlat(s: Subject) -> str:
    return f"{_longitude(s)},{_latitude(s)}"


def _longitude(s: Subject) -> str:
    return f"{float(s.place.longitude) + s.rng.uniform(-0.2, 0.2):.6f}"


def _latitude(s: Subject) -> str:
    return f"{float(s.place.latitude) + s.rng.uniform(-0.2, 0.2):.6f}"


def _route(s: Subject) -> str:
    return s.rng.choice(
        (
            "G4",
            "G15",
            "G25",
            "G94",
            "G105",
            "G107",
            "G205",
            "G321",
            "G324",
            "G325",
            "S1",
            "S14",
            "S20",
            "S32",
            "S118",
            "S233",
            "S272",
            "S354",
            "X291",
            "X408",
            "Y116",
            "C213",
        )
    )


def _stake(s: Subject) -> str:
    return f"{_route(s)}{s.rng.choice(('', '', ' '))}K{s.rng.randrange(1, 3200)}+{s.rng.choice((0, 50, 100, 120, 300, 500, 865, 930)):03d}"


def _bridge(s: Subject) -> str:
    return f"{_route(s)}44{s.digits(4)}{s.rng.choice('LLLU')}{s.rng.randrange(10, 9990, 10):04d}"


def _ip(s: Subject) -> str:
    head = s.rng.choice(("10.1", "10.44", "172.16", "172.20", "192.168", "59.41", "183.6"))
    return f"{head}.{s.rng.randrange(0, 255)}.{s.rng.randrange(1, 255)}"


def _mac(s: Subject) -> str:
    return ":".join([s.rng.choice(("00", "3C", "70", "A4", "F8")), *(f"{s.rng.randrange(256):02X}" for _ in range(5))])


def _landline(s: Subject) -> str:
    return f"{s.place.area}-{s.rng.choice('2368')}{s.digits(7 if s.place.area in ('020', '0755', '0757', '0754', '0769', '0752', '0731') else 6)}"


def _vector(s: Subject) -> str:
    return "[" + ",".join(f"{s.rng.uniform(-0.2, 0.2):.4f}" for _ in range(128)) + "]"


def _jwt(s: Subject) -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": s.pick("user_names"), "iat": int(s.moment.timestamp())})
    written = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts]
    return ".".join([*written, _signs(s, _ALNUM + "-_", 43)])


def _pem(s: Subject, what: str) -> str:
    body = "\n".join(_signs(s, _ALNUM + "+/", 64) for _ in range(3))
    return f"-----BEGIN {what}-----\n{body}\n-----END {what}-----"


def _dsn(s: Subject) -> str:
    scheme, port = s.rng.choice((("jdbc:mysql", 3306), ("postgresql", 5432), ("mongodb", 27017), ("redis", 6379)))
    return f"{scheme}://{s.rng.choice(('app', 'etl', 'report'))}:{s.pick('passwords').replace('@', '')}@{s.pick('hosts')}.example.cn:{port}/gdjt"


def _bearer(s: Subject) -> str:
    return s.rng.choice(
        (
            f"Authorization: Bearer {_signs(s, _ALNUM, 32)}",
            f"Authorization: Basic {base64.b64encode(s.pick('user_names').encode() + b':x1y2z3').decode()}",
        )
    )


def _ticket_day(s: Subject) -> str:
    return f"{s.place.code}{s.moment + timedelta(days=3):%Y%m%d}{s.digits(6)}"


def _airbill(s: Subject) -> str:
    body = s.digits(7)
    return f"{s.pick('ticket_airlines')}-{body}{checks.airway(body)}"


def _ean(s: Subject) -> str:
    body = s.rng.choice(("690", "692", "693", "694", "697")) + s.digits(9)
    return body + checks.ean(body)


def _sscc(s: Subject) -> str:
    body = "0069" + s.digits(13)
    return body + checks.ean(body)


def _postal(s: Subject) -> str:
    body = s.digits(8)
    return f"{s.rng.choice(('EA', 'EB', 'RR', 'LX'))}{body}{checks.postal(body)}CN"


MAKERS: Mapping[str, Callable[[Subject], str]] = MappingProxyType(
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
        "imei": _with_luhn(("860123", "866045", "354672", "868221"), 15),
        "plate": lambda s: s.plate,
        "plate_nev": _nev,
        "plate_embassy": _embassy,
        "plate_military": _military,
        "plate_temporary": _temporary,
        "vin": _vin,
        "engine": _engine,
        "etc_card": lambda s: s.etc_card,
        "pass_id": _pass_id,
        "route": _route,
        "stake": _stake,
        "bridge": _bridge,
        "ip": _ip,
        "mac": _mac,
        "imo": _imo,
        "container": _container,
        "vector": _vector,
        "jwt": _jwt,
        "private_key": lambda s: _pem(s, s.rng.choice(("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY"))),
        "certificate": lambda s: _pem(s, "CERTIFICATE"),
        "dsn": _dsn,
        "http_auth": _bearer,
        "bus_ticket": _ticket_day,
        "airbill": _airbill,
        "ean": _ean,
        "sscc": _sscc,
        "postal": _postal,
    }
)
