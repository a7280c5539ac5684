"""Results of other scanners."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.weaknesses.imports import Columns, UnreadableResultError, read_csv, read_sarif

COLUMNS = Columns("编号", "说明", "级别", "位置")


def sarif(*results: dict[str, Any], rules: tuple[dict[str, Any], ...] = ()) -> bytes:
    driver = {"name": "Scanner", "rules": list(rules)}
    return json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": list(results)}]}).encode()


def test_a_result_has_its_rule_severity_place_and_words() -> None:
    place = {"physicalLocation": {"artifactLocation": {"uri": "a/b.py"}, "region": {"startLine": 7}}}
    read = read_sarif(sarif({"ruleId": "R1", "level": "error", "message": {"text": "bad"}, "locations": [place]}))
    (rule, severity, hit, title), *others = read.found
    assert (read.tool, rule, severity, hit.subject, title, others) == ("Scanner", "R1", 4, "a/b.py:7", "bad", [])


def test_a_result_without_a_level_has_that_of_its_rule() -> None:
    rules = ({"id": "R1", "defaultConfiguration": {"level": "note"}, "shortDescription": {"text": "a note"}},)
    ((_, severity, _, title),) = read_sarif(sarif({"ruleId": "R1"}, rules=rules)).found
    assert (severity, title) == (2, "a note")


def test_what_passed_is_no_weak_spot() -> None:
    assert read_sarif(sarif({"ruleId": "R1", "kind": "pass"})).found == ()


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"version": "1.0", "runs": []}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_sarif_is_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableResultError, match="no_sarif"):
        read_sarif(raw)


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=4)
KEYS = st.sampled_from(
    ["runs", "tool", "driver", "name", "rules", "results", "locations", "message", "text", "level", "id"]
)
TREES = st.recursive(
    LEAVES, lambda one: st.lists(one, max_size=3) | st.dictionaries(KEYS, one, max_size=4), max_leaves=15
)


@given(st.lists(TREES, max_size=3))
def test_whatever_stands_in_a_file_is_read_or_refused_and_never_breaks(runs: list[Any]) -> None:
    assert isinstance(read_sarif(json.dumps({"version": "2.1.0", "runs": runs}).encode()).found, tuple)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_by_its_columns_in_either_encoding(encoding: str) -> None:
    raw = '编号,说明,级别,位置\nR1,弱口令,高危,db01\nR2,"旧,版本",7.5,db02\n'.encode(encoding)
    read = read_csv(raw, "绿盟", COLUMNS)
    assert [(rule, severity, hit.subject, title) for rule, severity, hit, title in read.found] == [
        ("R1", 4, "db01", "弱口令"),
        ("R2", 4, "db02", "旧,版本"),
    ]


def test_a_line_that_cannot_be_read_is_named_and_the_others_stay() -> None:
    read = read_csv("编号,说明,级别,位置\n,x,高,\nR2,y,很糟,\nR3,z,低,\n".encode(), "t", COLUMNS)
    assert [one[0] for one in read.found] == ["R3"]
    assert read.faults == ((2, "weak.fault.rule"), (3, "weak.fault.severity"))


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(UnreadableResultError) as refused:
        read_csv(b"a,b\n1,2\n", "t", Columns("a", "c"))
    assert refused.value.params == {"name": "c"}


@pytest.mark.parametrize(("cvss", "severity"), [("0", 1), ("3.9", 2), ("4.0", 3), ("6.9", 3), ("7", 4), ("10", 4)])
def test_a_cvss_score_is_a_severity(cvss: str, severity: int) -> None:
    assert read_csv(f"r,t,s\nx,y,{cvss}\n".encode(), "t", Columns("r", "t", "s")).found[0][1] == severity
