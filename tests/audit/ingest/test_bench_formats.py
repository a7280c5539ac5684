"""What the measurement of formats measures: lines that are really read."""

import pytest

from audit.ingest.bench_formats import reading
from audit.ingest.format_samples import MAKERS
from audit.ingest.formats import ParseOptions, find_format, parse_bytes
from audit.ingest.guess import guess_format


@pytest.mark.parametrize("name", MAKERS)
def test_every_made_line_is_read_and_told_as_its_format(name: str) -> None:
    body = "".join(f"{line}\n" for line in MAKERS[name](200)).encode()
    parsed = parse_bytes(find_format(name), body, ParseOptions())
    assert (parsed.height, parsed["error"].null_count()) == (200, 200)
    told = guess_format(body, ParseOptions())
    assert told is not None
    assert told.name == name


def test_reading_costs_something() -> None:
    body = "".join(f"{line}\n" for line in MAKERS["cef"](2000)).encode()
    assert reading("cef", [body]) > 0
