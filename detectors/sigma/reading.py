"""The tagged events that a correlation needs of the store, no more of them than can be looked at."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl
from sigma.correlations import SigmaCorrelationCondition

from detectors.sigma.binding import Active, Source
from detectors.sigma.correlation import FROM_BELOW, TEMPORAL, Type
from detectors.sigma.fields import WHOLE_URI, place_of
from detectors.sigma.marks import Group
from detectors.sigma.standing import fields_asked
from soc.logstore.fields import FIELDS, Kind
from soc.logstore.port import LogStore, SearchRequest
from soc.logstore.query import MatchAll, Query, Scope, Term, all_of, any_of
from soc.text import Message

#: what a finding says of its events, beside what the correlation asks for
SHOWN = (
    "metadata.uid", "guanlan.org", "time", "guanlan.rules", "actor.user.name", "guanlan.person", "src_endpoint.ip",
    "guanlan.level", "guanlan.level_rank", "guanlan.rows", "guanlan.rows_basis", "guanlan.rows_bound", "guanlan.tables",
)  # fmt: skip
_COUNTED = frozenset({Type.EVENT_COUNT, Type.VALUE_COUNT})
#: times are compared as floats of seconds: a millisecond more on each side is nothing missed
_MORE = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is looked at: ``events`` at once, ``groups`` of a stretch, ``named`` of them in one question.

    Of what one stretch gives, at most ``told`` are raised, the largest.
    """

    events: int = 200_000
    groups: int = 10_000
    named: int = 200
    told: int = 1_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Tagged events, oldest first; ``cut`` says what was left out where not all could be looked at."""

    frame: pl.DataFrame
    #: the groups that it is about; None for all of the events' groups
    groups: frozenset[Group] | None
    cut: Message | None = None


def pieces(
    store: LogStore,
    active: Active,
    org: str,
    since: datetime,
    until: datetime,
    groups: frozenset[Group] | None,
    limits: Limits,
) -> Iterator[Piece]:
    """Read the events of a correlation's rules with since ≤ time ≤ until, a bounded piece at a time."""
    within = _Within(store, active, org, since - _MORE, until + _MORE, limits)
    for some, cut in within.chosen(groups):
        yield within.piece(some, cut)


@dataclass(frozen=True, slots=True)
class _Within:
    """One stretch of one organisation's events."""

    store: LogStore
    active: Active
    org: str
    since: datetime
    until: datetime
    limits: Limits

    def chosen(self, groups: frozenset[Group] | None) -> Iterator[tuple[frozenset[Group] | None, Message | None]]:
        """Return groups to be read together; those that are too small to fulfil a count are left out."""
        if groups is not None and not groups:
            return
        least, names = self._least(), _grouping(self.active)
        if least is None or not names:
            yield from self._few(self._with_all(groups) if _is_all(self.active) else groups)
            return
        asked = self._asked(groups)
        found = self.store.aggregate(self._request(asked, self.since), names, limit=self.limits.groups)
        counted = {
            tuple(map(str, row.key)): int(str(row.figures["count"])) for row in found.rows if None not in row.key
        }
        enough = [key for key, count in counted.items() if count >= least and (groups is None or key in groups)]
        missed = found.cut and min(counted.values(), default=0) >= least
        cut = Message("rules.correlation.many_groups", {"count": self.limits.groups}) if missed else None
        yield from self._portions(enough, counted, cut)

    def _with_all(self, groups: frozenset[Group] | None) -> frozenset[Group] | None:
        """Of groups those that each of the rules hit; where a rule hit too many to name, it leaves none out."""
        for source in self.active.sources:
            names = [askable(field) for field in source.groups]
            known = [name for name in names if name is not None]
            if not known or len(known) < len(names) or groups == frozenset():
                continue
            asked = _asked_by((source,), groups if groups and len(groups) <= self.limits.named else None)
            found = self.store.aggregate(
                self._request(asked or MatchAll(), self.since), known, limit=self.limits.groups
            )
            if not found.cut:
                hit = frozenset(tuple(map(str, row.key)) for row in found.rows if None not in row.key)
                groups = hit if groups is None else groups & hit
        return groups

    def _portions(
        self, groups: list[Group], counted: dict[Group, int], cut: Message | None
    ) -> Iterator[tuple[frozenset[Group], Message | None]]:
        some, events = set[Group](), 0
        for group in groups:
            if some and (events + counted[group] > self.limits.events or len(some) >= self.limits.named):
                yield frozenset(some), cut
                some, events = set[Group](), 0
            some.add(group)
            events += counted[group]
        if some:
            yield frozenset(some), cut

    def _few(self, groups: frozenset[Group] | None) -> Iterator[tuple[frozenset[Group] | None, None]]:
        """So many groups as one question can name; where they cannot be named, all at once."""
        if groups is None or _asked_by(self.active.sources, groups) is None:
            yield groups, None
            return
        named = sorted(groups)
        for first in range(0, len(named), self.limits.named):
            yield frozenset(named[first : first + self.limits.named]), None

    def _least(self) -> int | None:
        """The fewest events that can fulfil it; None where their number says nothing."""
        correlation, condition = self.active.correlation, self.active.correlation.condition
        counted = correlation.type in _COUNTED and not self.active.nested and not self.active.capped
        if not counted or not isinstance(condition, SigmaCorrelationCondition):
            return None
        # an event that several of the rules hit counts for each of them
        return max(1, math.ceil(condition.count / max(1, len(self.active.sources))))

    def _asked(self, groups: frozenset[Group] | None) -> Query:
        few = groups if groups is not None and len(groups) <= self.limits.named else None
        asked = _asked_by(self.active.sources, few) if few else None
        return asked or _asked_by(self.active.sources, None) or MatchAll()

    def piece(self, groups: frozenset[Group] | None, cut: Message | None) -> Piece:
        """Read the events of some groups; where they are too many, the latest of them."""
        asked, since = self._asked(groups), self.since
        if not self._is_little(asked, since):
            since = self._latest(asked)
            cut = Message("rules.correlation.many_events", {"count": self.limits.events})
        frame = self.store.frame(self._request(asked, since), columns_of(self.active))
        return Piece(frame, groups, cut)

    def _is_little(self, asked: Query, since: datetime) -> bool:
        return self.store.count(self._request(asked, since)) <= self.limits.events

    def _latest(self, asked: Query) -> datetime:
        """From when on the events are few enough, as nearly as a score of questions can tell."""
        much, little = self.since, self.until
        for _ in range(20):
            middle = much + (little - much) / 2
            if self._is_little(asked, middle):
                little = middle
            else:
                much = middle
        return little

    def _request(self, asked: Query, since: datetime) -> SearchRequest:
        return SearchRequest(query=asked, since=since, until=self.until, scope=Scope.of([self.org]))


