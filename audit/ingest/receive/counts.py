"""What a listener counts, and the note of it that the pages and ``/metrics`` read.

The listener's process writes the note, others read it: a file a listener in the home, replaced
whole. Counts begin anew with the process, as Prometheus expects of counters.
"""

import os
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from config.settings import Settings
from soc.clock import now

FOLDER = "receivers"
_SUFFIX = ".json"
#: a note older than this is of a process that is gone
_FRESH = timedelta(seconds=20)


@dataclass(slots=True, kw_only=True)
class Counts:
    """One listener since its start."""

    name: str
    org: str
    format: str
    messages: int = 0
    #: bytes of messages
    bytes: int = 0
    #: datagrams that found no room, here or in the kernel's buffer
    dropped: int = 0
    #: those of them that the kernel dropped
    dropped_in_kernel: int = 0
    #: messages longer than the longest, cut
    cut: int = 0
    #: connections that were not let in: too many, or from elsewhere
    refused: int = 0
    #: connections that ended badly: no TLS, no framing, silent for too long
    broken: int = 0
    connections: int = 0
    open: int = 0
    #: messages in no batch yet
    waiting: int = 0
    started_at: datetime = field(default_factory=now)
    last_at: datetime | None = None
    written_at: datetime = field(default_factory=now)
    #: why messages cannot be stored at this moment, as a message id
    trouble: str = ""

    @property
    def is_up(self) -> bool:
        """Whether the listener's process is there."""
        return now() - self.written_at < _FRESH


def write(settings: Settings, counts: Counts) -> None:
    """Replace the listener's note."""
    counts.written_at = now()
    path = settings.folder(FOLDER) / (counts.name.replace("/", "_") + _SUFFIX)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(orjson.dumps(asdict(counts)))
    fresh.replace(path)


def read_all(settings: Settings) -> list[Counts]:
    """Return what every listener noted last, by name."""
    found = (_read(path) for path in sorted(settings.folder(FOLDER).glob(f"*{_SUFFIX}")))
    return [counts for counts in found if counts is not None]


def _read(path: Path) -> Counts | None:
    try:
        told: dict[str, Any] = orjson.loads(path.read_bytes())
        for name in ("started_at", "last_at", "written_at"):
            told[name] = datetime.fromisoformat(told[name]) if told[name] else None
        return Counts(**told)
    except (OSError, ValueError, KeyError, TypeError):
        return None  # of another version, or taken away meanwhile
