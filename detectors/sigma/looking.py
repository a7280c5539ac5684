"""A correlation over a stretch of tagged events: which groups fulfil it, from when to when, by which events.

What came in between two instants can only make or grow windows that end within one window's length of it; so much is
read before and behind it that each of those is whole. The answer is that of ``soc rules test`` over all the events.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from detectors.sigma.binding import Active
from detectors.sigma.bursts import CorrelationBurst, Stretched, grown, joined, key_of_group, longest
from detectors.sigma.correlating import Correlating
from detectors.sigma.correlation import Hit, windows_of
from detectors.sigma.marks import Group
from detectors.sigma.reading import instant
from detectors.sigma.touched import text_of

#: windows with an upper bound follow one another: so many are read back for where the first of them began
_WINDOWS_BACK = 8


@dataclass(frozen=True, slots=True)
class Burst:
    """A group that fulfils a correlation: from when to when, and its hits (numbers of rows, rules as named)."""

    group: Group
    stretch: Stretched
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """The stretch of events that came in, in seconds; ``over`` is when windows that are over have ended."""

    first: float
    last: float
    over: float

    def margins(self, active: Active) -> tuple[datetime, datetime]:
        """From when to when events are needed."""
        if active.capped:
            before = after = _WINDOWS_BACK * active.span + 2 * active.below
        else:
            before, after = active.span + 2 * active.below, active.span + 2 * active.below
        return instant(max(0.0, self.first - before)), instant(self.last + after)


def bursts_in(
    active: Active,
    frame: pl.DataFrame,
    looked: Looked,
    groups: frozenset[Group] | None,
    held: Mapping[str, Sequence[CorrelationBurst]],
) -> list[Burst]:
    """Return what fulfils a correlation in windows that what came in can have changed.

    Args:
        active: the correlation.
        frame: tagged events, as many as :meth:`Looked.margins` says, by time; a row's number is its event's.
        looked: what came in.
        groups: those that it touched; None for all.
        held: what was told before, by digest of the group: it goes on where it is touched.
    """
    by_group: defaultdict[Group, list[Hit]] = defaultdict(list)
    for hit in hits_in(active, frame):
        if groups is None or hit.group in groups:
            by_group[hit.group].append(hit)
    return [
        Burst(group, stretch, within(hits, stretch))
        for group, hits in sorted(by_group.items())
        for stretch in _stretches(active, hits, looked, held.get(key_of_group(group), ()))
    ]


def hits_in(active: Active, frame: pl.DataFrame) -> list[Hit]:
    """Return the hits that a correlation looks at among tagged events."""
    correlating = Correlating(active.rules, active.places)
    # divided as :func:`seconds` does: Polars multiplies by the reciprocal, which is another number for one in three
    moments = (frame["time"].dt.epoch("us").to_numpy() / 1e6).tolist()
    for place, fields in correlating.wanted.items():
        named = sorted(fields)
        tagged = frame["guanlan.rules"].list.contains(active.rules[place].id or "").fill_null(value=False)
        numbers = tagged.arg_true().to_list()
        texts = frame.filter(tagged).select(text_of(frame, name).cast(pl.String).alias(name) for name in named)
        for number, values in zip(numbers, texts.iter_rows() if named else [()] * len(numbers), strict=True):
            told = {name: value for name, value in zip(named, values, strict=True) if value is not None}
            correlating.see(place, number, moments[number], told)
    return correlating.hits_of(0)


def _stretches(
    active: Active, hits: list[Hit], looked: Looked, held: Sequence[CorrelationBurst]
) -> Sequence[Stretched]:
    hits.sort(key=lambda hit: (hit.at, hit.number))
    if active.capped:  # such windows follow one another and are told once
        windows = _as_stretches(_changed(active, hits, looked))
        return [one for one in windows if not any(one.meets(Stretched(old.begins, old.ends)) for old in held)]
    most = longest(active.span)
    windows = _as_stretches(_run_together(_changed(active, hits, looked), most.total_seconds()))
    return joined([grown(one, held, most) for one in joined(windows, most)], most)


def _as_stretches(windows: Iterable[tuple[float, float]]) -> list[Stretched]:
    return [Stretched(instant(first), instant(last)) for first, last in windows]


def _run_together(windows: Iterable[tuple[float, float]], most: float) -> Iterator[tuple[float, float]]:
    """Join windows that run into the next, before they are looked at more closely: there is one for each hit."""
    begun: tuple[float, float] | None = None
    for first, last in windows:
        if begun is not None and begun[0] <= first <= begun[1] and last - begun[0] <= most:
            begun = (begun[0], last)
            continue
        if begun is not None:
            yield begun
        begun = (first, last)
    if begun is not None:
        yield begun


def within(hits: Sequence[Hit], stretch: Stretched) -> tuple[Hit, ...]:
    """The hits from the beginning of a stretch to its end."""
    first, last = seconds(stretch.begins), seconds(stretch.ends)
    return tuple(hit for hit in hits if first <= hit.at <= last)


def _changed(active: Active, hits: Sequence[Hit], looked: Looked) -> Iterator[tuple[float, float]]:
    """Of the windows that fulfil it, the first and last moments of those that what came in can have changed."""
    begun = _whole(hits, looked, active) if active.capped else hits
    for first, behind in windows_of(active.correlation, begun):
        begins, ends = begun[first].at, begun[behind - 1].at
        if active.capped:
            ending = begins + active.span
            touched = begins <= looked.last + active.below and ending >= looked.first - active.below
            if touched and ending <= looked.over:
                yield begins, ends
        elif looked.first - active.below <= ends <= looked.last + active.below + active.span:
            yield begins, ends


def _whole(hits: Sequence[Hit], looked: Looked, active: Active) -> Sequence[Hit]:
    """The hits from a point on where a window surely begins: behind a pause longer than one."""
    before = looked.first - _WINDOWS_BACK * active.span - 2 * active.below
    for place, hit in enumerate(hits):
        if hit.at - before > active.span:
            return hits[place:]
        before = hit.at
    return hits


def seconds(moment: datetime) -> float:
    """Return an instant as the seconds that hits are compared by."""
    return (moment - datetime(1970, 1, 1, tzinfo=moment.tzinfo)) / timedelta(microseconds=1) / 1e6
