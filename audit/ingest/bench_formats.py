"""``soc bench formats``: eight formats the whole way against the bare append, and what reading alone costs of it."""

import time
from collections.abc import Iterable

from audit.ingest.bench import apart, bodies, told
from audit.ingest.format_samples import MAKERS
from audit.ingest.formats import ParseOptions, find_format, parse_bytes
from config.settings import Settings
from soc.machine import machine

#: lines of each format
LINES = 50_000
#: formats whose statements are parsed
WITH_SQL = frozenset({"pgaudit"})
#: the goals: share of the bare append, CPU seconds of reading per 100,000 lines
GOALS = {"ratio": 0.60, "ratio_with_sql": 0.20, "cpu_seconds_per_100k": 1.0}


def run(settings: Settings) -> dict[str, object]:
    """Measure each format; the figure of the head is of the one whose reading costs most."""
    found = {name: _measured(settings, name) for name in MAKERS}
    most = max(found, key=lambda name: float(str(found[name]["reading_cpu_seconds_per_100k"])))
    return {
        "name": "formats",
        "figure": found[most]["reading_cpu_seconds_per_100k"],
        "unit": "CPU s per 100,000 lines",
        "limit": GOALS["cpu_seconds_per_100k"],
        "dearest": most,
        "peers": {},
        "machine": machine(),
        "goals": GOALS,
        "formats": found,
    }


def _measured(settings: Settings, name: str) -> dict[str, object]:
    return {"reading_cpu_seconds_per_100k": reading(name, bodies(name, LINES)), **told(apart(settings, name, LINES))}


def reading(name: str, made: Iterable[bytes]) -> float:
    """Return the CPU seconds that reading 100,000 of these lines takes, in this process, polars' threads with it."""
    log_format, options = find_format(name), ParseOptions()
    rows, spent = 0, 0.0
    for body in made:
        parse_bytes(log_format, body[: 1 << 16], options)  # what is worked out once is not a line's
        began = time.process_time()
        rows += parse_bytes(log_format, body, options).height
        spent += time.process_time() - began
    return round(spent / rows * 100_000, 3)
