"""Rules as read from files: each is ok, unsupported or invalid, and says why."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import polars as pl
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule

from detectors.sigma.compile import compile_rule, fields_of
from detectors.sigma.flatten import Flat
from detectors.sigma.logsource import speaks_of
from detectors.sigma.source import FlatSource
from detectors.sigma.values import UnsupportedValueError
from soc.text import told
from soc.yaml_text import Bounds, YamlError, read_documents

#: of one file of rules: several documents, and anchors, which some collections use
BOUNDS = Bounds(documents=1000, aliases=True)
LIBRARY = Path(__file__).parent / "library"
_CORRELATION_KEYS = ("correlation", "filter")


class RuleStatus(StrEnum):
    """Whether a rule can be matched."""

    OK = "ok"
    UNSUPPORTED = "unsupported"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one file."""

    path: str
    id: str | None
    status: RuleStatus
    reason: str
    title: str = ""
    level: str = "medium"
    parsed: SigmaRule | None = None
    document: dict[str, Any] | None = None


def read_rules(folder: Path) -> list[Rule]:
    """Return every rule below ``folder`` (or of one file), in the order of their paths; none is dropped."""
    paths = (
        [folder] if folder.is_file() else sorted(one for one in folder.rglob("*") if one.suffix in {".yml", ".yaml"})
    )
    found = [rule for path in paths for rule in read_file(path)]
    return list(_told_twice(found))


def read_file(path: Path) -> list[Rule]:
    """Return the rules of one file; one that cannot be read is one invalid rule."""
    try:
        with path.open("rb") as file:
            found = read_documents(file.read(BOUNDS.size + 1), BOUNDS)
    except YamlError as error:
        return [_invalid(path, f"not YAML: {told(error, 'en')}")]
    except OSError as error:
        return [_invalid(path, f"not read: {_first_line(error)}")]
    documents = [one.body for one in found if one.body is not None]
    if not documents:
        return [_invalid(path, "the file is empty")]
    return [read_document(str(path), document) for document in documents]


def read_document(path: str, document: Any) -> Rule:
    """Return one parsed document as a rule."""
    if not isinstance(document, dict):
        return _invalid(path, "not a rule: the document is no mapping")
    rule_id = str(document["id"]) if document.get("id") else None
    for key in _CORRELATION_KEYS:
        if key in document and "detection" not in document:
            reason = f"{key} rules are not matched event by event"
            return Rule(
                path, rule_id, RuleStatus.UNSUPPORTED, reason, str(document.get("title", "")), document=document
            )
    try:
        parsed = SigmaRule.from_dict(document)
        found = Rule(path, rule_id, RuleStatus.OK, "", parsed.title or "", _level(parsed), parsed, document)
        compile_on([found], FlatSource([]))
    except UnsupportedValueError as error:
        return Rule(path, rule_id, RuleStatus.UNSUPPORTED, _first_line(error), str(document.get("title", "")))
    except (SigmaError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        return _invalid(path, _first_line(error) or type(error).__name__, rule_id)
    return found


def compile_on(rules: list[Rule], source: FlatSource) -> dict[int, pl.Expr]:
    """Return each rule's expression, by its place in ``rules``."""
    return {place: compile_rule(rule.parsed, source) for place, rule in enumerate(rules) if rule.parsed is not None}


def match_flat(rules: list[Rule], source: FlatSource) -> list[list[int]]:
    """Return, for each rule, the numbers of the events it matches."""
    fields = {field for rule in rules if rule.parsed is not None for field in fields_of(rule.parsed)}
    frame = source.frame(fields)
    hits: list[list[int]] = [[] for _ in rules]
    for place, expression in compile_on(rules, source).items():
        found = frame.select(expression.arg_true()).to_series().to_list()
        hits[place] = [number for number in found if _speaks_of(rules[place], source.events[number])]
    return hits


def _speaks_of(rule: Rule, event: Flat) -> bool:
    return rule.parsed is not None and speaks_of(rule.parsed, event)


def _level(parsed: SigmaRule) -> str:
    return parsed.level.name.lower() if parsed.level is not None else "medium"


def _invalid(path: Path | str, reason: str, rule_id: str | None = None) -> Rule:
    return Rule(str(path), rule_id, RuleStatus.INVALID, reason)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else ""


def _told_twice(rules: list[Rule]) -> Iterator[Rule]:
    """An id given twice makes the later rule invalid: verdicts and exceptions hang on ids."""
    seen: dict[str, str] = {}
    for rule in rules:
        if rule.id is not None and rule.id in seen:
            yield _invalid(rule.path, f"the id is already used by {seen[rule.id]}", rule.id)
            continue
        if rule.id is not None:
            seen[rule.id] = rule.path
        yield rule
