"""The processes' own logs as JSON lines, without anybody's data.

What an exception says may hold what somebody typed or what a log held (a database names the value that was there
already): of a trace the places and the kinds of errors stay, and the key of an error of ours, whose text has none.
"""

import json
import logging
import os
import sys
import traceback
from collections.abc import Iterator

from soc.clock import now
from soc.errors import SocError

_USUAL = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Log records as JSON lines; ``extra`` fields are kept, the trace of an exception is one string."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line: dict[str, object] = {
            "time": now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _USUAL}
        if record.exc_info and record.exc_info[1]:
            line["trace"] = "".join(_told(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False, default=str)


def _told(error: BaseException) -> Iterator[str]:
    """Yield the trace, what came before first, without any error's words."""
    seen: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in seen:
        seen.append(one)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    for one in reversed(seen):
        yield from traceback.format_tb(one.__traceback__)
        yield f"{type(one).__module__}.{type(one).__name__}{f': {one.key}' if isinstance(one, SocError) else ''}\n"


def log_json_lines() -> None:
    """Send all logs of this process to stderr as JSON lines; ``SOC_LOG_LEVEL`` says from which level on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=os.environ.get("SOC_LOG_LEVEL", "WARNING"), handlers=[handler], force=True)
