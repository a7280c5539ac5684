"""A server between a scan and the real one, which breaks connections, falls silent or goes away."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Cutter:
    """Passes bytes on, and does what it was told with the first connections.

    ``after`` bytes of the server's answers a connection is broken (or, with ``silent``, nothing more is passed
    on) for as many connections as ``times`` says; with ``gone`` further connections are refused.
    """

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.after = 0
        self.times = 0
        self.silent = False
        self.armed = 0
        self.gone = False
        self.connections = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, after: int, times: int = 1, *, silent: bool = False) -> None:
        """Break each of the next ``times`` connections after so many bytes from now on."""
        self.after, self.times, self.silent = after, times, silent
        self.armed += 1

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.getsockname()[1])

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            if self.gone:
                client.close()
                continue
            self.connections += 1
            upstream = socket.create_connection(self.target)
            self._open += [client, upstream]
            threading.Thread(target=_pass, args=(client, upstream), daemon=True).start()
            threading.Thread(target=self._answer, args=(upstream, client), daemon=True).start()

    def _answer(self, upstream: socket.socket, client: socket.socket) -> None:
        passed, armed = 0, self.armed
        with suppress(OSError):
            while data := upstream.recv(65_536):
                if armed != self.armed:
                    passed, armed = 0, self.armed
                if self.times and passed + len(data) > self.after:
                    self.times -= 1
                    client.sendall(data[: self.after - passed])
                    if self.silent:
                        return
                    break
                passed += len(data)
                client.sendall(data)
        for one in (client, upstream):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End everything."""
        for one in (self._server, *self._open):
            with suppress(OSError):
                one.close()


def _pass(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextmanager
def cutting(host: str | None, port: int | None) -> Iterator[Cutter]:
    """A cutter in front of a server."""
    assert host
    assert port
    cutter = Cutter(host, port)
    try:
        yield cutter
    finally:
        cutter.close()
