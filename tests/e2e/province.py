"""A real PostgreSQL province for a story: a database that the generator fills, worked in by real sessions."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from soc.running import Running
from tests import conftest

LOG = os.environ.get("SOC_TEST_PGAUDIT_LOG")
SMALL = ("--size", "small")


@contextmanager
def empty_database(prefix: str) -> Iterator[str]:
    """The URL of a new database on the server whose log is read; dropped at the end."""
    if not conftest.POSTGRES or not LOG:
        pytest.skip("needs PostgreSQL with pgaudit: SOC_TEST_POSTGRES_URL and SOC_TEST_PGAUDIT_LOG are not set")
    name = f"{prefix}_{uuid4().hex[:8]}"
    conftest.administer(f'CREATE DATABASE "{name}"')
    try:
        yield conftest.url_of(name)
    finally:
        conftest.administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@dataclass(frozen=True)
class Province:
    """The made-up province at ``url``, the same for the same seed."""

    url: str
    seed: str
    folder: Path

    @property
    def database(self) -> str:
        """Its name on the server, by which its lines are told from other tests' in the log."""
        return str(make_url(self.url).database)

    def discovered(self, installation: Running) -> dict[str, Any]:
        """Fill it, register it, scan it, and map its accounts; return what the scan found."""
        seed = ("--seed", self.seed, *SMALL)
        installation.soc("demo", "generate", self.url, *seed)
        installation.soc("source", "add", "province", self.url, "--org", "440000")
        found: dict[str, Any] = json.loads(installation.soc("scan", "province", "--json"))
        installation.soc("demo", "accounts", *seed)
        return found

    def remembered(self, installation: Running) -> None:
        """Ingest 30 days of ordinary work before today, so that there are habits."""
        history = self.folder / "history.log"
        installation.soc("demo", "history", str(history), "--seed", self.seed, *SMALL, "--json")
        told = history.read_text(encoding="utf-8").replace("db=gdjt,", f"db={self.database},")
        history.write_text(told, encoding="utf-8")
        self._ingest(installation, history)

    def worked(self, installation: Running) -> dict[str, Any]:
        """Let every account log in and work, one of them stealing; ingest what the server logged of it."""
        log, offset = Path(LOG or ""), Path(LOG or "").stat().st_size
        words = ("--seed", self.seed, *SMALL, "--scale", "0.1", "--json")
        done: dict[str, Any] = json.loads(installation.soc("demo", "workload", self.url, *words))
        time.sleep(1)  # the server's log collector writes behind the sessions
        today = self.folder / "today.log"
        today.write_text(records_of(log, offset, self.database), encoding="utf-8")
        began = time.monotonic()
        receipt = self._ingest(installation, today)
        return {**done, "accepted": receipt["accepted"], "seconds": time.monotonic() - began}

    def _ingest(self, installation: Running, log: Path) -> dict[str, int]:
        told = installation.soc("logs", "ingest", str(log), "--format", "pgaudit", "--org", "440000")
        receipt: dict[str, int] = json.loads(told)
        return receipt

    def may_log_in(self, account: str) -> bool:
        """Ask the server itself whether an account may log in."""
        engine = create_engine(make_url(self.url).set(drivername="postgresql+psycopg"))
        with engine.connect() as connection:
            asked = text("SELECT rolcanlogin FROM pg_roles WHERE rolname = :name")
            found = bool(connection.execute(asked, {"name": account}).scalar_one())
        engine.dispose()
        return found


def records_of(log: Path, offset: int, database: str) -> str:
    """The server log's records of one database: other tests share the server."""
    kept: list[str] = []
    taking = False
    with log.open(encoding="utf-8", errors="replace") as lines:
        lines.seek(offset)
        for line in lines:
            if not line.startswith("\t"):
                taking = f"db={database}," in line
            if taking:
                kept.append(line)
    return "".join(kept)
