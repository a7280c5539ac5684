"""The live count: by day over the whole time asked for, the newest first, within bounds, of the scope alone."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from detectors.sigma.book import Filters
from detectors.sigma.own import trying
from detectors.sigma.own.book import row_of
from detectors.sigma.own.trial import Asked, Trial
from detectors.sigma.own.trying import Count, counted
from detectors.sigma.rules import read_document
from soc.db import Database
from soc.logstore import open_store
from soc.logstore.port import LogStore
from soc.logstore.query import Scope
from soc.ocsf.schema import EVENT_SCHEMA
from soc.yaml_text import read_mapping
from tests.conftest import NOON
from tests.detectors.sigma.own.writing import CITY, COUNTY, STRANGER, TEXT
from tests.detectors.sigma.test_stage import an_event

CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def store(database: Database) -> LogStore:
    """Twelve hits of a county on two days, one of a stranger, and one event that is no hit."""
    hits = [(COUNTY, "nightshift", NOON - timedelta(days=number % 2, minutes=number)) for number in range(12)]
    others = [(STRANGER, "nightshift", NOON), (COUNTY, "office", NOON)]
    rows = []
    for number, (org, application, at) in enumerate([*hits, *others]):
        told = {"guanlan.org": org, "actor.app_name": application, "time": at, "metadata.uid": f"u{number:02d}"}
        event = an_event("dump_tool", told | {"guanlan.position": number})
        rows.append({name: event.get(name) for name in EVENT_SCHEMA.names})
    made = open_store(database.settings)
    made.append(pa.Table.from_pylist(rows, schema=EVENT_SCHEMA), batch="b")
    made.refresh()
    return made


def count(store: LogStore, *orgs: str, text: str = TEXT) -> Count:
    until = NOON + timedelta(hours=1)
    return counted(store, single(text), Scope.of(orgs), until, 7, CHINA)


def single(text: str) -> Trial:
    document = read_mapping(text).body
    parsed = read_document("", document).parsed
    assert parsed is not None
    return Trial((row_of(CITY, document),), (parsed,), Filters())


def test_hits_and_alerts_are_counted_by_day_with_the_quiet_days(store: LogStore) -> None:
    found = count(store, CITY, COUNTY)
    # one rule, account and hour is one alert: noon, the hour before it, and the hour before noon of the day before
    assert (found.read, found.hits, found.alerts, found.cut) == (13, 12, 3, False)
    assert [one.hits for one in found.days] == [0, 0, 0, 0, 0, 0, 6, 6]
    assert sum(one.alerts for one in found.days) == found.alerts


def test_the_newest_ten_are_named_and_nothing_of_strangers(store: LogStore) -> None:
    found = count(store, CITY, COUNTY)
    assert [one.uid for one in found.first] == [
        "u00", "u02", "u04", "u06", "u08", "u10", "u01", "u03", "u05", "u07",
    ]  # fmt: skip
    assert count(store, CITY).hits == 0


def test_a_class_that_the_rule_does_not_speak_of_is_not_read(store: LogStore) -> None:
    assert count(store, COUNTY, text=TEXT.replace("database", "webserver")).read == 0


def test_a_look_that_takes_too_long_ends_and_says_from_when_on_it_counted(
    store: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "LONGEST", timedelta(0))
    found = count(store, COUNTY)
    assert (found.cut, found.read) == (True, 0)
    assert found.since == NOON + timedelta(hours=1)


def test_fields_that_are_none_of_ours_are_named() -> None:
    trial = single(TEXT.replace("application: nightshift", "application: x\n        colour: red"))
    assert trial.asked == Asked(("application", "colour"), ("colour",))
