"""``soc bench leaks``: how many of the hidden leaks a day's budget of looks finds, against three plain ways.

A province of thousands works for a season (``soc/demo/leaks``); after a month of learning, leaks of sixteen kinds begin.
The product's own rules, correlations, day judgement and slow sums walk through it day by day, and each day the twenty
highest alerts of the whole province are looked at. Each seed has a process and an installation of its own.
"""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from audit.ingest.bench import opened
from config.settings import SHANGHAI, Settings
from detectors.leaktrial.installed import SERVICE_ACCOUNTS
from detectors.leaktrial.recall import LEAST_FAST, Outcome, by_kind, false_alerts, outcomes
from detectors.leaktrial.walk import Walk
from soc.demo.leaks.leak import Leak
from soc.demo.leaks.province import DAYS, EACH, PEOPLE, QUIET, Trial
from soc.demo.leaks.staff import Worker
from soc.machine import machine, peak_memory

#: looks a day for the whole province, and how many provinces are tried
BUDGET, SEEDS = 20, 5


@dataclass(frozen=True, slots=True)
class Walked:
    """One seed: the outcomes and false alerts a day of each contender, and what the walk took."""

    seed: int
    outcomes: Mapping[str, Sequence[Outcome]]
    false_alerts: Mapping[str, float]
    events: int
    seconds: float
    spent: Mapping[str, float]
    memory_mib: int


@dataclass(frozen=True, slots=True)
class Honest:
    """Who leaks nothing, by what they are there for on each day."""

    trial: Trial
    people: tuple[Worker, ...]
    services: tuple[str, ...]

    @classmethod
    def of(cls, trial: Trial) -> "Honest":
        """Find the honest ones of a trial."""
        guilty = {entity for leak in trial.leaks for entity in leak.entities}
        people = tuple(one for one in trial.staff if one.person not in guilty)
        return cls(trial, people, tuple(name for name in SERVICE_ACCOUNTS if name not in guilty))

    def colleagues(self, leak: Leak) -> list[str]:
        """Return the honest of the post of who leaks; of an application's account the other applications."""
        day = (leak.first.astimezone(SHANGHAI).date() - self.trial.first).days
        posts = {one.post_on(day) for one in self.trial.staff if one.person in leak.entities}
        mates = [one.person for one in self.people if one.post_on(day) in posts and one.at_work(day)]
        return mates if posts else list(self.services)


def run(
    settings: Settings, people: int = PEOPLE, days: int = DAYS, seeds: int = SEEDS, budget: int = BUDGET
) -> dict[str, Any]:
    """Walk through ``seeds`` trials; the figure is the product's recall of the fast kinds."""
    walked = []
    for seed in range(1, seeds + 1):
        trial = Trial(seed, people, days, quiet=min(QUIET, days // 2), each=EACH)
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            walked.append(pool.submit(walk, settings, trial, budget).result())
    return told(walked, people, days, budget)


def walk(settings: Settings, trial: Trial, budget: int) -> Walked:
    """Walk through one trial in an installation of its own."""
    began = time.perf_counter()
    with opened(settings) as (own, database):
        one = Walk(database, own, trial)
        alerts = one.go()
    zone, colleagues = settings.timezone, Honest.of(trial).colleagues
    return Walked(
        trial.seed,
        {name: outcomes(trial.leaks, found, budget, zone, colleagues) for name, found in alerts.items()},
        {name: false_alerts(trial.leaks, found, budget, zone) for name, found in alerts.items()},
        one.events,
        time.perf_counter() - began,
        one.spent,
        peak_memory() >> 20,
    )


def told(walked: Sequence[Walked], people: int, days: int, budget: int) -> dict[str, Any]:
    """Put the figures together for printing."""
    names = walked[0].outcomes
    kinds = {name: by_kind([one.outcomes[name] for one in walked]) for name in names}
    fast = {name: kinds[name]["all fast"]["recall"] for name in names}
    return {
        "name": "leaks",
        "figure": fast["product"],
        "unit": "of the fast leaks found within the budget",
        "limit": LEAST_FAST,
        "ratio": round(float(str(fast["product"])) / LEAST_FAST, 3),
        "peers": {name: figure for name, figure in fast.items() if name != "product"},
        "people": people,
        "days": days,
        "budget": budget,
        "seeds": [one.seed for one in walked],
        "recall": kinds,
        "false_alerts_a_day": {
            name: round(sum(one.false_alerts[name] for one in walked) / len(walked), 2) for name in names
        },
        "runs": [
            {
                "seed": one.seed, "events": one.events, "seconds": round(one.seconds, 1), "rss_mib": one.memory_mib,
                "seconds_of": {part: round(took, 1) for part, took in one.spent.items()},
            }
            for one in walked
        ],
        "machine": machine(),
    }  # fmt: skip
