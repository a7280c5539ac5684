"""What tools and people do to whole columns: spreadsheets, exports, masking tools, prefixes, two kinds in one column."""

import json
from collections.abc import Callable, Mapping, Sequence

from detectors.discovery.evaluation.draw import Draw
from detectors.discovery.evaluation.numbers import VALUES, row

Spoil = Callable[[Draw, str, str], str]


def _scientific(_draw: Draw, _kind: str, value: str) -> str:
    plain = value.replace(" ", "").replace("-", "").replace("+86", "")
    return f"{plain[0]}.{plain[1:]}E{len(plain) - 1}" if plain.isdigit() else value


def _decimal(_draw: Draw, _kind: str, value: str) -> str:
    return value + ".0" if value.isdigit() else value


def _fifteen(_draw: Draw, _kind: str, value: str) -> str:
    """A spreadsheet keeps fifteen digits of a number and writes zeros for the rest."""
    return value[:15] + "0" * (len(value) - 15) if value.isdigit() and len(value) > 15 else value


def _prefixed(draw: Draw, kind: str, value: str) -> str:
    words = {
        "resident_id": ("ID:", "身份证："),
        "mobile": ("Tel:", "手机："),
        "plate": ("车牌:", "号牌-"),
        "person_name": ("姓名:", "联系人："),
    }
    return draw.split(*words.get(kind, ("No.", "编号："))) + value


def _json(draw: Draw, _kind: str, value: str) -> str:
    return json.dumps({draw.split("v", "val"): value, "n": draw.between(1, 9)}, ensure_ascii=False)


def _wrong(draw: Draw, kind: str, value: str) -> str:
    """A wrong check digit, always."""
    if kind == "vin":
        return value[:8] + draw.pick([one for one in "0123456789X" if one != value[8]]) + value[9:]
    return value[:-1] + draw.pick([one for one in "0123456789" if one != value[-1]])


def _small(_draw: Draw, _kind: str, value: str) -> str:
    return value.lower()


def _listed(draw: Draw, kind: str, value: str) -> str:
    """Two values in one cell."""
    return value + draw.split(",", "；") + VALUES[kind](draw, row(draw)) if draw.chance(0.3) else value


def _stars(draw: Draw, kind: str, value: str) -> str:
    shown = {
        "mobile": (3, 4), "resident_id": draw.split((6, 4), (1, 1)), "bank_card": draw.split((6, 4), (4, 4)), "plate": (2, 2),
        "vin": (3, 4), "person_name": draw.split((1, 0), (0, 1)), "uscc": (4, 4), "passport": draw.split((2, 2), (3, 3)),
        "landline": (5, 2), "address": (6, 0),
    }  # fmt: skip
    if kind == "email":
        return value[:1] + "***" + value[value.index("@") :]
    head, tail = shown[kind]
    plain = value.replace(" ", "").replace("·", "") if kind in {"mobile", "plate"} else value
    tail = 0 if kind == "person_name" and len(plain) == 2 and head else tail
    return plain[:head] + "*" * max(1, len(plain) - head - tail) + (plain[-tail:] if tail else "")


def _mixed(draw: Draw, kind: str, value: str) -> str:
    beside = {
        "mobile": "landline", "resident_id": draw.split("passport", "hkmo_permit_in"), "plate": "plate_nev", "uscc": "resident_id",
        "landline": "mobile", "person_name": "person_name", "bank_card": "bank_account",
    }  # fmt: skip
    return VALUES[beside[kind]](draw, row(draw)) if draw.chance(0.25) else value


#: what is done → the types it is done to, and how
DAMAGE: Mapping[str, tuple[tuple[str, ...], Spoil]] = {
    "scientific": (("mobile",), _scientific),
    "decimal": (("mobile", "imei", "mmsi", "imo"), _decimal),
    "fifteen digits": (("resident_id",), _fifteen),
    "prefixed": (("resident_id", "mobile", "plate", "person_name"), _prefixed),
    "json": (("resident_id", "mobile", "email"), _json),
    "wrong digits": (("resident_id", "uscc", "vin", "container"), _wrong),
    "small letters": (("resident_id", "vin", "plate", "uscc", "container", "email"), _small),
    "listed": (("mobile", "plate", "email"), _listed),
    "masked": (("mobile", "resident_id", "bank_card", "plate", "vin", "person_name", "email", "uscc", "passport", "landline", "address"), _stars),
    "mixed": (("mobile", "resident_id", "plate"), _mixed),
}  # fmt: skip


def damaged(draw: Draw, how: str, kind: str, values: Sequence[str]) -> list[str]:
    """Do one thing to every value of a column."""
    spoil = DAMAGE[how][1]
    return [spoil(draw, kind, value) for value in values]


_BEFORE = (("c_", "F_", "t_", "cust_", ""), ("col_", "user_", "a.", "src_", ""))
_AFTER = (("", "_1", "*", "（必填）"), ("2", "(必填)", ":", "_bak", ""))


def decorated(draw: Draw, header: str) -> str:
    """A header as forms and tools write it: prefixes, numbers, marks, upper case."""
    before = draw.pick(draw.split(*_BEFORE)) if header.isascii() else ""
    after = draw.pick(draw.split(*_AFTER)) if draw.chance(0.7) else ""
    after = "" if header.isascii() and ("填" in after or after == "*") else after
    shown = header.upper() if header.isascii() and "_" in header and draw.chance(0.4) else header
    return before + shown + after
