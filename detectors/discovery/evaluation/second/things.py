"""What is said of vehicles, ships, roads, devices, systems and parcels."""

import base64
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from detectors.discovery.evaluation.second import checks
from detectors.discovery.evaluation.second.subjects import Subject

_SAFE = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def _signs(s: Subject, signs: str, length: int) -> str:
    return "".join(s.rng.choices(signs, k=length))


def _vin(s: Subject) -> str:
    made = (
        s.pick("vin_makers") + _signs(s, _SAFE, 5) + "0" + s.rng.choice("GHJKLMNPR") + _signs(s, _SAFE, 3) + s.digits(4)
    )
    return f"{made[:8]}{checks.vin(made)}{made[9:]}"


def _container(s: Subject) -> str:
    body = s.pick("container_owners") + s.digits(6)
    return body + checks.container(body)


def _imei(s: Subject) -> str:
    body = s.rng.choice(("860123", "866045", "354672", "868221")) + s.digits(8)
    return body + checks.luhn(body)


def _imo(s: Subject) -> str:
    body = str(s.rng.randrange(710000, 999999))
    return body + checks.imo(body)


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


#: a maker for each token
THINGS: Mapping[str, Callable[[Subject], str]] = MappingProxyType(
    {
        "imei": _imei,
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
        "jwt": _jwt,
        "private_key": lambda s: _pem(s, s.rng.choice(("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY"))),
        "certificate": lambda s: _pem(s, "CERTIFICATE"),
        "dsn": _dsn,
        "http_auth": _bearer,
        "airbill": _airbill,
        "ean": _ean,
        "sscc": _sscc,
        "postal": _postal,
    }
)
