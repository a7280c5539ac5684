"""``soc recognizers`` on a whole installation: a file checked, proposed, approved by a person, taken out again."""

import json
from pathlib import Path

import pytest

from soc.approvals.service import approve
from soc.db import Database
from soc.errors import ForbiddenError
from soc.identity.actor import Role
from soc.identity.actors import actor_of, operator_actor
from soc.ledger.own_types import KIND
from soc.versions.service import waiting
from soc.yaml_text import read_yaml, write_yaml
from tests.conftest import add_test_person
from tests.detectors.workshop.making import CITY, NOON, document, ferry_pass
from tests.installed import Soc, database, soc

__all__ = ["database", "soc"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "own.yaml"
    path.write_text(write_yaml(document(ferry_pass())), encoding="utf-8")
    return path


def agreed(database: Database, number: int) -> None:
    with database.write() as session:
        second = actor_of(session, add_test_person(session, Role.COMMANDER, CITY))
        approve(session, second, waiting(session, second, KIND, CITY, number).id, at=NOON)


def test_a_file_is_proposed_and_holds_after_a_second_person(database: Database, soc: Soc, file: Path) -> None:
    assert soc("recognizers", "list", "--org", CITY) == ""
    assert "valid" in soc("recognizers", "check", str(file), "--org", CITY)
    assert json.loads(soc("recognizers", "propose", str(file), "--org", CITY)) == {"version": 1, "status": "proposed"}
    assert soc("recognizers", "list", "--org", CITY) == ""
    with database.write() as session, pytest.raises(ForbiddenError):
        operator = operator_actor(session)
        approve(session, operator, waiting(session, operator, KIND, CITY, 1).id, at=NOON)
    agreed(database, 1)
    (listed,) = map(json.loads, soc("recognizers", "list", "--org", CITY).splitlines())
    assert (listed["id"], listed["org"], listed["en"]) == (f"own_{CITY}_ferry_pass", CITY, "Ferry pass number")
    exported = soc("recognizers", "export", "--org", CITY)
    assert exported.startswith(f"# recognizers {CITY} v1\n")
    assert read_yaml(exported) == document(ferry_pass())


def test_a_file_made_from_an_older_version_undoes_nobody_s_edit(database: Database, soc: Soc, file: Path) -> None:
    soc("recognizers", "propose", str(file), "--org", CITY)
    agreed(database, 1)
    mine = soc("recognizers", "export", "--org", CITY)
    file.write_text(mine.replace("level: G3", "level: G2"), encoding="utf-8")
    soc("recognizers", "propose", str(file), "--org", CITY)
    agreed(database, 2)
    file.write_text(mine.replace("level: G3", "level: G4"), encoding="utf-8")
    assert "v2" in soc("recognizers", "propose", str(file), "--org", CITY, code=1)
    soc("recognizers", "propose", str(file), "--org", CITY, "--base", "2")


def test_every_fault_is_printed_with_its_line(soc: Soc, database: Database, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("recognizers:\n- id: X\n  pattern: .*\n", encoding="utf-8")
    told = soc("recognizers", "check", str(path), code=1).splitlines()
    assert any(line.startswith("2: recognizers/0/id:") for line in told)
    assert any(line.startswith("3: recognizers/0/pattern:") for line in told)
    as_json = json.loads(soc("recognizers", "check", str(path), "--json", code=1))
    assert {one["path"]: one["row"] for one in as_json["problems"]}["recognizers/0/pattern"] == 3
    assert "3: recognizers/0/pattern:" in soc("recognizers", "propose", str(path), "--org", CITY, code=1)


@pytest.mark.parametrize("text", ["a: &a [*a]", "[" * 5000, "x: !!python/name:os.system ''", "", "\0"])
def test_a_file_that_is_no_document_is_refused_in_words(
    soc: Soc, database: Database, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    said = soc("recognizers", "check", str(path), code=2)
    assert "Traceback" not in said
    assert said.strip()


def test_shipped_ones_are_listed_where_they_are_asked_for(soc: Soc, database: Database) -> None:
    listed = [json.loads(line) for line in soc("recognizers", "list", "--shipped").splitlines()]
    assert {"resident_id", "mobile"} <= {one["id"] for one in listed}
    assert {one["org"] for one in listed} == {"shipped"}
