"""The main job on real input, from the command line: a PostgreSQL province, real sessions, one theft among them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from soc.running import Running, environ_of
from tests.e2e.province import Province, empty_database

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def province(tmp_path: Path) -> Iterator[Province]:
    """An empty database for the province of one seed."""
    with empty_database("main_job") as url:
        yield Province(url, "20261", tmp_path)


def test_a_theft_among_real_sessions_is_found_by_the_ingest_itself_and_opens_an_incident(
    tmp_path: Path, province: Province
) -> None:
    environ = environ_of(tmp_path / "home")
    here = Running(f"http://{environ['SOC_BIND']}", tmp_path / "home", environ, tmp_path / "none.log")
    scanned = province.discovered(here)
    assert {column["type"] for table in scanned["tables"] for column in table["columns"]} >= {
        "resident_id", "mobile", "plate", "person_name", "bank_card", "vin", "uscc", "email",
    }  # fmt: skip
    province.remembered(here)
    worked = province.worked(here)
    assert worked["accepted"] > 100
    incidents = [json.loads(line) for line in here.soc("incident", "list", "--json").splitlines()]
    thief = worked["theft"]
    assert len(incidents) == 1, incidents
    assert thief["account"] in incidents[0]["title"]
    assert incidents[0]["org"] == thief["org"]
    assert incidents[0]["data_level"] == "G4"
    assert json.loads(here.soc("audit", "verify", "--json"))["ok"]
