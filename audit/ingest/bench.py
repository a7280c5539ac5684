"""``soc bench ingest``: the whole way of a line against the bare append of the same ready-made batches.

The limit is what the embedded store takes of batches that are parsed, enriched and masked
already; the figure is everything: parse, spool with its fsync, register, enrich, mask, append
with its fsyncs, rules. Both are measured in this run, on this machine, in a home of its own.
"""

import hashlib
import os
import platform
import resource
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa

from audit.ingest.formats import ParseOptions
from audit.ingest.pipeline import Pipeline
from audit.ingest.register import Incoming, accept
from audit.ingest.samples import nginx_lines, pgaudit_lines
from audit.ingest.spool import Spool
from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database, new_id
from soc.identity.actors import operator_actor
from soc.installation import open_installation
from soc.logstore import open_store
from soc.logstore.fields import WORDS
from soc.logstore.port import LogStore, SearchRequest
from soc.ocsf.schema import EVENT_SCHEMA

LINES = {"nginx": 400_000, "pgaudit": 200_000}
#: lines of one batch: some 10 MiB, as a shipper sends them under load
_BATCH_LINES = 50_000
_MAKERS = {"nginx": nginx_lines, "pgaudit": pgaudit_lines}
_HASHED = ("guanlan.position", "time", "actor.user.name", "src_endpoint.ip", "raw_data", "unmapped")


@dataclass(frozen=True, slots=True)
class Measured:
    """One format's figures."""

    rows: int
    digest: str
    whole_seconds: float
    whole_cpu: float
    bare_seconds: float
    memory_mib: int
    stages: dict[str, float]

    @property
    def ratio(self) -> float:
        """Share of the limit that was reached."""
        return self.bare_seconds / self.whole_seconds


def run(settings: Settings) -> dict[str, object]:
    """Measure both formats; the figure and the ratio of the head are nginx's."""
    found = {name: _measure(settings, name, count) for name, count in LINES.items()}
    nginx = found["nginx"]
    return {
        "name": "ingest",
        "figure": round(nginx.rows / nginx.whole_seconds),
        "unit": "lines/s",
        "limit": round(nginx.rows / nginx.bare_seconds),
        "ratio": round(nginx.ratio, 3),
        "peers": {},
        "machine": f"{platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}",
        "cpu_seconds_per_100k": round(nginx.whole_cpu / nginx.rows * 100_000, 3),
        "rss_mib": nginx.memory_mib,
        "formats": {name: _told(one) for name, one in found.items()},
    }


def _told(measured: Measured) -> dict[str, object]:
    return {
        "rows": measured.rows,
        "hash": measured.digest,
        "lines_per_second": round(measured.rows / measured.whole_seconds),
        "limit": round(measured.rows / measured.bare_seconds),
        "ratio": round(measured.ratio, 3),
        "cpu_seconds_per_100k": round(measured.whole_cpu / measured.rows * 100_000, 3),
        "stage_seconds": {name: round(seconds, 3) for name, seconds in measured.stages.items()},
    }


def _measure(settings: Settings, name: str, count: int) -> Measured:
    with _own_home(settings) as own:
        database = open_installation(own).acting_for(SystemPath.OPERATOR)
        try:
            store, spool = open_store(own), Spool(own)
            pipeline = Pipeline(database, own, spool, store)
            whole = whole_cpu = 0.0
            for body in _bodies(name, count):
                began, cpu = time.perf_counter(), time.process_time()
                batch = Incoming(own.root_org, name, body, "bench", options=ParseOptions())
                accept(database, spool, batch, operator_actor, recent=pipeline.recent)
                pipeline.drain()
                whole += time.perf_counter() - began
                whole_cpu += time.process_time() - cpu
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            spool.close()
            rows, digest = _hashed(store)
            bare = _bare(own, database, store)
        finally:
            database.close()
    return Measured(rows, digest, whole, whole_cpu, bare, memory, pipeline.moments)


def _bodies(name: str, count: int) -> Iterator[bytes]:
    lines = _MAKERS[name](count)
    left = count
    while left:
        take = min(left, _BATCH_LINES)
        yield "".join(f"{next(lines)}\n" for _ in range(take)).encode()
        left -= take


def _bare(settings: Settings, database: Database, store: LogStore) -> float:
    """Append the batches that the whole way stored, ready-made, to a fresh store."""
    fresh = open_store(settings.with_changes(home=settings.home / "bare"))
    seconds = 0.0
    for number, table in enumerate(_ready(store)):
        began = time.perf_counter()
        fresh.append(table, batch=f"bare-{number}")
        seconds += time.perf_counter() - began
    return seconds


def _ready(store: LogStore) -> Iterator[pa.Table]:
    held: list[pa.Table] = []
    rows = 0
    for read in store.iter_events(SearchRequest()):
        # the words are not given back; a batch comes without them and the store adds them
        table = read.append_column(WORDS, pa.nulls(read.num_rows, pa.string()))
        held.append(table.select(EVENT_SCHEMA.names))
        rows += read.num_rows
        if rows >= _BATCH_LINES:
            yield pa.concat_tables(held)
            held, rows = [], 0
    if held:
        yield pa.concat_tables(held)


def _hashed(store: LogStore) -> tuple[int, str]:
    """Return the row count and a hash of the content that does not depend on when it was measured."""
    frame = store.frame(SearchRequest(), list(_HASHED)).sort("time", "guanlan.position", "raw_data")
    digest = hashlib.sha256()
    for name in _HASHED:
        digest.update(frame[name].cast(pl.String).fill_null("").str.join("\n").item().encode())
    return frame.height, digest.hexdigest()


@contextmanager
def _own_home(settings: Settings) -> Iterator[Settings]:
    home: Path = settings.folder("work") / f"bench-{new_id()}"
    home.mkdir(parents=True)
    try:
        yield settings.with_changes(home=home, database_url=f"sqlite:///{home / 'state.db'}", opensearch_url=None)
    finally:
        shutil.rmtree(home, ignore_errors=True)
