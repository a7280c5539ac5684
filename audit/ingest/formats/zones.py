"""Time zones by the names logs use; a server writes ``CST`` and means Asia/Shanghai, or Chicago."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

#: abbreviations that ZoneInfo does not know; where two zones share one, the one most servers here mean
_ABBREVIATIONS = {
    "CST": "Asia/Shanghai",
    "HKT": "Asia/Hong_Kong",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "SGT": "Asia/Singapore",
    "IST": "Asia/Kolkata",
    "MSK": "Europe/Moscow",
    "BST": "Europe/London",
    "WEST": "Europe/Lisbon",
    "CEST": "Europe/Berlin",
    "EEST": "Europe/Helsinki",
    "EDT": "America/New_York",
    "CDT": "America/Chicago",
    "MDT": "America/Denver",
    "PST": "America/Los_Angeles",
    "PDT": "America/Los_Angeles",
    "AKST": "America/Anchorage",
    "AKDT": "America/Anchorage",
    "AEST": "Australia/Sydney",
    "AEDT": "Australia/Sydney",
    "AWST": "Australia/Perth",
    "NZST": "Pacific/Auckland",
    "NZDT": "Pacific/Auckland",
    "BRT": "America/Sao_Paulo",
    "Z": "UTC",
}
#: these abbreviations say an offset, whatever the date: a plain summer-time zone would shift half the year
_OFFSETS = {"EDT": -240, "CDT": -300, "MDT": -360, "PDT": -420, "PST": -480, "BST": 60, "WEST": 60, "CEST": 120}
_OFFSETS |= {"EEST": 180, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780, "AKST": -540, "AKDT": -480, "BRT": -180}
_OFFSET = re.compile(r"^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?(?::?\d{2})?$")


class UnknownZoneError(ValueError):
    """No time zone is known by this name."""


@lru_cache(maxsize=256)
def zone_named(name: str, default: ZoneInfo) -> str | int:
    """Return the zone's IANA name, or its offset in minutes east of UTC.

    An abbreviation that ``default`` itself uses means ``default``.

    Raises:
        UnknownZoneError: nobody calls a zone so.
    """
    if name in _own_abbreviations(default):
        return str(default)
    offset = _OFFSET.match(name)
    if offset:
        sign, hours, minutes = offset.groups()
        return (int(hours) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1)
    if name in _OFFSETS:
        return _OFFSETS[name]
    try:
        return str(ZoneInfo(_ABBREVIATIONS.get(name, name)))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZoneError(name) from error


@lru_cache(maxsize=16)
def _own_abbreviations(zone: ZoneInfo) -> frozenset[str]:
    # one winter and one summer day; a zone named by its offset has no abbreviation of its own
    days = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))
    names = {day.astimezone(zone).tzname() or "" for day in days}
    return frozenset(name for name in names if name.isalpha())


def instants(frame: pl.DataFrame, wall: pl.Expr, zone: str, default: ZoneInfo) -> pl.Series:
    """Read wall-clock times in the zones that ``zone`` names, as UTC instants.

    Args:
        frame: the records.
        wall: the naive time, a datetime expression.
        zone: the column of zone names, null where the log names none.
        default: the zone of times that name none.

    Returns:
        One instant a row; null where the time does not exist or its zone is unknown.
    """
    times = frame.select(wall.alias("wall"), pl.col(zone).alias("zone"))
    result = pl.lit(None, pl.Datetime("us", "UTC"))
    for name in times["zone"].unique().to_list():
        same = pl.col("zone").is_null() if name is None else pl.col("zone") == name
        result = pl.when(same).then(_as_utc(name, default)).otherwise(result)
    return times.select(result.alias("time"))["time"]


def _as_utc(name: str | None, default: ZoneInfo) -> pl.Expr:
    try:
        zone = str(default) if name is None else zone_named(name, default)
    except UnknownZoneError:
        return pl.lit(None, pl.Datetime("us", "UTC"))
    if isinstance(zone, int):
        return pl.col("wall").dt.offset_by(f"{-zone}m").dt.replace_time_zone("UTC")
    local = pl.col("wall").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC")
