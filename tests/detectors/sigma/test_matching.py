"""What a rule means, case by case: matched on events of any shape."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.sigma.flatten import flatten
from detectors.sigma.rules import Rule, RuleStatus, match_flat, read_document
from detectors.sigma.source import FlatSource
from soc.yaml_text import read_yaml


def a_rule(detection: str, logsource: str = "category: test") -> Rule:
    text = f"title: t\nid: 5c0f3d5e-7a01-4f57-9d3e-2b8d3a1c9e01\nlogsource:\n  {logsource}\ndetection:\n{detection}"
    rule = read_document("rule.yml", read_yaml(text))
    assert rule.status is RuleStatus.OK, rule.reason
    return rule


def hits(detection: str, *events: Any, logsource: str = "category: test") -> list[int]:
    return match_flat([a_rule(detection, logsource)], FlatSource([flatten(event) for event in events]))[0]


def selection(line: str) -> str:
    return f"  selection:\n    {line}\n  condition: selection\n"


@pytest.mark.parametrize(
    ("line", "matching", "other"),
    [
        ("name: Alice", {"name": "aLICE"}, {"name": "alice2"}),
        ("name|cased: Alice", {"name": "Alice"}, {"name": "alice"}),
        ("name|contains: 身份", {"name": "查询身份证"}, {"name": "身 份"}),
        ("name|startswith: ab", {"name": "ABc"}, {"name": "cab"}),
        ("name|endswith: .sql", {"name": "dump.SQL"}, {"name": "dump.sql.gz"}),
        ("name: 'a*c'", {"name": "a\nbc"}, {"name": "a-c-d"}),
        ("name: 'a?c'", {"name": "abc"}, {"name": "abbc"}),
        (r"name: 'a\*c'", {"name": "a*c"}, {"name": "abc"}),
        ("name|re: '^a[0-9]+$'", {"name": "a12"}, {"name": "A12"}),
        ("name|re|i: '^a[0-9]+$'", {"name": "A12"}, {"name": "b12"}),
        (r"name|re: 'x\/y\_z{'", {"name": "x/y_z{"}, {"name": "xyz"}),
        ("count: 5", {"count": 5}, {"count": 50}),
        ("count: 5", {"count": "5"}, {"count": "five"}),
        ("count|gte: 5", {"count": 5}, {"count": 4.9}),
        ("count|lt: 5", {"count": "4"}, {"count": "many"}),
        ("flag: true", {"flag": True}, {"flag": False}),
        ("ip|cidr: 10.0.0.0/8", {"ip": "10.2.3.4"}, {"ip": "11.2.3.4"}),
        ("ip|cidr: 'fd00::/8'", {"ip": "fd12::1"}, {"ip": "not an address"}),
        ("name: null", {"name": None}, {"name": "x"}),
        ("name: ''", {"name": ""}, {"name": "x"}),
        ("name|exists: true", {"name": None}, {"other": 1}),
        ("name|exists: false", {"other": 1}, {"name": 1}),
        ("name|neq: a", {"name": "b"}, {"name": "A"}),
        ("user.name: bob", {"user": {"name": "Bob"}}, {"user": {"name": "eve"}}),
        ("roles: admin", {"roles": ["user", "Admin"]}, {"roles": ["user"]}),
        ("a|fieldref: b", {"a": "X", "b": "x"}, {"a": "x", "b": "y"}),
        ("cmd|base64offset|contains: secret", {"cmd": "xx c2VjcmV0 yy"}, {"cmd": "secret"}),
        ("cmd|windash|contains: ' -export '", {"cmd": "tool /export all"}, {"cmd": "tool export all"}),
        ("when|hour: 3", {"when": "2026-11-22T03:15:00Z"}, {"when": "2026-11-22T04:15:00Z"}),
    ],
)
def test_a_value_matches_as_the_specification_says(line: str, matching: Any, other: Any) -> None:
    assert hits(selection(line), matching, other) == [0]


def test_a_list_of_values_is_or_and_with_all_it_is_and() -> None:
    either = "  selection:\n    text|contains:\n      - a\n      - b\n  condition: selection\n"
    both = either.replace("contains", "contains|all")
    assert hits(either, {"text": "a"}, {"text": "ab"}, {"text": "c"}) == [0, 1]
    assert hits(both, {"text": "a"}, {"text": "ab"}, {"text": "c"}) == [1]


def test_conditions_combine_and_a_missing_field_does_not_stop_a_not() -> None:
    detection = "  read:\n    op: SELECT\n  filter_job:\n    user: etl\n  condition: read and not 1 of filter_*\n"
    assert hits(detection, {"op": "SELECT"}, {"op": "select", "user": "etl"}, {"op": "select", "user": "x"}) == [0, 2]


def test_keywords_are_found_in_any_field() -> None:
    detection = "  words:\n    - 'drop table'\n    - pg_dump\n  condition: words\n"
    assert hits(detection, {"a": {"b": "x DROP TABLE y"}}, {"a": "pg dump"}, {"c": ["-", "pg_dump"]}) == [0, 2]


def test_a_windows_event_is_known_by_its_short_names_and_its_channel() -> None:
    event = {
        "Event": {
            "System": {"EventID": 7, "Channel": "Microsoft-Windows-Sysmon/Operational"},
            "EventData": {"ImageLoaded": "C:\\Windows\\System32\\dbgcore.dll"},
        }
    }
    detection = selection("ImageLoaded|endswith: '\\dbgcore.dll'")
    assert hits(detection, event, logsource="category: image_load\n  product: windows") == [0]
    assert hits(detection, event, logsource="category: process_creation\n  product: windows") == []
    assert hits(detection, event, logsource="category: database") == []


def test_names_with_blanks_are_known_without_them() -> None:
    event = {"Event": {"EventData": {"Threat Name": "Tool:Win32/EICAR_Test_File"}}}
    assert hits(selection("ThreatName|endswith: EICAR_Test_File"), event) == [0]


def test_rules_of_many_fields_see_their_own() -> None:
    rules = [a_rule(selection(f"field{number}: {number}")) for number in range(40)]
    events = [flatten({f"field{number}": number}) for number in (3, 17)]
    found = match_flat(rules, FlatSource(events))
    assert {place: hit for place, hit in enumerate(found) if hit} == {3: [0], 17: [1]}


@pytest.mark.parametrize(
    ("document", "status", "reason"),
    [
        ({"title": "x"}, RuleStatus.INVALID, ""),
        ("just text", RuleStatus.INVALID, "no mapping"),
        ({"title": "x", "correlation": {"type": "event_count"}}, RuleStatus.INVALID, "rule references"),
        (
            {"title": "x", "logsource": {"category": "c"}, "detection": {"s": {"a|re": "(?=x)y"}, "condition": "s"}},
            RuleStatus.UNSUPPORTED,
            "look-around",
        ),
        (
            {"title": "x", "logsource": {"category": "c"}, "detection": {"s": {"a|expand": "%v%"}, "condition": "s"}},
            RuleStatus.UNSUPPORTED,
            "placeholder",
        ),
        (
            {"title": "x", "logsource": {"category": "c"}, "detection": {"s": {"a": 1}, "condition": "other"}},
            RuleStatus.INVALID,
            "",
        ),
    ],
)
def test_a_rule_that_cannot_be_matched_says_why(document: Any, status: RuleStatus, reason: str) -> None:
    rule = read_document("x.yml", document)
    assert rule.status is status
    assert rule.reason
    assert reason in rule.reason


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_event_can_be_looked_at(event: Any) -> None:
    assert hits(selection("name: '*nothing like this*'"), event) == []
