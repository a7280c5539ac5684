"""Kill a node of three while lines come in, start it again, and count what was lost or doubled, and how late lines were found.

A child takes batches in and acknowledges each; another thread of it works them off, as the worker does.
What is killed (SIGKILL) is the node that holds the primary of the index that is written (a write is under way
there), or the cluster's manager. How late a line is, is counted from its acknowledgement until a search finds it.

    scripts/services/opensearch.sh start 3      # in a folder of its own: SOC_SERVICES_DIR=…
    python tests/faults/kill_node.py [SECONDS] [writer|manager]  # with the variables that it prints, and SOC_SERVICES_DIR
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from opensearchpy import OpenSearch
from opensearchpy.exceptions import OpenSearchException

from tests.faults.kill_ingest import LINES_A_BATCH, body_of, make_installation

ROOT = Path(__file__).parents[2]
#: seconds between two batches, so that a thousand lines or so come in a second
_PAUSE = LINES_A_BATCH / 1_000
#: lines are found within so many seconds in peace (docs: what the log store promises)
_FRESH = 5.0
_MOST_WAITED = 300.0
_STREAM = "guanlan-events"
_CHILD = "from config.settings import Settings; from tests.faults.kill_node import send; send(Settings.load())"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the kill did; seconds."""

    seconds: float
    killed: str
    acked: int
    lost: int
    doubled: int
    latest_before: float
    latest_after: float
    #: from the kill until lines were found within five seconds again
    late_for: float
    #: whether lines were still late when all had been sent and waited for
    late_at_the_end: bool


@dataclass
class Sight:
    """What was acknowledged and what was findable, by the clock."""

    #: when each batch was acknowledged
    acked: list[float] = field(default_factory=list)
    #: when it was looked, and how late the oldest line was that was not found
    lags: list[tuple[float, float]] = field(default_factory=list)
    found: int = 0

    def look(self, stored: int | None) -> None:
        """Note how late is what is not found yet, ``stored`` lines being found (None: nobody answers)."""
        self.found = self.found if stored is None else stored
        at, place = time.monotonic(), self.found // LINES_A_BATCH
        self.lags.append((at, at - self.acked[place] if place < len(self.acked) else 0.0))

    def latest(self, since: float, until: float) -> float:
        """Return the most that a line was late between two moments."""
        return round(max((lag for at, lag in self.lags if since <= at < until), default=0.0), 1)

    def late_until(self, since: float) -> float:
        """Return the seconds after ``since`` at which a line was late for the last time."""
        return round(max((at - since for at, lag in self.lags if at >= since and lag > _FRESH), default=0.0), 1)


def send(settings: object) -> None:
    """In the child: take batches in for ever, and work them off beside it."""
    from audit.ingest import register
    from audit.ingest.pipeline import spool_of
    from soc.acting import SystemPath
    from soc.db import Database
    from soc.identity.actors import operator_actor

    database = Database.open(settings).acting_for(SystemPath.OPERATOR)  # type: ignore[arg-type]
    threading.Thread(target=_work, args=(database, settings), daemon=True).start()
    number = 0
    while not Path(os.environ["KILL_NODE_STOP"]).exists():
        batch = register.Incoming("440000", "nginx", body_of(number), "fault", f"batch-{number}")
        register.accept(database, spool_of(settings), batch, operator_actor)  # type: ignore[arg-type]
        os.write(1, f"{number}\n".encode())
        number += 1
        time.sleep(_PAUSE)
    os.close(1)
    time.sleep(2 * _MOST_WAITED)  # what came last is worked off; the parent ends this


def _work(database: object, settings: object) -> None:
    """Work off what waits each half second; a store that is away is asked again, as the worker's job does."""
    from audit.ingest.pipeline import work_off
    from audit.ingest.recent import Recent
    from soc.errors import UnavailableError
    from soc.logstore import open_store

    store = open_store(settings)  # type: ignore[arg-type]
    while True:
        with suppress(UnavailableError):
            work_off(database, settings, store, Recent())  # type: ignore[arg-type]
        time.sleep(0.5)


