"""A process that appends batch after batch and says which are durable: ``python -m tests.contract.appender``."""

import sys
from pathlib import Path

from soc.logstore.delta import DeltaLogStore
from soc.logstore.opensearch import OpenSearchLogStore
from soc.logstore.port import LogStore
from tests.contract import corpus

ROWS = 200


def opened(where: str) -> LogStore:
    """Open the store of a home, or of a cluster written ``URL stream``."""
    url, _, stream = where.partition(" ")
    return OpenSearchLogStore(url, stream) if stream else DeltaLogStore(Path(where))


def batch_of(worker: str, number: int) -> tuple[str, list[dict[str, object]]]:
    """Return one batch's name and events."""
    name = f"{worker}{number}"
    rows: list[dict[str, object]] = [
        {"time": corpus.START.replace(microsecond=place), "guanlan.org": "z"} for place in range(ROWS)
    ]
    return name, corpus.numbered(rows, name)


def append_all(where: str, worker: str, count: int) -> None:
    """Append, and print each batch's name once it is durable."""
    store = opened(where)
    for number in range(count):
        name, events = batch_of(worker, number)
        store.append(corpus.table(events), batch=name)
        print(name, flush=True)


if __name__ == "__main__":
    append_all(sys.argv[1], sys.argv[2], int(sys.argv[3]))
