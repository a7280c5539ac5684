"""Which format a log is in, told from its beginning."""

from audit.ingest.formats import DECLARED, NAMES, Format, ParseOptions, find_format, parse_bytes

#: enough to tell, and little enough to try every format on
SAMPLE = 64 << 10


def guess_format(beginning: bytes, options: ParseOptions) -> Format | None:
    """Return the format that reads most records of ``beginning``; None where none reads any."""
    sample = beginning[:SAMPLE]
    if len(beginning) > SAMPLE:
        sample = sample[: sample.rfind(b"\n") + 1]
    shares = {name: _share_read(find_format(name), sample, options) for name in NAMES}
    best = max(shares, key=lambda name: _weight(name, shares[name]))
    return find_format(best) if shares[best] > 0 else None


def _weight(name: str, share: float) -> tuple[float, bool]:
    """A generic format counts half; of equals, the one that asks for more of a line goes first."""
    return share / 2 if find_format(name).generic else share, name in DECLARED


def _share_read(log_format: Format, sample: bytes, options: ParseOptions) -> float:
    parsed = parse_bytes(log_format, sample, options)
    return parsed["error"].null_count() / parsed.height if parsed.height else 0.0
