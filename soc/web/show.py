"""How values look on a page: times in the centre's zone, numbers with separators, time left."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from soc.clock import now
from soc.text import t
from soc.web.context import current_settings
from soc.yaml_text import write_yaml

#: shares of a deadline after which its clock turns amber and red
NEAR, DUE = 0.75, 0.90
#: members of a list that are shown of a part of a document
MOST_SHOWN = 20
_SPARK_WIDTH, _SPARK_HEIGHT = 120.0, 24.0


def moment(at: datetime | None) -> str:
    """Return "11-22 15:04" in the centre's zone; the year where it is another."""
    if at is None:
        return ""
    local, today = at.astimezone(current_settings().timezone), now().astimezone(current_settings().timezone)
    return local.strftime("%m-%d %H:%M" if local.year == today.year else "%Y-%m-%d %H:%M")


def moment_full(at: datetime | None) -> str:
    """Return the full time with its zone, for the hover."""
    return "" if at is None else at.astimezone(current_settings().timezone).strftime("%Y-%m-%d %H:%M:%S %Z")


def iso(at: datetime | None) -> str:
    """Return RFC 3339, for machines that read the page."""
    return "" if at is None else at.isoformat(timespec="seconds")


def ago(at: datetime | None) -> str:
    """Return how long ago, in words; stands beside the time, never instead of it."""
    if at is None:
        return ""
    passed = now() - at
    if passed < timedelta(minutes=1):
        return t("since.seconds")
    if passed < timedelta(hours=1):
        return t("since.minutes", count=int(passed / timedelta(minutes=1)))
    if passed < timedelta(days=1):
        return t("since.hours", count=int(passed / timedelta(hours=1)))
    return t("since.days", count=passed.days)


def left(due_at: datetime) -> str:
    """Return how long until ``due_at``, in words, or how long it is overdue."""
    remaining = due_at - now()
    if remaining < timedelta(0):
        return t("left.over", time=span(-remaining))
    minutes = int(remaining / timedelta(minutes=1))
    if minutes < 60:
        return t("left.minutes", count=minutes)
    if minutes < 48 * 60:
        return t("left.hours", hours=minutes // 60, minutes=minutes % 60)
    return t("left.days", days=minutes // 1440, hours=minutes % 1440 // 60)


def span(length: timedelta) -> str:
    """Return a duration in words, two units at most."""
    minutes = int(length / timedelta(minutes=1))
    if minutes < 60:
        return t("span.minutes", count=minutes)
    if minutes < 48 * 60:
        return t("span.hours", hours=minutes // 60, minutes=minutes % 60)
    return t("span.days", days=minutes // 1440, hours=minutes % 1440 // 60)


def due_state(due_at: datetime, started_at: datetime | None) -> str:
    """Return calm, near (75% gone), due (90%) or over: the clock's colour."""
    at = now()
    if at >= due_at:
        return "over"
    if started_at is None or due_at <= started_at:
        return "calm"
    gone = (at - started_at) / (due_at - started_at)
    return "due" if gone >= DUE else "near" if gone >= NEAR else "calm"


def number(value: float | None, digits: int | None = None) -> str:
    """Return a number with thousands separators; one decimal for small fractions."""
    if value is None:
        return "–"
    if digits is None:
        digits = 0 if float(value).is_integer() or abs(value) >= 100 else 1
    return f"{value:,.{digits}f}"


def percent(value: float | None, digits: int = 0) -> str:
    """Return a share as per cent."""
    return "–" if value is None else f"{value * 100:.{digits}f}%"


def diff_lines(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Return (sign, line) of a unified diff; the sign is "+", "-", "@" or a space."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=3, lineterm="")
    for line in list(lines)[2:]:
        yield (line[:1] or " ", line if line.startswith("@@") else line[1:])


@dataclass(frozen=True, slots=True)
class Spark:
    """The geometry of a sparkline in its 120 × 24 box."""

    points: str
    band: tuple[float, float] | None
    last: tuple[float, float] | None


def spark_points(values: Sequence[float], low: float | None = None, high: float | None = None) -> Spark:
    """Place a series in the box of the macro ``spark``, with its habit's band behind it."""
    known = [v for v in (*values, low, high) if v is not None]
    if not values:
        return Spark("", None, None)
    floor, ceiling = min(0.0, *known), max(known)
    spread = (ceiling - floor) or 1
    step = _SPARK_WIDTH / max(1, len(values) - 1)

    def y(value: float) -> float:
        # a share first: by itself the scale of a very small spread is no number
        return round(_SPARK_HEIGHT - 2 - (value - floor) / spread * (_SPARK_HEIGHT - 4), 1)

    placed = [(round(min(i * step, _SPARK_WIDTH - 2), 1), y(v)) for i, v in enumerate(values)]
    band = (y(high), max(1.0, round(y(low) - y(high), 1))) if low is not None and high is not None else None
    return Spark(" ".join(f"{a},{b}" for a, b in placed), band, placed[-1])


def fragment(value: object) -> str:
    """Return a part of a document as YAML; of a long list only the first."""
    return write_yaml(_cut(value), width=60).rstrip()


def _cut(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _cut(one) for key, one in value.items()}
    if not isinstance(value, list | tuple):
        return value
    cut = [_cut(one) for one in value[:MOST_SHOWN]]
    return [*cut, t("web.and_more", count=len(value) - MOST_SHOWN)] if len(value) > MOST_SHOWN else cut
