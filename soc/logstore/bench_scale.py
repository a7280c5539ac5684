"""``soc bench scale``: many months of events in the embedded store, searched by a window of time and a person.

Events of 5,000 people over 180 days are appended in order of time, as they come in, with the upkeep that a running
installation does. ``SOC_BENCH_SCALE`` gives their number (3 million without it; the goal is stated for 30 million).
The figure is the slowest question's slowest answer.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from config.settings import Settings
from soc.logstore.bench import BATCH, START, tables
from soc.logstore.delta import DeltaLogStore
from soc.logstore.lucene import parse
from soc.logstore.port import COUNT, Metric, MetricKind, SearchRequest
from soc.machine import machine, peak_memory

EVENTS = 3_000_000
MOST_SECONDS = 2.0
_DAYS, _PEOPLE = 180, 5_000
#: different people and days, so that no question is answered from what the one before had read
_ASKED = 5
_UPKEEP_EVERY = 50


def run(settings: Settings) -> dict[str, object]:
    """Fill a store in a home of its own and ask; the figure is the slowest answer in seconds."""
    events = int(os.environ.get("SOC_BENCH_SCALE", EVENTS))
    settings.home.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="bench-", dir=settings.home))
    try:
        store = DeltaLogStore(home)
        rate = _filled(store, events)
        store.count(_of(0, days=1))  # a running process has DuckDB loaded
        asked = {name: [_seconds(ask, turn) for turn in range(_ASKED)] for name, ask in _questions(store).items()}
        health = store.health()
    finally:
        shutil.rmtree(home, ignore_errors=True)
    slowest = max(max(took) for took in asked.values())
    return {
        "name": "scale",
        "figure": round(slowest, 3),
        "unit": f"s, slowest answer over {events} events of {_PEOPLE} people in {_DAYS} days",
        "limit": MOST_SECONDS,
        "ratio": round(MOST_SECONDS / slowest, 2),
        "peers": {},
        "questions": {
            name: {"fastest": round(min(took), 3), "slowest": round(max(took), 3)} for name, took in asked.items()
        },
        "append_rows_per_second": round(rate),
        "bytes_per_event": round(int(str(health.details["bytes"])) / events, 1),
        "files": health.details["files"],
        "rss_mib": peak_memory() >> 20,
        "machine": machine(),
    }


def _filled(store: DeltaLogStore, events: int) -> float:
    """Append everything, durably batch by batch; returns rows a second with the upkeep in between."""
    spent = 0.0
    for number, (start, table) in enumerate(tables(events, BATCH, people=_PEOPLE, days=_DAYS), 1):
        began = time.perf_counter()
        store.append(pl.DataFrame(pl.from_arrow(table)), batch=f"batch-{start}")
        if number % _UPKEEP_EVERY == 0:
            store.maintain()
        spent += time.perf_counter() - began
    store.maintain()
    return events / spent


def _questions(store: DeltaLogStore) -> dict[str, Callable[[int], object]]:
    metrics = [COUNT, Metric(MetricKind.SUM, "traffic.bytes_out"), Metric(MetricKind.CARDINALITY, "src_endpoint.ip")]
    return {
        "newest 50 of a person in a day": lambda turn: store.search(_of(turn, days=1)),
        "newest 50 of a person in a week": lambda turn: store.search(_of(turn, days=7)),
        "newest 50 of a person in 30 days": lambda turn: store.search(_of(turn, days=30)),
        "a person's 30 days by day": lambda turn: store.histogram(_of(turn, days=30), timedelta(days=1)),
        "a person's 180 days, counted": lambda turn: store.count(_of(turn, days=_DAYS)),
        "who in a day, 3 figures": lambda turn: store.aggregate(_window(turn, 1), ["actor.user.name"], metrics),
    }


def _of(turn: int, days: int) -> SearchRequest:
    since, until = _stretch(turn, days)
    return SearchRequest(parse(f"actor.user.name:user{(turn * 977 + 11) % _PEOPLE:04}"), since=since, until=until)


def _window(turn: int, days: int) -> SearchRequest:
    since, until = _stretch(turn, days)
    return SearchRequest(since=since, until=until)


def _stretch(turn: int, days: int) -> tuple[datetime, datetime]:
    since = START + timedelta(days=(turn * 31 + 3) % max(1, _DAYS - days + 1))
    return since, since + timedelta(days=days)


def _seconds(ask: Callable[[int], object], turn: int) -> float:
    began = time.perf_counter()
    ask(turn)
    return time.perf_counter() - began
