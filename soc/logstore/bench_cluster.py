"""A stream of one's own on a cluster, and the bare bulk requests that what comes into it is measured against."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

import polars as pl

from soc.db import new_id
from soc.errors import BrokenError
from soc.logstore.cluster import connected
from soc.logstore.cluster_bulk import LINES_OF_A_REQUEST, encoded
from soc.logstore.opensearch import OpenSearchLogStore
from soc.logstore.port import LogStore


class OwnStream:
    """A stream that nobody else writes to; ``store`` is the log store on it."""

    def __init__(self, url: str) -> None:
        """Name it; it is made by the first append."""
        self.name = f"guanlan-bench-{new_id()}"
        self.store: LogStore = OpenSearchLogStore(url, self.name)
        self._client = connected(url)

    def bulk(self, requests: list[bytes]) -> None:
        """Send ready requests one after the other, as whoever has nothing else to do would.

        Raises:
            BrokenError: the cluster did not take every event.
        """
        for body in requests:
            answer = self._client.bulk(body=body, index=self.name, params={"filter_path": "errors"})
            if answer["errors"]:
                raise BrokenError("errors.scan.bench_failed", reason="a bulk request was not taken whole")

    def gone(self) -> None:
        """Take it off the cluster."""
        self._client.indices.delete_data_stream(name=self.name, ignore=[404])
        self._client.indices.delete_index_template(name=self.name, ignore=[404])


@contextmanager
def own_streams(url: str, count: int) -> Iterator[tuple[OwnStream, ...]]:
    """Streams that are gone afterwards."""
    streams = tuple(OwnStream(url) for _ in range(count))
    try:
        yield streams
    finally:
        for one in streams:
            one.gone()


def ready_requests(frame: pl.DataFrame) -> list[bytes]:
    """Return the bodies of bulk requests that bring these events, as large as the log store makes them."""
    lines = iter(encoded(frame))
    bodies = []
    while some := list(islice(lines, LINES_OF_A_REQUEST)):
        bodies.append(b"".join(some))
    return bodies
