"""Rules as read from files: each is ok, unsupported or invalid, and says why."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import polars as pl
from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError
from sigma.filters import SigmaFilter
from sigma.rule import SigmaRule

from detectors.sigma.compile import compile_rule, fields_of
from detectors.sigma.correlation import names_of, unsupported
from detectors.sigma.flatten import Flat
from detectors.sigma.logsource import speaks_of
from detectors.sigma.source import FlatSource
from detectors.sigma.values import UnsupportedValueError
from soc.text import told
from soc.yaml_text import Bounds, YamlError, read_documents

#: of one file of rules: several documents, and anchors, which some collections use
BOUNDS = Bounds(documents=1000, aliases=True)
LIBRARY = Path(__file__).parent / "library"
#: what reading a broken document raises
_BROKEN = (SigmaError, UnsupportedValueError, ValueError, TypeError, AttributeError, KeyError, RecursionError)


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
    correlation: SigmaCorrelationRule | None = None
    filter: SigmaFilter | None = None

    @property
    def names(self) -> frozenset[str]:
        """What other documents call it by: its id and its name."""
        body = self.document or {}
        return frozenset(str(body[key]) for key in ("id", "name") if body.get(key))


def read_rules(folder: Path) -> list[Rule]:
    """Return every rule below ``folder`` (or of one file), in the order of their paths; none is dropped."""
    paths = (
        [folder] if folder.is_file() else sorted(one for one in folder.rglob("*") if one.suffix in {".yml", ".yaml"})
    )
    found = [rule for path in paths for rule in read_file(path)]
    return together(list(_told_twice(found)))


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
    if "detection" not in document and ("correlation" in document or "filter" in document):
        return _of_several(path, rule_id, document)
    try:
        parsed = SigmaRule.from_dict(document)
        found = Rule(path, rule_id, RuleStatus.OK, "", parsed.title or "", _level(parsed), parsed, document)
        compile_on([found], FlatSource([]))
    except UnsupportedValueError as error:
        return Rule(path, rule_id, RuleStatus.UNSUPPORTED, _first_line(error), str(document.get("title", "")))
    except _BROKEN as error:
        return _invalid(path, _first_line(error) or type(error).__name__, rule_id)
    return found


def _of_several(path: str, rule_id: str | None, document: dict[str, Any]) -> Rule:
    """A correlation or a filter; whether the rules that it names are there is seen when all are read."""
    title = str(document.get("title", ""))
    try:
        if "filter" in document:
            read = SigmaFilter.from_dict(document)
            return Rule(path, rule_id, RuleStatus.OK, "", title, document=document, filter=read)
        correlation = SigmaCorrelationRule.from_dict(document)
        names_of(correlation)  # a condition in words may be nested deeper than can be walked
    except _BROKEN as error:
        return _invalid(path, _first_line(error) or type(error).__name__, rule_id)
    status, reason = (RuleStatus.UNSUPPORTED, why) if (why := unsupported(correlation)) else (RuleStatus.OK, "")
    return Rule(path, rule_id, status, reason, title, _level(correlation), None, document, correlation)


def together(rules: list[Rule]) -> list[Rule]:
    """Put filters on the rules that they name, and see that correlations name rules that are there and can be matched.

    A filter narrows rules of single events (their log source must fit); a correlation may stand on other correlations,
    but not on itself.
    """
    filtered = _filtered(rules)
    by_name = {name: rule for rule in filtered for name in rule.names}
    return [_joined(rule, by_name) for rule in filtered]


def _filtered(rules: list[Rule]) -> list[Rule]:
    filters = [rule for rule in rules if rule.filter is not None and rule.status is RuleStatus.OK]
    used: set[int] = set()
    found = [narrowed(rule, filters, used) for rule in rules]
    nobody = "none of the rules that it filters is here"
    return [
        replace(rule, status=RuleStatus.UNSUPPORTED, reason=nobody)
        if any(rule is one for one in filters) and id(rule) not in used
        else rule
        for rule in found
    ]


def narrowed(rule: Rule, filters: Sequence[Rule], used: set[int] | None = None) -> Rule:
    """The rule with each filter that is meant for it; a filter that makes it unmatchable makes it so for all to see.

    ``used`` takes the identities of the filters that were meant for it.
    """
    used = set() if used is None else used
    for one in filters:
        if rule.parsed is None or one.filter is None or not _is_meant(one.filter, rule, rule.parsed):
            continue
        used.add(id(one))
        try:
            parsed = one.filter.apply_on_rule(deepcopy(rule.parsed))
            assert isinstance(parsed, SigmaRule)
            compile_rule(parsed, FlatSource([]))
        except _BROKEN as error:
            return replace(rule, status=RuleStatus.INVALID, reason=f"{one.path}: {_first_line(error)}", parsed=None)
        rule = replace(rule, parsed=parsed)
    return rule


def _is_meant(found: SigmaFilter, rule: Rule, parsed: SigmaRule) -> bool:
    named = found.filter.rules
    for_it = named == "any" or any(not isinstance(one, str) and one.reference in rule.names for one in named)
    return for_it and parsed.logsource in found.logsource


def _joined(rule: Rule, by_name: Mapping[str, Rule]) -> Rule:
    if rule.correlation is None or rule.status is not RuleStatus.OK:
        return rule
    for name, found in _below(rule, by_name, ()):
        if found is None:
            return replace(
                rule, status=RuleStatus.INVALID, reason=f"{name}: no such rule here, or it leads back to itself"
            )
        if found.status is not RuleStatus.OK:
            return replace(rule, status=RuleStatus.UNSUPPORTED, reason=f"{name}: {found.reason}")
    return rule


def _below(rule: Rule, by_name: Mapping[str, Rule], above: tuple[Rule, ...]) -> Iterator[tuple[str, Rule | None]]:
    """The rules that a correlation stands on, with all below them; None for what is missing or leads in a circle."""
    for name in names_of(rule.correlation) if rule.correlation else ():
        found = by_name.get(name)
        circle = found is rule or any(found is one for one in above)
        yield name, None if circle else found
        if found is not None and not circle:
            yield from _below(found, by_name, (*above, rule))


def compile_on(rules: list[Rule], source: FlatSource) -> dict[int, pl.Expr]:
    """Return each rule's expression, by its place in ``rules``."""
    return {place: compile_rule(rule.parsed, source) for place, rule in enumerate(rules) if rule.parsed is not None}


def match_flat(rules: list[Rule], source: FlatSource) -> list[list[int]]:
    """Return, for each rule, the numbers of the events it matches."""
    looked = {place: fields_of(rule.parsed) for place, rule in enumerate(rules) if rule.parsed is not None}
    frame = source.frame({field for fields in looked.values() for field in fields})
    hits: list[list[int]] = [[] for _ in rules]
    for place, expression in compile_on(rules, source).items():
        # a frame of all rules' fields is thousands of columns wide, and looking for one in it costs more than matching
        found = source.narrow(frame, looked[place]).select(expression.arg_true()).to_series().to_list()
        hits[place] = [number for number in found if _speaks_of(rules[place], source.events[number])]
    return hits


def _speaks_of(rule: Rule, event: Flat) -> bool:
    return rule.parsed is not None and speaks_of(rule.parsed, event)


def _level(parsed: SigmaRule | SigmaCorrelationRule) -> str:
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
