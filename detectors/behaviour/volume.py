"""How far a window's amounts lie from the entity's habit: events, variety, sums and peaks of figures."""

import numpy as np
from numpy.typing import NDArray

from detectors.behaviour.likelihood import WordCounts
from detectors.behaviour.robust import robust_z
from detectors.behaviour.signals import FigureField
from detectors.behaviour.windows import Window

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

_MOST = 12.0


def window_amounts(
    windows: list[Window], counted: list[WordCounts], figures: tuple[FigureField, ...], events: int
) -> tuple[list[str], Floats]:
    """Names and values (windows, amounts) of what is measured; all on a log scale but the negative ones."""
    names, columns = ["events"], [np.log1p([float(len(one.rows)) for one in windows])]
    for one in counted:
        distinct = np.bincount(one.windows, minlength=len(windows)).astype(np.float64)
        names.append(f"distinct {one.field.name}")
        columns.append(np.log1p(distinct))
    for figure in figures:
        values = np.zeros(events)
        values[figure.rows] = np.sign(figure.values) * np.log1p(np.abs(figure.values))
        names += [f"mean {figure.name}", f"peak {figure.name}"]
        columns += [_each(windows, values, np.mean), _each(windows, values, np.max)]
    return names, np.stack(columns, axis=1)


def _each(windows: list[Window], values: Floats, measure: object) -> Floats:
    assert callable(measure)
    return np.asarray([float(measure(values[one.rows])) if len(one.rows) else 0.0 for one in windows])


def deviations(amounts: Floats, entities: Ints, habitual: Flags) -> Floats:
    """|modified z| of each amount against the entity's habitual windows, clipped; 0 where there are under five."""
    out = np.zeros_like(amounts)
    for entity in np.unique(entities):
        rows = np.flatnonzero(entities == entity)
        base = amounts[rows[habitual[rows]]]
        if len(base) >= 5:
            out[rows] = np.minimum(np.abs(robust_z(amounts[rows], base, floor=0.1)), _MOST)
    return out


def volume_score(deviating: Floats) -> Floats:
    """Mean of what lies beyond two deviations: ordinary scatter weighs nothing."""
    return np.asarray(np.maximum(deviating - 2.0, 0.0).mean(axis=1), dtype=np.float64)
