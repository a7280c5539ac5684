"""Instants in the ways that logs write them, told from their look."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from audit.ingest.formats.base import ParseOptions
from audit.ingest.formats.zones import UnknownZoneError, zone_named

_EPOCH = re.compile(r"^\d{10}(?:\.\d+)?$|^\d{13}(?:\.\d+)?$|^\d{16}$|^\d{19}$")
_SYSLOG = re.compile(r"^([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)$")
#: klog: month and day without a blank, no year
_KLOG = re.compile(r"^(\d\d)(\d\d) (\d\d:\d\d:\d\d\.\d{6})$")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ISO = re.compile(
    r"^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))? ?(Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d|[A-Za-z][A-Za-z_/]+)?$"
)
_SHAPES = (
    "%d/%b/%Y:%H:%M:%S %z", "%d/%b/%Y:%H:%M:%S.%f", "%d/%b/%Y:%H:%M:%S", "%b %d %Y %H:%M:%S", "%b %d %Y %H:%M:%S.%f",
    "%a %b %d %H:%M:%S.%f %Y", "%a %b %d %H:%M:%S %Y", "%Y/%m/%d %H:%M:%S", "%y%m%d %H:%M:%S", "%Y%m%d %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%b %d %Y: %H:%M:%S", "%d-%b-%y %I.%M.%S.%f %p", "%d-%b-%Y %H:%M:%S",
    "%a %b %d %H:%M:%S %Y %z", "%b %d %Y %H:%M:%S %Z", "%d/%b/%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S %z",
)  # fmt: skip
_YEAR_AHEAD = timedelta(days=2)


def instant_of(text: str, zone: str | None, options: ParseOptions, *, utc: bool = False) -> datetime | None:
    """Return the instant that ``text`` says; None where it says none that exists."""
    try:
        found = _epoch(text) or _naive(text, options)
        if found is None:
            return None
        if found.tzinfo is None:
            found = found.replace(tzinfo=_zone(zone, options, utc=utc))
        return found.astimezone(UTC)
    except (ValueError, OverflowError, OSError, UnknownZoneError):
        return None


def _epoch(text: str) -> datetime | None:
    if not _EPOCH.match(text):
        return None
    whole, _, part = text.partition(".")
    digits = whole + part if len(whole) == 10 else whole
    micros = int(digits[:16].ljust(16, "0"))
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def _naive(text: str, options: ParseOptions) -> datetime | None:
    iso = _ISO.match(text)
    if iso:
        day, clock, part, zone = iso.groups()
        moment = datetime.fromisoformat(f"{day}T{clock}.{(part or '0')[:6].ljust(6, '0')}")
        return moment.replace(tzinfo=_zone(zone, options, utc=zone == "Z")) if zone else moment
    short = _SYSLOG.match(text)
    if short:
        return _of_last_year(f"{short[1]} {short[2]} {short[3]}", options)
    klog = _KLOG.match(text)
    if klog and 1 <= int(klog[1]) <= len(_MONTHS):
        return _of_last_year(f"{_MONTHS[int(klog[1]) - 1]} {int(klog[2])} {klog[3]}", options)
    return next((found for shape in _SHAPES if (found := _read(text, shape)) is not None), None)


def _of_last_year(text: str, options: ParseOptions) -> datetime:
    """A date without a year is the last such day before the record came."""
    today = options.received.astimezone(options.timezone).replace(tzinfo=None)
    clock = "%H:%M:%S.%f" if "." in text else "%H:%M:%S"
    # the 29th of February is looked for in the years that have one
    for year in range(today.year, today.year - 9, -1):
        found = _read(f"{year} {text}", f"%Y %b %d {clock}")
        if found is not None and found <= today + _YEAR_AHEAD:
            return found
    raise ValueError(text)


def _read(text: str, shape: str) -> datetime | None:
    try:
        return datetime.strptime(text, shape)  # noqa: DTZ007 (its zone is given by the caller)
    except ValueError:
        return None


def _zone(name: str | None, options: ParseOptions, *, utc: bool) -> tzinfo:
    if utc:
        return UTC
    if not name:
        return options.timezone
    known = zone_named(name, options.timezone)
    return timezone(timedelta(minutes=known)) if isinstance(known, int) else ZoneInfo(known)
