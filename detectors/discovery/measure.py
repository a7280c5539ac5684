"""Counting what the values of one column look like; counts of chunks add up, and no value is kept.

Values are made distinct first, so that a default repeated ten thousand times speaks once. A sample of
the distinct values meets every pattern; the rest of them, where there are more, only those patterns
that the sample has shown to be there, which is what makes tables of millions of rows affordable.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Protocol, Self

import numpy as np
import polars as pl

from detectors.discovery.cells import parts_of
from detectors.recognizers import address, build, ethnic, own, person_name, position, scanner
from detectors.recognizers.checksums import CHECKS
from detectors.recognizers.definition import Recognizer, recognizers, sentence_pattern
from detectors.recognizers.scanner import ALSO, LONGEST
from detectors.recognizers.values import MASKED, tidy_and_blank, unlabelled, without

#: types that are sought inside longer texts of a column
EMBEDDED = (
    "private_key", "jwt", "cloud_ak", "jdbc", "password", "http_auth", "resident_id", "bank_card", "mobile", "email",
    "plate_nev", "plate", "vin", "uscc",
)  # fmt: skip
_SAMPLE = 500  # distinct values that meet every pattern; a type of one value in a hundred shows itself in them
_FEW = 800  # as many are not worth being divided
_EMBEDDED_SAMPLE = 600

Counts = Mapping[str, int]


class Sketch(Protocol):
    """A summary of a column's values that can be joined with another (HyperLogLog, MinHash over keyed hashes)."""

    def merge(self, other: Self) -> Self:
        """Return the summary of both columns' values."""
        ...


def _added(one: Counts, other: Counts) -> dict[str, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in sorted({*one, *other})}


