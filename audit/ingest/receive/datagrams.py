"""Datagrams of one UDP port: each is a message; what finds no room is dropped and counted."""

import asyncio

from audit.ingest.receive.basket import Basket, Message
from audit.ingest.receive.connections import count, is_welcome, sender_of
from audit.ingest.receive.counts import Counts
from audit.ingest.receive.framing import ENDS
from config.listeners import Listener


class Datagrams(asyncio.DatagramProtocol):
    """What the event loop calls for each datagram."""

    def __init__(self, listener: Listener, basket: Basket, counts: Counts) -> None:
        """Hand messages to ``basket``."""
        self._listener, self._basket, self._counts = listener, basket, counts

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Take one datagram, or drop it where there is no room: nobody can be asked to wait."""
        sender = sender_of(addr)
        if not is_welcome(self._listener, sender):
            self._counts.refused += 1
            return
        text = data.strip(ENDS)
        if not text:
            return
        if not self._basket.has_room():
            self._counts.dropped += 1
            return
        if len(text) > self._listener.longest:
            text = text[: self._listener.longest]
            self._counts.cut += 1
        self._basket.put([Message(sender, text)])
        count(self._counts, [text])