def run(home: Path, urls: str, services: Path, seconds: float, whom: str) -> Outcome:
    """Let a third of the time pass in peace, kill, let a third pass, start the node again, let the rest pass."""
    make_installation(home)
    stop, sight = home / "stop", Sight()
    child = _child(home, urls, stop)
    reader = threading.Thread(target=_heard, args=(child, sight))
    reader.start()
    client = OpenSearch(urls.split(","), timeout=10, max_retries=3, retry_on_timeout=True)
    try:
        _watch(client, sight, lambda: sight.found > 0 and sight.lags[-1][1] < _FRESH)
        began = time.monotonic()
        _watch(client, sight, lambda: time.monotonic() - began > seconds / 3)
        node = _writer(client) if whom == "writer" else _manager(client)
        killed = time.monotonic()
        _kill(services / "opensearch" / node / "pid")
        _watch(client, sight, lambda: time.monotonic() - began > 2 * seconds / 3)
        _start_again(services, node)
        _watch(client, sight, lambda: time.monotonic() - began > seconds)
        stop.touch()
        reader.join()
        wanted = len(sight.acked) * LINES_A_BATCH
        _watch(client, sight, lambda: _stored(client) == wanted or time.monotonic() - began > seconds + _MOST_WAITED)
        sight.look(_stored(client))
    finally:
        child.kill()
        child.wait()
    found = _found(urls)
    expected = {f"/{batch}/{line}" for batch in range(len(sight.acked)) for line in range(LINES_A_BATCH)}
    return Outcome(
        seconds=round(time.monotonic() - began, 1),
        killed=node,
        acked=wanted,
        lost=len(expected - set(found)),
        doubled=sum(count - 1 for count in found.values()),
        latest_before=sight.latest(began, killed),
        latest_after=sight.latest(killed, time.monotonic()),
        late_for=sight.late_until(killed),
        late_at_the_end=sight.lags[-1][1] > _FRESH,
    )


def _kill(pid_file: Path) -> None:
    os.kill(int(pid_file.read_text()), signal.SIGKILL)
    pid_file.unlink()


def _start_again(services: Path, node: str) -> None:
    command = [str(ROOT / "scripts/services/opensearch.sh"), "again", node.removeprefix("node-")]
    subprocess.run(command, check=True, env={**os.environ, "SOC_SERVICES_DIR": str(services)})


def _child(home: Path, urls: str, stop: Path) -> "subprocess.Popen[bytes]":
    told = {"SOC_HOME": str(home), "SOC_OPENSEARCH_URL": urls, "PYTHONPATH": str(ROOT), "KILL_NODE_STOP": str(stop)}
    command = [sys.executable, "-c", _CHILD]
    return subprocess.Popen(command, env={**os.environ, **told}, stdout=subprocess.PIPE, cwd=ROOT)


def _heard(child: "subprocess.Popen[bytes]", sight: Sight) -> None:
    """Note when each batch was acknowledged, until the child has no more."""
    assert child.stdout is not None
    for _ in child.stdout:
        sight.acked.append(time.monotonic())


def _watch(client: OpenSearch, sight: Sight, done: Callable[[], bool]) -> None:
    while not done():
        sight.look(_stored(client))
        time.sleep(0.25)


def _stored(client: OpenSearch) -> int | None:
    """Return how many lines a search finds now; None where the cluster does not answer."""
    try:
        return int(client.count(index=_STREAM)["count"])
    except OpenSearchException:
        return None


def _writer(client: OpenSearch) -> str:
    """Return the node with the primary of the index that is written to."""
    stream = client.indices.get_data_stream(name=_STREAM)["data_streams"][0]
    shards = client.cat.shards(index=stream["indices"][-1]["index_name"], params={"format": "json"})
    return str(next(one["node"] for one in shards if one["prirep"] == "p"))


def _manager(client: OpenSearch) -> str:
    return str(client.cat.cluster_manager(params={"format": "json"})[0]["node"])


def _found(urls: str) -> Counter[str]:
    """Count what the cluster holds in the end, each line by its path."""
    from soc.logstore.opensearch import OpenSearchLogStore
    from soc.logstore.port import SearchRequest

    store = OpenSearchLogStore(urls)
    store.refresh()
    return Counter(store.frame(SearchRequest(), ["http_request.url.path"])["http_request.url.path"].to_list())


def main() -> int:
    """Run from the command line; exit 1 where anything was lost or doubled, or lines stayed late."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 90.0
    whom = sys.argv[2] if len(sys.argv) > 2 else "writer"
    urls, services = os.environ["SOC_TEST_OPENSEARCH_NODES"], Path(os.environ["SOC_SERVICES_DIR"])
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(Path(folder) / "home", urls, services, seconds, whom)
    sys.stdout.write(json.dumps(asdict(outcome)) + "\n")
    return 1 if outcome.lost or outcome.doubled or outcome.late_at_the_end else 0


if __name__ == "__main__":
    sys.exit(main())
