"""Walking through a trial day by day, as the product's jobs do: add the day up, judge it by those before, rank."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from sys import intern

from config.settings import Settings
from detectors.behaviour.assess import judge_of
from detectors.behaviour.extract import COLUMNS, entity_days
from detectors.behaviour.facts import DayFacts, EntityDay
from detectors.behaviour.reasons import finding_of
from detectors.behaviour.stage import LEAST_SCORE
from detectors.findings import NewFinding
from detectors.leakage.drip import BEFORE, slow_findings
from detectors.leaktrial.alerts import Contender, Day, PlainForest, Product, Ranked, RulesAlone, Told, VolumeThreshold
from detectors.leaktrial.events import Likenesses
from detectors.leaktrial.installed import install, keys_on
from detectors.leaktrial.matching import Matching
from soc.db import Database
from soc.demo.leaks.log import Scribe
from soc.demo.leaks.province import Trial
from soc.logstore import open_store
from soc.room import BatchContext
from soc.stopwatch import timed

Alerts = dict[str, dict[date, list[Ranked]]]
Progress = Callable[[int, int], None]
#: alerts of a day that are kept of each contender: what stands lower nobody would ever reach
_KEPT = 1_000


def contenders() -> Mapping[str, Contender]:
    """The product and the three that it is compared with."""
    return {
        "product": Product(), "volume threshold": VolumeThreshold(), "isolation forest": PlainForest(),
        "rules alone": RulesAlone(),
    }  # fmt: skip


@dataclass(slots=True)
class Walk:
    """One trial in one installation."""

    database: Database
    settings: Settings
    trial: Trial
    #: seconds spent on each part
    spent: dict[str, float] = field(default_factory=dict)
    events: int = 0
    _earlier: list[EntityDay] = field(default_factory=list)
    _told: Told = field(default_factory=Told)

    def go(self, progress: Progress | None = None) -> Alerts:
        """Return each contender's alerts of each day after the quiet ones, in order."""
        org = self.settings.root_org
        with timed(self.spent, "install"):
            install(self.database, self.trial, org)
        likenesses = Likenesses(self.database, self.settings, Scribe(self.trial.book, self.trial.seed), org)
        store = open_store(self.settings)
        matching = Matching(
            BatchContext(database=self.database, settings=self.settings, store=store, org=org, log_name="pgaudit")
        )
        ranking = contenders()
        alerts: Alerts = {name: {} for name in ranking}
        for number in range(self.trial.days):
            day = self._day(number, likenesses, matching)
            for name, one in ranking.items():
                with timed(self.spent, name):
                    ranked = one.alerts(day)
                if number >= self.trial.quiet:
                    alerts[name][day.day] = ranked[:_KEPT]
            self._remember(day)
            if progress is not None:
                progress(number + 1, self.trial.days)
        return alerts

    def _day(self, number: int, likenesses: Likenesses, matching: Matching) -> Day:
        org, date_ = self.settings.root_org, self.trial.date_of(number)
        keys = keys_on(self.trial.staff, number, org)
        with timed(self.spent, "generate"):
            done = self.trial.day(number)
        with timed(self.spent, "events"):
            events = likenesses.events(done, date_, keys)
        self.events += events.height
        with timed(self.spent, "rules"):
            rules = matching.found(events, keys)
        with timed(self.spent, "day facts"):
            sure = self.settings.attribution_threshold
            entities = entity_days(events.select(COLUMNS), self.settings.timezone, keys, org, sure)
        habits = self._judged(date_, entities) if number >= self.trial.quiet else []
        return Day(date_, entities, self._told.fresh(rules), self._told.fresh(habits))

    def _judged(self, day: date, entities: list[EntityDay]) -> list[tuple[str, NewFinding]]:
        """Judge a day by the month before and earlier days like it, and the last weeks by the season before."""
        org = self.settings.root_org
        with timed(self.spent, "judge made"):
            judge = judge_of(day, self._earlier)
        if not judge.ready:
            return []
        with timed(self.spent, "judge asked"):
            unusual = [one for one in judge.assess(entities) if one.unusual.score >= LEAST_SCORE]
            found = [(one.day.key.reference, finding_of(one, org)) for one in unusual]
        with timed(self.spent, "drips"):
            kept = [one for one in self._earlier if one.day >= day - BEFORE]
            found += slow_findings([*kept, *entities], day, org)
        return found

    def _remember(self, day: Day) -> None:
        """Keep a day for the habits: nothing is judged by the single events of earlier ones."""
        self._earlier = [one for one in self._earlier if one.day > day.day - BEFORE - timedelta(days=1)]
        self._earlier += [EntityDay(one.key, one.day, _lean(one.facts)) for one in day.entities]


def _lean(facts: DayFacts) -> DayFacts:
    for name in ("tables", "shapes", "hosts", "through"):
        setattr(facts, name, {intern(key): value for key, value in getattr(facts, name).items()})
    facts.events = []
    return facts
