"""One JSON line a request: route, status, time; never a path, a name, an address or an argument.

Paths may carry identifiers and arguments searches: the route's pattern says enough.
"""

import logging
import secrets
import time

from flask import Response, g, request

from soc.web.health import REQUESTS, SECONDS

_log = logging.getLogger("soc.request")


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
