"""``soc bench cluster``: the whole way of a line into a cluster against bare bulk requests of the same events.

The limit is what the cluster takes where ready requests are sent one after the other, one connection, nothing else
to do; the figure is everything: parse, spool with its fsync, register, enrich, mask, rules, requests, findings. Events
that a first pass stored are what the bare requests bring; then the whole way, the log store's own append and the bare
requests take turns, two batches each, so that whatever else the machine does meets all of them and the whole way takes
one in while the one before is worked off, as ``soc logs ingest`` does. The cluster is that of
``SOC_BENCH_OPENSEARCH_URL`` or ``SOC_TEST_OPENSEARCH_URL``; where it shares this machine's cores, so it does for all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import polars as pl

from audit.ingest.bench import Spent, Way, bodies, hashed, opened, ready, spent
from audit.ingest.bench_fresh import cluster_of_bench
from config.settings import Settings
from soc.db import new_id
from soc.errors import InputError
from soc.logstore.bench_cluster import OwnStream, own_streams, ready_requests
from soc.logstore.port import LogStore
from soc.logstore.prepare import with_words
from soc.machine import machine

LINES = {"nginx": 200_000, "pgaudit": 100_000}
#: share of what bare requests bring
GOAL = 0.8
_BATCHES_OF_A_TURN = 2


@dataclass(frozen=True, slots=True)
class InTurns:
    """One format's figures."""

    rows: int
    digest: str
    whole: Spent
    append: Spent
    bulk: Spent

    @property
    def ratio(self) -> float:
        """The whole way's share of the bare requests' speed."""
        return round(self.bulk.wall / self.whole.wall, 3)


def run(settings: Settings) -> dict[str, object]:
    """Measure both formats; the figure and the ratio of the head are nginx's.

    Raises:
        InputError: no cluster is named.
    """
    url = cluster_of_bench()
    if not url:
        raise InputError("errors.bench.cluster")
    found = {name: measured(settings, url, name, lines) for name, lines in LINES.items()}
    nginx = found["nginx"]
    return {
        "name": "cluster",
        "figure": round(nginx.rows / nginx.whole.wall),
        "unit": "lines/s into OpenSearch",
        "limit": round(nginx.rows / nginx.bulk.wall),
        "ratio": nginx.ratio,
        "peers": {},
        "machine": machine(),
        "goals": {"ratio": GOAL},
        "formats": {name: told(one) for name, one in found.items()},
    }


def told(one: InTurns) -> Mapping[str, object]:
    """One format's figures for printing."""
    return {
        "rows": one.rows,
        "hash": one.digest,
        "lines_per_second": round(one.rows / one.whole.wall),
        "append_per_second": round(one.rows / one.append.wall),
        "limit": round(one.rows / one.bulk.wall),
        "ratio": one.ratio,
        "ratio_of_append": round(one.bulk.wall / one.append.wall, 3),
        "cpu_seconds_per_100k": round(one.whole.cpu / one.rows * 100_000, 3),
    }


def measured(settings: Settings, url: str, name: str, lines: int) -> InTurns:
    """Measure one format; ``rows`` and ``digest`` are of what the whole way stored in its turns.

    Args:
        settings: the installation beside whose home the measured ones are made.
        url: the cluster.
        name: the format.
        lines: how many of it.
    """
    made = list(bodies(name, lines))
    with own_streams(url, 4) as (first, again, appended, bare):
        with opened(settings) as (own, database):
            Way(own, database, name, first.store).go(made)
            first.store.refresh()
        with opened(settings) as (own, database):
            sums = _in_turns(Way(own, database, name, again.store), made, ready(first.store), appended, bare)
        again.store.refresh()
        rows, digest = hashed(again.store)
    return InTurns(rows, digest, *sums)


def _in_turns(
    way: Way, made: list[bytes], events: Iterator[pl.DataFrame], appended: OwnStream, bare: OwnStream
) -> tuple[Spent, Spent, Spent]:
    for one in (way.store, appended.store, bare.store):
        one.refresh()  # so that nobody's turn makes the stream
    pairs = zip(made, map(with_words, events), strict=True)
    turns = []
    while some := list(islice(pairs, _BATCHES_OF_A_TURN)):
        turns.append(_turn(way, some, appended, bare))
    whole, append, bulk = (sum(taken, Spent()) for taken in zip(*turns, strict=True))
    return whole, append, bulk


def _turn(
    way: Way, some: Sequence[tuple[bytes, pl.DataFrame]], appended: OwnStream, bare: OwnStream
) -> tuple[Spent, Spent, Spent]:
    """Of some batches: the whole way, the append of what they become, the bare requests that bring the same."""
    made, frames = zip(*some, strict=True)
    requests = [request for frame in frames for request in ready_requests(frame)]
    return (
        spent(lambda: way.go(made)),
        spent(lambda: _append(appended.store, frames)),
        spent(lambda: bare.bulk(requests)),
    )


def _append(store: LogStore, frames: Sequence[pl.DataFrame]) -> None:
    for frame in frames:
        store.append(frame, batch=f"append-{new_id()}")
