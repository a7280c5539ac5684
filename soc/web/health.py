"""Is it alive, is it ready, how is it: for load balancers, service managers and Prometheus."""

import shutil
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import text

from soc.acting import SystemPath
from soc.errors import SocError
from soc.registry import rooms
from soc.room import Collector, resolve
from soc.text import Message, t
from soc.web.context import current_database, current_settings, current_store
from soc.web.guard import public

bp = Blueprint("health", __name__)
#: with less than this free, a batch may not reach the disk whole
LEAST_FREE_BYTES = 64 * 1024 * 1024

PROCESS = CollectorRegistry()
REQUESTS = Counter(
    "guanlan_requests", "Requests by route, method and status", ["route", "method", "status"], registry=PROCESS
)
SECONDS = Histogram("guanlan_request_seconds", "Server time of requests", ["route"], registry=PROCESS)


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Answer 200 only when an ingest call would be taken: state and disk are writable."""
    return _report({"state": _state, "disk": _disk})


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Answer 200 when every part that pages need is there."""
    return _report({"state": _state, "disk": _disk, "log_store": _store})


def _report(parts: dict[str, Callable[[], None]]) -> ResponseReturnValue:
    problems: dict[str, str] = {}
    for name, probe in parts.items():
        try:
            probe()
        except SocError as error:
            problems[name] = Message(error.key, error.params).render()
        except OSError as error:
            problems[name] = error.strerror or "OSError"
    body: dict[str, Any] = {"status": "unavailable" if problems else "ok"}
    if problems:
        body["problems"] = problems
    return jsonify(body), 503 if problems else 200


def _state() -> None:
    """Take the writer's place for a moment: a read would not notice a full disk or a lost primary."""
    with current_database().write() as session:
        session.execute(text("SELECT 1"))


def _disk() -> None:
    spool = current_settings().folder("spool")
    probe = spool / ".probe"
    probe.write_bytes(b"ok")
    probe.unlink()
    if shutil.disk_usage(spool).free < LEAST_FREE_BYTES:
        raise OSError(28, t("errors.disk_full"))


def _store() -> None:
    current_store().health()


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Return the rooms' gauges and this process's requests in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(_Gauges())
    return Response(generate_latest(registry) + generate_latest(PROCESS), content_type=CONTENT_TYPE_LATEST)


class _Gauges:
    """Asks every room's collectors at the moment of the scrape."""

    def collect(self) -> list[GaugeMetricFamily]:
        """Return one family a metric; a collector that fails is counted, not fatal."""
        families: dict[str, GaugeMetricFamily] = {}
        failed = GaugeMetricFamily("guanlan_collector_failed", "Collectors that failed in this scrape", labels=["name"])
        for collector in (one for room in rooms() for one in room.collectors):
            try:
                rows = self._asked(collector)
            except (SocError, OSError):
                failed.add_metric([collector.name], 1)
                continue
            for name, told, labels, value in rows:
                family = families.setdefault(name, GaugeMetricFamily(name, told, labels=list(labels)))
                family.add_metric([str(labels[key]) for key in family._labelnames], value)
        return [*families.values(), failed]

    def _asked(self, collector: Collector) -> list[tuple[str, str, dict[str, object], float]]:
        with current_database().acting_for(SystemPath.METRICS).read() as session:
            return list(resolve(collector.collect)(session, current_settings()))
