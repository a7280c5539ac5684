"""``soc bench ingest``: the whole way of a line against the bare append of the same ready-made batches.

The limit is what the embedded store takes of batches that are parsed, enriched and masked
already; the figure is everything: parse, spool with its fsync, register, enrich, mask, rules,
append with its fsyncs, findings; one batch is taken in while the one before is worked off. Each
format has a process and homes of its own. Memory and rows are of a first pass, in a process that has
yet to load and compile what every later line uses; then the whole way and the bare append take turns,
so that whatever else the machine does meets both. CPU seconds a line are told of both passes.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count as counting
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from audit.ingest.beside import Beside
from audit.ingest.format_samples import MAKERS
from audit.ingest.formats import ParseOptions
from audit.ingest.pipeline import Pipeline
from audit.ingest.register import Incoming, accept
from audit.ingest.spool import Spool
from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database, new_id
from soc.identity.actors import operator_actor
from soc.installation import open_installation
from soc.logstore import open_store
from soc.logstore.fields import WORDS
from soc.logstore.port import COUNT, LogStore, SearchRequest
from soc.logstore.query import Exists
from soc.machine import THREADS, machine, peak_memory, take_little
from soc.ocsf.schema import EVENT_SCHEMA

LINES = {"nginx": 400_000, "pgaudit": 200_000}
#: the goals: share of the bare append, CPU seconds per 100,000 lines, MiB
GOALS = {"nginx": {"ratio": 0.40, "cpu_seconds_per_100k": 1.2}, "pgaudit": {"ratio": 0.12}}
MOST_MIB = 600
#: lines of one batch: some 10 MiB, as a shipper sends them under load
_BATCH_LINES = 50_000
#: how often the whole way and the bare append take turns
_TURNS = 2
Prepare = Callable[[Database], None]
_HASHED = ("guanlan.position", "time", "actor.user.name", "src_endpoint.ip", "raw_data", "unmapped")


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds, by the clock and of the processors."""

    wall: float = 0.0
    cpu: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        """Add another stretch."""
        return Spent(self.wall + other.wall, self.cpu + other.cpu)


@dataclass(frozen=True, slots=True)
class Measured:
    """One format's figures: the first pass, then whole and bare in turns."""

    rows: int
    digest: str
    hits: Mapping[str, int]
    first: Spent
    memory_mib: int
    stages: Mapping[str, float]
    whole: Spent
    bare: Spent
    #: the bare append where polars has as many threads as there are cores
    bare_on_every_core: Spent


class Way:
    """The whole way in a home of its own."""

    def __init__(self, settings: Settings, database: Database, name: str, store: LogStore | None = None) -> None:
        self._settings, self._database, self._name = settings, database, name
        self.store, self._spool = store or open_store(settings), Spool(settings)
        self.pipeline = Pipeline(database, settings, self._spool, self.store)

    def go(self, bodies: Iterable[bytes]) -> None:
        """Take batches the whole way, as ``soc logs ingest`` takes a file's pieces."""
        with Beside() as beside:
            for body in bodies:
                batch = Incoming(self._settings.root_org, self._name, body, "bench", options=ParseOptions())
                accept(self._database, self._spool, batch, operator_actor, recent=self.pipeline.recent)
                self.pipeline.prepare()
                beside.do(self.pipeline.drain)


def run(settings: Settings) -> dict[str, object]:
    """Measure both formats; the figure and the ratio of the head are nginx's."""
    found = {name: apart(settings, name, count) for name, count in LINES.items()}
    nginx = found["nginx"]
    return {
        "name": "ingest",
        "figure": round(nginx.rows / nginx.whole.wall),
        "unit": "lines/s",
        "limit": round(nginx.rows / nginx.bare.wall),
        "ratio": round(nginx.bare.wall / nginx.whole.wall, 3),
        "peers": {},
        "machine": machine(),
        "cpu_seconds_per_100k": _per_100k(nginx.whole.cpu, nginx),
        "rss_mib": nginx.memory_mib,
        "goals": {**GOALS, "rss_mib": MOST_MIB},
        "formats": {name: told(one) for name, one in found.items()},
    }


def told(measured: Measured) -> dict[str, object]:
    """One format's figures for printing."""
    return {
        "rows": measured.rows,
        "hash": measured.digest,
        "rule_hits": dict(measured.hits),
        "lines_per_second": round(measured.rows / measured.whole.wall),
        "limit": round(measured.rows / measured.bare.wall),
        "ratio": round(measured.bare.wall / measured.whole.wall, 3),
        "ratio_of_cpu": round(measured.bare.cpu / measured.whole.cpu, 3),
        "limit_on_every_core": round(measured.rows / measured.bare_on_every_core.wall),
        "ratio_on_every_core": round(measured.bare_on_every_core.wall / measured.whole.wall, 3),
        "cpu_seconds_per_100k": _per_100k(measured.whole.cpu, measured),
        "cpu_seconds_per_100k_in_a_new_process": _per_100k(measured.first.cpu, measured),
        "rss_mib": measured.memory_mib,
        "stage_seconds": {name: round(seconds, 3) for name, seconds in measured.stages.items()},
    }


def _per_100k(seconds: float, measured: Measured) -> float:
    return round(seconds / measured.rows * 100_000, 3)


