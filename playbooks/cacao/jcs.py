"""The canonical form of a JSON value, byte for byte the same on every machine.

Source: RFC 8785 (JSON Canonicalization Scheme); numbers as ECMAScript prints them.
"""

import json
from math import isfinite


def canonical(value: object) -> bytes:
    """Return the canonical bytes of a JSON value.

    Raises:
        ValueError: it holds something that JSON has not (NaN, a key that is no string).
    """
    return "".join(_parts(value)).encode("utf-8")


def _parts(value: object) -> list[str]:
    if value is None or isinstance(value, bool):
        return [json.dumps(value)]
    if isinstance(value, str):
        return [_text(value)]
    if isinstance(value, int | float):
        return [_number(value)]
    if isinstance(value, list):
        return ["[", *_joined([_parts(one) for one in value]), "]"]
    if isinstance(value, dict):
        return ["{", *_joined([[_text(name), ":", *_parts(value[name])] for name in sorted(value, key=_utf16)]), "}"]
    raise ValueError(f"not a JSON value: {type(value).__name__}")


def _joined(parts: list[list[str]]) -> list[str]:
    found: list[str] = []
    for number, part in enumerate(parts):
        found += [",", *part] if number else part
    return found


def _text(value: str) -> str:
    # what Python escapes is what RFC 8785 §3.2.2.2 escapes, in the same letters
    return json.dumps(value, ensure_ascii=False)


def _utf16(name: object) -> bytes:
    if not isinstance(name, str):
        raise ValueError("a key that is no string")
    # §3.2.3: sorted by UTF-16 code units, which is not the order of code points beyond U+FFFF
    return name.encode("utf-16-be", "surrogatepass")


def _number(value: float) -> str:
    if isinstance(value, int):
        if abs(value) < 2**53:
            return str(value)
        value = _as_float(value)
    if not isfinite(value):
        raise ValueError("not a JSON number")
    if value == 0:
        return "0"
    return _ecmascript(value)


def _ecmascript(value: float) -> str:
    """Print as ECMA-262 Number::toString does: repr has the same shortest digits, another layout."""
    sign = "-" if value < 0 else ""
    mantissa, _, power = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    point = len(whole) + int(power or 0)
    digits = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    return sign + _laid_out(digits, point)


def _laid_out(digits: str, point: int) -> str:
    if len(digits) <= point <= 21:
        return digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{tail}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        raise ValueError("a number beyond IEEE 754") from None
