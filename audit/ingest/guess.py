"""Which format a log is in, told from its beginning."""

from dataclasses import dataclass

from audit.ingest.formats import DECLARED, NAMES, Format, ParseOptions, find_format, parse_bytes

#: enough to tell, and little enough to try every format on
SAMPLE = 64 << 10
#: a share of records that says that a text is of a format
_MOST = 0.5


def guess_format(beginning: bytes, options: ParseOptions) -> Format | None:
    """Return the format that reads most records of ``beginning``; None where none reads any."""
    sample = beginning[:SAMPLE]
    if len(beginning) > SAMPLE:
        sample = sample[: sample.rfind(b"\n") + 1]
    read = {name: _read(find_format(name), sample, options) for name in NAMES}
    inner = {name: one for name, one in read.items() if not find_format(name).wrapped}
    best = _best(inner)
    # a container's lines are called that only where most of what stands inside is of no format
    outer = _best({name: one for name, one in read.items() if name not in inner})
    best = outer if read[outer].records and read[best].share < _MOST else best
    return find_format(best) if read[best].records else None


def _best(read: dict[str, "_Read"]) -> str:
    most = max(one.records for one in read.values())
    return max(read, key=lambda name: _weight(name, read[name], most))


@dataclass(frozen=True, slots=True)
class _Read:
    """How a format reads the sample: records that it could read, and their share."""

    records: int
    share: float


def _weight(name: str, read: _Read, most: int) -> tuple[float, bool]:
    """A format that takes many lines for one record may swallow another's: the records count too.

    A generic format counts half; of equals, the one that asks for more of a line goes first.
    """
    weight = read.share * read.records / most if most else 0.0
    return weight / 2 if find_format(name).generic else weight, name in DECLARED


def _read(log_format: Format, sample: bytes, options: ParseOptions) -> _Read:
    parsed = parse_bytes(log_format, sample, options)
    if not parsed.height:
        return _Read(0, 0.0)
    records = parsed["error"].null_count()
    return _Read(records, log_format.share(parsed) if log_format.share else records / parsed.height)
