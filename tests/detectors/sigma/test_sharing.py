"""Tests made on distinct values and remembered give what they give on each event."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.sigma import sharing
from detectors.sigma.sharing import SharedTests, outcomes

_TEXTS = st.one_of(st.none(), st.sampled_from(["psql", "PSQL", "导出", "", "a?b"]), st.text(max_size=4))
_ROWS = st.lists(st.tuples(_TEXTS, _TEXTS, st.integers(0, 3)), min_size=1, max_size=40)
_PROGRAM, _PATH = pl.col("program"), pl.col("path")
TESTS = {
    "equal": _PROGRAM.str.to_lowercase() == "psql",
    "contains": _PROGRAM.str.contains("导", literal=True),
    "pattern": _PROGRAM.str.contains("(?i)^p"),
    "absent": _PROGRAM.is_null(),
    "path begins": _PATH.str.starts_with("a"),
    "path ends": _PATH.str.ends_with("b"),
    "no path": _PATH.is_null(),
    "both": pl.concat_str([_PATH, _PROGRAM], separator="?").str.contains("?", literal=True),
    "both equal": _PATH == _PROGRAM,
    "neither": _PATH.is_null() & _PROGRAM.is_null(),
    "anything": pl.lit(value=True),
    "number enough": pl.col("number") >= 2,
}


@given(st.lists(_ROWS, min_size=1, max_size=4))
def test_frame_after_frame_the_outcomes_are_those_of_each_event(
    batches: list[list[tuple[str | None, str | None, int]]],
) -> None:
    for rows in batches:
        # the same events many times over: values repeat as they do in a log
        frame = pl.DataFrame(
            rows * 3, schema={"program": pl.String, "path": pl.String, "number": pl.Int64}, orient="row"
        )
        direct = frame.with_columns(test.fill_null(value=False).alias(name) for name, test in TESTS.items()).select(
            list(TESTS)
        )
        assert outcomes(TESTS, frame).select(list(TESTS)).equals(direct)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "_MOST_KEPT", 10)
    monkeypatch.setattr(sharing, "_known", {})
    tests = {f"t{number}": _PROGRAM.str.contains(f"{number}", literal=True) for number in range(3)}
    for number in range(50):
        frame = pl.DataFrame({"program": [f"p{number}", f"q{number}"] * 5})
        assert outcomes(tests, frame)["t1"].sum() == (10 if "1" in str(number) else 0)
        assert all(known.height <= 10 for known in sharing._known.values())


def test_equal_tests_of_two_rules_are_one() -> None:
    first, second = SharedTests(), SharedTests()
    assert str(first.name(_PROGRAM == "psql")) == str(second.name(pl.col("program") == "psql"))
    assert str(first.name(_PROGRAM == "psql")) != str(first.name(_PROGRAM == "perl"))
