"""Messages between arriving and being durable: bounded, so that a flood meets its sender and not our memory."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass

#: what is held at most, stored or not: bytes, and messages since a small one costs as much as a large one
MOST_BYTES = 16 << 20
MOST_MESSAGES = 100_000
#: a batch is closed when it has so much, or its first message is so old
BATCH_BYTES = 4 << 20
BATCH_MESSAGES = 20_000
BATCH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it came, and from which address."""

    sender: str
    text: bytes


class Basket:
    """The messages of one listener that are not durable yet; used by one event loop."""

    def __init__(self) -> None:
        """Begin empty."""
        self._held: list[Message] = []
        self._size = 0
        self._since = 0.0
        #: what is being stored counts until it is durable
        self._storing_size = self._storing_count = 0
        self._closed = False
        self._changed = asyncio.Condition()

    def has_room(self) -> bool:
        """Whether one more read's messages may come."""
        return self._size + self._storing_size < MOST_BYTES and len(self._held) + self._storing_count < MOST_MESSAGES

    def __len__(self) -> int:
        """How many messages are not durable."""
        return len(self._held) + self._storing_count

    def put(self, messages: Iterable[Message]) -> None:
        """Take messages in, room or not: for those who asked before, in the same turn of the loop."""
        if not self._held:
            self._since = time.monotonic()
        for message in messages:
            self._held.append(message)
            self._size += len(message.text)

    async def put_when_room(self, messages: Iterable[Message]) -> None:
        """Wait until there is room, then take messages in: whoever reads a connection waits here, and so its sender."""
        async with self._changed:
            await self._changed.wait_for(self.has_room)
            self.put(messages)

    async def batch(self) -> list[Message]:
        """Wait for a batch to be full or old and return it; empty where the basket is closed and empty."""
        while not self._closed and not self._is_due():
            await asyncio.sleep(0.05)
        held, self._held = self._held, []
        self._storing_size, self._storing_count = self._size, len(held)
        self._size = 0
        return held

    async def settle(self) -> None:
        """Say that the last batch is durable, or given up."""
        async with self._changed:
            self._storing_size = self._storing_count = 0
            self._changed.notify_all()

    def close(self) -> None:
        """Let what is held go out at once."""
        self._closed = True

    def _is_due(self) -> bool:
        if not self._held:
            return False
        full = self._size >= BATCH_BYTES or len(self._held) >= BATCH_MESSAGES
        return full or time.monotonic() - self._since >= BATCH_SECONDS
