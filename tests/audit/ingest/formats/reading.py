"""How the tests of formats read a log."""

from typing import Any
from zoneinfo import ZoneInfo

import orjson

from audit.ingest.formats import ParseOptions, find_format, parse_bytes
from audit.ingest.printing import printed


def parsed(name: str, text: str | bytes, **options: Any) -> list[dict[str, Any]]:
    """Return one row a record."""
    body = text.encode() if isinstance(text, str) else text
    if "timezone" in options:
        options["timezone"] = ZoneInfo(options["timezone"])
    return list(parse_bytes(find_format(name), body, ParseOptions(**options)).iter_rows(named=True))


def lines(name: str, text: str | bytes, schema: str = "ocsf") -> list[dict[str, Any]]:
    """Return what ``soc logs parse`` prints."""
    body = text.encode() if isinstance(text, str) else text
    frame = parse_bytes(find_format(name), body, ParseOptions())
    return [orjson.loads(line) for line in printed(frame, name, schema)]
