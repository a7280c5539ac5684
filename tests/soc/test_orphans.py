"""``soc up`` killed outright leaves nothing behind that would stand in the way of the next one."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

PATIENCE_SECONDS = 90


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def descendants(pid: int) -> set[int]:
    """Return the processes below one, read from the kernel."""
    children = {
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    }
    return children.union(*(descendants(child) for child in children))


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(what: str, done: object) -> None:
    limit = time.monotonic() + PATIENCE_SECONDS
    while not done():  # type: ignore[operator]
        if time.monotonic() > limit:
            pytest.fail(f"{what}: not within {PATIENCE_SECONDS} s")
        time.sleep(0.1)


@pytest.fixture
def up(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A served installation of its own, as its supervisor and its port."""
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SOC_")}
    environ |= {"SOC_HOME": str(tmp_path / "home"), "SOC_BIND": f"127.0.0.1:{port}"}
    command = [sys.executable, "-c", "from soc.cli import main; main(['up'])"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environ, stdout=quiet, stderr=quiet, start_new_session=True) as process:
        wait_for("soc up", lambda: answers(port) or process.poll() is not None)
        yield process, port
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux: /proc")
def test_a_killed_supervisor_takes_its_processes_with_it(up: tuple[subprocess.Popen[bytes], int]) -> None:
    supervisor, port = up
    family = descendants(supervisor.pid)
    assert len(family) >= 3  # the worker, the web process and its own worker

    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait()

    wait_for("the end of all processes", lambda: not any(is_alive(pid) for pid in family))
    assert not answers(port)
