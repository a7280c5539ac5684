"""Numbers of vehicles, ships, cards, devices and roads; each maker is given a row and returns one cell."""

import base64
import json
from collections.abc import Callable, Mapping

from detectors.discovery.evaluation.second import checks
from detectors.discovery.evaluation.third.rows import Row

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_MAKERS = ["LGB", "LSV", "LFV", "LVG", "LGX", "LZY", "LKL", "LZZ", "LGA", "LDN", "LRW", "LNB", "LJ1", "LA9"]
_VIN = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_OWNERS = ["COSU", "OOLU", "MSKU", "TCLU", "CSNU", "TEMU", "CBHU", "FCIU", "MSCU", "SITU"]
_NETWORKS = ("4401", "4401", "4401", "4501", "3601", "4301", "3501")


def _new_energy(row: Row) -> str:
    head = f"粤{row.rng.choice('ABCDEFGHJKLMNPQRSTUVW')}"
    if row.rng.random() < 0.2:
        return f"{head}{row.digits(5)}{row.rng.choice('DF')}"
    return f"{head}{row.rng.choice('DDDAF')}{row.rng.choice('0123456789ABGKQW')}{row.digits(4)}"


def _military(row: Row) -> str:
    if row.rng.random() < 0.3:
        return f"WJ{row.rng.choice(_PROVINCES)}{row.digits(4)}{row.rng.choice('0123TDSH')}"
    return f"{row.rng.choice('VKHBSLJNG')}{row.rng.choice('ABCDJKRTV')}{row.digits(5)}"


def _vin(row: Row) -> str:
    signs = (
        f"{row.rng.choice(_MAKERS)}{row.signs(_VIN, 5)}0{row.rng.choice('KLMNPRST')}{row.signs(_VIN, 3)}{row.digits(4)}"
    )
    return signs[:8] + checks.vin(signs) + signs[9:]


def _toll_card(row: Row) -> str:
    return f"{row.rng.choice(_NETWORKS)}{row.rng.randint(16, 26)}{row.rng.choice(('22', '23'))}{row.digits(12)}"


def _on_board(row: Row) -> str:
    return f"{row.rng.choice(_NETWORKS)}{row.rng.randint(16, 26)}{row.digits(10)}"


def _passage(row: Row) -> str:
    return f"{_toll_card(row)}{row.moment:%Y%m%d%H%M%S}"


def _imei(row: Row) -> str:
    body = f"86{row.digits(12)}"
    return body + checks.luhn(body)


def _iccid(row: Row) -> str:
    return f"8986{row.rng.choice(('00', '02', '04', '06', '01', '03', '11'))}{row.digits(14)}"


def _mac(row: Row) -> str:
    return ":".join(row.signs("0123456789ABCDEF", 2) for _ in range(6))


def _address(row: Row) -> str:
    tail = f"{row.rng.randint(0, 255)}.{row.rng.randint(1, 254)}"
    return f"{row.rng.choice(('10.44', '10.201', '172.18', '192.168', '19.129', '68.64'))}.{tail}"


def _pair(row: Row) -> str:
    return f"{row.point[0]:.6f},{row.point[1]:.6f}"


def _bridge(row: Row) -> str:
    return f"{row.route}44{row.home.code[2:]}{row.rng.choice('LLLU')}{row.rng.randint(10, 990):04d}"


def _imo(row: Row) -> str:
    body = row.rng.choice("789") + row.digits(5)
    return body + checks.imo(body)


def _container(row: Row) -> str:
    body = row.rng.choice(_OWNERS) + row.digits(6)
    return body + checks.container(body)


def _ean(row: Row) -> str:
    body = f"69{row.digits(10)}"
    return body + checks.ean(body)


def _parcel(row: Row) -> str:
    body = row.digits(8)
    return f"{row.rng.choice('ERCL')}{row.letter()}{body}{checks.postal(body)}CN"


def _waybill(row: Row) -> str:
    body = row.digits(7)
    return f"{row.rng.choice(('784', '999', '781', '479', '160'))}-{body}{checks.airway(body)}"


def _part(said: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(said, separators=(",", ":")).encode()).decode().rstrip("=")


def _token(row: Row) -> str:
    body = {"sub": row.digits(6), "org": row.home.code, "exp": int(row.moment.timestamp())}
    return f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(body)}.{row.signs(_VIN.lower() + '_-', 43)}"


def _pem(row: Row) -> str:
    sort = row.rng.choice(("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "SM2 PRIVATE KEY"))
    body = base64.b64encode(row.rng.randbytes(96)).decode()
    return f"-----BEGIN {sort}-----\n{body[:64]}\n{body[64:]}\n-----END {sort}-----"


def _vector(row: Row) -> str:
    return base64.b64encode(row.rng.randbytes(row.rng.choice((96, 128)))).decode()


def _floats(row: Row) -> str:
    return json.dumps([round(row.rng.uniform(-0.2, 0.2), 4) for _ in range(128)])


MACHINES: Mapping[str, Callable[[Row], str]] = {
    "plate": lambda row: row.plate,
    "plate dotted": lambda row: f"{row.plate[:2]}·{row.plate[2:]}",
    "province": lambda row: row.rng.choice(_PROVINCES),
    "new energy": _new_energy,
    "military": _military,
    "vin": _vin,
    "toll card": _toll_card,
    "on board": _on_board,
    "passage": _passage,
    "imei": _imei,
    "iccid": _iccid,
    "mac": _mac,
    "ip": _address,
    "pair": _pair,
    "lon": lambda row: f"{row.point[0]:.6f}",
    "lat": lambda row: f"{row.point[1]:.6f}",
    "route": lambda row: row.route,
    "stake": lambda row: f"{row.route}K{row.rng.randint(1, 2900)}+{row.rng.randint(0, 999):03d}",
    "bridge": _bridge,
    "imo": _imo,
    "container": _container,
    "ean": _ean,
    "parcel": _parcel,
    "waybill": _waybill,
    "jwt": _token,
    "pem": _pem,
    "vector": _vector,
    "floats": _floats,
    "epoch": lambda row: str(int(row.moment.timestamp())),
}
