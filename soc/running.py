"""A whole installation as people start it, ``soc up`` in processes of its own: for measurements, and for tests.

Nothing of the caller's settings reaches it but what it is given.
"""

import os
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

from soc.errors import BrokenError

#: seconds until a first start answers (a demo loads a province), and until Ctrl-C has ended everything
_START_SECONDS, _END_SECONDS = 600, 30
_ASK_EVERY = 0.25
#: so much of what it said last is told where it failed, in characters
_LAST_WORDS = 2000
_TRACE = "Traceback"


class NotRunningError(BrokenError):
    """It did not start, did not end, or had something to explain."""

    def __init__(self, what: str, words: str) -> None:
        """Say what went wrong, with its last words."""
        super().__init__("errors.scan.bench_failed", reason=f"{what}: {words[-_LAST_WORDS:]}")


@dataclass(frozen=True, slots=True)
class Running:
    """An installation that answers at ``url``; ``environ`` reaches it from the command line too."""

    url: str
    home: Path
    environ: Mapping[str, str]
    #: what it has said so far
    said: Path

    def soc(self, *words: str) -> str:
        """Run a command beside it, and return what was printed.

        Raises:
            NotRunningError: the command was refused, or broke.
        """
        command = [sys.executable, "-m", "soc", *words]
        done = subprocess.run(command, env=dict(self.environ), capture_output=True, check=False)
        complaint = done.stderr.decode(errors="replace")
        if done.returncode not in {0, 1} or _TRACE in complaint:
            raise NotRunningError(" ".join(words), complaint)
        return done.stdout.decode()


def environ_of(home: Path, **more: str) -> dict[str, str]:
    """Return an environment in which ``home`` alone says what the installation is."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOC_")}
    return kept | {"SOC_HOME": str(home), "SOC_BIND": f"127.0.0.1:{free_port()}", "SOC_LANG": "zh", **more}


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def running(environ: Mapping[str, str], *flags: str) -> Iterator[Running]:
    """Start it, wait until it answers, and end it as Ctrl-C does: cleanly, with nothing to explain.

    Raises:
        NotRunningError: it does not answer, does not end within 30 s, or left a traceback.
    """
    home, url = Path(environ["SOC_HOME"]), f"http://{environ['SOC_BIND']}"
    with started(environ, *flags) as (server, said):
        _wait_for(f"{url}/healthz", server, said)
        yield Running(url, home, environ, said)
        _end(server, said)
    words = _words(said)
    if _TRACE in words:
        raise NotRunningError("it had a traceback", words)


@contextmanager
def started(environ: Mapping[str, str], *flags: str) -> Iterator[tuple["subprocess.Popen[bytes]", Path]]:
    """Start it and say where its words go, beside its home; it is killed at the end, if it still runs."""
    home = Path(environ["SOC_HOME"])
    said = home.with_name(f"{home.name}.log")
    with said.open("wb") as file:
        server = subprocess.Popen(
            [sys.executable, "-m", "soc", "up", *flags], env=dict(environ), stdout=file, stderr=file
        )
    try:
        yield server, said
    finally:
        server.kill()
        server.wait()


def _end(server: "subprocess.Popen[bytes]", said: Path) -> None:
    """Press Ctrl-C."""
    server.send_signal(signal.SIGINT)
    try:
        code = server.wait(timeout=_END_SECONDS)
    except subprocess.TimeoutExpired:
        raise NotRunningError("it does not end", _words(said)) from None
    if code != 0:
        raise NotRunningError(f"it ended with {code}", _words(said))


def _wait_for(url: str, server: "subprocess.Popen[bytes]", said: Path) -> None:
    """Wait until the installation answers; a server that ended is told with its last words."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            raise NotRunningError("it ended before it answered", _words(said))
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - this machine's loopback
                return
        except OSError:
            time.sleep(_ASK_EVERY)
    raise NotRunningError(f"{url} does not answer", _words(said))


def _words(said: Path) -> str:
    return said.read_text(encoding="utf-8", errors="replace")
