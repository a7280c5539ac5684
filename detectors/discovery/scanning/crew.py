"""Workers and their parent's side: units handed out one at a time, the dead replaced, the poisonous left out."""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path

from detectors.discovery.finding import Skipped
from detectors.discovery.scanning.messages import Outcome, Ready, Task
from detectors.discovery.scanning.opening import Unit, path_of
from soc.errors import BrokenError
from soc.text import t

#: times a unit may end its worker before it is left out
MOST_DEATHS = 2
#: workers that die before they are ready, one after another, until we give up
_STILLBORN = 3
#: a worker that holds more than this is replaced before it takes the next unit, in bytes
MEMORY = 420 << 20
_TICK = 0.25


@dataclass(slots=True)
class Worker:
    """One process and the connection to it."""

    process: subprocess.Popen[bytes]
    connection: Connection
    ready: bool = False
    unit: Unit | None = None

    def end(self) -> None:
        """End it at once."""
        with suppress(OSError):
            self.connection.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@dataclass(slots=True)
class Crew:
    """So many workers on one task; use it in a ``with`` block, which ends them all."""

    task: Task
    size: int
    _draining: bool = False
    _workers: list[Worker] = field(default_factory=list)
    _deaths: dict[str, int] = field(default_factory=dict)
    _stillborn: int = 0

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def drain(self) -> None:
        """Hand out nothing more; what is being read is waited for."""
        self._draining = True

    def carry_out(self, units: Iterable[Unit]) -> Iterator[Outcome | None]:
        """Read the units, the first first; yields each outcome as it comes, and None now and then while none does.

        Raises:
            BrokenError: workers do not come up.
        """
        waiting = deque(units)
        while (waiting and not self._draining) or any(worker.unit for worker in self._workers):
            self._hand_out(waiting)
            came = wait([worker.connection for worker in self._workers], timeout=_TICK)
            if not came:
                yield None
            for worker in [one for one in self._workers if one.connection in came]:
                outcome = self._heard(worker, waiting)
                if outcome is not None:
                    yield outcome

    def _hand_out(self, waiting: deque[Unit]) -> None:
        while not self._draining and waiting and len(self._workers) < min(self.size, len(waiting) + len(self.busy)):
            self._workers.append(_started(self.task))
        for worker in self._workers:
            if worker.ready and worker.unit is None and waiting and not self._draining:
                worker.unit = waiting.popleft()
                with suppress(OSError):  # it died: its connection will tell
                    worker.connection.send(worker.unit)

    @property
    def busy(self) -> list[int]:
        """The processes that are reading a unit now."""
        return [worker.process.pid for worker in self._workers if worker.unit]

    def _heard(self, worker: Worker, waiting: deque[Unit]) -> Outcome | None:
        try:
            told = worker.connection.recv()
        except (EOFError, OSError):
            return self._lost(worker, waiting)
        if isinstance(told, Ready):
            worker.ready, self._stillborn = True, 0
            return None
        outcome: Outcome = told
        worker.unit = None
        if outcome.memory > MEMORY:
            self._workers.remove(worker)
            worker.end()
        return outcome

    def _lost(self, worker: Worker, waiting: deque[Unit]) -> Outcome | None:
        """A worker died: its unit is tried once more by another, then left out with the reason."""
        self._workers.remove(worker)
        worker.end()
        unit = worker.unit
        if unit is None:
            self._stillborn += not worker.ready
            if self._stillborn >= _STILLBORN:
                raise BrokenError("errors.scan.workers", code=worker.process.returncode)
            return None
        self._deaths[unit.key] = self._deaths.get(unit.key, 0) + 1
        if self._deaths[unit.key] < MOST_DEATHS:
            waiting.appendleft(unit)
            return None
        return Outcome(unit, [Skipped(path_of(unit), t("discovery.skipped.ended_workers"))])

    @property
    def pids(self) -> list[int]:
        """The processes that work now."""
        return [worker.process.pid for worker in self._workers]


def _started(task: Task) -> Worker:
    ours, theirs = Pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "detectors.discovery.scanning.worker", str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        env=_surroundings(),
    )
    theirs.close()
    with suppress(OSError):  # it died at once: its connection will tell
        ours.send(task)
    return Worker(process, ours)


def _surroundings() -> dict[str, str]:
    """One thread a worker: there are as many workers as there shall be threads."""
    single = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    root = str(Path(__file__).resolve().parents[3])
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return os.environ | single | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}


def alone(task: Task, units: Iterable[Unit]) -> Iterator[Outcome | None]:
    """Read the units in this process: for a few, a worker is not worth its start."""
    from detectors.discovery.scan import Orders
    from detectors.discovery.scanning.opening import Opened
    from detectors.discovery.scanning.worker import read

    orders = Orders(sampling=task.sampling, policy=task.policy, persistent=True, sketch_key=task.sketch_key)
    with Opened(task.address) as opened:
        for unit in units:
            yield None
            yield read(opened, unit, orders)