def apart(settings: Settings, name: str, count: int, prepare: Prepare | None = None) -> Measured:
    """Measure in a process of its own, whose memory nothing else has touched; ``prepare`` is done to each new home."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_measure, settings, name, count, prepare).result()


def _measure(settings: Settings, name: str, count: int, prepare: Prepare | None) -> Measured:
    take_little()
    with opened(settings, prepare) as (own, database):
        way, files = Way(own, database, name), _written(own, bodies(name, count))
        first = spent(lambda: way.go(_read(files)))
        memory = peak_memory() >> 20
        rows, digest = hashed(way.store)
        with opened(settings, prepare) as (other, beside):
            whole, bare = _in_turns(Way(other, beside, name), files, ready(way.store), other)
        every_core = _bare_on_every_core(own)
        return Measured(rows, digest, _hits(way.store), first, memory, way.pipeline.moments, whole, bare, every_core)


def _written(own: Settings, made: Iterator[bytes]) -> list[Path]:
    """Put the bodies on disk: kept in memory they would be measured as ours."""
    files = []
    for number, body in enumerate(made):
        files.append(own.home / f"{number}.log")
        files[-1].write_bytes(body)
    return files


def _read(files: Iterable[Path]) -> Iterator[bytes]:
    return (file.read_bytes() for file in files)


def _in_turns(way: Way, files: list[Path], events: Iterator[pl.DataFrame], own: Settings) -> tuple[Spent, Spent]:
    fresh, numbers = open_store(own.with_changes(home=own.home / "bare")), counting()
    whole = bare = Spent()
    left = iter(files)
    while some := list(islice(left, -(-len(files) // _TURNS))):
        whole += spent(lambda some=some: way.go(_read(some)))  # type: ignore[misc]
        for _ in some:
            batch = next(events)
            bare += spent(lambda batch=batch: fresh.append(batch, batch=f"bare-{next(numbers)}"))  # type: ignore[misc]
    return whole, bare


def _bare_on_every_core(own: Settings) -> Spent:
    """Append what the whole way stored once more, in a process whose polars has a thread a core."""
    held = os.environ.get(THREADS)
    os.environ[THREADS] = str(os.cpu_count())
    try:
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            return pool.submit(_bare, own).result()
    finally:
        if held is None:
            del os.environ[THREADS]
        else:
            os.environ[THREADS] = held


def _bare(own: Settings) -> Spent:
    fresh, total = open_store(own.with_changes(home=own.home / "every-core")), Spent()
    for number, batch in enumerate(ready(open_store(own))):
        total += spent(lambda batch=batch, name=f"bare-{number}": fresh.append(batch, batch=name))  # type: ignore[misc]
    return total


def spent(work: Callable[[], object]) -> Spent:
    """Do it, and return what that took."""
    began, cpu = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - began, time.process_time() - cpu)


def bodies(name: str, count: int) -> Iterator[bytes]:
    """Make ``count`` lines of a format, in batches as a shipper sends them."""
    lines = MAKERS[name](count)
    left = count
    while left:
        take = min(left, _BATCH_LINES)
        yield "".join(f"{next(lines)}\n" for _ in range(take)).encode()
        left -= take


def ready(store: LogStore) -> Iterator[pl.DataFrame]:
    """Yield what the whole way stored, in batches as large as it got; the words are not given back, the store adds them."""
    held = pl.DataFrame()
    for read in store.iter_events(SearchRequest()):
        frame = pl.DataFrame(pl.from_arrow(read)).with_columns(pl.lit(None, pl.String).alias(WORDS))
        held = pl.concat([held, frame.select(EVENT_SCHEMA.names)]) if held.height else frame.select(EVENT_SCHEMA.names)
        while held.height >= _BATCH_LINES:
            yield held.head(_BATCH_LINES)
            held = held.slice(_BATCH_LINES)
    if held.height:
        yield held


def _hits(store: LogStore) -> dict[str, int]:
    """Return how many events each rule hit."""
    rows = store.aggregate(SearchRequest(Exists("guanlan.rules")), ["guanlan.rules"]).rows
    return {str(row.key[0]): int(str(row.figures[COUNT.name])) for row in rows}


def hashed(store: LogStore) -> tuple[int, str]:
    """Return the row count and a hash of the content that does not depend on when it was measured."""
    frame = store.frame(SearchRequest(), list(_HASHED)).sort("time", "guanlan.position", "raw_data")
    digest = hashlib.sha256()
    for name in _HASHED:
        digest.update(frame[name].cast(pl.String).fill_null("").str.join("\n").item().encode())
    return frame.height, digest.hexdigest()


@contextmanager
def opened(settings: Settings, prepare: Prepare | None = None) -> Iterator[tuple[Settings, Database]]:
    """An installation of its own, gone afterwards."""
    home: Path = settings.folder("work") / f"bench-{new_id()}"
    home.mkdir(parents=True)
    own = settings.with_changes(home=home, database_url=f"sqlite:///{home / 'state.db'}", opensearch_url=None)
    try:
        database = open_installation(own).acting_for(SystemPath.OPERATOR)
        try:
            if prepare is not None:
                prepare(database)
            yield own, database
        finally:
            database.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)
