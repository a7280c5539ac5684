"""What a document of own formats may not say: each fault with its place; no pattern that runs away, no stolen records."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.ingest.formats import ParseOptions, parse_bytes
from audit.ingest.formats.own import own_format
from audit.ingest.maker.check import check, check_one
from audit.ingest.maker.claiming import claimed_by
from audit.ingest.maker.patterns import PatternWrongError, named_fields
from audit.ingest.maker.toml_text import TomlError, read
from soc.text import known
from soc.yaml_text import YamlError
from tests.audit.ingest.maker.making import document, ferry_gate


def faults(**changed: Any) -> set[str]:
    return {one.path.removeprefix("formats/0/") for one in check_one(ferry_gate(**changed))}


def test_a_good_one_has_no_fault() -> None:
    assert check_one(ferry_gate()) == []


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"id": "A B"}, "id"), ({"zh": ""}, "zh"), ({"en": "a\nb"}, "en"), ({"reader": "audit"}, "reader"),
        ({"reader": 7}, "reader"), ({"syslog": "yes"}, "syslog"), ({"payload": "x"}, "payload"), ({"cut": "x"}, "cut"),
        ({"starts": "x"}, "starts"), ({"cases": "x"}, "cases"), ({"cases": [5]}, "cases/0"),
        ({"cases": [{"match": "x"}]}, "cases/0/match"), ({"cases": [{"match": "("}]}, "cases/0/match"),
        ({"time": []}, "time"), ({"time": ["never"]}, "time/0"), ({"time": ["at+never"]}, "time/0"),
        ({"map": {"raw_data": ["who"]}}, "map/raw_data"), ({"map": {"guanlan.level": ["who"]}}, "map/guanlan.level"),
        ({"map": {"actor.user.name": ["nobody"]}}, "map/actor.user.name"), ({"map": 5}, "map"),
        ({"set": {"class_uid": 7}}, "set/class_uid"), ({"set": {"guanlan.org": "x"}}, "set/guanlan.org"),
        ({"set": {"status_id": True}}, "set/status_id"), ({"by": {"result": {"ok": {"status_id": 9}}}}, "by/result/ok/status_id"),
        ({"by": []}, "by"), ({"before": ["none"]}, "before"), ({"secret": [5]}, "secret/0"), ({"dialect": "x"}, "dialect"),
        ({"reader": "json", "cases": []}, "must"), ({"reader": "csv", "cases": []}, "columns"),
        ({"reader": "csv", "cases": [], "columns": ["at", "at"]}, "columns/1"), ({"separator": ""}, "separator"),
    ],
)  # fmt: skip
def test_each_fault_has_its_place(changed: dict[str, Any], place: str) -> None:
    assert place in faults(**changed)


def test_all_faults_are_said_at_once_and_in_words() -> None:
    problems = check_one(ferry_gate(id="", zh="", set={"class_uid": 1}, time=["x"]))
    assert len(problems) == 4
    assert all(known(one.code) and "{" not in one.text() for one in problems)


def test_two_of_one_name_are_refused() -> None:
    assert [one.path for one in check(document(ferry_gate(), ferry_gate()))] == ["formats/1/id"]


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?P<a>x)\1", r"(?P<a>x)(?=y)", r"(?<=y)(?P<a>x)", r"(?P<a>(?:x{1000}){1000})", r"(?P<a>(?:(?:\w{1,100}){1,100}){1,100})",
        r"(?P<a>" + "(?:" * 2000, r"(?P<a>x)(?P<a>y)", r"(?P<pairs>x)", r"(?P<syslog_at>x)", r"(x)(?P<a>y)", "(?P<a>x)\x00",
        "(?P<a>" + "x" * 3000 + ")", r"(?P<a>\w{1,1000}\w{1,1000})",
    ],
)  # fmt: skip
def test_a_pattern_that_could_run_away_or_is_none_of_re2_s_is_refused(pattern: str) -> None:
    assert "cases/0/match" in faults(cases=[{"match": pattern}])


@pytest.mark.parametrize(
    "pattern", [r"^(?P<at>(?:a+)+)$", r"^(?P<at>(?:a|a)*)b$", r"(?P<at>.*.*.*.*.*x)", r"^(?P<at>(?:a?){200}a{200})$"]
)
def test_what_would_take_another_engine_years_takes_no_time(pattern: str) -> None:
    assert named_fields(pattern) == ("at",)
    made = own_format("440000", ferry_gate(cases=[{"match": pattern}], map={}, by={})).format
    began = time.monotonic()
    parse_bytes(made, b"a" * (1 << 20) + b"!\n", ParseOptions())
    assert time.monotonic() - began < 20


def _repeated(count: int) -> str:
    return rf"^(?P<at>(?:\d|[a-f]){{1,{count}}}.*(?:[a-f]|\d){{1,{count}}}x)$"


def _passes(pattern: str) -> bool:
    try:
        return bool(named_fields(pattern))
    except PatternWrongError:
        return False


def test_the_largest_pattern_that_passes_reads_a_megabyte_in_bounded_time() -> None:
    pattern = next(one for one in map(_repeated, range(400, 40, -20)) if _passes(one))
    made = own_format("440000", ferry_gate(cases=[{"match": pattern}], map={}, by={})).format
    began = time.monotonic()
    parse_bytes(made, b"a1" * (1 << 19) + b"\n", ParseOptions())
    assert time.monotonic() - began < 20


def test_one_that_reads_everything_names_whose_records_it_would_take() -> None:
    greedy = ferry_gate(syslog=True, cases=[{"match": "^(?P<who>.*)$"}], time=["syslog_at"], map={}, by={})
    (problem,) = check_one(greedy)
    assert problem.path == "formats/0/before"
    assert "linux_auth" in problem.params["names"]
    assert check_one(greedy | {"before": list(claimed_by(greedy))}) == []


@pytest.mark.parametrize("name", ["columns", "cases"])
def test_what_another_reader_would_need_is_a_list_where_it_stands(name: str) -> None:
    reader = {"reader": "pairs", "must": ["who"]} if name == "cases" else {}
    problems = check_one(ferry_gate() | reader | {name: None})
    assert f"formats/0/{name}" in {one.path for one in problems}


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.just(ferry_gate()),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(ferry_gate())), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*sorted(ferry_gate()), "columns", "must", "header", "before", "x"]), TREES, max_size=6
    )
)
def test_whatever_a_document_says_its_check_says_so_and_never_raises(changed: dict[str, Any]) -> None:
    assert isinstance(check_one(ferry_gate() | changed), list)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_file_is_read_or_refused(raw: bytes | str) -> None:
    try:
        assert isinstance(read(raw), dict)
    except (TomlError, YamlError):
        pass


def test_a_shipped_declaration_comes_in_with_its_shared_pieces_filled() -> None:
    from audit.ingest.formats.declaration import FOLDER

    table = read((FOLDER / "apache.toml").read_text("utf-8"))
    assert "%{" not in str(table["cases"])
    assert table["id"] == "apache"
