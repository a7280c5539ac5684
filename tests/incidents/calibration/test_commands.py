"""`soc detect calibrate` and `soc detect drift`, as scripts call them."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner

from detectors.behaviour.facts import EntityDay
from detectors.behaviour.store import add_days
from soc.cli import cli
from soc.clock import now
from soc.db import Database
from tests.detectors.behaviour.days import facts, key
from tests.incidents.calibration.decided import CITY, many

Run = Callable[..., str]


@pytest.fixture
def soc(database: Database, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call ``soc detect …`` on this test's installation; return what it prints."""
    monkeypatch.setenv("SOC_HOME", str(database.settings.home))
    monkeypatch.setenv("SOC_DATABASE_URL", database.settings.database_url)
    monkeypatch.setenv("SOC_LANG", "en")
    monkeypatch.setattr("soc.installation.upgrade", lambda _settings: None)

    def run(*words: str) -> str:
        done = CliRunner().invoke(cli, ["detect", *words], standalone_mode=False)
        if done.exception is not None:
            raise done.exception
        return done.stdout

    return run


def test_calibrate_says_of_each_organisation_what_came_of_it(soc: Run, database: Database) -> None:
    assert soc("calibrate") == ""
    with database.write() as session:
        many(session, 120, first=now() - timedelta(days=300))
    lines = [json.loads(line) for line in soc("calibrate", "--json").splitlines()]
    assert [(one["org"], one["outcome"], one["number"]) for one in lines] == [
        ("440000", "replaced", 1),
        (CITY, "replaced", 1),
    ]
    assert lines[0]["held"]["mine"]["brier"] < lines[0]["held"]["other"]["brier"]
    assert soc("calibrate", "--org", CITY) == f"{CITY}  120 verdicts  too few new verdicts\n"


def test_drift_prints_each_figure_with_its_bound(soc: Run, database: Database) -> None:
    today = now().date()
    with database.write() as session:
        for ago in range(40):
            day = today - timedelta(days=ago)
            made = [EntityDay(key(f"p{one}"), day, facts(10 + (one * 7 + ago) % 20)) for one in range(40)]
            add_days(session, CITY, made)
    lines = [json.loads(line) for line in soc("drift", "--json").splitlines()]
    assert len(lines) == 10
    assert all(one["bound"] >= 0.1 and not one["beyond"] for one in lines)
    # the same day is looked at once and shown again
    assert [json.loads(line) for line in soc("drift", "--org", CITY, "--json").splitlines()] == lines
    assert "Rows of G4 and above" in soc("drift")
