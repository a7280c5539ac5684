"""The http-api command: one request to one allowed target.

A playbook comes from outside, so that its address is not trusted: only ``HOST:PORT`` pairs that
the installation's settings allow are called (loopback and link-local included only so), the
environment's proxies are not asked, and a redirect is a failure, not followed. An allowed name is
looked up once, and the connection goes to the address that was judged (see :mod:`soc.outbound`).
"""

import base64
import http.client
import ipaddress
import json
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playbooks.actions.result import Result, failed
from playbooks.errors import OutcomeError
from playbooks.variables import filled
from soc.outbound import ForbiddenAddressError, UnknownHostError, dial, look_up

#: seconds an answer may take where the step names no shorter time
TIMEOUT = 10.0
#: bytes of an answer that are read and kept
MAX_ANSWER = 64 * 1024
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_COMMAND = re.compile(r"\s*([A-Za-z]+)\s+(\S+)(?:\s+HTTP/?\d(?:\.\d)?)?\s*")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}")
_OURS = frozenset({"idempotency-key", "host", "content-length", "connection", "transfer-encoding"})


class RequestError(OutcomeError):
    """The command or its target does not make a request."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, complete but for its Idempotency-Key."""

    method: str
    secure: bool
    host: str
    port: int
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None

    @property
    def authority(self) -> str:
        """``HOST:PORT`` as the settings name it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def build(
    command: Mapping[str, Any],
    target: Mapping[str, Any],
    authentication: Mapping[str, Any] | None,
    values: Mapping[str, Any],
) -> Request:
    """Put a request together from a command, its target and the variables' values.

    Raises:
        OutcomeError: a part cannot be read or a variable has no value.
    """
    match = _COMMAND.fullmatch(filled(str(command.get("command", "")), values))
    if match is None or match[1].upper() not in _METHODS:
        raise RequestError("playbooks.http.command", text=str(command.get("command", ""))[:120])
    address = match[2] if "://" in match[2] else _joined(_base(target, values), match[2])
    parts = _split(address)
    headers = _headers(command.get("headers"), values) + _authorization(authentication, values)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    body = _body(command, values)
    return Request(match[1].upper(), parts.scheme == "https", parts.hostname or "", port, path, headers, body)


def allowed(request: Request, targets: frozenset[str]) -> bool:
    """Whether the installation allows this host and port."""
    return request.authority.lower() in {one.strip().lower() for one in targets}


def send(request: Request, key: str, timeout: float = TIMEOUT) -> Result:
    """Send the request under its Idempotency-Key and read the answer."""
    connection = _connection(request, timeout)
    try:
        connection.request(
            request.method, request.path, body=request.body, headers={**dict(request.headers), "Idempotency-Key": key}
        )
        answer = connection.getresponse()
        return _read(answer.status, answer.getheader("Content-Type", ""), answer.read(MAX_ANSWER))
    except ForbiddenAddressError:
        return failed("playbooks.http.forbidden", target=request.authority)
    except (OSError, UnknownHostError, http.client.HTTPException) as error:
        return failed("playbooks.http.unreachable", target=request.authority, reason=type(error).__name__)
    finally:
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection that asks for the host's address once, and calls what was judged."""

    def connect(self) -> None:
        """Connect; in ``https`` the certificate is checked by the name."""
        self.sock = _dialled(self.host, self.port, self.timeout)


class _PinnedSecurely(http.client.HTTPSConnection):
    """The same over TLS."""

    def __init__(self, host: str, port: int, *, timeout: float, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=timeout, context=context)
        self._tls = context

    def connect(self) -> None:
        """Connect, and check the certificate by the name, not by the address."""
        self.sock = self._tls.wrap_socket(_dialled(self.host, self.port, self.timeout), server_hostname=self.host)


def _dialled(host: str, port: int, timeout: float | None) -> socket.socket:
    seconds = TIMEOUT if timeout is None else timeout
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return dial(look_up(host), port, seconds)
    # a bare address was allowed as it stands, and means nothing else
    return socket.create_connection((str(address), port), seconds)


def _connection(request: Request, timeout: float) -> http.client.HTTPConnection:
    if request.secure:
        return _PinnedSecurely(request.host, request.port, timeout=timeout, context=ssl.create_default_context())
    return _Pinned(request.host, request.port, timeout=timeout)


def _read(status: int, kind: str, body: bytes) -> Result:
    text = body.decode("utf-8", "replace")
    outcome: dict[str, Any] = {"status": status, "bytes": len(body)}
    if not 200 <= status < 300:
        return Result(False, outcome, {}, failed("playbooks.http.status", status=status).reason)
    return Result(True, outcome, {"": text, **_fields(kind, text)})


def _fields(kind: str, text: str) -> dict[str, Any]:
    """Return the members of a JSON answer, as candidates for out_args of the same name."""
    if "json" not in kind.lower():
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    plain = {name: value for name, value in found.items() if isinstance(value, str | int | float | bool)}
    return {f"__{name}__": value for name, value in plain.items()}


def _split(address: str) -> Any:
    try:
        parts = urlsplit(address)
        known = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        parts, known = None, False
    if not known or parts is None or parts.username or re.search(r"[\x00-\x20\x7f\\]", address):
        raise RequestError("playbooks.http.address", text=address[:120])
    if not address.isascii():
        raise RequestError("playbooks.http.address", text=address[:120])
    return parts


def _joined(base: str, path: str) -> str:
    return f"{base.rstrip('/')}/{path.lstrip('/')}"


def _base(target: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    address = target.get("address")
    found = address if isinstance(address, dict) else {}
    for kind in ("url", "dname", "ipv4", "ipv6"):
        listed = found.get(kind)
        if isinstance(listed, list) and listed:
            return _address(kind, filled(str(listed[0]), values), filled(str(target.get("port", "")), values))
    raise RequestError("playbooks.http.no_address", text=str(target.get("name", ""))[:120])


def _address(kind: str, value: str, port: str) -> str:
    if kind == "url" or "://" in value:
        return value
    host = f"[{value}]" if kind == "ipv6" else value
    scheme = "https" if port == "443" else "http"
    return f"{scheme}://{host}:{port}" if port else f"{scheme}://{host}"


def _headers(given: object, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    found = []
    for name, listed in given.items() if isinstance(given, dict) else ():
        value = ", ".join(filled(str(one), values) for one in listed) if isinstance(listed, list) else str(listed)
        if _HEADER_NAME.fullmatch(name) is None or re.search(r"[\x00-\x1f\x7f]", value) or not value.isascii():
            raise RequestError("playbooks.http.header", text=name[:120])
        if name.lower() not in _OURS:
            found.append((name, value))
    return tuple(found)


def _authorization(given: Mapping[str, Any] | None, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    if given is None:
        return ()
    if given.get("type") in {"http-basic", "user-auth"}:
        name = given.get("user_id", given.get("username", ""))
        pair = filled(f"{name}:{given.get('password', '')}", values)
        return _headers({"Authorization": ["Basic " + base64.b64encode(pair.encode()).decode()]}, {})
    if given.get("type") == "oauth2":
        return _headers({str(given.get("oauth_header")): [str(given.get("token"))]}, values)
    return ()


def _body(command: Mapping[str, Any], values: Mapping[str, Any]) -> bytes | None:
    if isinstance(command.get("content"), str):
        return filled(command["content"], values).encode()
    if isinstance(command.get("content_b64"), str):
        raw = base64.b64decode(command["content_b64"])
        try:
            return filled(raw.decode(), values).encode()
        except UnicodeDecodeError:
            return raw
    return None
