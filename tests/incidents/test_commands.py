"""``soc incident list|show|export`` as scripts call them."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from incidents.alerts.grouping import Raised
from incidents.alerts.intake import take_in
from incidents.cases.models import Incident
from incidents.cases.service import Grading, OpenIncident, grade, open_incident
from incidents.deadlines import IncidentLevel
from soc.cli import cli
from soc.db import Database
from soc.errors import InputError, NotFoundError
from soc.identity.actors import operator_actor
from soc.trail import Act, TrailEntry
from tests.conftest import NOON
from tests.incidents.findings import finding

Run = Callable[..., str]


@pytest.fixture
def soc(database: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call ``soc incident …`` on this test's installation; return what it prints."""
    monkeypatch.setenv("SOC_HOME", str(database.settings.home))
    monkeypatch.setenv("SOC_DATABASE_URL", database.settings.database_url)
    monkeypatch.setenv("SOC_LANG", "en")
    monkeypatch.setattr("soc.installation.upgrade", lambda _settings: None)

    def run(*words: str) -> str:
        done = CliRunner().invoke(cli, ["incident", *words], standalone_mode=False)
        if done.exception is not None:
            raise done.exception
        return done.stdout

    return run


def opened(database: Database, raised: Raised, *, minutes_later: int = 0) -> Incident:
    with database.write() as session:
        actor = operator_actor(session)
        alert = take_in(session, actor, raised, at=NOON)
        at = NOON.replace(minute=NOON.minute + minutes_later)
        return open_incident(session, actor, OpenIncident((alert.id,)), at=at)


@pytest.fixture
def incident(database: Database) -> Incident:
    return opened(database, finding(score=90))


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_without_incidents_the_list_is_empty(soc: Run) -> None:
    assert soc("list") == ""


def test_the_list_is_lines_newest_first(soc: Run, database: Database, incident: Incident) -> None:
    later = opened(database, finding(org="440300", entity="e-0002"), minutes_later=5)
    assert [one["number"] for one in lines(soc("list", "--json"))] == [later.number, incident.number]
    assert soc("list") == soc("list", "--json")


def test_a_line_says_whose_it_is_how_grave_and_since_when(soc: Run, incident: Incident) -> None:
    (line,) = lines(soc("list"))
    assert line["id"] == str(incident.id)
    assert (line["org"], line["held_by"], line["status"], line["score"]) == ("440100", "440100", "open", 90)
    assert line["discovered_at"] == "2026-11-22T04:00:00+00:00"
    assert line["level_confirmed"] is None


def test_one_incident_is_shown_by_its_number_and_by_its_id(soc: Run, incident: Incident) -> None:
    soc("list")  # the end of a command brings the news of what was prepared
    by_number, by_id = soc("show", incident.number), soc("show", str(incident.id), "--json")
    assert by_number == by_id
    shown = json.loads(by_number)
    assert [one["score"] for one in shown["alerts"]] == [90]
    assert shown["exposure"]["rows"]["low"] == 100
    assert shown["clocks"] != []
    assert [one["text"] for one in shown["timeline"]] != []


def test_what_is_shown_follows_the_readers_language(
    soc: Run, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    english = json.loads(soc("show", incident.number))
    monkeypatch.setenv("SOC_LANG", "zh")
    chinese = json.loads(soc("show", incident.number))
    assert english["timeline"][0]["text"] != chinese["timeline"][0]["text"]


@pytest.mark.parametrize("name", ["440100-2026-0999", "018f0000-0000-7000-8000-000000000000", "' OR 1=1 --", ""])
def test_an_incident_that_is_none_is_not_found(soc: Run, incident: Incident, name: str) -> None:
    for words in (("show", name), ("export", name)):
        with pytest.raises(NotFoundError):
            soc(*words)


def test_looking_leaves_no_trace_and_taking_out_does(soc: Run, database: Database, incident: Incident) -> None:
    def exports() -> int:
        with database.read() as session:
            query = select(TrailEntry).where(TrailEntry.act == Act.INCIDENT_EXPORTED.value)
            return len(session.scalars(query).all())

    soc("list")
    soc("show", incident.number)
    assert exports() == 0
    assert json.loads(soc("export", incident.number)) == json.loads(soc("show", incident.number))
    assert exports() == 1


def test_an_export_is_written_for_its_owner_alone(soc: Run, incident: Incident, tmp_path: Path) -> None:
    target = tmp_path / "incident.json"
    assert soc("export", incident.number, "--to", str(target)) == ""
    assert json.loads(target.read_bytes())["number"] == incident.number
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.glob(".*.part")] == []


@pytest.mark.parametrize("place", ["there/is/no/such/folder/x.json", "kept.json"])
def test_what_cannot_be_written_was_not_taken(
    soc: Run, database: Database, incident: Incident, tmp_path: Path, place: str
) -> None:
    (tmp_path / "kept.json").write_text("mine")
    with pytest.raises(InputError):
        soc("export", incident.number, "--to", str(tmp_path / place))
    assert (tmp_path / "kept.json").read_text() == "mine"
    with database.read() as session:
        assert session.scalars(select(TrailEntry).where(TrailEntry.act == Act.INCIDENT_EXPORTED.value)).all() == []


def test_a_grading_and_its_words_are_in_the_document(soc: Run, database: Database, incident: Incident) -> None:
    with database.write() as session:
        grade(
            session, operator_actor(session), incident.id, Grading(IncidentLevel.MAJOR, {"persons": 1200000.0}), at=NOON
        )
    shown = json.loads(soc("show", incident.number))
    assert (shown["level"], shown["level_confirmed"]) == ("major", "major")
    assert shown["facts"]["persons"] == 1200000
