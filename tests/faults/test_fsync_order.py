"""The order of the fsyncs, seen by strace: SIGKILL alone does not test them, since the kernel lives on."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.kill_ingest import make_installation

_CALL = re.compile(r"(fsync|fdatasync|write)\((\d+)<([^>]*)>")
_CHILD = """
import os
from audit.ingest.pipeline import spool_of, work_off
from audit.ingest.register import Incoming, accept
from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database
from soc.identity.actors import operator_actor
from soc.logstore import open_store
from tests.faults.kill_ingest import body_of
settings = Settings.load()
database, store = Database.open(settings).acting_for(SystemPath.OPERATOR), open_store(settings)
accept(database, spool_of(settings), Incoming("440000", "nginx", body_of(0), "strace", "k"), operator_actor)
os.write(1, b"acknowledged")
spool_of(settings).close()
work_off(database, settings, store)
os.write(1, b"trimmed")
"""


@pytest.fixture
def calls(tmp_path: Path) -> list[tuple[str, str]]:
    """(call, file) of one batch's way, in order; a write only where it is our own word."""
    strace = os.environ.get("SOC_TEST_STRACE") or shutil.which("strace")
    if not strace:
        pytest.skip("needs strace: it is not installed")
    make_installation(tmp_path / "home")
    trace = tmp_path / "trace"
    environ = {**os.environ, "SOC_HOME": str(tmp_path / "home"), "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [
        strace,
        "-f",
        "-y",
        "-qq",
        "-e",
        "trace=fsync,fdatasync,write",
        "-o",
        str(trace),
        sys.executable,
        "-c",
        _CHILD,
    ]
    done = subprocess.run(command, env=environ, capture_output=True, cwd=Path(__file__).parents[2], check=False)
    if b"ptrace" in done.stderr.lower():
        pytest.skip("needs strace: this machine does not let it trace")
    assert done.returncode == 0, done.stderr.decode()
    return _read(trace.read_text(errors="replace"))


def _read(trace: str) -> list[tuple[str, str]]:
    found = []
    for line in trace.splitlines():
        call = _CALL.search(line)
        if call is None:
            continue
        kind, fd, path = call.groups()
        if kind != "write":
            found.append(("sync", path))
        elif fd == "1":
            found.append((line.split('"')[1], ""))
    return found


def _first(calls: list[tuple[str, str]], part: str, start: int = 0) -> int:
    return next(at for at in range(start, len(calls)) if calls[at][0] == "sync" and part in calls[at][1])


def test_spool_then_register_then_acknowledgement_then_store(calls: list[tuple[str, str]]) -> None:
    spool = _first(calls, ".spool")
    register = _first(calls, "state.db", spool)
    acknowledged = calls.index(("acknowledged", ""))
    store = _first(calls, "logs.delta", acknowledged)
    marked = _first(calls, "state.db", store)
    archived = _first(calls, "/sealed", marked)
    assert spool < register < acknowledged < store < marked < archived < calls.index(("trimmed", ""))


def test_nothing_reaches_the_store_before_the_acknowledgement(calls: list[tuple[str, str]]) -> None:
    early = calls[: calls.index(("acknowledged", ""))]
    assert not [path for kind, path in early if kind == "sync" and "logs.delta" in path]
