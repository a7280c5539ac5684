"""Tests that rules share: each is made once a frame, and of texts that repeat only on the values that differ.

A log has few programs, accounts, shapes of statements; the same path comes a thousand times. So what is asked of
one or two text columns is asked of their distinct values and read back by number, and a test that nothing passes
is known to be false for all rules that hold it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

#: telling values apart costs as much as some tests, and is worth it where values repeat
_FEWEST_TESTS, _MOST_DISTINCT = 3, 0.5
#: distinct values of so many columns together are as many as there are events
_MOST_COLUMNS = 2
#: values remembered of one set of tests, and sets of tests (they change when rules do)
_MOST_KEPT, _MOST_SETS = 4_000, 60
_CODE = "\0code"
#: columns and names of tests → their values so far, with the outcomes
_known: dict[tuple[tuple[str, ...], tuple[str, ...]], pl.DataFrame] = {}


@dataclass(frozen=True, slots=True, eq=False)
class SharedTests:
    """Named tests of events; equal ones have one name."""

    held: dict[str, pl.Expr] = field(default_factory=dict)

    def name(self, test: pl.Expr) -> pl.Expr:
        """Keep a test and return the column that will hold its outcome."""
        told = f"\0{hashlib.sha256(test.meta.serialize()).hexdigest()}"
        self.held[told] = test
        return pl.col(told)


def outcomes(tests: Mapping[str, pl.Expr], frame: pl.DataFrame) -> pl.DataFrame:
    """Return a column a test, false where a test is null.

    Raises:
        polars.exceptions.PolarsError: a test cannot be made on this frame.
    """
    apart, whole = _by_columns(tests, frame)
    columns = [*_made(frame, whole).get_columns()]
    for over, mine in apart.items():
        columns.extend(_on_distinct(frame, over, {name: tests[name] for name in mine}))
    return pl.DataFrame(columns)


def _by_columns(
    tests: Mapping[str, pl.Expr], frame: pl.DataFrame
) -> tuple[dict[tuple[str, ...], list[str]], dict[str, pl.Expr]]:
    """The tests of texts by the columns they look at, and those that look at whole events."""
    by_columns: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, test in tests.items():
        by_columns[tuple(sorted(set(test.meta.root_names())))].append(name)
    apart = {
        over: names for over, names in by_columns.items() if len(names) >= _FEWEST_TESTS and _are_texts(over, frame)
    }
    return apart, {name: test for name, test in tests.items() if not any(name in names for names in apart.values())}


def _are_texts(over: tuple[str, ...], frame: pl.DataFrame) -> bool:
    return 0 < len(over) <= _MOST_COLUMNS and all(frame.schema.get(name) == pl.String for name in over)


def _on_distinct(frame: pl.DataFrame, over: tuple[str, ...], tests: Mapping[str, pl.Expr]) -> Iterable[pl.Series]:
    texts = frame.select(over)
    distinct = texts.unique()
    if distinct.height > _MOST_DISTINCT * texts.height:
        return _made(texts, tests).get_columns()
    found = _remembered(distinct, over, tests)
    passed = found.select(pl.col(name).any() for name in tests).row(0, named=True)
    nothing = pl.repeat(value=False, n=texts.height, dtype=pl.Boolean, eager=True)
    codes = _codes(texts, found.select(over)) if any(passed.values()) else None
    return [
        nothing.alias(name)
        if codes is None or not hit
        else pl.Series(name, found[name].to_numpy()[codes], dtype=pl.Boolean)
        for name, hit in passed.items()
    ]


def _made(texts: pl.DataFrame, tests: Mapping[str, pl.Expr]) -> pl.DataFrame:
    # with_columns, since a test that looks at nothing is as long as the events too
    found = texts.lazy().with_columns(test.fill_null(value=False).alias(name) for name, test in tests.items())
    return found.select(list(tests)).collect()


def _remembered(distinct: pl.DataFrame, over: tuple[str, ...], tests: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """The values with the outcomes of the tests; what an earlier frame held is not tested again.

    Programs, paths and shapes of statements come again in each batch, and making a pattern ready costs more than trying
    it on few values.
    """
    key = (over, tuple(tests))
    known = _known.get(key)
    if known is None:
        known = pl.concat([distinct, _made(distinct, tests)], how="horizontal")
    else:
        new = distinct.join(known.select(over), on=list(over), how="anti", nulls_equal=True)
        if not new.height:
            return known
        known = pl.concat([known, pl.concat([new, _made(new, tests)], how="horizontal")])
    if known.height > _MOST_KEPT:
        _known.pop(key, None)
        return known
    if len(_known) >= _MOST_SETS:
        _known.clear()
    _known[key] = known
    return known


def _codes(texts: pl.DataFrame, known: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """Of each event the number of its value among the known ones."""
    numbered = known.with_row_index(_CODE)
    joined = texts.join(numbered, on=texts.columns, how="left", nulls_equal=True, maintain_order="left")
    return joined[_CODE].to_numpy()
