"""Rules on each micro-batch, before it is appended: the hits are stored with the event."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import select

from detectors.sigma.book import Filters, book_of
from detectors.sigma.compile import compile_rule
from detectors.sigma.logsource import batch_filter, classes_of, names_of
from detectors.sigma.models import DetectionRule, RuleCounter
from detectors.sigma.own.book import own_rules
from detectors.sigma.rules import narrowed, read_document
from detectors.sigma.sharing import SharedTests, outcomes
from detectors.sigma.source import BatchSource
from soc.clock import now

if TYPE_CHECKING:
    from soc.db import Database
    from soc.room import BatchContext

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Ready:
    """A rule made ready for batches."""

    rule_id: str
    #: over the outcomes of its tests
    expression: pl.Expr
    tests: Mapping[str, pl.Expr]
    #: classes of the events it speaks of; None where it may speak of any
    classes: frozenset[int] | None
    #: formats or products it speaks of; None where it may speak of any
    names: frozenset[str] | None

    def speaks_of(self, classes: set[int], names: set[str]) -> bool:
        """Tell whether a frame of these classes, formats and products has anything for it."""
        by_class = self.classes is None or bool(self.classes & classes)
        return by_class and (self.names is None or bool(self.names & names))


@dataclass(frozen=True, slots=True)
class _Run:
    """What one rule found in one batch."""

    rule_id: str
    hits: pl.Series
    micros: int
    error: str | None = None


def tag_hits(context: "BatchContext", frame: pl.DataFrame) -> pl.DataFrame:
    """Write the ids of the rules that hit into ``guanlan.rules`` of each event.

    Own rules of the organisation and its upper tiers are matched too; what it switched off is not.
    A rule that speaks of no class of event, format or product in the frame is through with it at no cost.
    """
    ready, there = _ready_rules(context.database, context.org, frame), set(frame["class_uid"].unique())
    names = {*frame["metadata.log_name"].unique(), *frame["metadata.product.name"].unique().drop_nulls()}
    speaking = [one for one in ready if one.speaks_of(there, names)]
    spoken, nothing = {one.rule_id for one in speaking}, _no_hits(frame)
    silent = [_Run(one.rule_id, nothing, 0) for one in ready if one.rule_id not in spoken]
    runs = [*_run_all(speaking, frame), *silent]
    _note(context.database, runs, frame.height)
    return frame.with_columns(tags_of({run.rule_id: run.hits for run in runs}, frame.height))


def match_frame(
    rules: Sequence[DetectionRule], frame: pl.DataFrame, filters: Filters | None = None
) -> dict[str, pl.Series]:
    """Return the hits of each rule of single events on a frame of normalised events; for backtests on the store."""
    return Matcher(rules, filters).match(frame)


@dataclass(slots=True)
class Matcher:
    """Rules on one frame after another; they are made ready once for all frames of one shape."""

    rules: Sequence[DetectionRule]
    filters: Filters | None = None
    _ready: dict[tuple[tuple[str, pl.DataType], ...], list[_Ready]] = field(default_factory=dict)

    def match(self, frame: pl.DataFrame) -> dict[str, pl.Series]:
        """Return the hits of each rule of single events on a frame of normalised events."""
        schema = tuple(frame.schema.items())
        if schema not in self._ready:
            made = (_made_ready(rule, frame, self.filters) for rule in self.rules)
            self._ready[schema] = [ready for ready in made if ready is not None]
        return {ready.rule_id: _run(ready, frame).hits for ready in self._ready[schema]}

    def tagged(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the events that a rule hit, tagged with the rules that did and no others."""
        tags = tags_of(self.match(frame), frame.height)
        return frame.with_columns(tags).filter(pl.col("guanlan.rules").list.len() > 0)


def _ready_rules(database: "Database", org: str, frame: pl.DataFrame) -> list[_Ready]:
    book, schema, own = book_of(database), tuple(frame.schema.items()), own_rules(database, org)
    marks = [mark for mark in book.marks if mark[0] not in own.off]
    found = [_ready(rule_id, mark, schema, database, book.filters) for rule_id, mark in marks]
    found += [_ready_own(rule, schema, book.filters) for rule in own.rules]
    return [ready for ready in found if ready is not None]