def _is_all(active: Active) -> bool:
    """Whether a group must have hits of each of the rules."""
    correlation, condition = active.correlation, active.correlation.condition
    if active.nested or correlation.type not in TEMPORAL or not isinstance(condition, SigmaCorrelationCondition):
        return False
    ordered = correlation.type is Type.TEMPORAL_ORDERED
    return ordered or (condition.op in FROM_BELOW and condition.count >= len(active.rule_ids))


def columns_of(active: Active) -> list[str]:
    """The columns that are read for a correlation."""
    named = [field for rule in active.rules if rule.correlation for field in fields_asked(rule.correlation)]
    places = [column for field in named for column in _columns_of(field)]
    return list(dict.fromkeys((*SHOWN, *places)))


def _columns_of(field: str) -> tuple[str, ...]:
    if field in WHOLE_URI:
        return ("http_request.url.path", "http_request.url.query_string")
    return (place_of(field).column,)


def _asked_by(sources: tuple[Source, ...], groups: frozenset[Group] | None) -> Query | None:
    """The question for what the rules hit, of some groups; None where the store cannot ask for these."""
    parts: list[Query] = []
    for source in sources:
        of_group = MatchAll() if groups is None else _of_groups(source, groups)
        if of_group is None:
            return None
        parts.append(all_of(Term("guanlan.rules", source.rule_id), of_group))
    return any_of(*parts)


def _of_groups(source: Source, groups: frozenset[Group]) -> Query | None:
    """Events whose fields have values of the groups: a few more than those of the groups, and never one less."""
    named = [(place, name) for place, field in enumerate(source.groups) if (name := askable(field)) is not None]
    if not named:
        return None
    return all_of(*(any_of(*(Term(name, one) for one in sorted({g[place] for g in groups}))) for place, name in named))


def askable(field: str) -> str | None:
    """The column of a field that is compared as a whole text."""
    place = place_of(field)
    known = FIELDS.get(place.column)
    whole = field not in WHOLE_URI and place.inside is None and known is not None
    return place.column if whole and known is not None and known.kind is Kind.KEYWORD and not known.many else None


def _grouping(active: Active) -> tuple[str, ...]:
    """The columns by which the store can group the events; none where they differ from rule to rule."""
    if active.nested or len({source.groups for source in active.sources}) != 1:
        return ()
    names = [askable(field) for field in active.sources[0].groups]
    return tuple(name for name in names if name is not None) if all(names) else ()


def instant(seconds: float) -> datetime:
    """Return a time in seconds since 1970 as an instant, to the microsecond."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(seconds * 1e6))
