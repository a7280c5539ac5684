"""``soc bench columns``, ``text`` and ``accuracy``: how quick recognition is beside Presidio, and how often it is right."""

import time
from collections.abc import Callable, Iterable
from typing import Any

import polars as pl

from config.settings import Settings
from detectors.discovery.evaluation import texts as sentences
from detectors.discovery.evaluation.columns import score
from detectors.discovery.evaluation.draw import Draw, Half
from detectors.discovery.evaluation.fifth.tables import tables as tables_of_a_fifth_stranger
from detectors.discovery.evaluation.fourth.tables import tables as tables_of_a_fourth_stranger
from detectors.discovery.evaluation.machine_lines import machine_lines
from detectors.discovery.evaluation.numbers import FIRM, VALUES, row
from detectors.discovery.evaluation.second.tables import tables as tables_of_another_stranger
from detectors.discovery.evaluation.sixth.tables import tables as tables_of_a_sixth_stranger
from detectors.discovery.evaluation.stranger.tables import tables as tables_of_a_stranger
from detectors.discovery.evaluation.stranger.texts import texts as texts_of_a_stranger
from detectors.discovery.evaluation.tables import KnownTable, tables
from detectors.discovery.evaluation.texts import KnownText, TextScore
from detectors.discovery.evaluation.third.tables import tables as tables_of_a_third_stranger
from detectors.discovery.profile import Profile
from detectors.discovery.sentences.engine import read_all
from detectors.discovery.sentences.span import Span
from soc.machine import machine

_ROWS, _PEER_VALUES = 5000, 1500
_COPIES, _PEER_TEXTS = 60, 400
_SEED = 20261122
_NAMED = ("person_name", "organization", "address")


def _seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process, threads together: other work on the machine must not count."""
    started = time.process_time()
    work()
    return time.process_time() - started


def columns(_settings: Settings) -> dict[str, Any]:
    """Values a second through the column engine, beside Presidio with the same recognizers on the same values."""
    from detectors.discovery.evaluation.peer import Peer

    draw = Draw(_SEED)
    made = {name: [VALUES[name](draw, row(draw)) for _ in range(_ROWS)] for name in sorted(FIRM)}
    frame = pl.DataFrame(made)
    several = [value for place in range(_PEER_VALUES // len(made)) for value in (made[name][place] for name in made)]
    peer = Peer()
    peer.read("张伟13800138000")
    Profile.of(frame.head(20))
    ours = _ROWS * len(made) / _seconds(lambda: Profile.of(frame).findings(named=False))
    theirs = len(several) / _seconds(lambda: [peer.read(value) for value in several])
    return {
        "name": "columns",
        "figure": round(ours),
        "unit": "values per CPU second",
        "limit": 200,
        "ratio": round(ours / theirs, 1),
        "peers": {"presidio": {"values_per_cpu_second": round(theirs), "values": len(several)}},
        "values": _ROWS * len(made),
        "machine": machine(),
    }


def text(_settings: Settings) -> dict[str, Any]:
    """Characters a second of Chinese prose and the F1 of what is named, beside Presidio on the same sentences."""
    from detectors.discovery.evaluation.peer import Peer

    known = sentences.texts(Half.DEVELOPMENT, seed=_SEED, copies=_COPIES)
    few = known[:_PEER_TEXTS]
    peer = Peer()
    peer.read("张伟13800138000")
    list(read_all(["张伟在广州"]))
    ours = _length(known) / _seconds(lambda: list(read_all(one.text for one in known)))
    theirs = _length(few) / _seconds(lambda: [peer.read(one.text) for one in few])
    return {
        "name": "text",
        "figure": round(ours),
        "unit": "characters per CPU second",
        "limit": 5,
        "ratio": round(ours / theirs, 1),
        "peers": {
            "presidio": {
                "characters_per_cpu_second": round(theirs),
                "texts": len(few),
                "f1": _f1(few, [peer.read(one.text) for one in few]),
            }
        },
        "f1": _f1(few, read_all(one.text for one in few)),
        "texts": len(known),
        "machine": machine(),
    }


def _length(known: Iterable[KnownText]) -> int:
    return sum(len(one.text) for one in known)


def _f1(known: list[KnownText], found: Iterable[list[Span]]) -> dict[str, float]:
    total = TextScore()
    for one, spans in zip(known, found, strict=True):
        total.add(one, spans)
    return {kind: round(total.f1(kind), 4) for kind in _NAMED}


def accuracy(_settings: Settings) -> dict[str, Any]:
    """How often columns and sentences are right, on both halves and six strangers'; only one is to mend against."""
    halves = {half.value: _accuracy(half) for half in Half} | {"stranger": _of_a_stranger()}
    halves["second stranger"] = {"columns": _columns(tables_of_another_stranger(_SEED))}
    halves["third stranger"] = {"columns": _columns(tables_of_a_third_stranger(_SEED))}
    halves["fourth stranger"] = {"columns": _columns(tables_of_a_fourth_stranger(_SEED))}
    halves["fifth stranger"] = {"columns": _columns(tables_of_a_fifth_stranger(_SEED))}
    halves["sixth stranger"] = {"columns": _columns(tables_of_a_sixth_stranger(_SEED))}
    heldout = halves[Half.HELDOUT.value]
    return {
        "name": "accuracy",
        "figure": heldout["columns"]["headers"]["top1"],
        "unit": "share of held-out columns that get their type, with headers",
        "limit": 0.97,
        "ratio": round(heldout["columns"]["headers"]["top1"] / 0.97, 3),
        "peers": {},
        "halves": halves,
        "machine": machine(),
    }


def _accuracy(half: Half) -> dict[str, Any]:
    lines = machine_lines(half, seed=_SEED, count=1000)
    persons = sum(span.type == "person_name" for spans in read_all(lines) for span in spans)
    return {
        "columns": _columns(tables(half, seed=_SEED)),
        "texts_f1": sentences.score(sentences.texts(half, seed=_SEED)).as_dict(),
        "false_persons_in_1000_machine_lines": persons,
    }


def _of_a_stranger() -> dict[str, Any]:
    """What :func:`_accuracy` says, of columns and prose by an author who had not read the recognizers."""
    return {
        "columns": _columns(tables_of_a_stranger(_SEED)),
        "texts_f1": sentences.score(texts_of_a_stranger(_SEED)).as_dict(),
    }


def _columns(made: list[KnownTable]) -> dict[str, Any]:
    return {"headers": score(made, named=True).as_dict(), "hidden": score(made, named=False).as_dict()}
