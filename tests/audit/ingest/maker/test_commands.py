"""``soc logs format`` on a whole installation: proposed from a log, tried, added, approved by a person, used, removed."""

import json
import tomllib
from pathlib import Path

import pytest

from audit.ingest.formats.own import KIND
from audit.ingest.maker.toml_text import written
from soc.approvals.service import approve
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import actor_of
from soc.versions.service import waiting
from soc.yaml_text import read_yaml
from tests.audit.ingest.maker.making import CITY, OWN, ferry_gate, gate_lines
from tests.conftest import add_test_person
from tests.installed import Soc, database, soc

__all__ = ["database", "soc"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "gate.toml"
    path.write_text(written(ferry_gate()), encoding="utf-8")
    return path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "gate.log"
    path.write_bytes(gate_lines())
    return path


def agreed(database: Database, number: int) -> None:
    with database.write() as session:
        second = actor_of(session, add_test_person(session, Role.COMMANDER, CITY))
        approve(session, second, waiting(session, second, KIND, CITY, number).id, at=now())


def test_a_format_goes_from_a_file_into_use_and_out_again(database: Database, soc: Soc, file: Path, log: Path) -> None:
    assert json.loads(soc("logs", "format", "add", str(file), "--org", CITY))["status"] == "proposed"
    assert OWN not in soc("logs", "formats", "--org", CITY)
    agreed(database, 1)
    assert json.loads(soc("logs", "formats", "--org", CITY).splitlines()[-1]) == {"name": OWN, "title": "Ferry gate"}
    found = [json.loads(line) for line in soc("logs", "parse", str(log), "--org", CITY).splitlines()]
    assert [one["actor"]["user"]["name"] for one in found] == ["clerk0", "clerk1", "clerk2", "clerk3"]
    assert {one["metadata"]["log_name"] for one in found} == {OWN}
    named = soc("logs", "parse", str(log), "--format", OWN, "--org", CITY)
    assert json.loads(named.splitlines()[0]) == found[0]
    assert json.loads(soc("logs", "ingest", str(log), "--format", OWN, "--org", CITY))["accepted"] == 4
    assert json.loads(soc("logs", "search", "clerk1", "--count"))["count"] == 1
    soc("logs", "format", "remove", OWN, "--org", CITY)
    agreed(database, 2)
    assert OWN not in soc("logs", "formats", "--org", CITY)
    soc("logs", "parse", str(log), "--format", OWN, "--org", CITY, code=2)


def test_what_is_shown_can_be_added_again_and_the_document_is_yaml(database: Database, soc: Soc, file: Path) -> None:
    soc("logs", "format", "add", str(file), "--org", CITY)
    agreed(database, 1)
    assert tomllib.loads(soc("logs", "format", "show", OWN, "--org", CITY)) == tomllib.loads(file.read_text("utf-8"))
    document = read_yaml(soc("logs", "format", "export", "--org", CITY))
    assert [one["id"] for one in document["formats"]] == ["ferry_gate"]
    assert 'name = "kong"' in soc("logs", "format", "show", "kong")


def test_a_log_gives_a_draft_that_reads_it(soc: Soc, log: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.toml"
    draft.write_text(soc("logs", "format", "suggest", str(log), "--name", "gate"), encoding="utf-8")
    found = [json.loads(line) for line in soc("logs", "format", "test", str(draft), str(log)).splitlines()]
    assert [one["src_endpoint"]["ip"] for one in found] == [f"10.1.2.{number}" for number in range(4)]
    assert [one["actor"]["user"]["name"] for one in found] == [f"clerk{number}" for number in range(4)]


def test_a_faulty_file_is_refused_with_the_way_to_each_fault(soc: Soc, file: Path) -> None:
    file.write_text(written(ferry_gate(cases=[{"match": "(?P<a>x)\\1"}], time=["b"])), encoding="utf-8")
    assert soc("logs", "format", "add", str(file), "--org", CITY, code=1).startswith("cases/0/match: ")
    file.write_text("name = ", encoding="utf-8")
    soc("logs", "format", "add", str(file), "--org", CITY, code=2)
