"""What is wrong with a document of own rules: everything at once, each with the way to it and the engine's reason."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.sigma.models import DetectionRule
from detectors.sigma.own.book import KEY
from detectors.sigma.own.naming import faults_of, problems_within
from detectors.sigma.rules import RuleStatus, read_document
from soc.text import told
from soc.versions.values import Problem
from soc.yaml_text import YamlError, read_mapping

MOST_RULES = 200
LONGEST_TEXT, LONGEST_REASON, LONGEST_TITLE, LONGEST_ID = 32_000, 500, 200, 100
_FIELDS = ("id", "text", "off")
Found = Iterator[Problem]


def check(body: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with a document (what :mod:`soc.versions` calls)."""
    return list(_document(body))


def check_place(session: Session, org: str, body: Mapping[str, Any]) -> list[Problem]:
    """What a document may not say here.

    An own rule has an id of its own, only what is kept can be switched off, and what a correlation names can be matched.
    """
    entries = list(body.get(KEY, ()))
    query = select(DetectionRule.rule_id, DetectionRule.document)
    kept = {row.rule_id: row.document for row in session.execute(query)}
    found = [problem for place, one in enumerate(entries) for problem in _place(f"{KEY}/{place}", one, kept)]
    return [*found, *problems_within(session, org, body)]


def _place(at: str, one: Mapping[str, Any], kept: Mapping[str, Mapping[str, Any]]) -> Found:
    if "text" in one:
        if one["id"] in kept:
            yield Problem(f"{at}/id", "own_rules.problem.taken", {"id": one["id"]})
    elif one["id"] not in kept:
        yield Problem(f"{at}/id", "own_rules.problem.unknown", {"id": one["id"]})
    elif not kept[one["id"]].keys() & {"detection", "correlation"}:
        yield Problem(f"{at}/id", "own_rules.problem.several_off")


def _document(body: Mapping[str, Any]) -> Found:
    for key in body:
        if key not in {"title", KEY}:
            yield Problem(str(key)[:60], "own_rules.problem.unknown_key", {"key": str(key)[:60]})
    title = body.get("title", "")
    if not isinstance(title, str) or len(title) > LONGEST_TITLE:
        yield Problem("title", "own_rules.problem.text", {"most": LONGEST_TITLE})
    given = body.get(KEY, [])
    if not isinstance(given, list) or len(given) > MOST_RULES:
        yield Problem(KEY, "own_rules.problem.many", {"most": MOST_RULES})
        return
    seen: set[str] = set()
    for place, one in enumerate(given):
        yield from _entry(f"{KEY}/{place}", one)
        name = str(one.get("id")) if isinstance(one, dict) else ""
        if name in seen:
            yield Problem(f"{KEY}/{place}/id", "own_rules.problem.twice", {"id": name[:60]})
        seen.add(name)


def _entry(at: str, one: Any) -> Found:
    if not isinstance(one, dict):
        yield Problem(at, "own_rules.problem.no_mapping")
        return
    for key in one:
        if key not in _FIELDS:
            yield Problem(f"{at}/{str(key)[:60]}", "own_rules.problem.unknown_key", {"key": str(key)[:60]})
    if not _is_text(one.get("id"), LONGEST_ID):
        yield Problem(f"{at}/id", "own_rules.problem.text", {"most": LONGEST_ID})
    if "off" in one and not _is_text(one["off"], LONGEST_REASON):
        yield Problem(f"{at}/off", "own_rules.problem.why_off", {"most": LONGEST_REASON})
    if "text" in one:
        yield from rule_problems(f"{at}/text", one.get("id"), one["text"])
    elif "off" not in one:
        yield Problem(at, "own_rules.problem.says_nothing")


def rule_problems(at: str, name: Any, text: Any) -> Found:
    """What is wrong with the text of one rule; ``name`` is the id that its entry has, None where it has none yet."""
    if not _is_text(text, LONGEST_TEXT):
        yield Problem(at, "own_rules.problem.text", {"most": LONGEST_TEXT})
        return
    try:
        document = read_mapping(text).body
    except YamlError as error:
        yield Problem(at, "own_rules.problem.no_yaml", {"reason": told(error)})
        return
    yield from _of_rule(at, name, document)


def _of_rule(at: str, name: Any, document: Mapping[str, Any]) -> Found:
    if "detection" not in document and "filter" in document:
        yield Problem(at, "own_rules.problem.several")
        return
    if not document.get("id") or (name is not None and str(document["id"]) != name):
        yield Problem(at, "own_rules.problem.id")
    if not _is_text(document.get("title"), LONGEST_TITLE):
        yield Problem(at, "own_rules.problem.title", {"most": LONGEST_TITLE})
    custom = document.get("custom")
    if custom is not None and not (isinstance(custom, dict) and isinstance(custom.get("title_zh", ""), str)):
        yield Problem(at, "own_rules.problem.custom")
    read = read_document("", document)
    if read.correlation is not None:
        yield from faults_of(read.correlation, at)
    elif read.status is not RuleStatus.OK:
        yield Problem(at, f"own_rules.problem.{read.status.value}", {"reason": read.reason})


def _is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= longest
