"""``soc bench fresh``: seconds from an answer 2xx until the event is found, while other batches pour in.

A whole installation runs in processes of its own (``soc up``) and is spoken to by HTTP, as shippers and analysts do. At each
load a sender keeps so many lines a second coming; beside it a probe sends one line with a word of its own, and asks for that
word until it is found. With ``SOC_BENCH_OPENSEARCH_URL`` (or ``SOC_TEST_OPENSEARCH_URL``) the same is measured on a cluster.
"""

import json
import os
import shutil
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from audit.ingest.samples import nginx_lines
from config.settings import Settings
from soc.clock import now
from soc.db import new_id
from soc.errors import BrokenError
from soc.machine import machine
from soc.running import environ_of, running

LIMIT_SECONDS = 5.0
#: lines a second that come in beside the probes; none is an idle evening
LOADS = (0, 5_000, 20_000)
_SECONDS = 30.0
_BATCH_LINES = 5_000
_ASK_EVERY, _BETWEEN, _GIVEN_UP = 0.05, 1.0, 60.0


@dataclass(frozen=True, slots=True)
class Installation:
    """A running installation: where it answers, and a token that writes and reads logs."""

    url: str
    token: str

    def call(self, path: str, body: bytes | None = None) -> Mapping[str, object]:
        """Send (with a body) or ask; return the answer."""
        headers = {"Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(f"{self.url}/api/v1{path}", body, headers)  # noqa: S310 - this machine's loopback
        with urllib.request.urlopen(request, timeout=_GIVEN_UP) as answer:  # noqa: S310 - the same
            found: Mapping[str, object] = json.load(answer)
        return found


@dataclass
class Stream:
    """A sender that keeps a number of lines a second coming; ``sent`` is how many were acknowledged."""

    installation: Installation
    rate: int
    sent: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Send batch after batch until it is told to end; when late, without a pause."""
        began = time.monotonic()
        lines = nginx_lines(10**9, seed=self.rate)
        while not self.ended.is_set():
            body = "".join(f"{next(lines)}\n" for _ in range(_BATCH_LINES)).encode()
            self.installation.call("/logs/nginx", body)
            self.sent += _BATCH_LINES
            self.ended.wait(max(0.0, self.sent / self.rate - (time.monotonic() - began)))


def run(settings: Settings) -> dict[str, object]:
    """Measure; the figure is the slowest probe of all, and a ratio above 1 keeps the limit."""
    stores = {"embedded": "", "opensearch": cluster_of_bench()}
    found = {name: _measured(settings, url) for name, url in stores.items() if name == "embedded" or url}
    slowest = max(load["max"] for loads in found.values() for load in loads.values())
    return {
        "name": "fresh",
        "figure": slowest,
        "unit": "seconds from the answer 2xx until it is found, the slowest probe",
        "limit": LIMIT_SECONDS,
        "ratio": round(LIMIT_SECONDS / slowest, 3),
        "peers": {},
        "machine": machine(),
        "stores": found,
    }


def cluster_of_bench() -> str:
    """Return the address of the cluster to measure on; "" where none is named."""
    return os.environ.get("SOC_BENCH_OPENSEARCH_URL") or os.environ.get("SOC_TEST_OPENSEARCH_URL") or ""


def _measured(settings: Settings, opensearch_url: str) -> dict[str, dict[str, float]]:
    with installed(settings, opensearch_url) as installation:
        return {f"{rate} lines/s": at_load(installation, rate, _SECONDS) for rate in LOADS}


def at_load(installation: Installation, rate: int, seconds: float) -> dict[str, float]:
    """Probe for so many seconds while so many lines a second come in; seconds until each probe was found.

    Raises:
        BrokenError: a probe was not found at all.
    """
    stream = Stream(installation, rate)
    sender = threading.Thread(target=stream.run, daemon=True)
    began = time.monotonic()
    if rate:
        sender.start()
    taken = list(_probes(installation, began + seconds))
    spent = time.monotonic() - began
    stream.ended.set()
    if rate:
        sender.join(timeout=_GIVEN_UP)
    return {
        "probes": len(taken),
        "p50": round(median(taken), 2),
        "p95": round(_p95(taken), 2),
        "max": round(max(taken), 2),
        "lines_per_second": round(stream.sent / spent),
    }


def _p95(taken: list[float]) -> float:
    return quantiles(taken, n=20, method="inclusive")[18] if len(taken) > 1 else taken[0]


def _probes(installation: Installation, until: float) -> Iterator[float]:
    """Send a line with a word of its own and wait until it is found; yield the seconds."""
    while time.monotonic() < until:
        word = f"probe{new_id().hex}"
        at = now().strftime("%d/%b/%Y:%H:%M:%S +0000")
        line = f'10.9.9.9 - - [{at}] "GET /{word} HTTP/1.1" 200 1 "-" "probe"\n'
        installation.call("/logs/nginx", line.encode())
        answered = time.monotonic()
        while not installation.call(f"/logs?{urlencode({'q': word, 'limit': 1})}")["events"]:
            if time.monotonic() - answered > _GIVEN_UP:
                raise BrokenError("errors.scan.bench_failed", reason=f"{word} was not found in {_GIVEN_UP} s")
            time.sleep(_ASK_EVERY)
        yield time.monotonic() - answered
        time.sleep(_BETWEEN)


@contextmanager
def installed(settings: Settings, opensearch_url: str) -> Iterator[Installation]:
    """An installation in processes of its own, gone afterwards."""
    folder: Path = settings.folder("work") / f"bench-{new_id()}"
    folder.mkdir(parents=True)
    store = {"SOC_OPENSEARCH_URL": opensearch_url} if opensearch_url else {}
    try:
        with running(environ_of(folder / "home", **store)) as found:
            made = found.soc("token", "create", "--scope", "logs.write", "--scope", "logs.read", "--org", "440000")
            yield Installation(found.url, str(json.loads(made)["token"]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
