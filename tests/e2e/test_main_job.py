"""The main job on real input: a PostgreSQL province, real sessions, its own pgaudit log, one theft among them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests import conftest

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
SEED = "20261"
_LOG = os.environ.get("SOC_TEST_PGAUDIT_LOG")


@pytest.fixture
def province() -> Iterator[str]:
    """The URL of an empty database on the server whose log is read."""
    if not conftest.POSTGRES or not _LOG:
        pytest.skip("needs PostgreSQL with pgaudit: SOC_TEST_POSTGRES_URL and SOC_TEST_PGAUDIT_LOG are not set")
    name = f"story_{uuid4().hex[:8]}"
    conftest.administer(f'CREATE DATABASE "{name}"')
    yield conftest.url_of(name)
    conftest.administer(f'DROP DATABASE "{name}" WITH (FORCE)')


class Soc:
    """The command line of one fresh installation."""

    def __init__(self, home: Path) -> None:
        self._environ = {**os.environ, "SOC_HOME": str(home), "SOC_LANG": "zh"}

    def __call__(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "soc", *words], env=self._environ, capture_output=True, text=True, check=False
        )
        assert done.returncode in {0, 1}, done.stderr[-2000:]
        assert "Traceback" not in done.stderr, done.stderr[-2000:]
        return done.stdout


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


def test_a_theft_among_real_sessions_is_found_within_a_minute_and_opens_an_incident(
    tmp_path: Path, province: str
) -> None:
    soc, log = Soc(tmp_path / "home"), Path(_LOG or "")
    database = province.rpartition("/")[2]
    soc("demo", "generate", province, "--seed", SEED, "--size", "small")
    soc("source", "add", "province", province, "--org", "440000")
    scanned = json.loads(soc("scan", "province", "--json"))
    assert {column["type"] for table in scanned["tables"] for column in table["columns"]} >= {
        "resident_id", "mobile", "plate", "person_name", "bank_card", "vin", "uscc", "email",
    }  # fmt: skip
    soc("demo", "accounts", "--seed", SEED, "--size", "small")
    history = tmp_path / "history.log"
    soc("demo", "history", str(history), "--seed", SEED, "--size", "small", "--json")
    history.write_text(history.read_text(encoding="utf-8").replace("db=gdjt,", f"db={database},"), encoding="utf-8")
    soc("logs", "ingest", str(history), "--format", "pgaudit", "--org", "440000")

    offset = log.stat().st_size
    worked = json.loads(
        soc("demo", "workload", province, "--seed", SEED, "--size", "small", "--scale", "0.1", "--json")
    )
    time.sleep(1)  # the server's log collector writes behind the sessions
    today = tmp_path / "today.log"
    today.write_text(records_of(log, offset, database), encoding="utf-8")
    began = time.monotonic()
    receipt = json.loads(soc("logs", "ingest", str(today), "--format", "pgaudit", "--org", "440000"))
    assert receipt["accepted"] > 100
    assert time.monotonic() - began < 60
    incidents = [json.loads(line) for line in soc("incident", "list", "--json").splitlines()]
    thief = worked["theft"]
    assert len(incidents) == 1, incidents
    assert thief["account"] in incidents[0]["title"]
    assert incidents[0]["org"] == thief["org"]
    assert incidents[0]["data_level"] == "G4"
    assert json.loads(soc("audit", "verify", "--json"))["ok"]
