"""Sketching values: put into one form, hashed under the installation's key, counted and compared, never kept.

The hash is SipHash-2-4 (Aumasson & Bernstein 2012), a keyed pseudo-random function for short inputs,
worked on all values at once. The key is derived from the installation's key ring; whoever has a sketch
and not the key can try no value against it.
"""

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from soc.crypto import hmac_sm3, ring_of
from soc.ledger.sketch import Hashes, Sketch

if TYPE_CHECKING:
    from config.settings import Settings

#: the key ring's purpose
PURPOSE = "ledger.sketch"
#: the name of a column's sketch among its measures
VALUES = "values"
KEY_SIZE = 16
#: bytes of a value that count, with its length: identifiers are shorter
_LONGEST = 128
#: values worked on together: their words stay in the cache
_AT_ONCE = 1 << 14
_WORD = np.uint64
#: first values by which a column is found to repeat itself
_LOOKED = 1000
#: signs that stand between the parts of a value
_BETWEEN = r"[\s\-‐-―]+"
_OTHER_BLANKS = (b"\t", b"\n", b"\v", b"\f", b"\r")
#: what has a capital
_SMALL = r"[\p{Ll}\p{Lt}\x{345}]"
#: what some step could change: all but capitals, digits, most signs of ASCII and the common Han characters
_CHANGING = r"[^!-,.-`{-~\x{4E00}-\x{9FFF}]"
#: all but ASCII and the common Han characters, which NFKC leaves as they are (Unicode, DerivedNormalizationProps)
_MAY_CHANGE = r"[^\x00-\x7F\x{4E00}-\x{9FFF}]"


def key_of(settings: "Settings") -> bytes:
    """The installation's key for sketches."""
    return hmac_sm3(ring_of(settings).current(PURPOSE).secret, PURPOSE.encode())[:KEY_SIZE]


def key_id(settings: "Settings") -> str:
    """Which key that is: sketches of two keys have nothing to do with one another."""
    return ring_of(settings).current(PURPOSE).id


def sketch(values: pl.Series, key: bytes) -> Sketch:
    """Sketch a column or a chunk of it; chunks merge to the sketch of the whole.

    Args:
        values: text; blanks and nulls count for nothing.
        key: 16 bytes, the same for all that shall be compared.
    """
    return Sketch.of(siphash(normal(values), key))


def normal(values: pl.Series) -> pl.Series:
    """Values in one form: full-width signs, blanks, hyphens and case make no other value; some may come twice.

    Values that no step changes are left alone, and steps that no value of a column needs are left out.
    """
    text = (values if values.dtype == pl.String else values.cast(pl.String)).drop_nulls()
    if text.head(_LOOKED).n_unique() < _LOOKED // 2:
        text = text.unique()
    changing = text.str.contains(_CHANGING)
    if changing.any():
        text = pl.concat([text.filter(~changing), _in_one_form(text.filter(changing))])
    return text.filter(text != "")


def _in_one_form(text: pl.Series) -> pl.Series:
    value, frame = pl.col("value"), text.alias("value").to_frame()
    raw = _bytes_of(text)[0].tobytes()
    if raw.isascii():
        # what stands in none of the bytes stands in no value
        form = value.str.replace_all(_BETWEEN, "") if any(sign in raw for sign in _OTHER_BLANKS) else value
        for sign in "- ":
            form = form.str.replace_all(sign, "", literal=True) if sign.encode() in raw else form
        return frame.select(form.str.to_uppercase() if raw != raw.upper() else form).to_series().alias(text.name)
    if text.str.contains(_MAY_CHANGE).any():
        frame = frame.select(value.str.normalize("NFKC"))  # which may make blanks and small letters
    parted, small = frame.select(parted=value.str.contains(_BETWEEN).any(), small=value.str.contains(_SMALL).any()).row(
        0
    )
    form = value.str.replace_all(_BETWEEN, "") if parted else value
    return frame.select(form.str.to_uppercase() if small else form).to_series().alias(text.name)


def siphash(values: pl.Series, key: bytes) -> Hashes:
    """SipHash-2-4 of the UTF-8 of each value, in order.

    Raises:
        ValueError: the key has not 16 bytes.
    """
    if len(key) != KEY_SIZE:
        raise ValueError("the key has 16 bytes")
    first, second = (_WORD(int.from_bytes(key[at : at + 8], "little")) for at in (0, 8))
    data, offsets, lengths = _bytes_of(values)
    hashes = np.zeros(len(values), np.uint64)
    blocks = lengths // 8
    for count in np.unique(blocks).tolist():
        chosen = np.flatnonzero(blocks == count)
        for start in range(0, len(chosen), _AT_ONCE):
            some = chosen[start : start + _AT_ONCE]
            hashes[some] = _rounds(_words(data, offsets[some], lengths[some], count), first, second)
    return hashes


def _bytes_of(values: pl.Series) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """All bytes in a row, where each value begins, and how many of it count."""
    array = values.rechunk().to_arrow()
    text = array.cast("large_string")
    _, places, raw = text.buffers()
    bounds = np.frombuffer(places, np.int64, len(text) + 1, 8 * text.offset)
    data = np.frombuffer(raw, np.uint8) if raw is not None else np.empty(0, np.uint8)
    # a word may reach past the last value
    data = np.concatenate((data, np.zeros(_LONGEST + 8, np.uint8)))
    return data, bounds[:-1], np.minimum(np.diff(bounds), _LONGEST)


def _words(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], lengths: NDArray[np.int64], count: int
) -> NDArray[np.uint64]:
    """(blocks + 1, values): the words that are hashed, the last with the length in its highest byte."""
    places = np.arange(8 * (count + 1))
    taken = data[offsets[:, None] + places]
    taken[places >= lengths[:, None]] = 0
    words = np.ascontiguousarray(taken).view("<u8").astype(np.uint64)
    words[:, -1] |= (lengths.astype(np.uint64) & _WORD(0xFF)) << _WORD(56)
    return words.T


def _rounds(words: NDArray[np.uint64], first: np.uint64, second: np.uint64) -> Hashes:
    count = words.shape[1]
    state = [
        np.full(count, start ^ key)
        for start, key in zip(
            (
                _WORD(0x736F6D6570736575),
                _WORD(0x646F72616E646F6D),
                _WORD(0x6C7967656E657261),
                _WORD(0x7465646279746573),
            ),
            (first, second, first, second),
            strict=True,
        )
    ]
    with np.errstate(over="ignore"):
        for word in words:
            state[3] ^= word
            _mix(state, 2)
            state[0] ^= word
        state[2] ^= _WORD(0xFF)
        _mix(state, 4)
    hashed: Hashes = state[0] ^ state[1] ^ state[2] ^ state[3]
    return hashed


def _mix(state: list[NDArray[np.uint64]], rounds: int) -> None:
    a, b, c, d = state
    for _ in range(rounds):
        a, b = a + b, _turned(b, 13)
        b ^= a
        a = _turned(a, 32)
        c, d = c + d, _turned(d, 16)
        d ^= c
        a, d = a + d, _turned(d, 21)
        d ^= a
        c, b = c + b, _turned(b, 17)
        b ^= c
        c = _turned(c, 32)
    state[:] = a, b, c, d


def _turned(word: NDArray[np.uint64], by: int) -> NDArray[np.uint64]:
    return (word << _WORD(by)) | (word >> _WORD(64 - by))
