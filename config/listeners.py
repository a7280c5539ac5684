"""A port that takes syslog: ``tls://0.0.0.0:6514?org=440100&cert=/etc/guanlan/log.crt&key=/etc/guanlan/log.key``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

#: the longest message (bytes) unless ``longest`` says else; RFC 5425 asks for 8192 at least
_LONGEST = 64 * 1024
_MOST_LONGEST = 8 * 1024 * 1024
_CONNECTIONS = 256
#: a sender notices late that its connection was ended, and loses a message by it: an hour is for those that are gone
_IDLE = timedelta(hours=1)


class Protocol(StrEnum):
    """What carries the messages."""

    TCP = "tcp"
    TLS = "tls"
    UDP = "udp"


class Framing(StrEnum):
    """How messages are told apart on a connection (RFC 6587)."""

    #: by each message's beginning: digits and a blank are its length, all else ends at the line's end
    AUTO = "auto"
    OCTETS = "octets"
    LINES = "lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One port that takes syslog, and whose logs come in by it."""

    protocol: Protocol
    host: str
    port: int
    #: whose logs these are; the installation's own where it is empty
    org: str = ""
    #: name of a log format, or ``auto``: told by what each sender's programs write
    format: str = "auto"
    framing: Framing = Framing.AUTO
    cert: Path | None = None
    key: Path | None = None
    #: senders must show a certificate of this authority
    client_ca: Path | None = None
    #: only from these networks; from anywhere where there is none
    sources: tuple[IPv4Network | IPv6Network, ...] = ()
    connections: int = _CONNECTIONS
    longest: int = _LONGEST
    idle: timedelta = field(default=_IDLE)

    @property
    def name(self) -> str:
        """What the listener is called: ``tcp:5514``, ``udp:10.0.0.5:514``."""
        anywhere = self.host in {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.protocol}:{self.port}" if anywhere else f"{self.protocol}:{host}:{self.port}"


def read_listener(text: str) -> Listener:
    """Read a listener from its address.

    Raises:
        ValueError: it cannot be one; the message says what to mend.
    """
    parts = urlsplit(text)
    if parts.scheme not in set(Protocol) or not parts.hostname or not parts.port or parts.path.strip("/"):
        raise ValueError("expected udp|tcp|tls://HOST:PORT?org=CODE&format=NAME, for example tcp://0.0.0.0:5514")
    given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    unknown = sorted({name for name, _ in given} - {*_READ, "source"})
    if unknown:
        raise ValueError(f"unknown {', '.join(unknown)}; known are {', '.join(sorted({*_READ, 'source'}))}")
    more = {name: _READ[name](value) for name, value in given if name in _READ}
    sources = tuple(ip_network(value) for name, value in given if name == "source")
    found = Listener(
        protocol=Protocol(parts.scheme), host=parts.hostname, port=parts.port, sources=sources, **more  # type: ignore[arg-type]
    )  # fmt: skip
    _check(found)
    return found


def _check(listener: Listener) -> None:
    if (listener.protocol is Protocol.TLS) != (listener.cert is not None and listener.key is not None):
        raise ValueError("tls:// needs cert=FILE and key=FILE, and only tls:// takes them")
    if listener.client_ca is not None and listener.protocol is not Protocol.TLS:
        raise ValueError("only tls:// takes client_ca")


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise ValueError(f"{text}: expected a number from {least} to {most}")
        return int(text)

    return read


def _seconds(text: str) -> timedelta:
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    if text[-1:] not in units or not text[:-1].isdigit() or int(text[:-1]) == 0:
        raise ValueError(f"{text}: expected a time such as 90s, 10m or 1h")
    return timedelta(seconds=int(text[:-1]) * units[text[-1]])


_READ: Mapping[str, Callable[[str], object]] = {
    "org": str,
    "format": str,
    "framing": Framing,
    "cert": Path,
    "key": Path,
    "client_ca": Path,
    "connections": _number(1, 10_000),
    "longest": _number(480, _MOST_LONGEST),
    "idle": _seconds,
}
