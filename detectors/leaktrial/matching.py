"""Rules and correlations on a day of the trial, as the ingest's stages and the watching job apply them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import polars as pl
from sqlalchemy import select

from detectors.behaviour.charged import charged
from detectors.behaviour.facts import EntityKey
from detectors.findings import NewFinding
from detectors.sigma.binding import Active
from detectors.sigma.book import Book, book_of
from detectors.sigma.findings import as_known, groups_of, hit_of
from detectors.sigma.looking import Burst, Looked, bursts_in, seconds
from detectors.sigma.models import DetectionRule
from detectors.sigma.reading import columns_of
from detectors.sigma.stage import tag_hits
from detectors.sigma.told import Teller
from soc.room import BatchContext

#: a window is never looked for further back than this
_BACK = timedelta(days=1)
Found = list[tuple[str, NewFinding]]


@dataclass(slots=True)
class Matching:
    """The rules that ship, active as an installation has them; keeps the tagged events that windows reach back to."""

    context: BatchContext
    _rules: dict[str, DetectionRule] = field(default_factory=dict)
    _tagged: pl.DataFrame | None = None

    def found(self, events: pl.DataFrame, keys: dict[str, EntityKey]) -> Found:
        """Return the findings of one day's events, each with the entity it is about."""
        book = book_of(self.context.database)
        tagged = self._tag(events, book)
        if tagged.is_empty():
            return []
        return self._hits(tagged, keys, book) + self._bursts(tagged, keys, book)

    def _tag(self, events: pl.DataFrame, book: Book) -> pl.DataFrame:
        if not self._rules:
            with self.context.database.read() as session:
                active = {rule_id for rule_id, _ in book.marks}
                rows = session.scalars(select(DetectionRule).where(DetectionRule.rule_id.in_(active)))
                self._rules = {row.rule_id: row for row in rows}
        return tag_hits(self.context, events).filter(pl.col("guanlan.rules").list.len() > 0)

    def _hits(self, tagged: pl.DataFrame, keys: dict[str, EntityKey], book: Book) -> Found:
        named = charged(tagged, keys, self.context.settings.attribution_threshold)
        groups = (one for one in groups_of(named) if one["guanlan.rules"] not in book.quiet)
        return [self._referred(hit_of(self._rules[one["rule"]], as_known(one, keys)), keys) for one in groups]

    def _bursts(self, tagged: pl.DataFrame, keys: dict[str, EntityKey], book: Book) -> Found:
        first, last = tagged["time"].min(), tagged["time"].max()
        assert isinstance(first, datetime)
        assert isinstance(last, datetime)
        before = tagged.clear() if self._tagged is None else self._tagged.filter(pl.col("time") >= first - _BACK)
        whole = pl.concat([before, tagged]).sort("time", "metadata.uid")
        self._tagged = tagged
        looked = Looked(seconds(first), seconds(last), seconds(last + _BACK))
        found: Found = []
        for active in book.correlations.values():
            if active.rule_id not in book.quiet:
                found += self._of(active, whole, looked, keys)
        return found

    def _of(self, active: Active, whole: pl.DataFrame, looked: Looked, keys: dict[str, EntityKey]) -> Found:
        frame = whole.select(columns_of(active))
        bursts: list[Burst] = bursts_in(active, frame, looked, None, {})
        events = [frame[sorted({hit.number for hit in one.hits})] for one in bursts]
        teller = Teller(active, self._rules, keys)
        told = [
            (one, its, f"correlation/{active.rule_id}/{'/'.join(one.group)}/{one.stretch.begins.isoformat()}")
            for one, its in zip(bursts, events, strict=True)
        ]
        return [self._referred(one, keys) for one in teller.findings(told)]

    @staticmethod
    def _referred(one: NewFinding, keys: dict[str, EntityKey]) -> tuple[str, NewFinding]:
        key = keys.get(one.entity_name)
        return (key.reference if key else f"{one.entity_kind.value}:{one.entity_name}"), one
