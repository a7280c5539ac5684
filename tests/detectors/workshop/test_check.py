"""The check of own recognizers: hostile and mistaken documents, each refused with the way to its field."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from detectors.workshop.check import LONGEST_PATTERN, MOST_WORDS, check, check_place
from soc.identity.actor import Role
from soc.ledger.own_matching import matcher
from soc.ledger.own_types import definition_of
from tests.conftest import MakePerson
from tests.detectors.workshop.making import CITY, document, ferry_pass, put_in_force


def codes(**changed: Any) -> dict[str, str]:
    found = check(document(ferry_pass(**changed)))
    return {one.path.removeprefix("recognizers/0/"): one.code.removeprefix("workshop.problem.") for one in found}


def test_a_good_recognizer_has_no_problem() -> None:
    assert codes() == {}


@pytest.mark.parametrize(
    ("changed", "path", "code"),
    [
        ({"pattern": ".*"}, "pattern", "empty"),
        ({"pattern": "[A-Z]*"}, "pattern", "empty"),
        ({"pattern": ".+"}, "pattern", "everything"),
        ({"pattern": r"[\s\S]{1,99}"}, "pattern", "everything"),
        ({"pattern": r"\d+"}, "pattern", "commonplace"),
        ({"pattern": "a" * (1 << 20)}, "pattern", "long"),
        ({"pattern": "(" * 500 + "a{9}" + "){9}" * 100}, "pattern", "re2"),
        ({"pattern": "((a{99}){99}){99}"}, "pattern", "re2"),
        ({"pattern": r"(?=x)a"}, "pattern", "re2"),
        ({"pattern": r"(a)\1"}, "pattern", "re2"),
        ({"pattern": "a)|(.*"}, "pattern", "re2"),
        ({"pattern": "FD\x00"}, "pattern", "control"),
        ({"pattern": 7}, "pattern", "control"),
        ({"pattern": "", "words": []}, "pattern", "nothing"),
        ({"check": "crc64"}, "check", "checksum"),
        ({"check": ["luhn"]}, "check", "checksum"),
        ({"id": "mobile"}, "id", "shadows"),
        ({"id": "<script>"}, "id", "id"),
        ({"zh": "手机号"}, "zh", "shadows"),
        ({"en": " resident id "}, "en", "shadows"),
        ({"en": "x\x00y"}, "en", "line"),
        ({"zh": ""}, "zh", "line"),
        ({"level": "C"}, "level", "choice"),
        ({"class": "NONE"}, "class", "choice"),
        ({"group": "?"}, "group", "choice"),
        ({"yields_to": ["nobody"]}, "yields_to", "choice"),
        ({"words": ["甲"]}, "words/0", "word"),
        ({"words": ["ab\x00"]}, "words/0", "word"),
        ({"words": ["word"] * (MOST_WORDS + 1)}, "words", "words"),
        ({"words": "text"}, "words", "words"),
        ({"needs_name": True, "names": []}, "names", "no_names"),
        ({"log": "yes"}, "log", "no_flag"),
        ({"nested": {}}, "nested", "unknown_key"),
    ],
)
def test_each_mistake_is_said_at_its_field(changed: dict[str, Any], path: str, code: str) -> None:
    assert codes(**changed).get(path) == code


def test_every_problem_is_told_at_once() -> None:
    assert {"id", "pattern", "check", "level"} <= set(codes(id="X", pattern="(", check="no", level="9"))


def test_a_name_twice_and_a_list_that_is_none_are_refused() -> None:
    twice = document(ferry_pass(), ferry_pass())
    assert {one.code for one in check(twice)} == {"workshop.problem.doubled"}
    assert check({"recognizers": "x"})
    assert check({"recognizers": [7]})


def test_a_shipped_type_may_not_be_shadowed_through_a_tier_above(session: Session, person: MakePerson) -> None:
    put_in_force(session, person(Role.POLICY, "440000"), person(Role.COMMANDER, "440000"), "440000", ferry_pass())
    found = check_place(session, CITY, document(ferry_pass(id="other")))
    assert [one.path for one in found] == ["recognizers/0/zh", "recognizers/0/en"]


@pytest.mark.parametrize(
    ("pattern", "places"),
    [("(x+x+)+y", []), ("(a|aa)+b", []), ("(.*a){20}", [(0, 100_000)]), ("(?:[a-z]+)*[0-9]{3}!", [])],
)
def test_a_pattern_that_would_run_away_elsewhere_reads_a_long_line_to_its_end(
    pattern: str, places: list[tuple[int, int]]
) -> None:
    reader = matcher(definition_of(CITY, ferry_pass(pattern=pattern)))
    assert list(reader.places("x" * 50_000 + "a" * 50_000)) == places
    assert not reader.fits("x" * 50_000)


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["recognizers", "title", "id", "zh", "en", "pattern", "words", "check", "names", "level", "strip", "yields_to"]
    ), inner, max_size=6),
    max_leaves=20,
).filter(lambda body: isinstance(body, dict)))  # fmt: skip
def test_whatever_is_sent_the_check_answers(body: dict[str, Any]) -> None:
    assert all(one.code.startswith("workshop.problem.") for one in check(body))


@given(st.text(min_size=1, max_size=30))
def test_a_pattern_that_passes_can_be_used_and_takes_no_empty_value(pattern: str) -> None:
    table = ferry_pass(pattern=pattern)
    if not check(document(table)):
        reader = matcher(definition_of(CITY, table))
        assert not reader.fits("")
        for start, end in reader.places(f"前{pattern} {pattern}后"):
            assert 0 <= start < end


def test_a_pattern_is_no_longer_than_its_limit() -> None:
    assert "pattern" not in codes(pattern="F" * LONGEST_PATTERN)