@dataclass(frozen=True, slots=True)
class Measures:
    """Counts over the distinct values of a column.

    ``hits``: values of a type's shape (of second patterns and of what modules of their own read: the sample's, scaled);
    ``passed``: those whose check digit is right; ``hidden``:
    masked values of a type; ``inside``: longer texts with such a value in them, of ``texts`` looked at;
    ``parts``: values of which one part is such a value, of ``cells`` that have several parts;
    ``sketches``: summaries by name that whoever feeds the engine may add, joined as the counts are.
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
    cells: int = 0
    parts: Counts = field(default_factory=dict)
    shapes: Counts = field(default_factory=dict)
    sketches: Mapping[str, Any] = field(default_factory=dict)

    def __add__(self, other: "Measures") -> "Measures":
        sums: dict[str, Any] = {}
        for each in fields(self):
            mine, theirs = getattr(self, each.name), getattr(other, each.name)
            if each.name == "sketches":
                sums[each.name] = _joined(mine, theirs)
            else:
                sums[each.name] = mine + theirs if isinstance(mine, int) else _added(mine, theirs)
        return Measures(**sums)

    def share(self, counts: Counts, name: str) -> float:
        """The share of distinct values that ``counts`` has under ``name``."""
        return counts.get(name, 0) / self.distinct if self.distinct else 0.0

    @property
    def shape(self) -> str:
        """The commonest shape, digits as 9, letters as A and Han as 字; the same one however chunks were joined."""
        return max(self.shapes, key=lambda shape: (self.shapes[shape], shape), default="")


def _joined(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    both = {name: mine[name].merge(theirs[name]) for name in mine.keys() & theirs.keys()}
    return {**mine, **theirs, **both}


def measure(values: pl.Series, *, model: bool = True) -> Measures:
    """Count what the values of one column (or of a chunk of it) look like.

    Args:
        values: the values as text.
        model: whether the lexical model may read a sample (persons' names).
    """
    return _looked_at(len(values), *_distinct(values), model=model)


def measure_counted(values: pl.Series, rows: pl.Series, *, model: bool = True) -> Measures:
    """Count the same of values that were counted before; the order in which they come is of no account.

    Args:
        values: the values as text, each once.
        rows: how many rows have each of them.
        model: whether the lexical model may read a sample (persons' names).
    """
    return _looked_at(int(rows.sum()), *_filled(values, rows), model=model)


def _looked_at(rows: int, filled: int, distinct: pl.Series, *, model: bool) -> Measures:
    if distinct.is_empty():
        return Measures(rows=rows)
    distinct = _unlisted(distinct)
    sample, rest = _sampled(distinct)
    looked = unlabelled(sample)
    scale = len(distinct) / len(sample)
    hits, passed = _shapes(looked, rest, labelled=looked != sample)
    texts, inside = _inside(looked if rest.is_empty() else unlabelled(_spread(distinct, _EMBEDDED_SAMPLE).to_list()))
    cells, parts = parts_of(looked)
    covered = [one for one in looked if _COVER.search(one)]
    own, read = _own(looked, model=model)
    return Measures(
        rows=rows,
        filled=filled,
        distinct=len(distinct),
        masked=round(sum(1 for one in covered if _MASKED.search(one)) * scale),
        texts=texts,
        sequential=_sequential(distinct),
        model_read=read,
        hits=hits | _scaled(own, scale),
        passed=passed,
        hidden=_scaled(_hidden(covered), scale),
        inside=inside,
        cells=round(cells * scale),
        parts=_scaled(parts, scale),
        shapes=_silhouettes(sample),
    )


def _distinct(values: pl.Series) -> tuple[int, pl.Series]:
    """How many rows say something, and each different thing that is said once."""
    given = values.drop_nulls()
    kinds = given.unique(maintain_order=True)
    if kinds.is_empty():
        return 0, kinds.cast(pl.String)
    tidied, empty = tidy_and_blank(kinds)
    filled = len(given)
    if empty.any():
        filled -= int(given.is_in(kinds.filter(empty).implode()).sum())
        tidied = tidied.filter(~empty)
    return filled, tidied.str.slice(0, LONGEST).unique(maintain_order=True)


def _filled(values: pl.Series, rows: pl.Series) -> tuple[int, pl.Series]:
    """The same where the rows of each value are known; in an order that depends on the values alone."""
    known = pl.LazyFrame({"value": values, "rows": rows}).drop_nulls("value").sort(pl.col("value").hash()).collect()
    given = known["value"]
    tidied, empty = tidy_and_blank(given)
    filled = int(known["rows"].filter(~empty).sum())
    if tidied is given:  # nothing was to be tidied: each is there once
        return filled, given
    said = tidied.alias("value").to_frame().lazy().filter(~empty)
    return filled, said.select(pl.col("value").str.slice(0, LONGEST).unique(maintain_order=True)).collect().to_series()


_BETWEEN = r"(?:\s*[;；、|/,，]\s*|\s+)"
_NAME, _LONG_NUMBER = r"[\p{Han}·]{2,15}", r"[0-9]{10,18}[0-9Xx]"
#: names, or numbers of eleven digits and more, one or several; nothing that a list could be mistaken for (dates, positions)
_ONE_OR_MORE = f"^(?:{_NAME}(?:{_BETWEEN}{_NAME})*|{_LONG_NUMBER}(?:{_BETWEEN}{_LONG_NUMBER})*)$"
_SEVERAL = f"^(?:{_NAME}{_BETWEEN}{_NAME}|{_LONG_NUMBER}{_BETWEEN}{_LONG_NUMBER})"
_LISTED, _FITTING = 0.3, 0.9
#: numbers in groups, as people copy them: ``8986 0012 …``
_GROUPED = r"^[0-9A-Za-z]{2,8}(?: [0-9A-Za-z]{1,8}){2,6}$"
#: a name and what is noted behind it: 罗丽华(组长)
_NOTE = r"^(\p{Han}[\p{Han}·]{1,14})[(（\[【]\p{Han}{1,6}[)）\]】]$"
_WITH_NOTE = r"^\p{Han}[\p{Han}·]{0,14}(?:[(（\[【]\p{Han}{1,6}[)）\]】])?$"
#: a name and how its bearer is addressed: 罗丽华女士
_ADDRESSED = rf"^(\p{{Han}}[\p{{Han}}·]{{1,14}}?)(?:{'|'.join(person_name.TITLES)})$"
#: what stands behind a name, and what all of such a column look like
_BEHIND_NAMES = ((_NOTE, _WITH_NOTE), (_ADDRESSED, r"^\p{Han}[\p{Han}·]{1,17}$"))


def _unlisted(distinct: pl.Series) -> pl.Series:
    """The values; where most cells are of one such make, the parts of lists, groups joined, or names without their notes."""
    some = _spread(distinct, 200)
    if some.str.contains(_GROUPED).sum() >= _FITTING * len(some) and some.str.contains(r"\d").all():
        return distinct.str.replace_all(" ", "").unique(maintain_order=True)
    for behind, such in _BEHIND_NAMES:
        noted, named = (int(some.str.contains(pattern).sum()) for pattern in (behind, such))
        if noted >= _LISTED * len(some) and named >= _FITTING * len(some):
            return distinct.str.replace(behind, "$1").unique(maintain_order=True)
    several, fitting = (int(some.str.contains(pattern).sum()) for pattern in (_SEVERAL, _ONE_OR_MORE))
    if several < _LISTED * len(some) or fitting < _FITTING * len(some):
        return distinct
    return distinct.str.replace_all(_BETWEEN, "\n").str.split("\n").explode().unique(maintain_order=True)


def _sampled(distinct: pl.Series) -> tuple[list[str], pl.Series]:
    """Values that meet every pattern, spread over the column, and those that are left."""
    if len(distinct) <= _FEW:
        return distinct.to_list(), distinct.clear()
    chosen = pl.Series(np.arange(len(distinct)) % (len(distinct) // _SAMPLE) == 0)
    return distinct.filter(chosen).to_list(), distinct.filter(~chosen)


def _spread(distinct: pl.Series, most: int) -> pl.Series:
    """So many of the values at most, spread over the column."""
    return distinct.gather_every(-(-len(distinct) // most))


def _scaled(counts: Counts, scale: float) -> dict[str, int]:
    return {name: round(count * scale) for name, count in counts.items()}


def _shapes(sample: Sequence[str], rest: pl.Series, *, labelled: bool) -> tuple[dict[str, int], dict[str, int]]:
    """Hits and right check digits of every type with a pattern.

    Those of second patterns, most of which take nearly anything, are what the sample has, scaled.
    """
    found = {name: list(matching) for name, matching in scanner.matches(sample).items()}
    hits = _scaled({name: len(matching) for name, matching in found.items()}, 1 + len(rest) / len(sample))
    left = (pl.Series(unlabelled(rest.to_list())) if labelled else rest) if not rest.is_empty() else rest.clear()
    for name in [name for name in found if not name.endswith(ALSO)] if len(left) else ():
        recognizer = recognizers()[name]
        more = _matching(recognizer, left)
        hits[name] = len(found[name]) + len(more)
        # values become Python's only where each of them is asked for its check digit
        found[name] += (more if recognizer.check else more.head(build.LOOKED_AT)).to_list()
    own_hits, own_passed = _own_shapes(sample, rest, labelled=labelled)
    checked = ((name, recognizers()[name].check) for name in found if not name.endswith(ALSO))
    passed = {name: int(CHECKS[check](found[name]).sum()) for name, check in checked if check}
    return hits | build.traits(found, hits) | own_hits, passed | own_passed


def _own_shapes(sample: Sequence[str], rest: pl.Series, *, labelled: bool) -> tuple[dict[str, int], dict[str, int]]:
    """Hits and right check digits of organisations' own types."""
    if not own.sought():
        return {}, {}
    left = rest.to_list()
    return own.shapes(sample, unlabelled(left) if labelled else left)


def _matching(recognizer: Recognizer, values: pl.Series) -> pl.Series:
    plain = without(values, recognizer.strip, upper=recognizer.upper)
    fitting = plain.filter(plain.str.contains(recognizer.pattern or ""))
    return fitting.filter(fitting.str.contains(scanner.LETTERS)) if recognizer.letters else fitting


_MASKED = re.compile(MASKED.replace(r"\p{Han}", "\u3400-\u9fff"))
_STARRED = re.compile(r"[*＊●×#]{2,}|[*＊○×某]|[Xx]{4,}")
#: signs without one of which nothing is masked
_COVER = re.compile("[*＊●×○某#Xx]")


def _hidden(covered: Sequence[str]) -> Counts:
    """How many values are masked values of each type."""
    return scanner.hidden([one for one in covered if len(one) <= 80 and (_MASKED.search(one) or _STARRED.search(one))])


_WORDED = re.compile(r"[^0-9A-Za-z.@_+:/-]")


def _inside(sample: Sequence[str]) -> tuple[int, dict[str, int]]:
    """Which types stand inside longer texts; a check digit, where there is one, has to be right."""
    texts = [one for one in sample if len(one) >= 8 and _WORDED.search(one)]
    step = max(1, len(texts) // _EMBEDDED_SAMPLE)
    texts = texts[::step]
    found: dict[str, int] = {}
    holding = list(filter(scanner.sieve(EMBEDDED).Match, texts))
    for name in EMBEDDED if holding else ():
        count = sum(1 for text in holding if holds(name, text))
        if count:
            found[name] = count
    near = own.could_hold(texts) if own.sought() else []
    for one in own.sought() if near else ():
        count = sum(1 for text in near if one.text and own.holds(one, text))
        if count:
            found[one.id] = count
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


#: four small numbers: a version of a program rather than a host (networks below 10 are hardly anybody's)
_VERSION = re.compile(r"\d(?:\.\d{1,4}){3}|\d{1,3}(?:\.\d{1,4}){2}\.(?:25[6-9]|2[6-9]\d|[3-9]\d\d|\d{4})")


class Needs(StrEnum):
    """What a value must have in it before it is worth asking whether it is of a kind: one look instead of thirteen."""

    SHORT = r"^\d{1,2}$"
    NUMBER = r"^[\d.]{5,}$"
    POINT = r"\d\.\d\d|°"
    HAN = "[\u3400-\u9fff]"
    LETTER = "[A-Za-z]"
    WORD = "[A-Za-z\u3400-\u9fff]"


_OWN: Mapping[str, tuple[Needs, Callable[[str], bool]]] = {
    "version": (Needs.NUMBER, lambda value: _VERSION.fullmatch(value) is not None),
    "person_name": (Needs.HAN, person_name.shaped),
    "person_loose": (Needs.HAN, person_name.loosely),
    "person_latin": (Needs.LETTER, person_name.latin),
    "person_english": (Needs.LETTER, person_name.english),
    "address": (Needs.WORD, address.shaped),
    "address_loose": (Needs.WORD, address.loosely),
    "ethnic": (Needs.HAN, ethnic.full),
    "ethnic_short": (Needs.HAN, ethnic.short),
    "ethnic_han_short": (Needs.HAN, ethnic.short_han),
    "ethnic_code": (Needs.SHORT, ethnic.coded),
    "ethnic_han": (Needs.SHORT, ethnic.of_the_han),
    "lonlat": (Needs.POINT, position.is_pair),
    "trajectory": (Needs.POINT, position.is_track),
    "axis_lon": (Needs.NUMBER, lambda value: position.on_axis(value, position.LONGITUDES)),
    "axis_lat": (Needs.NUMBER, lambda value: position.on_axis(value, position.LATITUDES)),
}
_HAVING = {need: re.compile(need.value).search for need in Needs}


def _own(sample: Sequence[str], *, model: bool) -> tuple[dict[str, int], int]:
    """Persons, addresses, positions and ethnic groups, by their own modules."""
    having = {need: [one for one in sample if has(one)] for need, has in _HAVING.items()}
    counts = {name: sum(map(predicate, having[need])) for name, (need, predicate) in _OWN.items()}
    read = counts["person_name"] if model and _worth_reading(counts, sample) else 0
    if model and counts["person_loose"] >= max(1, len(sample) // 4):
        strict, loose = person_name.model_shares([one for one in sample if person_name.loosely(one)])
        counts["person_read"] = round(strict * read)
        counts["person_loose_read"] = round(loose * counts["person_loose"])
    return {name: count for name, count in counts.items() if count}, read


def _worth_reading(counts: Counts, sample: Sequence[str]) -> bool:
    return counts["person_name"] >= max(1, len(sample) // 4)


_COUNTED = re.compile("[0-9]{1,18}")


def _sequential(distinct: pl.Series) -> int:
    """How many values are a run of numbers, one after another: rows are counted, nobody is called."""
    first = sum(1 for one in distinct.head(20).to_list() if _COUNTED.fullmatch(one))
    if len(distinct) < 10 or first < 0.4 * min(20, len(distinct)):
        return 0
    numbers = distinct.filter(distinct.str.contains(r"^\d{1,18}$")).cast(pl.Int64)
    if len(numbers) < max(10, len(distinct) // 2):
        return 0
    gaps = numbers.sort().diff().drop_nulls()
    close = int((gaps <= 16).sum()) + 1
    return close if close >= 0.8 * len(numbers) else 0


_DIGIT, _LETTER, _HAN = re.compile(r"\d"), re.compile("[A-Za-z]"), re.compile("[\u3400-\u9fff]")


def _silhouettes(sample: Sequence[str]) -> dict[str, int]:
    """The five commonest shapes of the first values: 9 for a digit, A for a letter, 字 for Han."""
    counts: dict[str, int] = {}
    for value in sample[:200]:
        shape = _HAN.sub("字", _LETTER.sub("A", _DIGIT.sub("9", value[:24])))
        counts[shape] = counts.get(shape, 0) + 1
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:5])
