"""A value that a rule compares with, as a test over a column of texts.

Sigma compares without regard to case unless ``cased``; ``*`` and ``?`` are wildcards.
Source: Sigma specification 2.0, "Detection" and appendix "Modifiers".
"""

import re
from collections.abc import Callable, Sequence
from enum import Enum

import polars as pl
import re2
from sigma.types import (
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaTimestampPart,
    SigmaType,
    SpecialChars,
)

Test = Callable[[pl.Expr], pl.Expr]
_OPERATORS: dict[str, Callable[[pl.Expr, float], pl.Expr]] = {
    "LT": lambda left, right: left < right,
    "LTE": lambda left, right: left <= right,
    "GT": lambda left, right: left > right,
    "GTE": lambda left, right: left >= right,
}
#: punctuation that needs no backslash, though rules written for other engines have one
_NEEDLESS = re.compile(r"\\([\"'/:;,<>=@!%&~`_ #-])")
_LITERAL_BRACE = re.compile(r"\{(?!\d+(?:,\d*)?\})")


class Place(Enum):
    """Where a word stands in a text: whether anything may stand before it, and behind it."""

    WHOLE = (False, False)
    START = (False, True)
    END = (True, False)
    WITHIN = (True, True)


class UnsupportedValueError(ValueError):
    """This kind of value cannot be matched; the text says why."""


def test_of(value: SigmaType) -> Test:
    """Return the test of one value.

    Raises:
        UnsupportedValueError: a placeholder, a look-around, or a type that has no meaning here.
    """
    if isinstance(value, SigmaTimestampPart):
        return _timestamp_part(value)
    if isinstance(value, SigmaString):
        return _string(value)
    if isinstance(value, SigmaNumber):
        return _number(float(value.number))
    if isinstance(value, SigmaBool):
        return _text("true" if value.boolean else "false")
    if isinstance(value, SigmaRegularExpression):
        return _regex(str(value.regexp), "".join(sorted(value.sigma_to_re_flag[flag] for flag in value.flags)))
    if isinstance(value, SigmaCompareExpression):
        compare, number = _OPERATORS[value.op.name], float(value.number.number)
        return lambda column: compare(column.cast(pl.Float64, strict=False), number)
    if isinstance(value, SigmaCIDRExpression):
        return _network(value.cidr)
    raise UnsupportedValueError(f"a value of type {type(value).__name__} cannot be matched")


def keyword_test(value: SigmaType) -> Test:
    """Return the test of a bare keyword: found anywhere in the event."""
    if isinstance(value, SigmaString):
        parts = _parts(value)
        inner = "".join(_as_regex(part) for part in parts)
        return lambda column: column.str.contains(f"(?is){inner}")
    if isinstance(value, SigmaNumber):
        return lambda column: column.str.contains(rf"(?:^|\W){re.escape(str(value.number))}(?:\W|$)")
    return test_of(value)


def word_within(value: SigmaType) -> tuple[Place, str] | None:
    """Return the word of a plain ASCII value that ignores case, and where it must stand; None for every other value."""
    if not isinstance(value, SigmaString) or isinstance(value, SigmaCasedString) or value.contains_placeholder():
        return None
    many = SpecialChars.WILDCARD_MULTI
    words = [part for part in value.s if isinstance(part, str)]
    wild = [part for part in value.s if not isinstance(part, str)]
    if len(words) != 1 or not words[0].isascii() or any(part is not many for part in wild):
        return None
    return Place((value.s[0] is many, value.s[-1] is many)), words[0]


def one_of(place: Place, words: Sequence[str]) -> Test:
    """Return the test "has one of these ASCII words" at a place, whatever their case, in one pass."""
    if place is Place.WITHIN:
        return lambda column: column.str.contains_any(list(words), ascii_case_insensitive=True)
    if place is Place.WHOLE:
        lowered = [word.lower() for word in words]
        return lambda column: column.str.to_lowercase().is_in(lowered)
    any_of = "|".join(map(re.escape, words))
    pattern = f"(?i-u)^(?:{any_of})" if place is Place.START else f"(?i-u)(?:{any_of})$"
    return lambda column: column.str.contains(pattern)


