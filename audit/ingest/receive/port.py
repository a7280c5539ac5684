"""One listener at work: its socket, what it holds, and the way into the register."""

import asyncio
import logging
import socket

from audit.ingest.formats import ParseOptions, find_format
from audit.ingest.own_formats import formats_within
from audit.ingest.pipeline import spool_of
from audit.ingest.receive import counts as noted
from audit.ingest.receive.basket import Basket
from audit.ingest.receive.connections import Connections
from audit.ingest.receive.counts import Counts
from audit.ingest.receive.datagrams import Datagrams
from audit.ingest.receive.sockets import Certificate, ListenerError, bound, kernel_drops
from audit.ingest.receive.sorting import AUTO, Sorter
from audit.ingest.receive.storing import Storage
from audit.ingest.scope import checked_org
from config.listeners import Listener, Protocol
from soc.db import Database
from soc.identity.actors import operator_actor

_log = logging.getLogger(__name__)
_NOTE_SECONDS = 2.0
#: at a stop: connections and datagrams that lie with the kernel already are still taken
_KNOCKING_SECONDS = 0.3


class Port:
    """A listener from its opening to its end."""

    def __init__(self, listener: Listener, database: Database) -> None:
        """Check what the settings say and take the port.

        Raises:
            InputError: there is no such organisation or format.
            ListenerError: the port is taken, or the certificate cannot be used.
        """
        self.listener = listener
        self._settings = database.settings
        with database.read() as session:
            org = checked_org(session, operator_actor(session), listener.org or None)
            if listener.format != AUTO:
                with formats_within(session, org):
                    find_format(listener.format)
        self.counts = Counts(name=listener.name, org=org, format=listener.format)
        self._certificate = Certificate(listener) if listener.protocol is Protocol.TLS else None
        self._socket = bound(listener)
        self._storage = Storage(
            database,
            spool_of(self._settings),
            self.counts,
            ParseOptions(self._settings.timezone),
            Sorter(listener.format),
        )

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens; the port is the kernel's choice where 0 was asked."""
        host, port = self._socket.getsockname()[:2]
        return host, port

    async def run(self, stop: asyncio.Event) -> None:
        """Take messages in until ``stop``, then what has come already, and return when all of it is durable."""
        basket = Basket()
        storing = asyncio.create_task(self._store(basket))
        noting = asyncio.create_task(self._note(basket))
        try:
            await (self._datagrams if self.listener.protocol is Protocol.UDP else self._connections)(basket, stop)
        finally:
            self._storage.ending.set()
            basket.close()
            await storing
            noting.cancel()
            self._write(basket)

    async def _connections(self, basket: Basket, stop: asyncio.Event) -> None:
        connections = Connections(self.listener, basket, self.counts)
        server = await connections.listen(self._socket, self._certificate)
        await stop.wait()
        await asyncio.sleep(_KNOCKING_SECONDS)
        server.close()
        await connections.drain()

    async def _datagrams(self, basket: Basket, stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: Datagrams(self.listener, basket, self.counts), sock=self._socket
        )
        await stop.wait()
        await asyncio.sleep(_KNOCKING_SECONDS)
        transport.close()

    async def _store(self, basket: Basket) -> None:
        while batch := await basket.batch():
            try:
                await asyncio.to_thread(self._storage.store, batch)
            finally:
                await basket.settle()

    async def _note(self, basket: Basket) -> None:
        while True:
            self._write(basket)
            self._renew()
            await asyncio.sleep(_NOTE_SECONDS)

    def _write(self, basket: Basket) -> None:
        self.counts.waiting = len(basket)
        if self.listener.protocol is Protocol.UDP and self._socket.fileno() >= 0:
            self._count_kernel(self._socket)
        try:
            noted.write(self._settings, self.counts)
        except OSError:
            _log.warning("the note of a listener cannot be written", extra={"listener": self.counts.name})

    def _count_kernel(self, made: socket.socket) -> None:
        dropped = kernel_drops(made)
        self.counts.dropped += dropped - self.counts.dropped_in_kernel
        self.counts.dropped_in_kernel = dropped

    def _renew(self) -> None:
        try:
            if self._certificate is not None:
                self._certificate.renew()
        except ListenerError:
            _log.exception("the renewed certificate cannot be used", extra={"listener": self.counts.name})
