"""``soc grading`` on a whole installation: taken out, changed, checked, laid beside, proposed, rolled back."""

import json
from pathlib import Path

import pytest

from policies.grading.policy import KIND, default_body
from soc.approvals.service import approve
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import actor_of
from soc.versions.service import waiting
from soc.yaml_text import read_yaml
from tests.conftest import add_test_person
from tests.detectors.workshop.making import NOON
from tests.installed import Soc, database, soc

__all__ = ["database", "soc"]
ORG = "440000"


@pytest.fixture
def file(soc: Soc, database: Database, tmp_path: Path) -> Path:
    """The policy as it was taken out, with one level changed."""
    path = tmp_path / "policy.yaml"
    path.write_text(soc("grading", "show").replace("uscc: G1", "uscc: G4"), encoding="utf-8")
    return path


def agreed(database: Database, number: int) -> None:
    with database.write() as session:
        second = actor_of(session, add_test_person(session, Role.POLICY, ORG))
        approve(session, second, waiting(session, second, KIND, ORG, number).id, at=NOON)


def test_what_is_shown_is_the_document(soc: Soc, database: Database) -> None:
    assert read_yaml(soc("grading", "show")) == default_body()
    assert json.loads(soc("grading", "show", "1", "--json")) == default_body()


def test_a_changed_file_goes_the_whole_way_and_back(soc: Soc, database: Database, file: Path) -> None:
    assert "valid" in soc("grading", "check", str(file))
    told = json.loads(soc("grading", "diff", str(file), "--json"))
    assert [line for line in told["diff"] if "uscc" in line] == ["-  uscc: G1", "+  uscc: G4"]
    assert told["changed"] == 0
    assert json.loads(soc("grading", "propose", str(file), "--reason", "stricter"))["version"] == 2
    assert "uscc: G1" in soc("grading", "show")
    agreed(database, 2)
    assert "uscc: G4" in soc("grading", "show")
    assert json.loads(soc("grading", "rollback", "1"))["version"] == 3
    agreed(database, 3)
    assert "uscc: G1" in soc("grading", "show")


def test_whoever_runs_commands_approves_nothing(soc: Soc, database: Database, file: Path) -> None:
    soc("grading", "propose", str(file))
    soc("grading", "approve", "2", code=1)
    assert "uscc: G1" in soc("grading", "show")


def test_a_version_that_waits_for_nobody_is_named(soc: Soc, database: Database) -> None:
    assert "No version 9 waits" in soc("grading", "approve", "9", code=2)


def test_a_time_without_its_zone_is_refused(soc: Soc, database: Database, file: Path) -> None:
    assert "zone" in soc("grading", "propose", str(file), "--starts-at", "2027-01-01T00:00", code=2)


def test_a_file_of_a_city_is_checked_under_the_province(soc: Soc, database: Database, file: Path) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace("mobile: G3", "mobile: G1"), encoding="utf-8")
    assert "valid" in soc("grading", "check", str(file))
    assert "types/mobile" in soc("grading", "check", str(file), "--org", "440100", code=1)


def test_rules_that_need_each_other_in_a_circle_are_named_with_the_way(
    soc: Soc, database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "circle.yaml"
    rule = "- {{id: {0}, when: {{needs: [{1}]}}, then: {{level: G4}}}}\n"
    path.write_text("rules:\n" + rule.format("a", "b") + rule.format("b", "a"), encoding="utf-8")
    assert "a → b → a" in soc("grading", "check", str(path), code=1)
