"""Kill a process that pulls, again and again, at random and aimed moments, and count what was lost or doubled.

python tests/faults/kill_pull.py [KILLS] [SEED]
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from tests.faults.kill_ingest import die_around, make_installation, recovered

#: between which steps the child kills itself; None: the parent kills at a random moment
AIMS = ("page", "spool", "ids", "mark", "register", "append", None, None)
BUCKET_AIMS = ("range", "spool", "row", "register", "append", None, None)
_CHILD = """
import sys
from uuid import UUID
from tests.faults.kill_pull import arm, pull_for_ever
arm(sys.argv[1])
pull_for_ever(UUID(sys.argv[2]))
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the kills did."""

    kills: int
    #: aimed kills that came where they were aimed
    struck: int
    there: int
    lost: int
    doubled: int


def arm(aim: str) -> None:
    """Make this process kill itself behind a step, at a time of its own choosing."""
    from audit.ingest import register
    from audit.ingest.pull import buckets, indices, receiving
    from audit.ingest.pull.cluster import Cluster
    from audit.ingest.pull.s3 import Bucket
    from soc.logstore.delta import DeltaLogStore

    steps: dict[str, tuple[object, str, bool]] = {
        "page": (Cluster, "page", False),
        "range": (Bucket, "read", False),
        "spool": (register, "_register", True),
        "ids": (indices, "_remember", False),
        "mark": (indices._Reading, "_move", False),
        "row": (buckets._Reading, "_write", False),
        "register": (receiving, "accept", False),
        "append": (DeltaLogStore, "append_group", False),
    }
    if aim in steps:
        holder, name, before = steps[aim]
        die_around(holder, name, None, before=before)


def pull_for_ever(pull: UUID) -> None:
    """Pull and work off until the source has nothing more for a while; say so on the way."""
    from audit.ingest.pipeline import work_off
    from audit.ingest.pull import buckets, marking
    from audit.ingest.pull.turn import take_turn
    from config.settings import Settings
    from soc.acting import SystemPath
    from soc.db import Database
    from soc.logstore import open_store

    # so that there are many pages, and an object has many pieces
    marking._MOST_ROWS, buckets._FETCHED, buckets._PIECE = 40, 1 << 16, 1 << 14
    settings = Settings.load()
    database, store = Database.open(settings).acting_for(SystemPath.JOBS), open_store(settings)
    while True:
        take_turn(database, settings, pull, budget=0.05)
        os.write(1, b"turn\n")
        work_off(database, settings, store)


def run(
    home: Path, add: Callable[[], UUID], aims: tuple[str | None, ...], kills: int, seed: int, there: set[str]
) -> Outcome:
    """Kill ``kills`` times, then pull the rest in peace, and count; ``there`` are the paths the source has."""
    chance, pull = random.Random(seed), add()
    struck = 0
    for number in range(kills):
        struck += _one_life(home, pull, aims[number % len(aims)], chance.uniform(0.1, 1.5))
    _in_peace(pull)
    stored: Counter[str] = recovered(home)
    return Outcome(kills, struck, len(there), len(there - set(stored)), sum(count - 1 for count in stored.values()))


def _one_life(home: Path, pull: UUID, aim: str | None, patience: float) -> bool:
    root = Path(__file__).parents[2]
    environ = {**os.environ, "SOC_HOME": str(home), "PYTHONPATH": str(root)}
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, aim or "-", str(pull)], env=environ, stdout=subprocess.PIPE, cwd=root
    )
    assert child.stdout is not None
    if aim is None:
        child.stdout.readline()
        time.sleep(patience)
    else:
        until = time.monotonic() + 30  # the source may have come to its end before the step was reached
        while child.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
    struck = child.poll() is not None
    child.kill()
    with child.stdout as said:
        said.read()
    if child.wait() != -signal.SIGKILL:
        raise RuntimeError(f"the child aimed at {aim} ended by itself with {child.returncode}")
    _free_lease(home)
    return struck


def _free_lease(home: Path) -> None:
    """Do what a minute does: the lease of the one that was killed runs out."""
    from sqlalchemy import update

    from config.settings import Settings
    from soc.acting import SystemPath
    from soc.clock import now
    from soc.db import Database
    from soc.jobs import Lease

    database = Database.open(Settings.load({**os.environ, "SOC_HOME": str(home)}))
    with database.acting_for(SystemPath.OPERATOR).write() as session:
        session.execute(update(Lease).values(until=now()))
    database.close()
    time.sleep(0.01)


def _in_peace(pull: UUID) -> None:
    from audit.ingest.pull.turn import take_turn
    from config.settings import Settings
    from soc.acting import SystemPath
    from soc.db import Database

    settings = Settings.load()
    database = Database.open(settings).acting_for(SystemPath.JOBS)
    for _ in range(200):
        outcome = take_turn(database, settings, pull, budget=60)
        if outcome is not None and outcome.turned.whole:
            break
    else:
        raise RuntimeError("the source was never read to its end")
    database.close()


def main() -> int:
    """Run from the command line; exit 1 where anything was lost or doubled."""
    from tests.faults.test_kill_pull import at_index

    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 16
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with at_index(home, 3000) as (add, there):
            outcome = run(home, add, AIMS, kills, seed, there)
    sys.stdout.write(json.dumps({"kills": outcome.kills, "lost": outcome.lost, "doubled": outcome.doubled}) + "\n")
    return 1 if outcome.lost or outcome.doubled else 0


__all__ = ["AIMS", "Outcome", "make_installation", "run"]

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    sys.exit(main())
