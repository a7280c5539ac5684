"""Folders of rules with correlations and filters: what is said of each, and what they hit in a file of events."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from detectors.sigma import commands
from detectors.sigma.models import DetectionRule
from detectors.sigma.rules import RuleStatus, read_rules
from detectors.sigma.service import find_rule, keep_rules
from soc.db import Database
from soc.identity.actors import operator_actor

FAILED = """title: Failed login
id: 11111111-0000-4000-8000-000000000001
name: failed_login
logsource: {category: application}
detection:
    selection: {outcome: failure}
    condition: selection
"""
DONE = """title: Login
id: 11111111-0000-4000-8000-000000000002
name: login
logsource: {category: application}
detection:
    selection: {outcome: success}
    condition: selection
"""
GUESSED = """title: Many failures
id: 11111111-0000-4000-8000-000000000003
name: guessing
correlation:
    type: event_count
    rules: [failed_login]
    group-by: [user]
    timespan: 5m
    condition: {gte: 3}
level: high
"""
BROKEN_IN = """title: Guessed, then in
id: 11111111-0000-4000-8000-000000000004
correlation:
    type: temporal_ordered
    rules: [guessing, login]
    group-by: [user]
    timespan: 10m
"""
NOT_THE_PROBE = """title: The probe may fail
id: 11111111-0000-4000-8000-000000000005
logsource: {category: application}
filter:
    rules: [failed_login]
    selection: {user: probe}
    condition: not selection
"""


def a_folder(folder: Path, *documents: str) -> Path:
    (folder / "rules").mkdir()
    for number, text in enumerate(documents):
        (folder / "rules" / f"{number}.yml").write_text(text, encoding="utf-8")
    return folder / "rules"


def events(folder: Path, *told: tuple[str, str, str]) -> Path:
    path = folder / "events.jsonl"
    lines = [json.dumps({"time": at, "user": user, "outcome": outcome}) for at, user, outcome in told]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def hit_by(rules: Path, file: Path) -> dict[str, list[int]]:
    done = CliRunner().invoke(commands.test, [str(rules), "--events", str(file), "--raw"], catch_exceptions=False)
    return {one["rule_id"][-1]: one["events"] for one in map(json.loads, done.output.splitlines())}


def failures(user: str, count: int) -> list[tuple[str, str, str]]:
    return [(f"2026-11-25T09:0{number}:00+08:00", user, "failure") for number in range(count)]


def test_a_correlation_of_a_correlation_is_hit(tmp_path: Path) -> None:
    rules = a_folder(tmp_path, BROKEN_IN, GUESSED, DONE, FAILED)
    file = events(tmp_path, *failures("eve", 3), *failures("bob", 2), ("2026-11-25T09:04:00+08:00", "eve", "success"))
    assert hit_by(rules, file) == {"1": [0, 1, 2, 3, 4], "2": [5], "3": [0, 1, 2], "4": [0, 1, 2, 5]}


def test_a_filter_takes_events_out_of_the_rule_that_it_names(tmp_path: Path) -> None:
    rules = a_folder(tmp_path, NOT_THE_PROBE, FAILED, GUESSED)
    assert hit_by(rules, events(tmp_path, *failures("probe", 4), *failures("eve", 1))) == {"1": [4]}


def test_events_without_the_group_are_in_none(tmp_path: Path) -> None:
    rules = a_folder(tmp_path, FAILED, GUESSED.replace("[user]", "[host]"))
    assert set(hit_by(rules, events(tmp_path, *failures("eve", 5)))) == {"1"}


@pytest.mark.parametrize(
    ("documents", "status", "reason"),
    [
        ([GUESSED], "invalid", "failed_login"),
        ([GUESSED.replace("[failed_login]", "[guessing]")], "invalid", "guessing"),
        ([NOT_THE_PROBE], "unsupported", "none of the rules"),
        ([FAILED, GUESSED.replace("{gte: 3}", "{about: 3}")], "invalid", "condition"),
        ([FAILED, GUESSED.replace("timespan: 5m", "timespan: soon")], "invalid", "soon"),
        ([FAILED, GUESSED.replace("event_count", "event_guess")], "invalid", "event_guess"),
        ([FAILED, NOT_THE_PROBE.replace("not selection", "not elsewhere")], "invalid", "elsewhere"),
    ],
)  # fmt: skip
def test_what_cannot_be_matched_says_why(tmp_path: Path, documents: list[str], status: str, reason: str) -> None:
    done = CliRunner().invoke(commands.check, [str(a_folder(tmp_path, *documents)), "--json"], catch_exceptions=False)
    told = [one for one in map(json.loads, done.output.splitlines()) if one["status"] != "ok"]
    assert [one["status"] for one in told] == [status]
    assert reason in told[0]["reason"]


def test_a_whole_folder_is_ok(tmp_path: Path) -> None:
    found = read_rules(a_folder(tmp_path, BROKEN_IN, GUESSED, DONE, FAILED, NOT_THE_PROBE))
    assert [(rule.status, rule.reason) for rule in found] == [(RuleStatus.OK, "")] * 5


def test_what_is_imported_is_matched_on_what_comes_in(database: Database, tmp_path: Path) -> None:
    rules = read_rules(a_folder(tmp_path, GUESSED, FAILED))
    with database.write() as session:
        assert keep_rules(session, operator_actor(session), rules)["unsupported"] == 0
    with database.read() as session:
        kept: dict[str, Any] = {one.name or "": find_rule(session, one.id or "") for one in map(_Named, rules)}
        assert isinstance(kept["guessing"], DetectionRule)
        assert (kept["guessing"].status, kept["failed_login"].status) == (RuleStatus.OK, RuleStatus.OK)


class _Named:
    """A rule by its name."""

    def __init__(self, rule: Any) -> None:
        self.id, self.name = rule.id, rule.document.get("name")
