"""When an event of any shape happened: the first of the usual fields that says so."""

from datetime import UTC, datetime

from detectors.sigma.flatten import Flat

#: by the last part of a field's name, in small letters; the first that can be read counts
_NAMES = (
    "time", "@timestamp", "timestamp", "eventtime", "utctime", "systemtime", "timecreated", "timegenerated", "creationtime",
    "creation_time", "created_at", "published", "datetime", "date_time", "date", "ts", "_time", "logged_time",
)  # fmt: skip
#: seconds, milli-, micro- and nanoseconds since 1970 are told apart by their size
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3), (0.0, 1.0))


def moment_of(event: Flat) -> float:
    """Return the time of an event in seconds since 1970; 0 where it says none, so that such events are of one moment."""
    told: dict[str, str] = {}
    for name, values in event.items():
        if values:
            told.setdefault(name.rpartition(".")[2].lower(), values[0])
    for name in _NAMES:
        if name in told and (found := seconds(told[name])) is not None:
            return found
    return 0.0


def seconds(text: str) -> float | None:
    """Read a time of ISO 8601 (UTC where it names no zone) or a number of seconds or of parts of them."""
    try:
        number = float(text)
    except ValueError:
        return _of_iso(text)
    if number <= 0 or number != number:  # noqa: PLR0124 - not a number
        return None
    return next(number / unit for least, unit in _UNITS if number >= least)


def _of_iso(text: str) -> float | None:
    try:
        found = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        return None
    return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp()
