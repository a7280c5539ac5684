"""A day made by likeness is the day that the real lines give on the real way."""

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from audit.ingest.bench import Way, opened
from config.settings import Settings
from detectors.behaviour.extract import COLUMNS, entity_days
from detectors.behaviour.facts import DayFacts, EntityDay
from detectors.leaktrial.events import Likenesses
from detectors.leaktrial.installed import install, keys_on
from soc.demo.leaks.log import Scribe
from soc.demo.leaks.province import Trial
from soc.logstore.port import SearchRequest

TRIAL = Trial(seed=4, people=160, days=12, quiet=0, each=1)


def told(days: list[EntityDay]) -> dict[tuple[str, date], DayFacts]:
    """The days without the names of single events, rounded where sums are added in another order."""
    return {(one.key.reference, one.day): replace(one.facts, events=[], **_rounded(one.facts)) for one in days}


def _rounded(facts: DayFacts) -> dict[str, Any]:
    maps = {name: getattr(facts, name) for name in ("tables", "shapes", "hours", "hosts", "through")}
    return {name: {key: round(value, 6) for key, value in held.items()} for name, held in maps.items()}


def test_days_made_by_likeness_are_those_of_the_real_way(settings: Settings) -> None:
    org, zone = settings.root_org, settings.timezone
    with opened(settings) as (own, database):
        install(database, TRIAL, org)
        keys, scribe = keys_on(TRIAL.staff, 0, org), Scribe(TRIAL.book, TRIAL.seed)
        likenesses, way = Likenesses(database, own, scribe, org), Way(own, database, "pgaudit")
        numbers = (1, 2, 8)
        done = {number: TRIAL.day(number) for number in numbers}
        made = [likenesses.events(done[number], TRIAL.date_of(number), keys) for number in numbers]
        way.go("".join(scribe.lines(done[number], TRIAL.date_of(number))).encode() for number in numbers)
        stored = way.store.frame(SearchRequest(), list(COLUMNS))
    direct = entity_days(pl.concat(made).select(COLUMNS), zone, keys, org, own.attribution_threshold)
    real = entity_days(stored, zone, keys, org, own.attribution_threshold)
    assert pl.concat(made).height == stored.height
    assert len(direct) > 150
    assert told(direct) == told(real)
