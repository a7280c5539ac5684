"""``soc bench rules``: what active rules cost an ingest, against the same lines without any.

CPU seconds of the process for the whole way of the same lines, after a first batch, each in a
home of its own, the least of several turns. Three
hundred rules are the shipped ones and variations of them: the same rules with every constant changed, so that no
expression is shared between them. Once they are mixed as the library is (most speak of other logs), once they all speak
of the log that comes in, which no installation does.
"""

import time
from collections.abc import Iterable, Iterator
from copy import deepcopy
from itertools import count, islice
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import update

from audit.ingest.bench import LINES, Way, apart, bodies, opened, told
from config.settings import Settings
from detectors.sigma.logsource import classes_of, names_of
from detectors.sigma.models import DetectionRule
from detectors.sigma.rules import LIBRARY, Rule, RuleStatus, read_document, read_file
from detectors.sigma.service import keep_rules
from soc.db import Database
from soc.identity.actors import operator_actor
from soc.machine import machine

#: how many active rules the issue asks about, and what they may add to an ingest without any
ACTIVE, MOST_ADDED = 300, 1.0
#: formats measured, and the class of their events
_FORMATS = {"nginx": 4002, "pgaudit": 6005}
_LINES, _TURNS = 150_000, 2


def run(settings: Settings) -> dict[str, Any]:
    """Measure each format with no rule, with the shipped ones and with 300; the figure is the most that 300 add."""
    logs = {name: _measured(settings, name, number) for name, number in _FORMATS.items()}
    return {
        "name": "rules",
        "figure": max(one["300"]["added"] for one in logs.values()),
        "unit": "of the CPU seconds without rules, added by 300 active ones",
        "limit": MOST_ADDED,
        "shipped": len(shipped()),
        "ingest": {"lines": _LINES, **logs},
        "whole_way_with_the_dozen": {
            name: told(apart(settings, name, LINES[name], only_the_dozen)) for name in _FORMATS
        },
        "machine": machine(),
    }


def varied(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Yield the rules and then, without end, variations of them with ids of their own and every constant changed."""
    held = list(rules)
    yield from held
    for turn in count(1):
        for rule in held:
            document = deepcopy(rule.document or {})
            document["id"] = str(uuid5(NAMESPACE_URL, f"{rule.id}/{turn}"))
            detection = document["detection"]
            document["detection"] = {name: _changed(part, "", turn) for name, part in detection.items()}
            document["detection"]["condition"] = detection["condition"]
            yield read_document(f"{rule.path}#{turn}", document)


def _changed(value: Any, field: str, turn: int) -> Any:
    if isinstance(value, dict):
        return {name: _changed(one, name, turn) for name, one in value.items()}
    if isinstance(value, list):
        return [_changed(one, field, turn) for one in value]
    if isinstance(value, bool) or value is None or "|exists" in field:
        return value
    if isinstance(value, int):
        return value + turn
    # a pattern that may end otherwise finds the same, but is another pattern
    return f"{value}(?:|{turn})" if "|re" in field else f"{value}{turn}"


def shipped() -> list[Rule]:
    """Return the rules of single events that ship with the product; those that correlations are made of are not counted."""
    return [rule for path in sorted(LIBRARY.glob("*.yml")) for rule in read_file(path) if rule.status is RuleStatus.OK]


def dozen() -> list[Rule]:
    """The twelve that shipped first: what the foundation's figures of ingest are about."""
    return [rule for rule in shipped() if rule.document is not None and rule.document.get("status") == "stable"]


def only_the_dozen(database: Database) -> None:
    """Switch every other rule and correlation off."""
    _activate(database, dozen())


def _measured(settings: Settings, name: str, number: int) -> dict[str, dict[str, float]]:
    library = shipped()
    own = [rule for rule in library if rule.parsed is not None and _takes(rule, name, number)]
    sets = {
        "0": [],
        str(len(dozen())): dozen(),
        str(len(library)): library,
        str(ACTIVE): list(islice(varied(library), ACTIVE)),
        f"{ACTIVE} of its own": list(islice(varied(own), ACTIVE)),
    }
    turns = [{said: _cpu(settings, name, rules) for said, rules in sets.items()} for _ in range(_TURNS)]
    seconds = {said: min(turn[said] for turn in turns) for said in sets}
    return {
        said: {"cpu_seconds": round(one, 2), "added": round(one / seconds["0"] - 1, 3)} for said, one in seconds.items()
    }


def _takes(rule: Rule, name: str, number: int) -> bool:
    assert rule.parsed is not None
    classes, names = classes_of(rule.parsed), names_of(rule.parsed)
    return (classes is None or number in classes) and (names is None or name in names)


def _cpu(settings: Settings, name: str, rules: list[Rule]) -> float:
    """CPU seconds of the lines in a home of their own while exactly these rules are active; a first batch makes them ready."""
    with opened(settings) as (home, database):
        _activate(database, rules)
        way = Way(home, database, name)
        first, *rest = bodies(name, _LINES)
        way.go([first])
        began = time.process_time()
        way.go(rest)
        return time.process_time() - began


def _activate(database: Database, rules: list[Rule]) -> None:
    mine = DetectionRule.rule_id.in_([rule.id for rule in rules])
    with database.write() as session:
        keep_rules(session, operator_actor(session), rules)
        session.execute(update(DetectionRule).values(enabled=mine))
