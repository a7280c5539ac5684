"""Real senders, started for one test each: rsyslog and syslog-ng, told to send what stands in a file."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_END_SECONDS = 20


def program(variable: str, name: str) -> str:
    """Return a sender's program; its tests are skipped where it is not there."""
    found = os.environ.get(variable)
    if not found:
        pytest.skip(f"needs {name}: {variable} is not set")
    return found


def written(folder: Path, lines: list[str]) -> Path:
    """Write what the sender is to send."""
    path = folder / "input.log"
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


@contextmanager
def rsyslog(folder: Path, lines: list[str], action: str, globally: str = "", before: str = "") -> Iterator[None]:
    """Let rsyslog send ``lines`` by ``action``, as the program ``permits``."""
    config = folder / "rsyslog.conf"
    config.write_text(
        f"""global(workDirectory="{folder}" localHostname="gate-7" {globally})
module(load="imfile" mode="inotify")
{before}
template(name="document" type="list" option.jsonf="on") {{
    property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
    property(outname="host" name="hostname" format="jsonf")
    property(outname="message" name="msg" format="jsonf")
}}
input(type="imfile" file="{written(folder, lines)}" tag="permits:" facility="local0" ruleset="send")
ruleset(name="send") {{ {action} }}
"""
    )
    command = [program("SOC_TEST_RSYSLOG", "rsyslog"), "-n", "-f", str(config), "-i", str(folder / "rsyslog.pid")]
    with _running(command, folder):
        yield


@contextmanager
def syslog_ng(folder: Path, lines: list[str], destination: str) -> Iterator[None]:
    """Let syslog-ng send ``lines`` to ``destination``, as the program ``permits``."""
    config = folder / "syslog-ng.conf"
    config.write_text(
        f"""@version: 3.35
options {{ stats_freq(0); keep-hostname(yes); }};
source s {{ file("{written(folder, lines)}" flags(no-parse) program-override("permits") host-override("gate-7")); }};
destination d {{ {destination} }};
log {{ source(s); destination(d); }};
"""
    )
    command = [program("SOC_TEST_SYSLOG_NG", "syslog-ng"), "-F", "--no-caps", "-f", str(config)]
    command += ["-R", str(folder / "persist"), "-p", str(folder / "pid"), "-c", str(folder / "control")]
    with _running(command, folder):
        yield


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[None]:
    log = folder / "sender.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            yield
            assert process.poll() is None, log.read_text()
        finally:
            process.terminate()
            _ended(process)


def _ended(process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _END_SECONDS
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    process.kill()
    process.wait()
