"""A rule on the stored history: what it would have raised, single or correlation, switched on or not.

The events are matched anew, so a rule that was imported a minute ago is judged over all that is kept.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from detectors.sigma.binding import Active
from detectors.sigma.book import Book, bound, read_kept
from detectors.sigma.findings import groups_of
from detectors.sigma.looking import Looked, bursts_in, seconds
from detectors.sigma.models import DetectionRule
from detectors.sigma.reading import SHOWN, columns_of
from detectors.sigma.stage import Matcher
from soc.clock import now
from soc.logstore.port import LogStore, SearchRequest
from soc.logstore.query import Scope
from soc.text import t

#: tagged events that are kept while history is read
MOST_EVENTS = 500_000
_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Would:
    """A finding that would have been raised: whom it is about, from when to when, by how many events."""

    who: str
    first: datetime
    last: datetime
    events: int

    def as_json(self) -> dict[str, Any]:
        """Return what is printed."""
        return {"who": self.who, "first": self.first.isoformat(), "last": self.last.isoformat(), "events": self.events}


@dataclass(frozen=True, slots=True)
class History:
    """``read`` events were matched, ``hits`` of them hit the rule or one that it stands on; ``cut`` where these were too many."""

    org: str
    rule_id: str
    read: int
    hits: int
    cut: bool
    would: tuple[Would, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what the command prints."""
        days = Counter(one.last.date().isoformat() for one in self.would)
        return {
            "org": self.org, "rule_id": self.rule_id, "read": self.read, "hits": self.hits, "cut": self.cut,
            "raised": len(self.would), "per_day": dict(sorted(days.items())),
            "findings": [one.as_json() for one in sorted(self.would, key=lambda one: -one.events)[:_EXAMPLES]],
        }  # fmt: skip

    def render(self) -> str:
        """Return it in words."""
        head = t("rules.history", org=self.org, read=self.read, hits=self.hits, count=len(self.would))
        rows = [f"{one.last:%Y-%m-%d %H:%M}Z  {one.events:6d}  {one.who}" for one in self.would[:_EXAMPLES]]
        return "\n".join([head, *([t("rules.history_cut", count=MOST_EVENTS)] if self.cut else []), *rows])


def judged(
    store: LogStore, kept: Sequence[DetectionRule], rule_id: str, org: str, since: datetime, until: datetime
) -> History:
    """Match one of the ``kept`` rules on an organisation's events with since ≤ time < until."""
    book = bound([read_kept(row) for row in kept])
    active = book.correlations.get(rule_id)
    tagged, read, cut = _tagged(store, kept, book, active, rule_id, SearchRequest(
        since=since, until=until, scope=Scope.of([org])
    ))  # fmt: skip
    would = () if tagged.is_empty() else _would(tagged, active)
    return History(org, rule_id, read, tagged.height, cut, would)


def _tagged(
    store: LogStore,
    kept: Sequence[DetectionRule],
    book: Book,
    active: Active | None,
    rule_id: str,
    asked: SearchRequest,
) -> tuple[pl.DataFrame, int, bool]:
    """The events that hit, oldest first, tagged with the rules of this look; how many were read; whether all were."""
    wanted = set(active.rule_ids) if active is not None else {rule_id}
    rules = [row for row in kept if row.rule_id in wanted]
    columns = columns_of(active) if active is not None else list(SHOWN)
    matcher = Matcher(rules, book.filters)
    found, read, hits = [pl.DataFrame()], 0, 0
    for page in store.iter_events(asked):
        frame = pl.from_arrow(page)
        assert isinstance(frame, pl.DataFrame)
        part = matcher.tagged(frame).select(columns)
        read, hits = read + frame.height, hits + part.height
        found.append(part)
        if hits > MOST_EVENTS:
            break
    whole = pl.concat([one for one in found if one.width] or [pl.DataFrame()])
    return (whole if whole.is_empty() else whole.sort("time", "metadata.uid")), read, hits > MOST_EVENTS


def _would(tagged: pl.DataFrame, active: Active | None) -> tuple[Would, ...]:
    if active is None:
        return tuple(Would(one["entity"], one["first"], one["last"], one["events"]) for one in groups_of(tagged))
    looked = Looked(seconds(tagged["time"][0]), seconds(tagged["time"][-1]), seconds(now()))
    return tuple(
        Would(" / ".join(one.group), one.stretch.begins, one.stretch.ends, len({hit.number for hit in one.hits}))
        for one in bursts_in(active, tagged, looked, None, {})
    )
