"""A rule on the stored history: what it would have raised, shipped or one's own, single or correlation, in force or not.

The events are matched anew, so a rule that was written a minute ago is judged over all that is kept. What it would have
raised is told as the detectors tell it: what becomes of findings can be asked of these too.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from detectors.behaviour.charged import ASKED, charged
from detectors.behaviour.facts import EntityKey
from detectors.behaviour.store import account_keys
from detectors.findings import NewFinding
from detectors.sigma.binding import Active
from detectors.sigma.findings import as_known, groups_of, hit_of
from detectors.sigma.looking import Burst, Looked, bursts_in, seconds
from detectors.sigma.models import DetectionRule
from detectors.sigma.own.trial import Trial
from detectors.sigma.own.windows import windows_of
from detectors.sigma.reading import SHOWN, columns_of
from detectors.sigma.stage import Matcher
from detectors.sigma.told import Teller
from soc.clock import now
from soc.logstore.port import LogStore, SearchRequest
from soc.logstore.query import Scope

if TYPE_CHECKING:
    from soc.db import Database

#: tagged events that are kept while history is read
MOST_EVENTS = 500_000


@dataclass(frozen=True, slots=True)
class Would:
    """A finding that would have been raised: whom it is about, from when to when, by how many events; ``told`` is it whole."""

    who: str
    first: datetime
    last: datetime
    events: int
    told: NewFinding


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds of the process from the first event to the last, and microseconds that matching and looking took of it."""

    cpu_seconds: float
    micros: int


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """``read`` events were matched, the newest first; where that was ``cut`` short, only those ``since`` then.

    ``hits`` are the events that fulfil the rule, of a correlation together; ``below`` how many the rules it stands on
    hit, None for a rule of single events. A rule that is ``quiet`` serves correlations alone and raises nothing itself.
    """

    read: int
    hits: pl.DataFrame
    below: int | None
    would: tuple[Would, ...]
    since: datetime
    until: datetime
    cut: bool
    cost: Spent
    quiet: bool


@dataclass(frozen=True, slots=True)
class Known:
    """Who stands behind the accounts of an organisation, and from which confidence on a person is charged with a query.

    ``quiet`` gives the ids of rules that raise nothing by themselves at an organisation.
    """

    accounts: Callable[[str], Mapping[str, EntityKey]]
    threshold: int
    quiet: Callable[[str], frozenset[str]]


def known_to(database: "Database") -> Known:
    """What an installation knows of accounts and of its rules."""

    def accounts(org: str) -> Mapping[str, EntityKey]:
        with database.read() as session:
            return account_keys(session, org)

    def quiet(org: str) -> frozenset[str]:
        return windows_of(database, org).quiet

    return Known(accounts, database.settings.attribution_threshold, quiet)


def _nobody(_read: int) -> None:
    """Nobody asks how far it is."""


def judged(
    store: LogStore,
    trial: Trial,
    known: Known,
    scope: Scope,
    since: datetime,
    until: datetime,
    watch: Callable[[int], None] = _nobody,
) -> Judged:
    """Match a rule on a scope's events with since ≤ time < until; ``watch`` is told how many were read, and may stop it."""
    began = time.process_time()
    reading = _Reading(trial, oldest=until)
    for page in store.iter_events(SearchRequest(trial.query, since, until, scope)):
        frame = pl.from_arrow(page)
        assert isinstance(frame, pl.DataFrame)
        reading.take(frame)
        watch(reading.read)
        if reading.cut:
            break
    looking = time.perf_counter_ns()
    parts = [_Part.of(trial, part, known) for part in reading.by_organisation()]
    micros = reading.micros + (time.perf_counter_ns() - looking) // 1000
    hits = [part.hits for part in parts]
    return Judged(
        read=reading.read,
        hits=pl.concat(hits).sort("time", "metadata.uid", descending=True) if hits else pl.DataFrame(schema=_NOTHING),
        below=None if trial.active is None else reading.hits,
        would=tuple(one for part in parts for one in part.would),
        since=reading.oldest if reading.cut else since,
        until=until,
        cut=reading.cut,
        cost=Spent(time.process_time() - began, micros),
        quiet=bool(parts) and all(part.quiet for part in parts),
    )


