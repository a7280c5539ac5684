"""The listeners' own process: ``soc logs listen``, and as a part of ``soc up``."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import func, select

from audit.ingest.models import IngestBatch
from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database
from tests.audit.ingest.receive.at_port import until
from tests.audit.ingest.receive.test_port import in_lines, messages


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as made:
        return int(made.getsockname()[1])


@contextmanager
def soc(home: Path, *arguments: str, **environ: str) -> "Iterator[subprocess.Popen[str]]":
    """Run the command until the block ends."""
    told = {**os.environ, "SOC_HOME": str(home), "SOC_LANG": "en", **environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "soc", *arguments], env=told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def durable(home: Path) -> int:
    settings = Settings.load({"SOC_HOME": str(home)})
    with closing(Database.open(settings).acting_for(SystemPath.INGEST)) as database, database.read() as session:
        return session.scalar(select(func.coalesce(func.sum(IngestBatch.accepted), 0))) or 0


def test_a_listener_asked_to_end_makes_everything_durable_first(tmp_path: Path) -> None:
    port = free_port()
    with soc(tmp_path, "logs", "listen", f"tcp://127.0.0.1:{port}?format=syslog&org=440100") as process:
        until(lambda: answers(port) or process.poll() is not None)
        with socket.create_connection(("127.0.0.1", port)) as sender:
            sender.sendall(in_lines(messages(5000)))
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0
    assert durable(tmp_path) == 5000


def test_the_whole_service_listens_where_the_settings_say_so(tmp_path: Path) -> None:
    port, web = free_port(), free_port()
    more = {"SOC_SYSLOG_LISTEN": f"tcp://127.0.0.1:{port}?format=syslog", "SOC_BIND": f"127.0.0.1:{web}"}
    with soc(tmp_path, "up", **more) as process:
        until(lambda: (answers(port) and answers(web)) or process.poll() is not None)
        with socket.create_connection(("127.0.0.1", port)) as sender:
            sender.sendall(in_lines(messages(10)))
        until(lambda: durable(tmp_path) == 10)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


def test_a_port_that_is_taken_ends_the_command_with_the_reason(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with soc(tmp_path, "logs", "listen", f"tcp://127.0.0.1:{taken}") as process:
            out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"Cannot take syslog at tcp:127.0.0.1:{taken}" in out
    assert "Traceback" not in out


def test_a_demo_takes_syslog_from_this_machine_alone(tmp_path: Path) -> None:
    with soc(tmp_path, "up", "--demo", SOC_SYSLOG_LISTEN="tcp://0.0.0.0:5514") as process:
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "0.0.0.0" in out


def test_without_a_port_the_command_says_how_to_name_one(tmp_path: Path) -> None:
    with soc(tmp_path, "logs", "listen") as process:
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "SOC_SYSLOG_LISTEN" in out
