"""A few made-up lines of each shipped format, by its name."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("samples.toml")


@cache
def shipped_samples() -> Mapping[str, tuple[str, ...]]:
    """Return format → its lines."""
    return {name: tuple(lines) for name, lines in tomllib.loads(_FILE.read_text("utf-8")).items()}


@cache
def shipped_text(name: str) -> str:
    """Return the lines of one format as a log."""
    return "".join(f"{line}\n" for line in shipped_samples()[name])
