"""A rule that is being written, bound as it would be in force: what is to be matched, and what a correlation stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sigma.rule import SigmaRule
from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.sigma.binding import Active, bind
from detectors.sigma.book import Filters, bound, read_kept
from detectors.sigma.compile import fields_of
from detectors.sigma.fields import COMMAND_LINE, WHOLE_URI, place_of
from detectors.sigma.findings import name_of
from detectors.sigma.logsource import classes_of
from detectors.sigma.models import DetectionRule
from detectors.sigma.own.book import KEY, is_correlation, row_of, tag_of, with_body
from detectors.sigma.own.check import rule_problems
from detectors.sigma.own.naming import MOST_BELOW, names_within, problems_of, rule_of
from detectors.sigma.rules import RuleStatus, read_document
from detectors.sigma.standing import fields_asked
from soc.errors import InputError, NotFoundError
from soc.logstore.query import MatchAll, Query, Term, any_of
from soc.text import language
from soc.versions.values import Problem
from soc.yaml_text import read_mapping


@dataclass(frozen=True, slots=True)
class Asked:
    """Which fields a rule asks for, which of them are no column of ours, and what rules it stands on."""

    fields: tuple[str, ...]
    unmapped: tuple[str, ...]
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """Rules of single events to match, each with what it says, and the correlation of them that is tried, if it is one."""

    rows: tuple[DetectionRule, ...]
    parsed: tuple[SigmaRule, ...]
    filters: Filters
    active: Active | None = None
    #: the correlation as a rule; None where single events are matched
    above: DetectionRule | None = None

    @property
    def rule(self) -> DetectionRule:
        """The rule that is tried."""
        return self.rows[0] if self.above is None else self.above

    @property
    def query(self) -> Query:
        """Only events of the classes that the rules speak of can be hit."""
        spoken = [classes_of(one) for one in self.parsed]
        known = {one for classes in spoken if classes is not None for one in classes}
        return MatchAll() if None in spoken else any_of(*(Term("class_uid", one) for one in sorted(known)))

    @property
    def asked(self) -> Asked:
        """The fields that it asks for: a correlation those by which it groups and counts."""
        if self.active is None:
            return _asked({field for one in self.parsed for field in fields_of(one)})
        rules = tuple(name_of(row)[language()] for row in self.rows)
        return _asked(set(fields_asked(self.active.correlation)), rules)


def _asked(fields: set[str], rules: tuple[str, ...] = ()) -> Asked:
    known = WHOLE_URI | COMMAND_LINE
    unmapped = (one for one in sorted(fields) if place_of(one).inside is not None and one not in known)
    return Asked(tuple(sorted(fields)), tuple(unmapped), rules)


def problems_here(session: Session, org: str, body: Mapping[str, Any], text: str) -> list[Problem]:
    """Everything wrong with the text of one rule as one of ``org``'s, beside the others of ``body``."""
    problems = list(rule_problems("text", None, text))
    if problems:
        return problems
    own, row = _placed(session, org, body, text)
    return list(problems_of(rule_of(row), names_within(session, own))) if is_correlation(row) else []


def trial_of(session: Session, org: str, body: Mapping[str, Any], text: str) -> Trial:
    """Bind the text of a rule that has no problem here to what it would be matched with."""
    own, row = _placed(session, org, body, text)
    filters = _filters(session)
    if not is_correlation(row):
        return _matched((row,), filters)
    active = bind(rule_of(row), names_within(session, own).find, MOST_BELOW)
    assert active is not None  # it has no problem here
    kept = session.scalars(select(DetectionRule).where(DetectionRule.rule_id.in_(active.rule_ids)))
    rows = {one.rule_id: one for one in (*kept, *own.rules)}
    return _matched(tuple(rows[rule_id] for rule_id in active.rule_ids), filters, active, row)


def trial_of_kept(session: Session, rule_id: str) -> Trial:
    """Bind a kept rule, switched on or not, to the others that are kept.

    Raises:
        NotFoundError: there is none.
        InputError: it cannot be matched: a filter, or what it asks for or stands on is not supported or not kept.
    """
    kept = {row.rule_id: row for row in session.scalars(select(DetectionRule))}
    row = kept.get(rule_id)
    if row is None:
        raise NotFoundError
    book = bound([read_kept(one) for one in kept.values()])
    active = book.correlations.get(rule_id)
    if active is not None:
        return _matched(tuple(kept[one] for one in active.rule_ids), book.filters, active, row)
    if row.status is not RuleStatus.OK or "detection" not in row.document:
        raise InputError("backtests.error.unmatched", reason=row.reason or row.title)
    return _matched((row,), book.filters)


def _matched(
    rows: tuple[DetectionRule, ...], filters: Filters, active: Active | None = None, above: DetectionRule | None = None
) -> Trial:
    parsed = (read_document(row.rule_id, row.document).parsed for row in rows)
    return Trial(rows, tuple(one for one in parsed if one is not None), filters, active, above)


def _placed(session: Session, org: str, body: Mapping[str, Any], text: str) -> Any:
    """What would hold with the text in its place among the rules of a document, and the row that it makes."""
    document = read_mapping(text).body
    name = str(document["id"])
    others = [one for one in body.get(KEY, ()) if one["id"] != name]
    own = with_body(session, org, {KEY: [*others, {"id": name, "text": text}]})
    placed = next((row for row in own.rules if row.rule_id == tag_of(org, name)), None)
    return own, placed if placed is not None else row_of(org, document)


def _filters(session: Session) -> Filters:
    rows = session.scalars(select(DetectionRule).where(DetectionRule.enabled, DetectionRule.status == RuleStatus.OK))
    several = [row for row in rows if "filter" in row.document and "detection" not in row.document]
    return Filters(tuple(read_kept(row) for row in several))
