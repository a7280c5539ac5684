"""Kill ingest again and again, at random and aimed moments, and count what was lost or doubled.

A child accepts batches and works them off; the parent reads each acknowledgement from its
pipe and kills it (SIGKILL), or has it kill itself between two aimed steps. A new child goes on
where the last one ended, sending what was not acknowledged once more, as a shipper does. At the
end every acknowledged line must be stored exactly once, and every acknowledged batch must lie sealed in the archive as it was sent.
Several children at once share the spool and the log store: what one leaves, another takes up.

    python tests/faults/kill_ingest.py [KILLS] [SEED] [CHILDREN AT ONCE]
"""

import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

LINES_A_BATCH = 20
#: between the numbers of one child's batches and the next one's
_APART = 1_000_000
#: between which steps the child kills itself; None: the parent kills at a random moment
AIMS = ("spool", "register", "append", "stored", "analysed", "trim", None, None)
_CHILD = """
import os, signal, sys
aim, first = sys.argv[1], int(sys.argv[2])
from audit.ingest import pipeline as work, register
from audit.ingest.spool import Spool
from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database
from tests.faults.kill_ingest import arm, send_for_ever
settings = Settings.load()
arm(aim)
send_for_ever(Database.open(settings).acting_for(SystemPath.OPERATOR), settings, first)
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the kills did."""

    kills: int
    acked: int
    lost: int
    doubled: int
    #: acknowledged batches whose sealed original is not there or not what was sent
    unsealed: int

    def as_json(self) -> dict[str, int]:
        """Return the printed document."""
        told = {"kills": self.kills, "acked": self.acked, "lost": self.lost, "doubled": self.doubled}
        return told | {"unsealed": self.unsealed}


def body_of(number: int) -> bytes:
    """Return the batch of this number: each of its lines names batch and line."""
    at = "[22/Nov/2026:10:00:00 +0800]"
    lines = (f'10.0.0.1 - - {at} "GET /{number}/{line} HTTP/1.1" 200 5 "-" "x"\n' for line in range(LINES_A_BATCH))
    return "".join(lines).encode()


def arm(aim: str) -> None:
    """Make this process kill itself behind a step, at a time of its own choosing."""
    from audit.ingest import register
    from audit.ingest.models import BatchState
    from audit.ingest.pipeline import Pipeline
    from audit.ingest.spool import Spool
    from soc.logstore.delta import DeltaLogStore

    steps: dict[str, tuple[object, str, object]] = {
        "register": (register, "accept", None),
        "append": (DeltaLogStore, "append_group", None),
        "stored": (Pipeline, "_mark", BatchState.STORED),
        "analysed": (Pipeline, "_mark", BatchState.ANALYSED),
        "trim": (Spool, "keep", None),
    }
    if aim == "spool":
        die_around(register, "_register", None, before=True)
    elif aim in steps:
        die_around(*steps[aim], before=False)


def die_around(holder: object, name: str, when: object, *, before: bool, call: int = 0) -> None:
    """Wrap ``holder.name`` so that one of its first calls (with ``when``) is this process's last: ``call``, or any."""
    real = getattr(holder, name)
    left = [call or random.Random(os.getpid()).randrange(1, 6)]

    def die() -> None:
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrapped(*given: object, **named: object) -> object:
        aimed = when is None or when in given
        if aimed and before:
            die()
        found = real(*given, **named)
        if aimed and not before:
            die()
        return found

    setattr(holder, name, wrapped)


def send_for_ever(database: object, settings: object, first: int) -> None:
    """Accept batches from ``first`` on, say so, and work them off."""
    from audit.ingest import register
    from audit.ingest.pipeline import spool_of, work_off
    from soc.identity.actors import operator_actor
    from soc.logstore import open_store

    spool, store = spool_of(settings), open_store(settings)  # type: ignore[arg-type]
    number = first
    while True:
        batch = register.Incoming("440000", "nginx", body_of(number), "fault", f"batch-{number}")
        register.accept(database, spool, batch, operator_actor)  # type: ignore[arg-type]
        os.write(1, f"{number}\n".encode())
        if number % 3 == 0:
            spool.close()  # so that there is something to trim
            work_off(database, settings, store)  # type: ignore[arg-type]
        number += 1


