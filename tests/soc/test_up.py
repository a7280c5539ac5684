"""``soc up`` in a process of its own: what a first start, a second, a refused one and one cut off say and leave."""

import errno
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database
from soc.identity.models import Person
from soc.installation import FIRST_ADMIN, is_demo
from soc.logstore import open_store
from soc.logstore.port import SearchRequest
from soc.running import Running, environ_of, free_port, running
from soc.text import t
from soc.trail import TrailEntry
from tests.e2e.running import cut_off, first_password

pytestmark = pytest.mark.slow
LINE = '10.0.0.1 - - [22/Nov/2026:10:00:00 +0800] "GET /before/the/second/start HTTP/1.1" 200 5 "-" "x"\n'
#: a machine without the newer SQLite, whose own is that of Debian 12
OLD_SQLITE = """
import sqlite3, sys
sys.modules["pysqlite3"] = None
sqlite3.sqlite_version, sqlite3.sqlite_version_info = "3.40.1", (3, 40, 1)
"""


@dataclass(frozen=True)
class Refused:
    """A start that ended by itself."""

    code: int
    out: str
    err: str


def start(environ: Mapping[str, str], *flags: str) -> Refused:
    """Start it where it has to refuse."""
    command = [sys.executable, "-m", "soc", "up", *flags]
    done = subprocess.run(command, env=dict(environ), capture_output=True, text=True, timeout=120, check=False)
    return Refused(done.returncode, done.stdout, done.stderr)


def fresh(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a home that is not there yet."""
    return environ_of(folder / "home", SOC_LANG="en", **more)


@dataclass(frozen=True)
class Kept:
    """What stands in an installation: its administrator's password, entries of the trail, events of the logs."""

    password_hash: str
    entries: int
    events: int
    demo: bool

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Kept":
        """Read it beside whatever runs."""
        settings = Settings.load(environ)
        with closing(Database.open(settings).acting_for(SystemPath.OPERATOR)) as database, database.read() as session:
            admin = session.scalars(select(Person.password_hash).where(Person.username == FIRST_ADMIN)).one()
            entries = session.scalar(select(func.count()).select_from(TrailEntry)) or 0
            demo = is_demo(session)
        return cls(admin, entries, open_store(settings).count(SearchRequest()), demo)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Running:
    """An installation after its first day, with one event in its logs."""
    with running(fresh(tmp_path_factory.mktemp("first"))) as it:
        batch = it.home.with_name("access.log")
        batch.write_text(LINE, encoding="utf-8")
        it.soc("logs", "ingest", str(batch), "--format", "nginx", "--org", "440000")
        assert first_password(it)
    return it


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], str]:
    """A demo killed outright when the first of its steps was done; its environment, and what it said."""
    environ = fresh(tmp_path_factory.mktemp("cut"))
    return environ, cut_off(environ, "[2/6]", "--demo")


def test_a_port_that_is_taken_is_one_line_and_nothing_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = start(fresh(tmp_path, SOC_BIND=f"127.0.0.1:{port}"))
    reason = os.strerror(errno.EADDRINUSE)
    line = t("errors.port_taken", "en", host="127.0.0.1", port=port, reason=reason)
    assert refused == Refused(2, "", f"soc: {line}\n")
    assert not (tmp_path / "home").exists()


def test_a_second_start_keeps_what_was_there_and_says_no_password_again(first: Running) -> None:
    before = Kept.of(first.environ)
    with running(first.environ) as again:
        said = again.said.read_text(encoding="utf-8")
    after = Kept.of(first.environ)
    assert "password" not in said
    assert after.password_hash == before.password_hash
    assert (after.events, before.events) == (1, 1)
    assert after.entries >= before.entries > 0


def test_an_installation_in_use_does_not_become_a_demo(first: Running) -> None:
    refused = start(first.environ, "--demo")
    assert refused == Refused(1, "", f"soc: {t('errors.demo_not_empty', 'en', home=first.home)}\n")
    assert not Kept.of(first.environ).demo


def test_an_sqlite_that_loses_data_is_one_line_and_no_state_is_made(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(OLD_SQLITE, encoding="utf-8")
    environ = fresh(tmp_path)
    environ["PYTHONPATH"] = f"{tmp_path}:{environ.get('PYTHONPATH', '')}"
    line = t("errors.sqlite_old", "en", found="3.40.1", needed="3.51.3")
    assert start(environ) == Refused(1, "", f"soc: {line}\n")
    assert not (tmp_path / "home" / "state.db").exists()


def test_a_demo_is_refused_beyond_this_machine_before_anything_is_made(tmp_path: Path) -> None:
    environ = fresh(tmp_path, SOC_BIND=f"0.0.0.0:{free_port()}")
    line = t("errors.demo_loopback", "en", host="0.0.0.0")
    assert start(environ, "--demo") == Refused(2, "", f"soc: {line}\n")
    assert not (tmp_path / "home").exists()


def test_a_demo_stays_on_this_machine_when_it_is_started_without_the_flag(cut: tuple[dict[str, str], str]) -> None:
    environ, _ = cut
    refused = start(environ | {"SOC_BIND": f"0.0.0.0:{free_port()}"})
    line = t("errors.demo_home_loopback", "en", host="0.0.0.0")
    assert refused == Refused(1, "", f"soc: {line}\n")


def test_a_demo_says_so_on_its_pages_however_it_is_started(cut: tuple[dict[str, str], str]) -> None:
    environ, _ = cut
    with running(environ) as it, urllib.request.urlopen(f"{it.url}/login?lang=en", timeout=30) as page:
        assert t("app.demo", "en") in page.read().decode()


def test_a_demo_cut_off_between_its_steps_goes_on_with_the_next(cut: tuple[dict[str, str], str]) -> None:
    environ, before = cut
    persons, databases = t("demo.step_persons", "en"), t("demo.step_databases", "en")
    assert f"[1/6] {persons}" in before
    known = Path(environ["SOC_HOME"]) / "keys" / "demo-users.json"
    users = known.read_bytes()
    said = cut_off(environ, "[1/", "--demo")
    assert f"[1/5] {databases}" in said
    assert persons not in said
    assert "password" not in said
    assert known.read_bytes() == users