@lru_cache(maxsize=10_000)
def _ready_own(rule: DetectionRule, schema: tuple[tuple[str, pl.DataType], ...], filters: Filters) -> _Ready | None:
    """An own rule is the same object as long as its document is in force."""
    return _made_ready(rule, pl.DataFrame(schema=dict(schema)), filters)


@lru_cache(maxsize=10_000)
def _ready(
    rule_id: str,
    mark: str,
    schema: tuple[tuple[str, pl.DataType], ...],
    database: "Database",
    filters: Filters,
) -> _Ready | None:
    with database.read() as session:
        rule = session.scalars(select(DetectionRule).where(DetectionRule.rule_id == rule_id)).one()
    return _made_ready(rule, pl.DataFrame(schema=dict(schema)), filters)


def _made_ready(rule: DetectionRule, frame: pl.DataFrame, filters: Filters | None = None) -> _Ready | None:
    parsed = narrowed(read_document(rule.rule_id, rule.document), filters.rules if filters else ()).parsed
    if parsed is None:
        return None
    tests = SharedTests()
    expression = tests.name(batch_filter(parsed)) & compile_rule(parsed, BatchSource(frame, tests))
    return _Ready(rule.rule_id, expression, tests.held, classes_of(parsed), names_of(parsed))


def _run_all(rules: list[_Ready], frame: pl.DataFrame) -> list[_Run]:
    """Match all rules in one pass, so that what they share is computed once; apart only where one breaks."""
    began = time.perf_counter_ns()
    tests = {name: test for ready in rules for name, test in ready.tests.items()}
    wanted = [ready.expression.fill_null(value=False).alias(ready.rule_id) for ready in rules]
    try:
        found = outcomes(tests, frame).select(wanted)
    except pl.exceptions.PolarsError:
        return [_run(ready, frame) for ready in rules]
    share = (time.perf_counter_ns() - began) // 1000 // max(1, len(rules))
    return [_Run(ready.rule_id, found[ready.rule_id], share) for ready in rules]


def _run(ready: _Ready, frame: pl.DataFrame) -> _Run:
    began = time.perf_counter_ns()
    try:
        hits = outcomes(ready.tests, frame).select(ready.expression.fill_null(value=False).alias("hit")).to_series()
    except pl.exceptions.PolarsError as error:  # one broken rule must not stop the others, nor the ingest
        _log.warning("rule failed", extra={"rule": ready.rule_id, "reason": type(error).__name__})
        return _Run(ready.rule_id, _no_hits(frame), 0, str(error)[:300])
    return _Run(ready.rule_id, hits, (time.perf_counter_ns() - began) // 1000)


def _no_hits(frame: pl.DataFrame) -> pl.Series:
    return pl.repeat(value=False, n=frame.height, dtype=pl.Boolean, eager=True)


def tags_of(hits: Mapping[str, pl.Series], height: int) -> pl.Series:
    """Return ``guanlan.rules`` of so many events from the hits by rule; null where no rule hit."""
    tags: list[list[str] | None] = [None] * height
    for rule_id, found in hits.items():
        for number in found.arg_true().to_list():
            held = tags[number]
            tags[number] = [rule_id] if held is None else [*held, rule_id]
    return pl.Series("guanlan.rules", tags, dtype=pl.List(pl.String))


def _note(database: "Database", runs: list[_Run], events: int) -> None:
    """Add up what each rule cost and found."""
    with database.write() as session:
        query = select(RuleCounter).where(RuleCounter.rule_id.in_([run.rule_id for run in runs])).with_for_update()
        held = {counter.rule_id: counter for counter in session.scalars(query)}
        for run in runs:
            counter = held.get(run.rule_id)
            if counter is None:
                counter = RuleCounter(rule_id=run.rule_id, hits=0, cost_us=0, events=0)
                session.add(counter)
            _add(counter, run, events)


def _add(counter: RuleCounter, run: _Run, events: int) -> None:
    hits = int(run.hits.sum() or 0)
    counter.hits += hits
    counter.cost_us += run.micros
    counter.events += events
    counter.error = run.error
    counter.last_hit_at = now() if hits else counter.last_hit_at
