"""``soc rules own`` on a whole installation: proposed from a file, approved by a person, at work, switched off, taken out."""

import json
from pathlib import Path

import pytest

from detectors.sigma.own.book import KIND, tag_of
from detectors.sigma.rules import LIBRARY, read_file
from soc.approvals.service import approve
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import actor_of
from soc.versions.service import waiting
from soc.yaml_text import read_yaml
from tests.conftest import add_test_person
from tests.detectors.sigma.own.correlating import FAILED_ID, GUESSED
from tests.detectors.sigma.own.writing import CITY, RULE_ID, TAG, TEXT
from tests.detectors.sigma.streaming import COUNTED, FAILED
from tests.installed import Soc, database, soc

__all__ = ["database", "soc"]
SHIPPED = str(read_file(LIBRARY / "dump_tool.yml")[0].id)
AT_CITY = ("--org", CITY)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "night.yml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def agreed(database: Database, number: int) -> None:
    with database.write() as session:
        second = actor_of(session, add_test_person(session, Role.COMMANDER, CITY))
        approve(session, second, waiting(session, second, KIND, CITY, number).id, at=now())


def listed(soc: Soc) -> list[dict[str, str]]:
    return [json.loads(line) for line in soc("rules", "own", "list", *AT_CITY).splitlines()]


def test_a_rule_goes_from_a_file_into_force_and_out_again(database: Database, soc: Soc, file: Path) -> None:
    assert json.loads(soc("rules", "own", "add", str(file), *AT_CITY))["status"] == "proposed"
    assert listed(soc) == []
    agreed(database, 1)
    assert listed(soc) == [{"id": TAG, "org": CITY, "title": "Tool of the night shift", "level": "high"}]
    exported = read_yaml(soc("rules", "own", "export", *AT_CITY))
    assert exported["rules"] == [{"id": RULE_ID, "text": TEXT}]
    soc("rules", "own", "remove", RULE_ID, *AT_CITY)
    agreed(database, 2)
    assert listed(soc) == []
    soc("rules", "own", "remove", RULE_ID, *AT_CITY, code=2)


def test_a_shipped_rule_is_switched_off_with_a_reason_and_on_again(database: Database, soc: Soc) -> None:
    soc("rules", "own", "off", SHIPPED, *AT_CITY, code=2)  # without a reason
    soc("rules", "own", "off", SHIPPED, *AT_CITY, "--reason", "夜间备份")
    agreed(database, 1)
    assert listed(soc) == [{"id": SHIPPED, "org": CITY, "off": "夜间备份"}]
    soc("rules", "own", "on", SHIPPED, *AT_CITY)
    agreed(database, 2)
    assert listed(soc) == []


def test_a_faulty_rule_is_refused_with_what_is_wrong(soc: Soc, file: Path) -> None:
    file.write_text(TEXT.replace("condition: selection", "condition: nothing"), encoding="utf-8")
    assert "rules/0/text" in soc("rules", "own", "add", str(file), *AT_CITY, code=1)
    assert "text" in soc("rules", "own", "count", str(file), *AT_CITY, code=1)


def test_a_rule_is_counted_on_what_is_stored(soc: Soc, file: Path) -> None:
    told = json.loads(soc("rules", "own", "count", str(file), *AT_CITY, "--days", "30"))
    assert (told["read"], told["hits"], told["cut"]) == (0, 0, False)


def test_a_correlation_goes_the_same_way_once_what_it_names_is_there(
    database: Database, soc: Soc, tmp_path: Path
) -> None:
    base, several = tmp_path / "failed.yml", tmp_path / "guessed.yml"
    base.write_text(FAILED, encoding="utf-8")
    several.write_text(COUNTED, encoding="utf-8")
    assert "failed" in soc("rules", "own", "add", str(several), *AT_CITY, code=1)
    assert "failed" in soc("rules", "own", "count", str(several), *AT_CITY, code=1)
    soc("rules", "own", "add", str(base), *AT_CITY)
    agreed(database, 1)
    told = json.loads(soc("rules", "own", "count", str(several), *AT_CITY))
    assert (told["below"], told["hits"]) == (0, 0)
    soc("rules", "own", "add", str(several), *AT_CITY)
    agreed(database, 2)
    assert {one["id"]: one.get("idle") for one in listed(soc)} == {tag_of(CITY, FAILED_ID): None, GUESSED: None}
    assert "failed" in soc("rules", "own", "off", FAILED_ID, *AT_CITY, "--reason", "x", code=1)
