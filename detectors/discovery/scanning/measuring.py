"""What a scan costs: seconds, CPU seconds of its process tree and of the server, and memory while it works."""

import os
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from detectors.discovery.scanning.conduct import Order
from detectors.discovery.scanning.crew import Crew
from detectors.discovery.scanning.messages import Task
from detectors.discovery.scanning.opening import Opened, Unit
from detectors.discovery.sources.base import Sampling
from policies.grading.policy import default_body, policy_of
from soc.errors import BrokenError

_TICKS = os.sysconf("SC_CLK_TCK")
_LOOK_EVERY = 0.25


@dataclass(slots=True)
class Cost:
    """What one run took; ``memory`` is the highest sum of its processes' own shares, in bytes."""

    seconds: float
    cpu: float
    memory: int = 0
    server_cpu: float = 0.0

    def told(self) -> dict[str, Any]:
        """For printing; ``two_cores`` is what the CPU seconds make where nothing else runs."""
        return {
            "seconds": round(self.seconds, 1),
            "cpu": round(self.cpu, 1),
            "server_cpu": round(self.server_cpu, 1),
            "two_cores": round((self.cpu + self.server_cpu) / 2, 1),
            "memory_mib": round(self.memory / (1 << 20)),
        }


def command(arguments: list[str], home: Path) -> tuple[Cost, bytes]:
    """Run one ``soc`` command in a home and return what it cost and printed.

    Raises:
        BrokenError: it failed.
    """
    environment = os.environ | {"SOC_HOME": str(home)}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "soc", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        watch = TreeMemory(process.pid)
        watch.start()
        out, told = process.communicate()
        watch.ended.set()
        watch.join()
    if process.returncode:
        raise BrokenError("errors.scan.bench_failed", reason=told.decode(errors="replace")[-300:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.monotonic() - began, cpu, watch.highest), out


class TreeMemory(threading.Thread):
    """Adds up the memory of a process and all below it, pages that several share counted once."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.highest, self.ended = pid, 0, threading.Event()

    def run(self) -> None:
        """Look until the end."""
        while not self.ended.wait(_LOOK_EVERY):
            self.highest = max(self.highest, sum(_share(pid) for pid in tree_of(self.pid)))


def tree_of(pid: int) -> list[int]:
    """A process and all that it started, directly or not."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                waiting += [int(child) for child in children.read_text().split()]
            except OSError:
                continue  # it ended while we looked
    return found


def _share(pid: int) -> int:
    """A process's proportional share of memory."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


class ServerCpu:
    """CPU seconds of a PostgreSQL server on this machine, within the block; 0 where it is elsewhere."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.seconds, self._before = engine, 0.0, 0.0
        self._postmaster = 0

    def __enter__(self) -> "ServerCpu":
        with self._engine.connect() as connection:
            backend = int(connection.execute(text("SELECT pg_backend_pid()")).scalar() or 0)
            self._postmaster = _parent_of(backend)
        self._engine.dispose()
        self._before = self._now()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = self._now() - self._before

    def _now(self) -> float:
        """Of the server and its children, those that have ended among them."""
        if not self._postmaster:
            return 0.0
        return sum(_cpu_of(pid, ended=pid == self._postmaster) for pid in tree_of(self._postmaster))


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _parent_of(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _cpu_of(pid: int, *, ended: bool) -> float:
    fields = _stat(pid)
    if not fields:
        return 0.0
    return sum(map(int, fields[11:15] if ended else fields[11:13])) / _TICKS


def bare_reading(url: str) -> tuple[Cost, int]:
    """Read every cell by the same workers and driver, and look at none of them: the limit of a full scan."""
    order = Order(url, url, Sampling(full=True), policy_of(default_body()))
    task = Task(url, order.sampling, order.policy, "zh", bare=True)
    with Opened(url) as opened:
        units = [one for one in opened.units() if isinstance(one, Unit)]
    units.sort(key=lambda unit: (-unit.effort(None), unit.key))
    before, began, cells = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic(), 0
    with Crew(task, order.crew) as crew:
        cells = sum(outcome.cells for outcome in crew.carry_out(units) if outcome is not None)
        seconds = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime), cells
