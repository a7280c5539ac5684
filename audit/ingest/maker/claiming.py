"""Which shipped formats' records an own format would take for its own."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import polars as pl

from audit.ingest.formats import NAMES, ParseOptions, find_format, parse_bytes
from audit.ingest.formats.own import own_format
from audit.ingest.formats.samples import shipped_samples

#: any organisation's: a name is made of it
_SOME_ORG = "000000"


def claimed_by(table: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the shipped formats of whose sample lines the format reads any; generic ones give way and are left out."""
    body, owners = _lines()
    read = parse_bytes(own_format(_SOME_ORG, table).format, body, ParseOptions())
    lines = set(read.filter(pl.col("error").is_null())["line"])
    taken = {owners[line] for line in lines}
    return tuple(name for name in NAMES if name in taken)


@cache
def _lines() -> tuple[bytes, tuple[str, ...]]:
    """The sample lines of all that does not give way, and of each line whose it is."""
    held = [
        (name, line)
        for name, lines in shipped_samples().items()
        if not find_format(name).generic and not find_format(name).wrapped
        for line in lines
    ]
    return "".join(f"{line}\n" for _, line in held).encode(), tuple(name for name, _ in held)
