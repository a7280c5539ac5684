"""A running installation, started as people start it: ``soc up`` in a process of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Running:
    """An installation that answers at ``url``; ``environ`` reaches it from the command line too."""

    url: str
    home: Path
    environ: Mapping[str, str]
    #: what it has said so far
    said: Path

    def soc(self, *words: str) -> str:
        """Run a command beside it, and return what was printed."""
        done = subprocess.run(
            [sys.executable, "-m", "soc", *words],
            env=dict(self.environ),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode in {0, 1}, done.stderr[-2000:]
        assert "Traceback" not in done.stderr, done.stderr[-2000:]
        return done.stdout


def environ_of(home: Path, **more: str) -> dict[str, str]:
    """Return an environment in which ``home`` alone says what the installation is."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOC_")}
    return kept | {"SOC_HOME": str(home), "SOC_BIND": f"127.0.0.1:{free_port()}", "SOC_LANG": "zh", **more}


@contextmanager
def running(environ: Mapping[str, str], *flags: str) -> Iterator[Running]:
    """Start it, wait until it answers, and end it as Ctrl-C does: cleanly, with nothing to explain."""
    home, url = Path(environ["SOC_HOME"]), f"http://{environ['SOC_BIND']}"
    said = home.with_name(f"{home.name}.log")
    with said.open("w", encoding="utf-8") as file:
        command = [sys.executable, "-m", "soc", "up", *flags]
        server = subprocess.Popen(command, env=dict(environ), stdout=file, stderr=file, text=True)
        try:
            wait_for(f"{url}/healthz", server, said)
            yield Running(url, home, environ, said)
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=30) == 0
        finally:
            server.kill()
    assert "Traceback" not in said.read_text(encoding="utf-8"), said.read_text(encoding="utf-8")[-3000:]


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def wait_for(url: str, server: subprocess.Popen[str], said: Path) -> None:
    """Wait until the installation answers; a server that ended is told with its last words."""
    for _ in range(1200):
        assert server.poll() is None, said.read_text(encoding="utf-8")[-2000:]
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"no answer in ten minutes: {said.read_text(encoding='utf-8')[-2000:]}")


def first_password(installation: Running) -> str:
    """Return the one-time password that the first start printed."""
    found = re.search(r"(?:password: |密码：)(\S+)", installation.said.read_text(encoding="utf-8"))
    assert found is not None, "the first start printed no password"
    return found[1]


def passwords(installation: Running) -> dict[str, str]:
    """Return the passwords that ``soc demo users`` prints."""
    told = installation.soc("demo", "users")
    return {one["username"]: one["password"] for one in map(json.loads, told.splitlines())}
