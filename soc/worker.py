"""The worker: leads where it holds the lease, takes runs, and turns the quick rhythms."""

import logging
import threading
import time

from soc.acting import SystemPath
from soc.clock import now
from soc.db import Database
from soc.errors import UnavailableError
from soc.jobs import (
    Lane,
    carry_out,
    context_of,
    hold,
    job_specs,
    recover_lost,
    release,
    run_one,
    worker_name,
    write_due_runs,
)
from soc.room import JobSpec

_log = logging.getLogger(__name__)
TICK_SECONDS = 0.5
LEADER = "leader"


class Worker:
    """One worker process; ``run`` returns after ``stop``."""

    def __init__(self, database: Database) -> None:
        self._database = database.acting_for(SystemPath.JOBS)
        self._name = worker_name()
        self._stopped = threading.Event()
        self._quick = [spec for spec in job_specs().values() if spec.quiet and spec.every is not None]

    def stop(self) -> None:
        """Ask the worker to end after what it is doing."""
        self._stopped.set()

    def run(self) -> None:
        """Work until stopped."""
        runners = {
            lane: threading.Thread(target=self._take_runs, args=(lane,), name=lane, daemon=True) for lane in Lane
        }
        for runner in runners.values():
            runner.start()
        turns = [threading.Thread(target=self._turn, args=(spec,), name=spec.name, daemon=True) for spec in self._quick]
        for turn in turns:
            turn.start()
        self._lead()
        for thread in [runners[Lane.SHORT], *turns]:
            thread.join(timeout=20)
        # nobody waits for hours of work: it is taken up where it was
        with self._database.write() as session:
            release(session, self._name)

    def _lead(self) -> None:
        while not self._stopped.wait(TICK_SECONDS):
            self._safely("lead", self._lead_once)

    def _lead_once(self) -> None:
        with self._database.write() as session:
            if hold(session, LEADER, self._name, at=now()):
                write_due_runs(session, at=now())
                recover_lost(session, at=now())

    def _take_runs(self, lane: Lane) -> None:
        while not self._stopped.is_set():
            if not self._safely("run", lambda: run_one(self._database, self._name, lane)):
                self._stopped.wait(TICK_SECONDS)

    def _turn(self, spec: JobSpec) -> None:
        """Turn one quick rhythm where this worker holds the rhythm's lease, or where each has its own share."""
        assert spec.every is not None
        context = context_of(self._database, None, {})
        while not self._stopped.is_set():
            began = time.monotonic()
            if spec.everywhere or self._safely(spec.name, lambda: self._holds(spec.name)):
                self._safely(spec.name, lambda: carry_out(spec, context))
            self._stopped.wait(max(0.05, spec.every.total_seconds() - (time.monotonic() - began)))

    def _holds(self, name: str) -> bool:
        with self._database.write() as session:
            return hold(session, f"rhythm:{name}", self._name, at=now())

    def _safely(self, what: str, act: "object") -> bool:
        """Do it; what fails is logged and tried again at the next turn: a worker must not die of one job."""
        try:
            return bool(act())  # type: ignore[operator]
        except UnavailableError as error:
            _log.warning("worker waits", extra={"what": what, "reason": str(error)})
        except Exception:
            _log.exception("worker", extra={"what": what})
        self._stopped.wait(1)
        return False
