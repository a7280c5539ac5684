"""Training of the model of names (:mod:`detectors.recognizers.resemblance`): ``python -m detectors.discovery.evaluation.likeness``.

It learns from the words of the definitions and of the things that are none, as they are written, read and shortened, and from the names
of columns of the strangers' sets that were learnt already. It knows no set that is still blind. ``without`` leaves
sets out, so that what it is worth on names of another author can be measured on them.
"""

import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from config import content
from detectors.discovery.measure import measure
from detectors.discovery.witness import fits
from detectors.recognizers import hints, things
from detectors.recognizers.definition import recognizers
from detectors.recognizers.readings import initials, pinyin
from detectors.recognizers.resemblance import FILE, NOTHING, TENTHS, features

#: the strangers' sets that were looked at and mended by; the sixth is blind
SETS = ("stranger", "second", "third", "fourth", "fifth")
_SEED = 20261122
#: how much a word says: ambiguous, as it is read, by its initials
_HINTED, _READ, _INITIALS = 0.4, 0.5, 0.3
_RARE = 3  # parts of fewer words than these say nothing
_RIDGE, _STEPS = 3e-6, 50
_SMALL = 5  # tenths: a weight that is smaller is left out

Floats = NDArray[np.float64]
Samples = Mapping[tuple[str, str], float]


def columns(name: str) -> Iterator[Any]:
    """The columns of a stranger's set, table by table: (columns with known answers, frame)."""
    tables = import_module(f"detectors.discovery.evaluation.{name}.tables").tables(_SEED)
    yield from ((table.columns, table.frame()) for table in tables)


def samples(without: Collection[str] = ()) -> Samples:
    """Words with what they say and how much that counts; of Chinese ones also how they are read and shortened."""
    told: dict[tuple[str, str], float] = {}
    for word, meant, weight in (*_listed(), *_seen(without)):
        short = initials(word)
        for text, share in ((word, 1.0), (pinyin(word), _READ), (short if len(short) >= 3 else "", _INITIALS)):
            if text:
                told[text, meant] = max(told.get((text, meant), 0.0), weight * share)
    return told


def _listed() -> Iterator[tuple[str, str, float]]:
    for one in recognizers().values():
        yield from ((word, one.id, 1.0) for word in one.names)
        yield from ((word, one.id, _HINTED) for word in one.hints)
    for thing in things.things().values():
        yield from ((word, NOTHING, 1.0) for word in (*thing.zh, *thing.en))
    yield from ((word, NOTHING, 1.0) for word in (*sorted(hints.OTHER_TAILS), *hints.OTHER_HAN))


def _seen(without: Collection[str]) -> Iterator[tuple[str, str, float]]:
    for name in SETS:
        if name not in without:
            yield from ((one.header, one.truth or NOTHING, 1.0) for known, _ in columns(name) for one in known)


def usual(without: Collection[str] = ()) -> dict[str, float]:
    """For each type the share of columns holding nothing sensitive whose values fit it, one more counted than there are."""
    counts, total = Counter[str](), 0
    for name in SETS:
        for known, frame in columns(name) if name not in without else ():
            plain = [measure(frame.to_series(place)) for place, one in enumerate(known) if one.truth is None]
            total += len(plain)
            counts.update(one.id for seen in plain for one in recognizers().values() if fits(one, seen))
    return {one: (counts[one] + 1) / (total + 2) for one in recognizers()}


def trained(told: Samples, shares: Mapping[str, float]) -> str:
    """Train the model and write it as text: types with their beginnings in tenths, then parts of names with their weights."""
    types = (NOTHING, *sorted(recognizers()))
    words = [(features(text), types.index(meant), weight) for (text, meant), weight in sorted(told.items())]
    counts = Counter(part for parts, _, _ in words for part in parts)
    known = {part: place for place, part in enumerate(sorted(part for part in counts if counts[part] >= _RARE))}
    weights, before = _regression(words, known, len(types))
    tenths = np.rint(weights * TENTHS).astype(int)
    head = [
        f"!\t{one}\t{round(start * TENTHS)}\t{shares.get(one, 1.0):.5f}"
        for one, start in zip(types, before, strict=True)
    ]
    rows = [
        (part, [f"{at}:{row[at]}" for at in np.flatnonzero(abs(row) >= _SMALL)])
        for part, row in zip(known, tenths, strict=True)
    ]
    return "\n".join([_HEAD, *head, *(f"{part}\t{' '.join(row)}" for part, row in rows if row)]) + "\n"


_HEAD = """# What parts of names of columns say of what a column holds, in tenths; written by detectors/discovery/evaluation/likeness.py.
# Made of this repository's own words and made-up tables alone, under its licence. Do not edit: train it anew.
# ! type, beginning, share of columns of nothing sensitive that fit its form; then part, number of the type : weight …"""


def _regression(
    words: list[tuple[tuple[str, ...], int, float]], known: Mapping[str, int], types: int
) -> tuple[Floats, Floats]:
    """Softmax regression with a ridge: weights of (parts, types), and of types alone."""
    given = _matrix([parts for parts, _, _ in words], known)
    right = np.array([meant for _, meant, _ in words])
    counted = np.array([weight for _, _, weight in words])
    counted /= counted.sum()
    size = len(known) * types

    def loss(state: Floats) -> tuple[float, Floats]:
        weights, before = state[:size].reshape(-1, types), state[size:]
        scores = given @ weights + before
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        sums = shares.sum(axis=1)
        missed = (counted * (np.log(sums) - scores[np.arange(len(right)), right])).sum()
        shares /= sums[:, None]
        shares[np.arange(len(right)), right] -= 1
        shares *= counted[:, None]
        slope = given.T @ shares + _RIDGE * weights
        return float(missed + _RIDGE * (weights**2).sum() / 2), np.concatenate([slope.ravel(), shares.sum(axis=0)])

    state = minimize(loss, np.zeros(size + types), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS}).x
    return state[:size].reshape(-1, types), state[size:]


def _matrix(words: list[tuple[str, ...]], known: Mapping[str, int]) -> Any:
    """Parts of words, each row of unit length with unknown parts counted in."""
    rows = [
        (place, known[part], len(parts) ** -0.5) for place, parts in enumerate(words) for part in parts if part in known
    ]
    places, parts, shares = zip(*rows, strict=True)
    return sparse.csr_matrix((shares, (places, parts)), shape=(len(words), len(known)))


def main(without: Collection[str], to: Path) -> None:
    """Train the model on all sets but some, and write it."""
    to.write_text(trained(samples(without), usual(without)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[2:], Path(sys.argv[1]) if len(sys.argv) > 1 else content.path("types.toml").with_name(FILE))
