"""Counting what the values of one column look like; counts of chunks add up, and no value is kept.

Values are made distinct first, so that a default repeated ten thousand times speaks once. A pattern
is tried only on values whose length it could have, which is what makes a whole table affordable.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectors.recognizers import address, ethnic, person_name, position
from detectors.recognizers.checksums import CHECKS
from detectors.recognizers.definition import Proof, Recognizer, recognizers, sentence_pattern
from detectors.recognizers.values import MASKED, known, tidy, without

#: types that are sought inside longer texts of a column
EMBEDDED = (
    "private_key", "jwt", "cloud_ak", "jdbc", "password", "http_auth", "resident_id", "bank_card", "mobile", "email",
    "plate_nev", "plate", "vin", "uscc",
)  # fmt: skip
_EMBEDDED_SAMPLE = 2000
_LONGEST = 4096  # characters of one value that are looked at

Counts = Mapping[str, int]


def _added(one: Counts, other: Counts) -> dict[str, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in {*one, *other}}


@dataclass(frozen=True, slots=True)
class Measures:
    """Counts over the distinct values of a column.

    ``hits``: values of a type's shape; ``passed``: those whose check digit is right; ``hidden``:
    masked values of a type; ``inside``: longer texts with such a value in them, of ``texts`` looked at.
    """

    rows: int = 0
    filled: int = 0
    distinct: int = 0
    masked: int = 0
    texts: int = 0
    sequential: int = 0
    model_read: int = 0
    hits: Counts = field(default_factory=dict)
    passed: Counts = field(default_factory=dict)
    hidden: Counts = field(default_factory=dict)
    inside: Counts = field(default_factory=dict)
    shapes: Counts = field(default_factory=dict)

    def __add__(self, other: "Measures") -> "Measures":
        sums: dict[str, Any] = {}
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            sums[each.name] = mine + theirs if isinstance(mine, int) else _added(mine, theirs)
        return Measures(**sums)

    def share(self, counts: Counts, name: str) -> float:
        """The share of distinct values that ``counts`` has under ``name``."""
        return counts.get(name, 0) / self.distinct if self.distinct else 0.0

    @property
    def shape(self) -> str:
        """The commonest shape, digits as 9, letters as A and Han as 字."""
        return max(self.shapes, key=lambda shape: self.shapes[shape], default="")


def measure(values: pl.Series, *, model: bool = True) -> Measures:
    """Count what the values of one column (or of a chunk of it) look like.

    Args:
        values: the values as text.
        model: whether the lexical model may read a sample (persons' names).
    """
    tidied = known(tidy(values))
    distinct = tidied.unique(maintain_order=True).str.slice(0, _LONGEST)
    if distinct.is_empty():
        return Measures(rows=len(values))
    hits, passed = _shapes(distinct)
    texts, inside = _inside(distinct)
    own, read = _own(distinct, model=model)
    return Measures(
        rows=len(values),
        filled=len(tidied),
        distinct=len(distinct),
        masked=int(distinct.str.contains(MASKED).sum()),
        texts=texts,
        sequential=_sequential(distinct),
        model_read=read,
        hits=hits | own,
        passed=passed,
        hidden=_hidden(distinct),
        inside=inside,
        shapes=_silhouettes(distinct),
    )


def _shapes(distinct: pl.Series) -> tuple[dict[str, int], dict[str, int]]:
    """Hits and right check digits of every type with a pattern."""
    hits: dict[str, int] = {}
    passed: dict[str, int] = {}
    for (strip, upper), group in _forms().items():
        values = _by_length(without(distinct, strip, upper=upper))
        for recognizer in _present(group, values):
            matching = _matching(recognizer, values)
            if not matching.is_empty():
                hits[recognizer.id] = len(matching)
            if recognizer.check and not matching.is_empty():
                passed[recognizer.id] = int(CHECKS[recognizer.check](matching.to_list()).sum())
    return hits, passed


@cache
def _forms() -> Mapping[tuple[str, bool], tuple[Recognizer, ...]]:
    """Recognizers with a pattern, by the way their values are put into form first."""
    forms: dict[tuple[str, bool], tuple[Recognizer, ...]] = {}
    for one in recognizers().values():
        if one.pattern is not None and one.proof is not Proof.OWN:
            forms[one.strip, one.upper] = (*forms.get((one.strip, one.upper), ()), one)
    return forms


def _present(group: tuple[Recognizer, ...], values: "_Sorted") -> list[Recognizer]:
    """Those of the group that match any value: all their patterns are tried in one go."""
    possible = [one for one in group if not values.between(*_lengths(one.id)).is_empty()]
    if not possible:
        return []
    tried = pl.DataFrame({"value": values.values}).select(
        [pl.col("value").str.contains(one.pattern or "").any().alias(one.id) for one in possible]
    )
    return [one for one in possible if tried[one.id][0]]


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Values by their length, so that those of a range of lengths are one slice."""

    values: pl.Series
    lengths: NDArray[np.int64]

    def between(self, shortest: int, longest: int) -> pl.Series:
        """The values of ``shortest`` to ``longest`` characters."""
        start = int(np.searchsorted(self.lengths, shortest, side="left"))
        end = int(np.searchsorted(self.lengths, longest, side="right"))
        return self.values.slice(start, end - start)


def _by_length(values: pl.Series) -> _Sorted:
    lengths = values.str.len_chars().to_numpy().astype(np.int64)
    order = np.argsort(lengths, kind="stable")
    return _Sorted(values.gather(order), lengths[order])


def _matching(recognizer: Recognizer, values: _Sorted) -> pl.Series:
    near = values.between(*_lengths(recognizer.id))
    if near.is_empty() or recognizer.pattern is None:
        return near.clear()
    fits = near.str.contains(recognizer.pattern)
    if not fits.any():
        return near.clear()
    fitting = near.filter(fits)
    return fitting.filter(fitting.str.contains("[A-Za-z]")) if recognizer.letters else fitting


@cache
def _lengths(name: str) -> tuple[int, int]:
    """The shortest and longest value that the pattern of type ``name`` can match."""
    parser = import_module("re._parser")  # knows the width of what a pattern matches

    pattern = recognizers()[name].pattern or ""
    simple = pattern.replace(r"\p{Han}", "字").replace("(?s:", "(?:").replace("(?i:", "(?:")
    low, high = parser.parse(simple).getwidth()
    return int(low), min(int(high), _LONGEST)


def _hidden(distinct: pl.Series) -> dict[str, int]:
    """How many values are masked values of each type."""
    found: dict[str, int] = {}
    masked = distinct.filter(distinct.str.contains(MASKED) | distinct.str.contains(r"[*＊●×#]{2,}"))
    if masked.is_empty():
        return found
    for recognizer in recognizers().values():
        if recognizer.masked is None:
            continue
        plain = without(masked, recognizer.strip)
        fitting = plain.filter(plain.str.contains(recognizer.masked))
        if recognizer.masked_length:
            fitting = fitting.filter(fitting.str.len_chars().is_in(list(recognizer.masked_length)))
        if not fitting.is_empty():
            found[recognizer.id] = len(fitting)
    return found


def _inside(distinct: pl.Series) -> tuple[int, dict[str, int]]:
    """Which types stand inside longer texts; a check digit, where there is one, has to be right."""
    worded = distinct.str.contains(r"[^0-9A-Za-z.@_+:/-]") & (distinct.str.len_chars() >= 8)
    texts = distinct.filter(worded).head(_EMBEDDED_SAMPLE).to_list()
    found: dict[str, int] = {}
    for name in EMBEDDED:
        count = sum(1 for text in texts if holds(name, text))
        if count:
            found[name] = count
    return len(texts), found


def holds(name: str, text: str) -> bool:
    """Whether ``text`` holds more than a value of type ``name``: the value within other words."""
    recognizer = recognizers()[name]
    for match in sentence_pattern(name).finditer(text):
        if match.end() - match.start() == len(text):
            return False
        value = re.sub(f"[{re.escape(recognizer.strip)}]", "", match.group()) if recognizer.strip else match.group()
        if recognizer.check is None or bool(CHECKS[recognizer.check]([value])[0]):
            return True
    return False


def _own(distinct: pl.Series, *, model: bool) -> tuple[dict[str, int], int]:
    """Persons, addresses, positions and ethnic groups, by their own modules."""
    shaped = distinct.filter(person_name.shaped(distinct))
    counts = {
        "person_name": len(shaped),
        "person_latin": int(person_name.latin(distinct).sum()),
        "address": int(address.shaped(distinct).sum()),
        "address_loose": int(address.loosely(distinct).sum()),
        "ethnic": int(ethnic.full(distinct).sum()),
        "ethnic_short": int(ethnic.short(distinct).sum()),
        "lonlat": int(position.pairs(distinct).sum()),
        "trajectory": sum(
            1 for value in distinct.filter(distinct.str.len_chars() > 30).to_list() if position.is_track(value)
        ),
        "axis_lon": int(position.axis(distinct, position.LONGITUDES).sum()),
        "axis_lat": int(position.axis(distinct, position.LATITUDES).sum()),
    }
    read = 0
    if model and len(shaped) >= max(1, len(distinct) // 4):
        share = person_name.model_share(shaped) or 0.0
        read = len(shaped)
        counts["person_read"] = round(share * read)
    return {name: count for name, count in counts.items() if count}, read


def _sequential(distinct: pl.Series) -> int:
    """How many values are a run of numbers, one after another: rows are counted, nobody is called."""
    numbers = distinct.filter(distinct.str.contains(r"^\d{1,18}$")).cast(pl.Int64)
    if len(numbers) < max(10, len(distinct) // 2):
        return 0
    gaps = numbers.sort().diff().drop_nulls()
    close = int((gaps <= 16).sum()) + 1
    return close if close >= 0.8 * len(numbers) else 0


def _silhouettes(distinct: pl.Series) -> dict[str, int]:
    """The five commonest shapes of the first values: 9 for a digit, A for a letter, 字 for Han."""
    head = distinct.head(500).str.slice(0, 24)
    drawn = head.str.replace_all(r"\d", "9").str.replace_all("[A-Za-z]", "A").str.replace_all(r"\p{Han}", "字")
    counts = drawn.value_counts(sort=True).head(5)
    return dict(zip(counts.to_series(0).to_list(), counts.to_series(1).to_list(), strict=True))
