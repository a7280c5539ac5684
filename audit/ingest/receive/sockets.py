"""The sockets of a listener, and its certificate."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from config.listeners import Listener, Protocol
from soc.errors import UnavailableError

_BACKLOG = 512
#: asked of the kernel, which may give less: what a burst of datagrams waits in while we store
_DATAGRAM_BUFFER = 16 << 20
_DROPS = 12


class ListenerError(UnavailableError):
    """A port cannot be listened on, or its certificate cannot be used."""


def bound(listener: Listener) -> socket.socket:
    """Return the socket of a listener, bound and not blocking.

    Raises:
        ListenerError: the port is taken or not ours to take.
    """
    family = socket.AF_INET6 if ":" in listener.host else socket.AF_INET
    kind = socket.SOCK_DGRAM if listener.protocol is Protocol.UDP else socket.SOCK_STREAM
    made = socket.socket(family, kind)
    try:
        if kind is socket.SOCK_STREAM:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _DATAGRAM_BUFFER)
        if listener.host == "::":
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        made.bind((listener.host, listener.port))
        if kind is socket.SOCK_STREAM:
            made.listen(_BACKLOG)
        made.setblocking(False)
    except OSError as error:
        made.close()
        raise ListenerError("receive.error.port", name=listener.name, reason=error.strerror or str(error)) from error
    return made


def kernel_drops(made: socket.socket) -> int:
    """Return how many datagrams the kernel dropped before this socket; 0 where it does not say."""
    inode = str(Path(f"/proc/self/fd/{made.fileno()}").stat().st_ino) if Path("/proc/self/fd").exists() else ""
    table = Path("/proc/self/net/udp6" if made.family == socket.AF_INET6 else "/proc/self/net/udp")
    try:
        rows = [line.split() for line in table.read_text("ascii").splitlines()[1:]]
    except OSError:
        return 0
    return next((int(row[_DROPS]) for row in rows if len(row) > _DROPS and row[9] == inode), 0)


@dataclass(slots=True)
class Certificate:
    """A listener's TLS context; a renewed certificate is taken up without a restart."""

    listener: Listener
    context: ssl.SSLContext = field(init=False)
    _seen: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Read the files.

        Raises:
            ListenerError: one is not there, or no certificate or key.
        """
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._load()
        if self.listener.client_ca is not None:
            self.context.verify_mode = ssl.CERT_REQUIRED
            with _told(self.listener.client_ca):
                self.context.load_verify_locations(self.listener.client_ca)

    def renew(self) -> None:
        """Read the files again where they changed.

        Raises:
            ListenerError: what is there now cannot be used; the old one stays in use.
        """
        if self._seen != self._stamps():
            self._load()

    def _load(self) -> None:
        cert, key = self.listener.cert, self.listener.key
        assert cert is not None
        assert key is not None
        with _told(cert):
            self._seen = self._stamps()
            self.context.load_cert_chain(cert, key)

    def _stamps(self) -> tuple[float, ...]:
        files = (self.listener.cert, self.listener.key)
        return tuple(path.stat().st_mtime for path in files if path is not None)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what goes wrong with a certificate's file into an error that names it."""
    try:
        yield
    except OSError as error:  # what ssl raises is one
        raise ListenerError("receive.error.certificate", path=str(path), reason=str(error)) from error
