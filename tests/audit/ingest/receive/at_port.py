"""A port at work in this process: opened, spoken to over real sockets, stopped in order."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from audit.ingest.models import IngestBatch
from audit.ingest.receive.counts import Counts
from audit.ingest.receive.port import Port
from audit.ingest.spool import Place
from config.listeners import Listener, Protocol
from soc.db import Database
from tests.audit.ingest.at_work import Installation

#: a wait that never ends is a failure; no claim is made of how long anything takes
PATIENCE = 60.0


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.02)


@dataclass(slots=True)
class Opened:
    """A port that listens."""

    host: str
    port: int
    counts: Counts
    stop: Callable[[], None]

    def connect(self) -> socket.socket:
        """Return a connection of a sender."""
        return socket.create_connection((self.host, self.port), timeout=PATIENCE)

    def send(self, data: bytes) -> None:
        """Send bytes over a connection of their own."""
        with self.connect() as connection:
            connection.sendall(data)

    def send_datagrams(self, *texts: bytes) -> None:
        """Send datagrams."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
            for text in texts:
                made.sendto(text, (self.host, self.port))


@contextmanager
def opened(database: Database, protocol: Protocol = Protocol.TCP, **more: Any) -> Iterator[Opened]:
    """Open a port on the loopback interface; at the end it is stopped, and everything it read is durable."""
    port = Port(Listener(protocol=protocol, host="127.0.0.1", port=0, **more), database)
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    failed: list[BaseException] = []

    def work() -> None:
        try:
            loop.run_until_complete(port.run(stop))
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            loop.close()

    thread = threading.Thread(target=work)
    host, number = port.address
    thread.start()

    def end() -> None:
        if thread.is_alive():
            loop.call_soon_threadsafe(stop.set)
        thread.join(PATIENCE)
        assert not thread.is_alive(), "the port did not end"

    try:
        yield Opened(host, number, port.counts, end)
    finally:
        end()
    assert not failed


def lines_of(at_work: Installation) -> list[str]:
    """Return every line that is durable, readable or not, batch after batch."""
    with at_work.database.read() as session:
        batches = list(session.scalars(select(IngestBatch).order_by(IngestBatch.id)))
    bodies = [at_work.spool.read(Place(batch.segment, batch.position)) for batch in batches]
    return [line for body in bodies for line in body.decode("utf-8", "replace").split("\n") if line]
