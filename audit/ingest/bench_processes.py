"""``soc bench processes``: how much faster several processes work off what waits than one.

The same segments of nginx lines, as several receivers would have written them, wait in a home of their own; one, two
and four processes, all of them up and warm before the clock starts, work them off until every batch is analysed. What
processes share (the halves of a core, the disk, the one writer of an embedded state) is in the figures.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

from audit.ingest.bench import Way, bodies, opened
from audit.ingest.formats import ParseOptions
from audit.ingest.pipeline import work_off
from audit.ingest.register import Incoming, accept
from audit.ingest.spool import Spool
from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database
from soc.errors import BrokenError
from soc.identity.actors import operator_actor
from soc.logstore import open_store
from soc.logstore.port import SearchRequest
from soc.machine import machine, take_little

LINES = 800_000
PROCESSES = (1, 2, 4)
#: receivers, each of which writes a segment of its own
SEGMENTS = 8
_TO_WARM_UP = 1_000
_PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class Worked:
    """What so many processes took for all of it: lines, seconds by the clock, seconds of all processors."""

    lines: int
    seconds: float
    cpu_seconds: float

    @property
    def speed(self) -> int:
        """Lines a second."""
        return round(self.lines / self.seconds)


def run(settings: Settings) -> dict[str, object]:
    """Measure; the figure is what two processes work off a second, the limit what one does."""
    found = {count: worked_off(settings, count, LINES) for count in PROCESSES}
    one, two = found[1], found[2]
    return {
        "name": "processes",
        "figure": two.speed,
        "unit": "lines/s worked off by two processes; the limit is one",
        "limit": one.speed,
        "ratio": round(two.speed / one.speed, 3),
        "peers": {},
        "machine": machine(),
        "processes": {str(count): told(worked, one) for count, worked in found.items()},
    }


def told(worked: Worked, alone: Worked) -> Mapping[str, float]:
    """One row for printing: what it took, and how many times one process that is."""
    return {
        "lines_per_second": worked.speed,
        "times_one": round(worked.speed / alone.speed, 2),
        "seconds": round(worked.seconds, 2),
        "cpu_seconds_per_100k": round(worked.cpu_seconds / worked.lines * 100_000, 2),
    }


def worked_off(settings: Settings, processes: int, lines: int) -> Worked:
    """Let so many processes work off ``lines`` that wait in an installation of their own.

    Raises:
        BrokenError: not every line was stored.
    """
    context = get_context("spawn")
    with opened(settings) as (own, database):
        _fill(database, own, lines)
        ready, spent = context.Barrier(processes + 1), context.Queue()
        at_work = [context.Process(target=_work, args=(own, ready, spent)) for _ in range(processes)]
        for one in at_work:
            one.start()
        ready.wait(_PATIENCE)
        began = time.perf_counter()
        cpu = sum(spent.get(timeout=_PATIENCE) for _ in at_work)
        seconds = time.perf_counter() - began
        for one in at_work:
            one.join(_PATIENCE)
        stored = open_store(own).count(SearchRequest())
    if stored != lines:
        raise BrokenError("errors.scan.bench_failed", reason=f"{stored} of {lines} lines were stored")
    return Worked(lines, seconds, cpu)


def _fill(database: Database, own: Settings, lines: int) -> None:
    """Write the segments as several receivers do whose batches come by turns."""
    spools = [Spool(own) for _ in range(SEGMENTS)]
    for body, spool in zip(bodies("nginx", lines), cycle(spools), strict=False):
        batch = Incoming(own.root_org, "nginx", body, "bench", options=ParseOptions())
        accept(database, spool, batch, operator_actor)
    for spool in spools:
        spool.close()


def _work(own: Settings, ready: Barrier, spent: "Queue[float]") -> None:
    take_little()
    with opened(own) as (little, other):  # so that what a process reads and makes at its start is not in the figure
        Way(little, other, "nginx").go(bodies("nginx", _TO_WARM_UP))
    database, store = Database.open(own).acting_for(SystemPath.INGEST), open_store(own)
    ready.wait(_PATIENCE)
    began = time.process_time()
    work_off(database, own, store)
    spent.put(time.process_time() - began)
    database.close()
