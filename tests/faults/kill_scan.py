"""Kill scans again and again, parents and workers, at random and aimed moments, and count what was lost or read twice.

A child scans a source with two workers and says of each table when it was read and when it was kept. The parent kills
it (SIGKILL), or has it kill itself between two aimed steps; a new child is given the same order. A table that was kept
may not be read again in the same scan, and at the end every column must be in the ledger exactly once.

    python tests/faults/kill_scan.py [KILLS] [SEED]
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
from typing import Any

TABLES, COLUMNS = 16, 4
#: between which steps the child kills itself; "worker": one of its workers is killed; None: a random moment
AIMS = ("results", "kept", "stored", "finished", "worker", None)
_CHILD = """
import sys
from pathlib import Path
from tests.faults.kill_scan import arm, scan_once
arm(sys.argv[1])
scan_once(Path(sys.argv[2]))
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the kills did: ``again`` are kept tables that were read once more, ``unmatched`` scans without their run."""

    kills: int
    scans: int
    lost: int
    doubled: int
    again: int
    unmatched: int

    def as_json(self) -> dict[str, int]:
        """Return the printed document."""
        return {name: getattr(self, name) for name in ("kills", "scans", "lost", "doubled", "again", "unmatched")}

    @property
    def right(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.lost or self.doubled or self.again or self.unmatched)


def arm(aim: str) -> None:
    """Make this process, or one of its workers, end at a step; and tell what is read and kept."""
    from detectors.discovery.scanning import conduct, keeping, register

    conduct.GROUP = 1
    keeping.Kept.keep = telling(keeping.Kept.keep, aim)  # type: ignore[method-assign]
    if aim == "stored":
        _end_behind(keeping, "store")
    if aim == "finished":
        _end_behind(register, "finished")


def telling(kept: Callable[..., None], aim: str) -> Callable[..., None]:
    """Wrap the keeping of a group: before and behind its commit are the aimed moments."""
    left = random.Random(os.getpid()).randrange(1, 6)

    def keep(self: Any, outcomes: list[Any], progress: object) -> None:
        nonlocal left
        left -= bool(outcomes)
        tell("read", self, outcomes)
        if aim == "results" and left <= 0:
            end()
        kept(self, outcomes, progress)
        tell("kept", self, outcomes)
        if aim == "kept" and left <= 0:
            end()
        if aim == "worker" and outcomes:
            for pid in children()[:1]:
                os.kill(pid, signal.SIGKILL)

    return keep


def _end_behind(holder: object, name: str) -> None:
    """Make the call of ``holder.name`` the last of this process: its transaction is not committed yet."""
    real = getattr(holder, name)

    def last(*given: object, **named: object) -> None:
        real(*given, **named)
        end()

    setattr(holder, name, last)


def children() -> list[int]:
    """The workers of this process."""
    found = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(pid) for one in found for pid in one.read_text().split()]


def end() -> None:
    """The end of this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def tell(what: str, kept: Any, outcomes: list[Any]) -> None:
    """Tell the parent, past every buffer."""
    for outcome in outcomes:
        os.write(1, f"{what} {kept.scan_id} {outcome.unit.key}\n".encode())


def scan_once(source: Path) -> None:
    """Scan the source as somebody orders it who wants everything read."""
    from config.settings import Settings
    from detectors.discovery.scanning.models import Mode
    from soc.acting import SystemPath
    from soc.db import Database
    from tests.detectors.discovery.scanning.making import scan_of

    database = Database.open(Settings.load()).acting_for(SystemPath.OPERATOR)
    scan_of(database, f"sqlite:///{source}", mode=Mode.AGAIN, workers=2)


def run(folder: Path, kills: int, seed: int) -> Outcome:
    """Kill ``kills`` times, then let a last process end the scan, and count."""
    from tests.detectors.discovery.scanning.making import make_source
    from tests.faults.kill_ingest import make_installation

    chance = random.Random(seed)
    home, source = folder / "home", make_source(folder / "source.db", TABLES)
    make_installation(home)
    lines: list[str] = []
    for number in range(kills):
        lines += _one_life(home, source, AIMS[number % len(AIMS)], chance.uniform(1.0, 6.0))
    lines += _one_life(home, source, "-", 600.0)
    return _counted(home, lines, kills)


def _one_life(home: Path, source: Path, aim: str | None, patience: float) -> list[str]:
    """Start a child, kill it or wait for its end, and return what it told."""
    root = Path(__file__).parents[2]
    environ = {**os.environ, "SOC_HOME": str(home), "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", _CHILD, aim or "-", str(source)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, cwd=root) as child:
        assert child.stdout is not None
        if aim is None:
            time.sleep(patience)
            child.kill()
        told = child.stdout.read()
        ended = child.wait(timeout=600)
    if ended not in {0, -signal.SIGKILL}:
        raise RuntimeError(f"the child aimed at {aim} ended by itself with {ended}")
    return told.decode().splitlines()


def _counted(home: Path, lines: list[str], kills: int) -> Outcome:
    from sqlalchemy import func, select

    from config.settings import Settings
    from detectors.discovery.scanning.models import DiscoveryScan, ScanStatus
    from soc.acting import SystemPath
    from soc.db import Database
    from soc.ledger.models import LedgerItem, LedgerTable, ScanRun

    database = Database.open(Settings.load({"SOC_HOME": str(home)})).acting_for(SystemPath.OPERATOR)
    with database.read() as session:
        joined = select(LedgerTable.name, LedgerItem.name).join(LedgerTable, LedgerTable.id == LedgerItem.table_id)
        items = Counter(tuple(row) for row in session.execute(joined))
        done = session.scalar(select(func.count()).where(DiscoveryScan.status == ScanStatus.DONE)) or 0
        runs = session.scalar(select(func.count()).select_from(ScanRun)) or 0
    database.close()
    return Outcome(
        kills=kills,
        scans=done,
        lost=TABLES * COLUMNS - len(items),
        doubled=sum(count - 1 for count in items.values()),
        again=read_again(lines),
        unmatched=abs(done - runs),
    )


def read_again(lines: list[str]) -> int:
    """How many tables were read once more in a scan that had kept them."""
    kept: set[str] = set()
    again = 0
    for line in lines:
        what, _, rest = line.partition(" ")
        if what == "kept":
            kept.add(rest)
        else:
            again += rest in kept
    return again


def main() -> int:
    """Run from the command line; exit 1 where anything went wrong."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(Path(folder), kills, seed)
    sys.stdout.write(json.dumps(outcome.as_json()) + "\n")
    return 0 if outcome.right else 1


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    sys.exit(main())
