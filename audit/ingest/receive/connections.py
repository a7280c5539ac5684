"""Connections of one TCP or TLS port: read, told apart, handed over; what is read is never let go."""

import asyncio
import logging
import socket
import time
from contextlib import suppress
from ipaddress import ip_address

from audit.ingest.receive.basket import Basket, Message
from audit.ingest.receive.counts import Counts
from audit.ingest.receive.framing import Framer, FramingError
from audit.ingest.receive.sockets import Certificate
from config.listeners import Listener
from soc.clock import now

_log = logging.getLogger(__name__)
_READ = 1 << 16
_HANDSHAKE_SECONDS = 10.0
#: at a stop, a connection that brings nothing for so long has said what it wanted
_QUIET_SECONDS = 0.3
_DRAIN_SECONDS = 3.0
#: where a closing TLS sender does not answer, nobody waits for it
_GOODBYE_SECONDS = 2.0


class Connections:
    """The connections of one port."""

    def __init__(self, listener: Listener, basket: Basket, counts: Counts) -> None:
        """Begin with none."""
        self._listener, self._basket, self._counts = listener, basket, counts
        self._open: dict[asyncio.StreamWriter, asyncio.StreamReader] = {}
        self._heard: dict[asyncio.StreamWriter, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self, made: socket.socket, certificate: Certificate | None) -> asyncio.Server:
        """Take connections on a bound socket."""
        return await asyncio.start_server(
            self._begin,
            sock=made,
            limit=_READ,
            ssl=certificate.context if certificate else None,
            ssl_handshake_timeout=_HANDSHAKE_SECONDS if certificate else None,
        )

    async def drain(self) -> None:
        """Read what has come in already, for a few seconds at most, then end every connection."""
        until = time.monotonic() + _DRAIN_SECONDS
        while self._open and time.monotonic() < until:
            for writer in [one for one, heard in self._heard.items() if time.monotonic() - heard > _QUIET_SECONDS]:
                self._stop_reading(writer)
            await asyncio.sleep(0.05)
        for writer in list(self._open):
            self._stop_reading(writer)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_DRAIN_SECONDS)

    def _stop_reading(self, writer: asyncio.StreamWriter) -> None:
        with suppress(RuntimeError):  # closing already
            writer.transport.pause_reading()  # type: ignore[attr-defined]
        self._open[writer].feed_eof()

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        sender = sender_of(writer.get_extra_info("peername"))
        if len(self._open) >= self._listener.connections or not is_welcome(self._listener, sender):
            self._counts.refused += 1
            writer.transport.abort()
            return
        self._open[writer], self._heard[writer] = reader, time.monotonic()
        self._counts.connections += 1
        self._counts.open = len(self._open)
        try:
            await self._converse(reader, writer, sender)
        finally:
            self._open.pop(writer, None)
            self._heard.pop(writer, None)
            self._counts.open = len(self._open)
            await _goodbye(writer)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sender: str) -> None:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        framer = Framer(self._listener.longest, self._listener.framing)
        try:
            while data := await asyncio.wait_for(reader.read(_READ), self._listener.idle.total_seconds()):
                self._heard[writer] = time.monotonic()
                await self._take(sender, framer.feed(data))
        except (TimeoutError, OSError, FramingError) as error:
            self._counts.broken += 1
            _log.info("connection ended", extra={"listener": self._counts.name, "reason": type(error).__name__})
        finally:
            rest = framer.end()
            await self._take(sender, [rest] if rest else [])
            self._counts.cut += framer.cut

    async def _take(self, sender: str, texts: list[bytes]) -> None:
        if texts:
            await self._basket.put_when_room([Message(sender, text) for text in texts])
            count(self._counts, texts)


def count(counts: Counts, texts: list[bytes]) -> None:
    """Count messages that were taken in."""
    counts.messages += len(texts)
    counts.bytes += sum(map(len, texts))
    counts.last_at = now()


def sender_of(address: object) -> str:
    """Return the address of a peer as text, an IPv4 one behind an IPv6 port as itself."""
    host = str(address[0]) if isinstance(address, tuple) and address else "-"
    return host.removeprefix("::ffff:").partition("%")[0]


def is_welcome(listener: Listener, sender: str) -> bool:
    """Tell whether a listener takes from this address."""
    if not listener.sources:
        return True
    try:
        address = ip_address(sender)
    except ValueError:
        return False
    return any(address in network for network in listener.sources)


async def _goodbye(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        await asyncio.wait_for(writer.wait_closed(), _GOODBYE_SECONDS)
    except (OSError, TimeoutError):
        writer.transport.abort()