def run(home: Path, kills: int, seed: int, at_once: int = 1) -> Outcome:
    """Kill ``kills`` times, ``at_once`` children at a time, then let a last process recover, and count."""
    chance = random.Random(seed)
    make_installation(home)
    acked: list[set[int]] = [set() for _ in range(at_once)]

    def live(number: int, patience: float) -> None:
        child = number % at_once
        # the batch after the last acknowledged one may be in or not: it is sent once more
        first = max(acked[child], default=child * _APART - 1) + 1
        acked[child] |= _one_life(home, AIMS[number % len(AIMS)], first, patience)

    with ThreadPoolExecutor(at_once) as together:
        for first in range(0, kills, at_once):
            numbers = range(first, min(first + at_once, kills))
            list(together.map(live, numbers, [chance.uniform(0.05, 1.5) for _ in numbers]))
    return _counted(home, kills, set().union(*acked))


def _counted(home: Path, kills: int, acked: set[int]) -> Outcome:
    stored = recovered(home)
    wanted = {f"/{batch}/{line}" for batch in acked for line in range(LINES_A_BATCH)}
    return Outcome(
        kills=kills,
        acked=len(wanted),
        lost=len(wanted - set(stored)),
        doubled=sum(count - 1 for count in stored.values()),
        unsealed=len(acked - sealed(home)),
    )


def _one_life(home: Path, aim: str | None, first: int, patience: float) -> set[int]:
    """Start a child, kill it (or wait for its own end), and return what it acknowledged."""
    root = Path(__file__).parents[2]
    environ = {**os.environ, "SOC_HOME": str(home), "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", _CHILD, aim or "-", str(first)]
    child = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, cwd=root)
    assert child.stdout is not None
    told = child.stdout.readline() if aim is None else b""
    if aim is None:
        time.sleep(patience)
    elif not _ended(child, 60):
        raise RuntimeError(f"the child aimed at {aim} did not end")
    child.kill()
    told += child.stdout.read()
    if child.wait() != -signal.SIGKILL:
        raise RuntimeError(f"the child aimed at {aim} ended by itself with {child.returncode}")
    return {int(line) for line in told.split(b"\n")[:-1] if line}


def _ended(child: "subprocess.Popen[bytes]", seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if child.poll() is not None:
            return True
        select.select([], [], [], 0.05)
    return False


def make_installation(home: Path) -> None:
    """Make a fresh installation with the whole schema."""
    from config.settings import Settings
    from soc.acting import SystemPath
    from soc.db import Database, Model
    from soc.registry import load_models
    from soc.tiers.divisions import load_divisions

    load_models()
    home.mkdir(parents=True, exist_ok=True)
    database = Database.open_as_owner(Settings.load({"SOC_HOME": str(home)}))
    Model.metadata.create_all(database.writer)
    with database.acting_for(SystemPath.SETUP).write() as session:
        load_divisions(session)
    database.close()


def recovered(home: Path) -> Counter[str]:
    """Let a fresh process's recovery run, and count the stored lines."""
    from audit.ingest.pipeline import work_off
    from config.settings import Settings
    from soc.db import Database
    from soc.logstore import open_store
    from soc.logstore.port import SearchRequest

    settings = Settings.load({"SOC_HOME": str(home)})
    database, store = Database.open(settings), open_store(settings)
    work_off(database, settings, store)
    database.close()
    frame = store.frame(SearchRequest(), ["http_request.url.path"])
    return Counter(frame["http_request.url.path"].to_list())


def sealed(home: Path) -> set[int]:
    """Return the batches whose original opens from the archive as it was sent; nothing waits in the spool any more."""
    from sqlalchemy import select as query

    from audit.ingest.models import IngestBatch
    from audit.ingest.spool import Place, Spool
    from config.settings import Settings
    from soc.acting import SystemPath
    from soc.db import Database

    settings = Settings.load({"SOC_HOME": str(home)})
    database, spool = Database.open(settings), Spool(settings)
    with database.acting_for(SystemPath.INGEST).read() as session:
        batches = list(session.scalars(query(IngestBatch)))
    database.close()
    archived = {path.name for path in spool.archive.iterdir()}
    opened = {
        int(batch.key.removeprefix("batch-")): spool.read(Place(batch.segment, batch.position))
        for batch in batches
        if batch.segment in archived
    }
    return {number for number, body in opened.items() if body == body_of(number)}


def main() -> int:
    """Run from the command line; exit 1 where anything was lost, doubled or not sealed."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 32
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    at_once = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(Path(folder) / "home", kills, seed, at_once)
    sys.stdout.write(json.dumps(outcome.as_json()) + "\n")
    return 1 if outcome.lost or outcome.doubled or outcome.unsealed else 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    sys.exit(main())
