"""``soc unit`` and ``soc person``: units and what somebody reaches, from the machine's own command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from soc.acting import SystemPath
from soc.cli import main
from soc.db import Database
from soc.identity.actor import Role
from soc.installation import InstallationFact, open_installation
from tests.conftest import add_test_person

CITY, COUNTY = "440100", "440103"


class Shell:
    """Runs commands on one fresh home; keeps what they printed and how they ended."""

    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def __call__(self, *words: str) -> list[dict[str, Any]]:
        self.code, self.said = self._run(words)
        return [json.loads(line) for line in self.said.out.splitlines()]

    def _run(self, words: tuple[str, ...]) -> tuple[object, Any]:
        self._capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        return ended.value.code, self._capfd.readouterr()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SOC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SOC_LANG", "en")
    for name in ("SOC_DATABASE_URL", "SOC_OPENSEARCH_URL"):
        monkeypatch.delenv(name, raising=False)
    return Settings.load()


@pytest.fixture
def soc(home: Settings, capfd: pytest.CaptureFixture[str]) -> Shell:
    database = state_of(home)
    with database.write() as session:
        add_test_person(session, Role.ANALYST, CITY, "clerk")
    database.close()
    return Shell(capfd)


def state_of(home: Settings) -> Database:
    return open_installation(home).acting_for(SystemPath.OPERATOR)


def test_a_unit_is_made_changed_closed_and_opened_again(soc: Shell) -> None:
    made = soc("unit", "add", "港航处", "--org", CITY, "--kind", "office", "--line", "水运")
    assert made == soc("unit", "list") == [
        {"org": "440100-01", "name": "港航处", "name_en": "", "parent": CITY, "kind": "office", "line": "水运",
         "ends": None}
    ]  # fmt: skip
    changed = soc("unit", "change", "440100-01", "--name-en", "Ports", "--ends", "2031-01-31")
    assert (changed[0]["name"], changed[0]["name_en"]) == ("港航处", "Ports")
    assert changed[0]["ends"].startswith("2031-01-31T15:59:59")
    assert soc("unit", "close", "440100-01")[0]["ends"] is not None
    assert soc("unit", "reopen", "440100-01")[0]["ends"] is None


def test_what_two_persons_decide_is_proposed(soc: Shell) -> None:
    soc("unit", "add", "港航处", "--org", CITY, "--kind", "office", "--line", "水运")
    for words in (
        ("unit", "move", "440100-01", "--org", COUNTY),
        ("person", "move", "clerk", "--org", "440100-01"),
        ("person", "grant", "clerk", "--line", "水运", "--org", "440000"),
    ):
        assert soc(*words)[0]["status"] == "proposed"
    assert soc("unit", "list")[0]["parent"] == CITY
    assert (soc("person", "list")[0]["org"], soc("person", "list")[0]["lines"]) == (CITY, [])


def test_a_demo_does_it_at_once_and_a_line_is_withdrawn(soc: Shell, home: Settings) -> None:
    database = state_of(home)
    with database.write() as session:
        session.add(InstallationFact(name="demo", value="yes"))
    database.close()
    soc("unit", "add", "港航处", "--org", CITY, "--kind", "office", "--line", "水运")
    assert soc("unit", "move", "440100-01", "--org", COUNTY)[0]["parent"] == COUNTY
    assert soc("person", "move", "clerk", "--org", "440100-01")[0]["org"] == "440100-01"
    granted = soc("person", "grant", "clerk", "--line", "水运", "--org", "440000")[0]
    assert granted["lines"] == [{"line": "水运", "org": "440000"}]
    assert soc("person", "withdraw", "clerk", "--line", "水运", "--org", "440000")[0]["lines"] == []
    soc("person", "withdraw", "clerk", "--line", "水运", "--org", "440000")
    assert (soc.code, "no such business line" in soc.said.err) == (2, True)


def test_a_refusal_is_one_line_that_says_what_to_do(soc: Shell) -> None:
    soc("unit", "add", "港航处", "--org", "999999", "--kind", "office")
    assert (soc.code, soc.said.err.count("\n")) == (2, 1)
    soc("unit", "add", "港航处", "--org", CITY, "--kind", "office")
    soc("unit", "add", "科室", "--org", "440100-01", "--kind", "office")
    soc("unit", "close", "440100-01")
    assert (soc.code, "open units below it (1)" in soc.said.err) == (1, True)