def _parts(value: SigmaString) -> list[str | SpecialChars]:
    if value.contains_placeholder():
        raise UnsupportedValueError("a placeholder (%name%) has no value here")
    return [part for part in value.s if isinstance(part, str | SpecialChars)]


def _string(value: SigmaString) -> Test:
    parts = _parts(value)
    cased = isinstance(value, SigmaCasedString)
    many = SpecialChars.WILDCARD_MULTI
    words = [part for part in parts if isinstance(part, str)]
    wild = [part for part in parts if not isinstance(part, str)]
    if not wild:
        return _text("".join(words), cased=cased)
    if len(words) == 1 and set(wild) == {many}:
        return _affix(words[0], starts=parts[-1] is many, ends=parts[0] is many, cased=cased)
    inner = "".join(_as_regex(part) for part in parts)
    return lambda column: column.str.contains(f"(?{'s' if cased else 'is'})^{inner}$")


def _as_regex(part: str | SpecialChars) -> str:
    if isinstance(part, str):
        return re.escape(part)
    return ".*" if part is SpecialChars.WILDCARD_MULTI else "."


def _text(text: str, *, cased: bool = False) -> Test:
    if cased or text.lower() == text.upper():
        return lambda column: column == text
    lowered = text.lower()
    return lambda column: column.str.to_lowercase() == lowered


def _affix(word: str, *, starts: bool, ends: bool, cased: bool) -> Test:
    wanted = word if cased else word.lower()

    def test(column: pl.Expr) -> pl.Expr:
        texts = column if cased else column.str.to_lowercase()
        if starts and ends:
            return texts.str.contains(wanted, literal=True)
        return texts.str.starts_with(wanted) if starts else texts.str.ends_with(wanted)

    return test


def _number(number: float) -> Test:
    return lambda column: column.cast(pl.Float64, strict=False) == number


def _timestamp_part(value: SigmaTimestampPart) -> Test:
    part, number = value.timestamp_part.name.lower(), int(value.number)

    def test(column: pl.Expr) -> pl.Expr:
        # the wall clock that the text itself shows
        local = column.str.slice(0, 19).str.replace("T", " ").str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
        found: pl.Expr = getattr(local.dt, part)()
        return found == number

    return test


def _regex(pattern: str, flags: str) -> Test:
    wanted = (f"(?{flags})" if flags else "") + pattern
    for candidate in (wanted, _LITERAL_BRACE.sub(r"\\{", _NEEDLESS.sub(r"\1", wanted))):
        if _polars_takes(candidate):
            return lambda column: column.str.contains(candidate)
    return _re2(wanted)


def _polars_takes(pattern: str) -> bool:
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError:
        return False
    return True


def _re2(pattern: str) -> Test:
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        reason = "look-arounds and back-references are not matched in linear time"
        raise UnsupportedValueError(f"regular expression not supported ({reason}): {error}") from error
    return lambda column: column.map_elements(
        lambda text: compiled.search(text) is not None, return_dtype=pl.Boolean, skip_nulls=True
    )


def _network(cidr: str) -> Test:
    from ipaddress import ip_address, ip_network

    network = ip_network(cidr, strict=False)

    def inside(text: str) -> bool:
        try:
            return ip_address(text.strip("[]")) in network
        except ValueError:
            return False

    # few addresses, many events: each distinct one is looked at once
    def among(texts: pl.Series) -> pl.Series:
        hits = [text for text in texts.drop_nulls().unique().to_list() if inside(text)]
        return texts.is_in(hits)

    return lambda column: column.map_batches(among, return_dtype=pl.Boolean, is_elementwise=True)
