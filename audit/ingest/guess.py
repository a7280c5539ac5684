"""Which format a log is in, told from its beginning."""

from collections.abc import Mapping
from dataclasses import dataclass

from audit.ingest.formats import DECLARED, NAMES, Format, ParseOptions, find_format, parse_bytes
from audit.ingest.formats.own import own_in_force

#: enough to tell, and little enough to try every format on
SAMPLE = 64 << 10
#: a share of records that says that a text is of a format
_MOST = 0.5


def guess_format(beginning: bytes, options: ParseOptions) -> Format | None:
    """Return the format that reads most records of ``beginning``; None where none reads any.

    A shipped format goes before an organisation's own, but for a generic one, and where the own one is ordered to go first.
    """
    sample = sample_of(beginning)
    shipped, read, _ = _shipped_guess(sample, options)
    own = _own_guess(shipped, read, sample, options)
    return own or shipped


def sample_of(beginning: bytes) -> bytes:
    """The whole lines of a text's beginning that formats are tried on."""
    sample = beginning[:SAMPLE]
    return sample[: sample.rfind(b"\n") + 1] if len(beginning) > SAMPLE else sample


def shipped_claims(beginning: bytes, options: ParseOptions) -> tuple[Format | None, Mapping[str, int]]:
    """Return the shipped format that a text would be told as, and of each how many records it reads."""
    told, _, read = _shipped_guess(sample_of(beginning), options)
    return told, {name: one.records for name, one in read.items()}


def _shipped_guess(sample: bytes, options: ParseOptions) -> tuple[Format | None, "_Read", dict[str, "_Read"]]:
    read = {name: _read(find_format(name), sample, options) for name in NAMES}
    inner = {name: one for name, one in read.items() if not find_format(name).wrapped}
    best = _best(inner)
    # a container's lines are called that only where most of what stands inside is of no format
    outer = _best({name: one for name, one in read.items() if name not in inner})
    best = outer if read[outer].records and read[best].share < _MOST else best
    return (find_format(best) if read[best].records else None), read[best], read


def _own_guess(shipped: Format | None, read: "_Read", sample: bytes, options: ParseOptions) -> Format | None:
    """The own format that reads most of the sample, where no shipped one comes before it."""
    best, most = None, 0.0
    for one in own_in_force():
        if shipped is not None and not (_gives_way(shipped, read) or shipped.name in one.before):
            continue
        share = _read(one.format, sample, options).share
        if share >= _MOST and share > most:
            best, most = one.format, share
    return best


def _gives_way(shipped: Format, read: "_Read") -> bool:
    """A format that many logs look like, or one that reads the lesser part, comes after a declaration made for the log."""
    return shipped.generic or shipped.wrapped or read.share < _MOST


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
