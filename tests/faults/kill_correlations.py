"""Kill ingest and the look for correlations between any two of their steps, and count what was lost or told twice.

A child takes in batches that spread each account's failed logins over all of them, and looks for correlations behind
each; it kills itself (SIGKILL) behind an aimed step. A new child sends the batches of those before it once more, as a
shipper does, and its own. At the end each account must have one burst, and one finding of all its events or of what it had grown from.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soc.db import Database

ACCOUNTS, BATCHES = 4, 5
#: behind which steps the child kills itself
AIMS = ("append", "tagged", "marked", "analysed", "seen", "taken", "raised", "noted")
_CHILD = """
import sys
from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database
from tests.faults.kill_correlations import arm, live
settings = Settings.load()
arm(sys.argv[1])
live(Database.open(settings).acting_for(SystemPath.OPERATOR), settings, int(sys.argv[2]))
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the kills did: ``killed`` of them met their step, ``told`` are accounts with a burst of all their events."""

    killed: int
    told: int
    twice: int
    marks: int


def body_of(life: int, batch: int) -> bytes:
    """Return a batch of one child's: one failed login of each of its accounts."""
    return "".join(
        f"2026-11-20T10:00:{batch * 5:02d}.000000+08:00 h sshd[{batch}]: Failed password for u{life}-{user} from 10.0.0.9 port 22 ssh2\n"
        for user in range(ACCOUNTS)
    ).encode()


def arm(aim: str) -> None:
    """Make this process kill itself behind a step."""
    from audit.ingest.models import BatchState
    from audit.ingest.pipeline import Pipeline
    from detectors.sigma import touched, watching
    from soc.logstore.delta import DeltaLogStore
    from tests.faults.kill_ingest import die_around

    steps: dict[str, tuple[object, str, object]] = {
        "append": (DeltaLogStore, "append_group", None),
        "tagged": (Pipeline, "_mark", BatchState.STORED),
        "marked": (touched, "note_touched", None),
        "analysed": (Pipeline, "_mark", BatchState.ANALYSED),
        "seen": (watching.Watch, "_seen", None),
        "taken": (watching, "take", None),
        "raised": (watching, "raise_findings", None),
        "noted": (watching.Watch, "_stretch", None),
    }
    if aim in steps:
        die_around(*steps[aim], before=False, call=3)


def live(database: object, settings: object, lives: int) -> None:
    """Send every batch of every child so far, the own last; work each off and look for correlations."""
    from audit.ingest import register
    from audit.ingest.pipeline import spool_of, work_off
    from detectors.sigma.watching import Watch
    from soc.identity.actors import operator_actor
    from soc.logstore import open_store

    spool, store = spool_of(settings), open_store(settings)  # type: ignore[arg-type]
    for life in range(lives + 1):
        for number in range(BATCHES):
            key = f"{life}-{number}"
            batch = register.Incoming("440000", "linux_auth", body_of(life, number), "fault", key)
            register.accept(database, spool, batch, operator_actor)  # type: ignore[arg-type]
            work_off(database, settings, store)  # type: ignore[arg-type]
            Watch(database, store).turn()  # type: ignore[arg-type]


def keep_for_all(database: "Database", rules: Path) -> None:
    """Keep a folder of rules as everybody's."""
    from detectors.sigma.rules import read_rules
    from detectors.sigma.service import keep_rules
    from soc.identity.actors import operator_actor

    with database.write() as session:
        keep_rules(session, operator_actor(session), read_rules(rules))


def run(home: Path, prepare: Callable[["Database"], None]) -> Outcome:
    """Kill once behind each step, then let a last process recover, and count; ``prepare`` puts the rules there."""
    from config.settings import Settings
    from soc.acting import SystemPath
    from soc.db import Database
    from tests.faults.kill_ingest import make_installation

    make_installation(home)
    database = Database.open(Settings.load({"SOC_HOME": str(home)})).acting_for(SystemPath.OPERATOR)
    prepare(database)
    environment = {**os.environ, "SOC_HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2])}
    killed = [_one_life(environment, aim, life) for life, aim in enumerate((*AIMS, "none"))]
    return _counted(database, sum(code < 0 for code in killed))


def _one_life(environment: dict[str, str], aim: str, life: int) -> int:
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, aim, str(life)], env=environment, check=False, capture_output=True
    )
    if done.returncode > 0:
        raise RuntimeError(done.stderr.decode()[-2000:])
    return done.returncode


def _counted(database: "Database", killed: int) -> Outcome:
    from sqlalchemy import func, select

    from detectors.findings import Finding
    from detectors.sigma.bursts import CorrelationBurst
    from detectors.sigma.marks import CorrelationMark

    with database.read() as session:
        bursts = session.scalars(select(CorrelationBurst)).all()
        keys = Counter((one.dedup_key, one.score) for one in session.scalars(select(Finding)))
        marks = session.scalar(select(func.count()).select_from(CorrelationMark)) or 0
    whole = sum(one.events == BATCHES for one in bursts)
    again = len(bursts) - len({one.group_key for one in bursts})
    return Outcome(killed, whole, again + sum(count - 1 for count in keys.values()), marks)
