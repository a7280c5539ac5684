"""What happens to values on their way through forms, spreadsheets and exports."""

from collections.abc import Callable
from random import Random

from detectors.discovery.evaluation.stranger.values import Kind, write

Values = list[str]
Soil = Callable[[Random, Kind, Values], Values]

_CHECKED = {"resident_id", "driver_licence", "uscc", "org_code", "bank_card", "imei", "vin", "container", "imo"}
_ALL_WRONG = {"resident_id", "driver_licence", "uscc", "vin"}  # their shape still says what they are
_LISTED = {"mobile", "telephone", "plate", "plate_only", "person_name", "resident_id", "vin", "email", "waybill_no"}
_OWN = ("wrong check digits", "masked", "exponents", "lists", "spaced")  # what only some kinds suffer
_OWN_SHARE = 0.6
_BLANKS = ("", "-", "无", "NULL", "/", "暂无", "N/A", "null", "--", "空", "待补")
_WIDE = str.maketrans("0123456789", "".join(chr(0xFF10 + digit) for digit in range(10)))
_STRAYS = ("合计", "同上", "测试", "见附件", "1", "0", "不详", "填写错误")


def soil(r: Random, kind: Kind, values: Values) -> tuple[Values, str]:
    """Return the values as they really arrive, and what was done to them."""
    fitting = [name for name, (fits, _) in _SOILS.items() if fits(kind, values)]
    own = [name for name in fitting if name in _OWN]
    name = r.choice(own if own and r.random() < _OWN_SHARE else fitting)
    return _SOILS[name][1](r, kind, values), name


def some(r: Random, share: float, values: Values, change: Callable[[str], str]) -> Values:
    """Change a share of the values."""
    return [change(value) if r.random() < share else value for value in values]


def _blank(r: Random, _kind: Kind, values: Values) -> Values:
    blank, share = r.choice(_BLANKS), r.choice((0.05, 0.2, 0.5))
    return values[:3] + some(r, share, values[3:], lambda _: blank)


def _padded(r: Random, _kind: Kind, values: Values) -> Values:
    before, after = r.choice((("", " "), (" ", ""), ("\t", ""), ("", "\u3000"), ("'", ""), (" ", "  ")))
    return some(r, r.choice((0.1, 0.5, 1.0)), values, lambda value: before + value + after)


def _wide(r: Random, _kind: Kind, values: Values) -> Values:
    return some(r, r.choice((0.02, 0.1, 0.4)), values, lambda value: value.translate(_WIDE))


def _exponent(r: Random, kind: Kind, values: Values) -> Values:
    share = r.choice((0.05, 0.2, 0.35)) if kind.truth else r.choice((0.2, 0.6, 1.0))
    return some(r, share, values, lambda value: f"{int(value):.5E}" if _long(value) else value)


def _wrong(r: Random, kind: Kind, values: Values) -> Values:
    place = 8 if kind.truth == "vin" else -1
    share = r.choice((0.01, 0.1, 0.3, 1.0) if kind.truth in _ALL_WRONG else (0.01, 0.1, 0.2))
    return some(r, share, values, lambda value: _other(r, value, place))


def _other(r: Random, value: str, place: int) -> str:
    letters = list(value)
    letters[place] = r.choice([one for one in "0123456789" if one != letters[place]])
    return "".join(letters)


def _masked(r: Random, kind: Kind, values: Values) -> Values:
    shape = r.choice(_MASKS[kind.name])
    return some(r, r.choice((0.3, 1.0, 1.0)), values, shape)


def _listed(r: Random, kind: Kind, values: Values) -> Values:
    between, share = r.choice((";", "、", "/", ",", "；")), r.choice((0.1, 0.5, 1.0))
    return some(r, share, values, lambda value: value + between + write(r, kind.forms[0], 0))


def _strayed(r: Random, _kind: Kind, values: Values) -> Values:
    return values[:3] + some(r, r.choice((0.02, 0.1)), values[3:], lambda _: r.choice(_STRAYS))


def _spaced(_random: Random, kind: Kind, values: Values) -> Values:
    cut = 3 if kind.truth == "mobile" else 4
    return [" ".join([value[:cut], *(value[at : at + 4] for at in range(cut, len(value), 4))]) for value in values]


def _floated(_random: Random, _kind: Kind, values: Values) -> Values:
    return [value + ".0" for value in values]


def _long(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) > 11


def _number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 14 and not value.startswith("0")


_MASKS: dict[str, tuple[Callable[[str], str], ...]] = {
    "resident_id": (
        lambda v: v[:4] + "*" * 10 + v[-4:],
        lambda v: v[:6] + "*" * 8 + v[-4:],
        lambda v: v[:1] + "*" * 16 + v[-1:],
    ),
    "mobile": (lambda v: v[:-8] + "****" + v[-4:], lambda v: v[:-8] + "xxxx" + v[-4:]),
    "bank_card": (lambda v: f"{v[:4]} **** **** {v[-4:]}", lambda v: v[:6] + "*" * (len(v) - 10) + v[-4:]),
    "person_name": (lambda v: v[:1] + "*" * (len(v) - 1), lambda v: v[:1] + "*" + v[2:]),
    "plate_only": (lambda v: v[:3] + "***" + v[-2:],),
}
_SOILS: dict[str, tuple[Callable[[Kind, Values], bool], Soil]] = {
    "blanks": (lambda _, values: len(values) > 5, _blank),
    "padded": (lambda *_: True, _padded),
    "full width": (lambda _, values: any(one.isascii() and any(map(str.isdigit, one)) for one in values), _wide),
    "exponents": (lambda _, values: all(map(_long, values)), _exponent),
    "wrong check digits": (lambda kind, _: kind.truth in _CHECKED and not kind.rest, _wrong),
    "masked": (lambda kind, _: kind.name in _MASKS, _masked),
    "lists": (lambda kind, _: kind.name in _LISTED, _listed),
    "strays": (lambda _, values: len(values) > 20, _strayed),
    "spaced": (lambda kind, values: kind.truth in {"mobile", "bank_card"} and all(map(str.isdigit, values)), _spaced),
    "floated": (lambda _, values: all(map(_number, values)), _floated),
}
