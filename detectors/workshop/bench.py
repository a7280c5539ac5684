"""``soc bench own``: what an organisation's own recognizers cost a scan, sentences and an ingest, with 0, 5 and 50 of them.

CPU seconds of the process on the same values, texts and lines; the share is over none at all. A fifth of the
recognizers are dictionaries of 200 words, a fifth have a check digit, the others are patterns; few values are theirs, as
in any table or log.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from audit.ingest.bench import Way, bodies, opened
from config.settings import Settings
from detectors.discovery.evaluation import texts as sentences
from detectors.discovery.evaluation.draw import Draw, Half
from detectors.discovery.evaluation.numbers import FIRM, VALUES, row
from detectors.discovery.profile import Profile
from detectors.discovery.sentences.engine import read_all
from detectors.recognizers.own import seeking
from detectors.workshop.check import check
from soc.identity.actors import operator_actor
from soc.ledger.own_types import KIND, definitions_of
from soc.machine import machine
from soc.versions.service import install

COUNTS = (0, 5, 50)
_ROWS, _COPIES, _LINES, _WORDS = 2000, 30, 100_000, 200
_FORMATS = ("nginx", "pgaudit")
_SEED = 20261122


def run(settings: Settings) -> dict[str, Any]:
    """Measure the three; the figure is the share that 50 add to an ingest of nginx lines."""
    frame, texts = _frame(), [one.text for one in sentences.texts(Half.DEVELOPMENT, seed=_SEED, copies=_COPIES)]
    columns = _beside(lambda own: _seeking(own, lambda: Profile.of(frame).findings(named=False)))
    prose = _beside(lambda own: _seeking(own, lambda: list(read_all(texts))))
    logs = {name: _beside(lambda own, name=name: _ingested(settings, own, name)) for name in _FORMATS}  # type: ignore[misc]
    return {
        "name": "own",
        "figure": logs["nginx"][str(COUNTS[-1])]["added"],
        "unit": "of the CPU seconds without any, added by 50 to an ingest of nginx lines",
        "columns": {"values": frame.height * frame.width, **columns},
        "text": {"characters": sum(map(len, texts)), **prose},
        "ingest": {"lines": _LINES, **logs},
        "machine": machine(),
    }


def documents() -> Iterator[dict[str, Any]]:
    """Make a document with each number of recognizers."""
    for count in COUNTS:
        body = {"title": KIND, "recognizers": [_recognizer(at) for at in range(count)]}
        assert not check(body)
        yield body


def _recognizer(at: int) -> dict[str, Any]:
    forms: dict[int, dict[str, Any]] = {
        0: {"words": [f"码头{at:02}泊位{word:03}" for word in range(_WORDS)]},
        1: {"pattern": rf"{chr(65 + at % 26)}K[0-9]{{14}}", "check": "luhn"},
    }
    form = forms.get(at % 5, {"pattern": rf"Q{at:02}-\d{{4}}-[A-Z]{{2}}"})
    return {
        "id": f"bench_{at}", "zh": f"量测类型{at}", "en": f"Bench type {at}", "level": "G3", "class": "PI",
        "group": "个人身份信息", "log": True, "names": [f"benchname{at}"], **form,
    }  # fmt: skip


def _beside(work: Callable[[dict[str, Any]], float]) -> dict[str, dict[str, float]]:
    seconds = [work(body) for body in documents()]
    return {
        str(count): {"cpu_seconds": round(one, 2), "added": round(one / seconds[0] - 1, 3)}
        for count, one in zip(COUNTS, seconds, strict=True)
    }


def _frame() -> pl.DataFrame:
    draw = Draw(_SEED)
    return pl.DataFrame({name: [VALUES[name](draw, row(draw)) for _ in range(_ROWS)] for name in sorted(FIRM)})


def _seeking(body: dict[str, Any], work: Callable[[], object]) -> float:
    with seeking(definitions_of("440000", body)):
        work()  # what is compiled and learnt once is no cost of a value
        return _cpu(work)


def _ingested(settings: Settings, body: dict[str, Any], name: str) -> float:
    """CPU seconds of the whole way of the lines after the first batch."""
    with opened(settings) as (own, database):
        with database.write() as session:
            install(session, operator_actor(session), KIND, own.root_org, body, title=KIND)
        way = Way(own, database, name)
        first, *rest = bodies(name, _LINES)
        way.go([first])
        return _cpu(lambda: way.go(rest))


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
