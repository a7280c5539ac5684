"""One JSON line a request: route, status, time; never a path, a name, an address or an argument.

Paths may carry identifiers and arguments searches: the route's pattern says enough.
"""

import json
import logging
import secrets
import sys
import time

from flask import Response, g, request

from soc.clock import now
from soc.web.health import REQUESTS, SECONDS

_log = logging.getLogger("soc.request")


class JsonLines(logging.Formatter):
    """Log records as JSON lines; ``extra`` fields are kept, the trace of an exception is one string."""

    _USUAL = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime", "taskName"}

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line: dict[str, object] = {
            "time": now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in self._USUAL}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def log_json_lines(level: str = "INFO") -> None:
    """Send all logs of this process to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)


def begin() -> None:
    """Give the request its number and start its clock."""
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()


def note(response: Response) -> Response:
    """Log and count the request."""
    taken = time.perf_counter() - g.get("began", time.perf_counter())
    route = request.url_rule.rule if request.url_rule else "-"
    response.headers["X-Request-Id"] = g.get("request_id", "-")
    REQUESTS.labels(route, request.method, response.status_code).inc()
    SECONDS.labels(route).observe(taken)
    if request.endpoint != "static":
        kind = g.actor.kind.value if g.get("actor") else "anonymous"
        told = {"route": route, "method": request.method, "status": response.status_code}
        extra = {**told, "ms": round(taken * 1000, 1), "request_id": g.get("request_id", "-"), "actor": kind}
        _log.info("request", extra=extra)
    return response
