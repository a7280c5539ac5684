"""Asking a server that somebody named: at the address that was judged, within bounds of size and time.

A name is looked up once a connection (:mod:`soc.outbound`). This machine's own addresses are called only
where ``SOC_PULL_TARGETS`` names them. A redirect is an answer like another, never followed; the
environment's proxies are not asked.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from soc.errors import InputError, UnavailableError
from soc.outbound import ForbiddenAddressError, Place, UnknownHostError, dial, is_loopback, look_up

_CONNECT_SECONDS = 5.0
#: of one request, whatever the server does meanwhile
ANSWER_SECONDS = 20.0
_STEP = 1 << 18
_PORTS = {"http": 80, "https": 443}
_STRANGE = re.compile(r"[\x00-\x20\x7f\\]")


class CallError(UnavailableError):
    """The server does not answer, or not as it should; ``wait`` is how many seconds it asks for, if it does."""

    def __init__(self, key: str, *, status: int = 0, wait: float | None = None, **params: str | int) -> None:
        """Name the message; an answer's own words are not passed on: they may hold values."""
        super().__init__(key, **({"status": status} if status else {}), **params)
        self.answered, self.wait = status, wait


class AnswerTooLargeError(CallError):
    """The answer has more bytes than were asked for."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server: whether by TLS, where, and what its paths begin with."""

    secure: bool
    host: str
    port: int
    path: str = ""

    @property
    def authority(self) -> str:
        """``HOST:PORT`` as the settings name it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        """The address as people read it."""
        return f"{'https' if self.secure else 'http'}://{self.authority}{self.path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Trust:
    """By what a server's certificate is checked, and whether; which of this machine's own ports may be called."""

    verify: bool = True
    #: PEM; empty: by the machine's own authorities
    authority: str = ""
    allowed_here: frozenset[str] = frozenset()

    def context(self) -> ssl.SSLContext:
        """Return how TLS is spoken.

        Raises:
            InputError: the authority's certificates cannot be read.
        """
        try:
            context = ssl.create_default_context(cadata=self.authority or None)
        except (ssl.SSLError, ValueError) as error:
            raise InputError("pulls.error.authority") from error
        if not self.verify:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context


def endpoint_of(address: str) -> Endpoint:
    """Take a server's address apart; a name and a password in it are left out.

    Raises:
        InputError: it is none.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise InputError("pulls.error.address") from error
    wrong = parts.scheme not in _PORTS or not host or port == 0 or parts.query or parts.fragment
    if wrong or _STRANGE.search(address) or not address.isascii():
        raise InputError("pulls.error.address")
    assert host is not None
    return Endpoint(parts.scheme == "https", host, port or _PORTS[parts.scheme], parts.path.rstrip("/"))


def judged(endpoint: Endpoint, allowed_here: frozenset[str]) -> Place:
    """Return where a server is.

    Raises:
        CallError: it has no address, or one that nobody may make us call.
    """
    try:
        place = look_up(endpoint.host)
    except UnknownHostError as error:
        raise CallError("pulls.trouble.no_host", host=endpoint.host) from error
    except ForbiddenAddressError as error:
        raise CallError("pulls.trouble.forbidden", host=endpoint.host) from error
    here = any(is_loopback(ipaddress.ip_address(one.split("%", 1)[0])) for one in place.addresses)
    if here and endpoint.authority.lower() not in {one.strip().lower() for one in allowed_here}:
        raise CallError("pulls.trouble.here", target=endpoint.authority)
    return place


class Caller:
    """One connection to a server, made when it is needed and kept."""

    def __init__(self, endpoint: Endpoint, trust: Trust, seconds: float = ANSWER_SECONDS) -> None:
        """Nothing is sent yet."""
        self.endpoint = endpoint
        self._trust, self._seconds = trust, seconds
        self._connection: http.client.HTTPConnection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def ask(
        self, method: str, target: str, *, headers: Mapping[str, str], body: bytes | None = None, longest: int
    ) -> Answer:
        """Send one request and read its answer, of at most ``longest`` bytes.

        Raises:
            CallError: no answer, none in time, or one that is longer.
        """
        kept = self._connection is not None
        try:
            return self._asked(method, target, headers, body, longest)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as error:
            self.close()
            if not kept:  # a connection that was kept may have ended meanwhile: once more
                raise CallError("pulls.trouble.unreachable", host=self.endpoint.host) from error
        return self._asked_anew(method, target, headers, body, longest)

    def _asked_anew(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None, longest: int
    ) -> Answer:
        try:
            return self._asked(method, target, headers, body, longest)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as error:
            self.close()
            raise CallError("pulls.trouble.unreachable", host=self.endpoint.host) from error

    def _asked(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None, longest: int) -> Answer:
        connection = self._connected()
        late = threading.Event()
        timer = threading.Timer(self._seconds, _hang_up, (connection.sock, late))
        timer.daemon = True
        timer.start()
        try:
            connection.request(method, f"{self.endpoint.path}{target}", body=body, headers=dict(headers))
            answer = connection.getresponse()
            content = _content(answer, longest)
            if late.is_set():  # a body without a length ends well however it ends
                raise TimeoutError
            said = {name.lower(): value for name, value in answer.getheaders()}
            if answer.will_close:
                self.close()
            return Answer(answer.status, said, content)
        except CallError:
            self.close()  # the rest of the answer is still to come
            raise
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            if late.is_set() or isinstance(error, TimeoutError):
                raise CallError("pulls.trouble.slow", host=self.endpoint.host) from error
            if isinstance(error, http.client.RemoteDisconnected | BrokenPipeError | ConnectionResetError):
                raise
            raise CallError("pulls.trouble.unreachable", host=self.endpoint.host) from error
        finally:
            timer.cancel()

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None:
            connection = http.client.HTTPConnection(self.endpoint.host, self.endpoint.port, timeout=self._seconds)
            connection.sock = self._dialled()
            self._connection = connection
        return self._connection

    def _dialled(self) -> socket.socket:
        place, host = judged(self.endpoint, self._trust.allowed_here), self.endpoint.host
        try:
            channel = dial(place, self.endpoint.port, _CONNECT_SECONDS)
        except OSError as error:
            raise CallError("pulls.trouble.unreachable", host=host) from error
        if not self.endpoint.secure:
            channel.settimeout(self._seconds)
            return channel
        try:
            # the certificate is checked by the name, whichever of its addresses was called
            spoken = self._trust.context().wrap_socket(channel, server_hostname=host)
            spoken.settimeout(self._seconds)
        except (ssl.SSLError, OSError) as error:
            channel.close()
            raise CallError("pulls.trouble.certificate", host=host) from error
        return spoken


def _content(answer: http.client.HTTPResponse, longest: int) -> bytes:
    told = answer.getheader("Content-Length", "")
    if told.isdigit() and int(told) > longest:
        raise AnswerTooLargeError("pulls.trouble.too_large", size=longest >> 20)
    content = bytearray()
    while more := answer.read(min(_STEP, longest + 1 - len(content))):
        content += more
        if len(content) > longest:
            raise AnswerTooLargeError("pulls.trouble.too_large", size=longest >> 20)
    if told.isdigit() and len(content) < int(told):
        raise http.client.IncompleteRead(b"")
    return bytes(content)


def _hang_up(channel: socket.socket, late: threading.Event) -> None:
    """End a request that takes too long: a server that sends a byte now and then would hold it for ever."""
    late.set()
    with suppress(OSError):
        channel.shutdown(socket.SHUT_RDWR)
