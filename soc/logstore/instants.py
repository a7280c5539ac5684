"""Times as people write them in queries: a month, a day, a minute, an instant, or back from now."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from soc.logstore.errors import QueryError

CHINA = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": _DAY, "w": 7 * _DAY}
_FORM = re.compile(
    r"(?P<month>\d{4}-\d\d)(?P<day>-\d\d)?"
    r"(?:[T ](?P<minute>\d\d:\d\d)(?P<second>:\d\d)?(?P<part>\.\d{1,6})?(?P<zone>Z|z|[+-]\d\d:?\d\d)?)?"
)
_BACK = re.compile(r"now(?:-(?P<count>\d{1,6})(?P<unit>[smhdw]))?")


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time a written time stands for: ``start`` ≤ t < ``end``, as precise as it was written."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads written times; those without a zone are of ``zone``."""

    now: Callable[[], datetime]
    zone: ZoneInfo = CHINA

    def read(self, text: str) -> Stretch:
        """Return what the text stands for.

        Raises:
            QueryError: it is no time.
        """
        try:
            return self._back(text) or self._written(text)
        except (ValueError, OverflowError) as problem:
            raise QueryError("errors.logstore.time", value=text[:80]) from problem

    def _back(self, text: str) -> Stretch | None:
        found = _BACK.fullmatch(text)
        if found is None:
            return None
        step = _UNITS[found["unit"]] * int(found["count"]) if found["unit"] else timedelta()
        at = self.now().astimezone(UTC) - step
        return Stretch(at, at + _TICK)

    def _written(self, text: str) -> Stretch:
        found = _FORM.fullmatch(text)
        if found is None or (found["minute"] and not found["day"]):
            raise ValueError(text)
        day = found["month"] + (found["day"] or "-01")
        clock = (found["minute"] or "00:00") + (found["second"] or "") + (found["part"] or "")
        start = datetime.fromisoformat(f"{day}T{clock}{(found['zone'] or '').upper()}")
        if start.tzinfo is None:
            start = start.replace(tzinfo=self.zone)
        return Stretch(start.astimezone(UTC), _end(start, found).astimezone(UTC))


def _end(start: datetime, found: re.Match[str]) -> datetime:
    if found["part"]:
        return start + _TICK
    if found["second"]:
        return start + _UNITS["s"]
    if found["minute"]:
        return start + _UNITS["m"]
    return start + _DAY if found["day"] else (start + 31 * _DAY).replace(day=1)
