"""The job that looks for correlations: takes the marks of what came in, reads the store, raises what it finds.

What it found is kept in the transaction that removes the marks it stood on: killed before, it looks again; killed
after, nothing is left to do. Two processes that look at the same are told apart by who removes the marks.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import groupby

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.behaviour.store import account_keys
from detectors.findings import raise_findings
from detectors.sigma.binding import Active
from detectors.sigma.bursts import forget_old, held, keep, longest
from detectors.sigma.looking import Burst, Looked, bursts_in, seconds
from detectors.sigma.marks import CorrelationMark, Stretch, due, stretches, take
from detectors.sigma.models import DetectionRule, RuleCounter
from detectors.sigma.own.book import own_within
from detectors.sigma.own.windows import windows_of
from detectors.sigma.reading import Limits, pieces
from detectors.sigma.told import Teller
from detectors.sigma.touched import GRACE
from soc.clock import now
from soc.db import Database
from soc.errors import UnavailableError
from soc.identity.actors import job_actor
from soc.jobs import JobContext
from soc.logstore.port import LogStore
from soc.text import Message

_log = logging.getLogger(__name__)
_ACTOR = "correlations"
#: a turn that took long is followed by a rest of so many times its length, and at most of so many seconds: what comes
#: in meanwhile is looked at together, and the rest of the work goes on
_REST, _LONGEST_REST = 4.0, 30.0
#: stretches of one correlation that are looked at in one turn
_MOST_STRETCHES = 50

#: by state database: until when to rest
_rests: dict[str, float] = {}


def watch(context: JobContext) -> None:
    """Look at what came in; the worker calls it every few seconds."""
    place = str(context.database.engine.url)
    if time.monotonic() < _rests.get(place, 0.0):
        return
    with context.database.read() as session:
        if not due(session, at=now(), most=1):  # most turns: then the store need not be opened
            return
    began = time.monotonic()
    try:
        Watch(context.database, context.store()).turn()
    finally:
        _rests[place] = time.monotonic() + min(_LONGEST_REST, _REST * (time.monotonic() - began))


class _TakenError(Exception):
    """Another process has looked at a part of these marks: what is left of them is looked at in the next turn."""


@dataclass(frozen=True, slots=True)
class Found:
    """A burst and its events, by time."""

    burst: Burst
    events: pl.DataFrame


@dataclass(slots=True)
class _Seen:
    """What looking at a stretch gave."""

    found: list[Found] = field(default_factory=list)
    events: int = 0
    cut: Message | None = None

    def add(self, other: "_Seen") -> None:
        self.found += other.found
        self.events += other.events
        self.cut = self.cut or other.cut


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks for correlations in a store."""

    database: Database
    store: LogStore
    limits: Limits = field(default_factory=Limits)

    def turn(self) -> int:
        """Look at all that is due; returns how many bursts were found."""
        with self.database.read() as session:
            marks = due(session, at=now())
        if not marks:
            return 0
        self.store.refresh()
        marks.sort(key=_kind)
        return sum(self._correlation(list(same)) for _, same in groupby(marks, key=_kind))

    def _correlation(self, marks: Sequence[CorrelationMark]) -> int:
        active = windows_of(self.database, marks[0].org).correlations.get(marks[0].rule_id)
        if active is None:  # switched off, for all or here, or what it stands on is gone
            with self.database.write() as session:
                take(session, [mark.id for mark in marks])
            return 0
        reach = timedelta(seconds=active.span)
        return sum(self._stretch(active, one) for one in stretches(marks, reach)[:_MOST_STRETCHES])

    def _stretch(self, active: Active, stretch: Stretch) -> int:
        """Look at one stretch and keep what was found."""
        began = time.perf_counter_ns()
        try:
            seen = self._seen(active, stretch)
        except UnavailableError:
            raise
        except Exception as error:
            # one correlation that breaks must not keep the others waiting, nor be looked at for ever
            _log.exception("correlation failed", extra={"rule": active.rule_id})
            seen = _Seen(cut=Message("rules.correlation.failed", {"reason": str(error)[:200]}))
        try:
            with self.database.write() as session:
                if not take(session, stretch.marks):
                    raise _TakenError
                raised = self._raise(session, active, stretch, seen)
                _note(session, active.rule_id, seen, raised, (time.perf_counter_ns() - began) // 1000)
        except _TakenError:
            return 0
        return len(seen.found)

    def _seen(self, active: Active, stretch: Stretch) -> _Seen:
        """Look at a stretch; one with more than can be read at once is halved, as long as windows stay whole."""
        seen = _Seen()
        first, last = seconds(stretch.first_at), seconds(stretch.last_at)
        looked = Looked(first, last, seconds(now() - GRACE))
        since, until = looked.margins(active)
        with self.database.read() as session:
            before = held(session, stretch.org, active.rule_id, since, until)
        reach = stretch.first_at - longest(active.span)
        begun = min((one.begins for same in before.values() for one in same if one.begins >= reach), default=since)
        for piece in pieces(self.store, active, stretch.org, min(begun, since), until, stretch.groups, self.limits):
            if piece.cut is not None and last - first > active.span:
                middle = stretch.first_at + (stretch.last_at - stretch.first_at) / 2
                seen = self._seen(active, replace(stretch, last_at=middle))
                seen.add(self._seen(active, replace(stretch, first_at=middle)))
                return seen
            bursts = bursts_in(active, piece.frame, looked, piece.groups, before)
            found = [Found(one, piece.frame[sorted({hit.number for hit in one.hits})]) for one in bursts]
            seen.add(_Seen(found, piece.frame.height, piece.cut))
        return seen

    def _raise(self, session: Session, active: Active, stretch: Stretch, seen: _Seen) -> int:
        if not seen.found:
            return 0
        told = seen.found
        if len(told) > self.limits.told:
            seen.cut = Message("rules.correlation.many_found", {"count": len(told), "limit": self.limits.told})
            told = sorted(told, key=lambda one: -len(one.burst.hits))[: self.limits.told]
        rows = _rows(session, active, stretch.org)
        if active.rule_id not in rows:  # out of force since it was looked for
            return 0
        teller = Teller(active, rows, account_keys(session, stretch.org))
        kept = [
            keep(session, stretch.org, active.rule_id, one.burst.group, one.burst.stretch, len(one.burst.hits))
            for one in told
        ]
        named = [(one.burst, one.events, was.key) for one, was in zip(told, kept, strict=True) if was.changed]
        return sum(
            one is not None for one in raise_findings(session, job_actor(session, _ACTOR), teller.findings(named))
        )


def _rows(session: Session, active: Active, org: str) -> dict[str, DetectionRule]:
    """A correlation and what it stands on, of the kept rules and of those that are the organisation's own."""
    ids = [rule.id for rule in active.rules]
    kept = session.scalars(select(DetectionRule).where(DetectionRule.rule_id.in_(ids)))
    return {row.rule_id: row for row in (*kept, *own_within(session, org).rules)}


def _kind(mark: CorrelationMark) -> tuple[str, str]:
    return mark.org, mark.rule_id


def _note(session: Session, rule_id: str, seen: _Seen, raised: int, micros: int) -> None:
    """Add up what a correlation cost and found; what was left out stands as its error until it is looked at whole."""
    counter = session.get(RuleCounter, rule_id)
    if counter is None:
        counter = RuleCounter(rule_id=rule_id, hits=0, cost_us=0, events=0)
        session.add(counter)
    counter.hits += raised
    counter.cost_us += micros
    counter.events += seen.events
    counter.error = seen.cut.render("en") if seen.cut is not None else None
    counter.last_hit_at = now() if raised else counter.last_hit_at


def tidy(context: JobContext) -> None:
    """Forget what was told long ago."""
    with context.database.write() as session:
        forget_old(session)
