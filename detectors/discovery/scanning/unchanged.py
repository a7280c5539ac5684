"""Which units have to be read: what is new or changed since the readings before, and what cannot tell any more."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from detectors.discovery.scanning.models import Mode
from detectors.discovery.scanning.opening import Unit
from detectors.discovery.sources.base import TableState

#: a table that cannot tell is read again after this long
OLDEST = timedelta(days=30)


class Why(StrEnum):
    """Why a unit is read, or is not."""

    ORDERED = "ordered"  # everything was asked for
    NEW = "new"
    RULES = "rules"  # recognizers or the sample are not those of before
    SCHEMA = "schema"  # columns were added, dropped, renamed or retyped
    ROWS = "rows"  # it has more or fewer rows, or another size
    WRITTEN = "written"  # the source counts writes, and there were some
    FAILED = "failed"  # it could not be read before
    UNTOLD = "untold"  # its source says nothing by which a change could be seen
    AGED = "aged"  # it cannot tell for sure, and the reading is old
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of a unit from the reading before."""

    state: TableState | None
    read_at: datetime
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What is read, what is taken over, and why, counted."""

    read: tuple[Unit, ...]
    carried: tuple[Unit, ...]
    reasons: Mapping[Why, int] = field(default_factory=dict)


def choose(
    units: Iterable[Unit], before: Mapping[str, Before] | None, mode: Mode, at: datetime, oldest: timedelta = OLDEST
) -> Choice:
    """Choose what to read.

    Args:
        units: everything there is.
        before: the readings before, by key; None where none is of use since rules or sample are others.
        mode: what was ordered.
        at: now.
        oldest: how old the reading of a table may be that cannot tell for sure.
    """
    read: list[Unit] = []
    carried: list[Unit] = []
    reasons: Counter[Why] = Counter()
    for unit in units:
        why = _why(unit, before, mode, at - oldest)
        reasons[why] += 1
        (carried if why is Why.SAME else read).append(unit)
    return Choice(tuple(read), tuple(carried), dict(reasons))


def _why(unit: Unit, before: Mapping[str, Before] | None, mode: Mode, border: datetime) -> Why:
    if mode is not Mode.CHANGED:
        return Why.ORDERED
    if before is None:
        return Why.RULES
    old = before.get(unit.key)
    if old is None:
        return Why.NEW
    if old.failed:
        return Why.FAILED
    return _moved(old, unit.state, border)


def _moved(old: Before, state: TableState | None, border: datetime) -> Why:
    if state is None or old.state is None:
        return Why.UNTOLD
    if state.schema_digest != old.state.schema_digest:
        return Why.SCHEMA
    if state.tells and old.state.tells:
        return Why.SAME if state.watermark == old.state.watermark else Why.WRITTEN
    if state.rows is None and state.bytes is None:
        return Why.UNTOLD
    if (state.rows, state.bytes) != (old.state.rows, old.state.bytes):
        return Why.ROWS
    return Why.AGED if old.read_at < border else Why.SAME
