"""Which fields of unknown events say something, and in what form: words or figures.

A field becomes a *word field* (its values are counted) or a *figure field* (its values have an order).
Text with almost as many values as events is first reduced to its shape, since only a shape recurs.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from detectors.behaviour.reading import EventTable, FieldColumn

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: names of fields that hold an identity, an instant or the record itself, none of which is a habit
_NO_HABIT = re.compile(
    r"(^|\.)(time|time_dt|start_time|end_time|logged_time|processed_time|raw_data|uid|uuid|pid|tid|batch|position|tokens"
    r"|actor\.user\..*|correlation_uid|sequence|serial|count_id|ppid|offset)$|_time$|_time_dt$|^actor\.user\.|^metadata\.(uid|logged)"
)
_IS_CODE = re.compile(r"(_id|_uid|\.code|_code|\.port|port)$")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_FIGURE = re.compile(r"[0-9]+")
_MOST_CODES = 12
#: the word field that every table has
HOUR = "hour"


@dataclass(frozen=True)
class WordField:
    """Counted values: ``codes[i]`` is what event ``rows[i]`` holds, below ``size``."""

    name: str
    rows: Ints
    codes: Ints
    words: tuple[str, ...]

    @property
    def size(self) -> int:
        """Count of distinct values."""
        return len(self.words)


@dataclass(frozen=True)
class FigureField:
    """Ordered values of the events ``rows``."""

    name: str
    rows: Ints
    values: Floats


@dataclass(frozen=True)
class Signals:
    """What the events offer to a model."""

    words: tuple[WordField, ...]
    figures: tuple[FigureField, ...]


def signals_of(table: EventTable, zone: ZoneInfo) -> Signals:
    """Choose and encode the fields worth a model; hours are read in ``zone``."""
    words: list[WordField] = []
    figures: list[FigureField] = []
    for name, column in sorted(table.fields.items()):
        if _NO_HABIT.search(name):
            continue
        if _is_figures(name, column):
            figures.append(_figures(name, column))
        else:
            words += _word_fields(name, column)
    words.append(_hours(table, zone))
    return Signals(tuple(_without_twins(words)), tuple(one for one in figures if np.ptp(one.values) > 0))


def _is_figures(name: str, column: FieldColumn) -> bool:
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in column.values):
        return False
    in_unmapped = name.startswith("unmapped")
    return in_unmapped or (not _IS_CODE.search(name) and len(set(column.values)) > _MOST_CODES)


def _figures(name: str, column: FieldColumn) -> FigureField:
    values = np.nan_to_num(np.asarray(column.values, dtype=np.float64), nan=0.0, posinf=1e300, neginf=-1e300)
    return FigureField(name, np.asarray(column.rows, dtype=np.int64), values)


def _word_fields(name: str, column: FieldColumn) -> list[WordField]:
    """The field itself if its values recur, else their shapes; and the first word of command lines."""
    texts = [str(value) for value in column.values]
    if _recurs(texts):
        made = [_encode(name, column, texts)]
    else:
        shapes = [shape_of(text) for text in texts]
        made = [_encode(f"{name} (shape)", column, shapes)] if _recurs(shapes) else []
    if sum(" " in text.strip() for text in texts) > len(texts) / 10:
        made.append(_encode(f"{name} (first word)", column, [(text.split() or [""])[0][:64] for text in texts]))
    return [one for one in made if one.size > 1]


def _recurs(texts: list[str]) -> bool:
    return len(set(texts)) <= max(64, len(texts) // 3)


def shape_of(text: str) -> str:
    """What recurs of a text: its literals blanked and its digits folded, at most 200 characters."""
    return _FIGURE.sub("0", _QUOTED.sub("?", text))[:200]


def _encode(name: str, column: FieldColumn, texts: list[str]) -> WordField:
    words, codes = np.unique(np.asarray(texts, dtype=object).astype(str), return_inverse=True)
    rows = np.asarray(column.rows, dtype=np.int64)
    return WordField(name, rows, codes.astype(np.int64), tuple(str(word) for word in words))


def _hours(table: EventTable, zone: ZoneInfo) -> WordField:
    """Hour of the day, apart for working days and weekends: 48 words."""
    offset = datetime.fromtimestamp(int(table.times[0]) / 1e6, UTC).astimezone(zone).utcoffset() if len(table) else None
    local = table.times // 1_000_000 + (int(offset.total_seconds()) if offset else 0)
    weekend = ((local // 86_400 + 3) % 7) >= 5  # 1970-01-01 was a Thursday
    codes = (local % 86_400) // 3_600 + 24 * weekend
    labels = tuple(f"{'weekend' if code >= 24 else 'weekday'} {code % 24:02d}h" for code in range(48))
    return WordField(HOUR, np.arange(len(table), dtype=np.int64), codes.astype(np.int64), labels)


def _without_twins(fields: list[WordField]) -> list[WordField]:
    """Drop a field that splits the events exactly as an earlier one does."""
    kept: dict[bytes, WordField] = {}
    for one in fields:
        _, first = np.unique(one.codes, return_index=True)
        relabel = np.empty(one.size, dtype=np.int64)
        relabel[one.codes[np.sort(first)]] = np.arange(len(first))
        kept.setdefault(one.rows.tobytes() + relabel[one.codes].tobytes(), one)
    return list(kept.values())