_NOTHING: dict[str, Any] = {"metadata.uid": pl.String, "time": pl.Datetime("us", "UTC"), "guanlan.org": pl.String}


@dataclass(slots=True)
class _Reading:
    """What was read so far, newest first."""

    trial: Trial
    oldest: datetime
    read: int = 0
    hits: int = 0
    micros: int = 0
    _found: list[pl.DataFrame] = field(default_factory=list)
    _matcher: Matcher = field(init=False)
    _columns: list[str] = field(init=False)

    def __post_init__(self) -> None:
        active = self.trial.active
        self._matcher = Matcher(self.trial.rows, self.trial.filters)
        self._columns = [*SHOWN, *ASKED, "guanlan.post"] if active is None else columns_of(active)

    @property
    def cut(self) -> bool:
        """Whether there were more hits than are kept."""
        return self.hits > MOST_EVENTS

    def take(self, frame: pl.DataFrame) -> None:
        """Match one page."""
        if frame.is_empty():
            return
        began = time.perf_counter_ns()
        part = self._matcher.tagged(frame).select(self._columns)
        self.micros += (time.perf_counter_ns() - began) // 1000
        self.read, self.hits = self.read + frame.height, self.hits + part.height
        self.oldest = frame["time"].min()  # type: ignore[assignment]
        self._found.append(part)

    def by_organisation(self) -> list[pl.DataFrame]:
        """The hits of each organisation, oldest first: a window is of one organisation's events."""
        whole = pl.concat(self._found) if self._found else pl.DataFrame()
        if whole.is_empty():
            return []
        return whole.sort("guanlan.org", "time", "metadata.uid").partition_by("guanlan.org", maintain_order=True)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One organisation's events that fulfil the rule, and what would have been raised of them."""

    hits: pl.DataFrame
    would: tuple[Would, ...]
    quiet: bool

    @classmethod
    def of(cls, trial: Trial, tagged: pl.DataFrame, known: Known) -> "_Part":
        org = tagged["guanlan.org"][0]
        hits, would = cls._told(trial, tagged, known.accounts(org), known.threshold)
        quiet = trial.rule.rule_id in known.quiet(org)
        return cls(hits, () if quiet else would, quiet)

    @staticmethod
    def _told(
        trial: Trial, tagged: pl.DataFrame, accounts: Mapping[str, EntityKey], threshold: int
    ) -> tuple[pl.DataFrame, tuple[Would, ...]]:
        if trial.active is None:
            return tagged.select(*_NOTHING), tuple(_single(trial.rule, charged(tagged, accounts, threshold), accounts))
        looked = Looked(seconds(tagged["time"][0]), seconds(tagged["time"][-1]), seconds(now()))
        bursts = bursts_in(trial.active, tagged, looked, None, {})
        numbers = sorted({hit.number for one in bursts for hit in one.hits})
        rows = {row.rule_id: row for row in (*trial.rows, trial.rule)}
        would = tuple(_several(trial.active, bursts, tagged, Teller(trial.active, rows, accounts)))
        return tagged[numbers].select(*_NOTHING), would


def _single(rule: DetectionRule, hits: pl.DataFrame, accounts: Mapping[str, EntityKey]) -> Iterator[Would]:
    for group in groups_of(hits):
        told = hit_of(rule, as_known(group, accounts))
        yield Would(told.entity_name, group["first"], group["last"], group["events"], told)


def _several(active: Active, bursts: list[Burst], tagged: pl.DataFrame, teller: Teller) -> Iterator[Would]:
    numbers = [sorted({hit.number for hit in one.hits}) for one in bursts]
    named = [
        (one, tagged[those], f"{active.rule_id}/{place}")
        for place, (one, those) in enumerate(zip(bursts, numbers, strict=True))
    ]
    for (burst, events, _), told in zip(named, teller.findings(named), strict=True):
        who = " / ".join(burst.group) or told.entity_name
        yield Would(who, burst.stretch.begins, burst.stretch.ends, events.height, told)
