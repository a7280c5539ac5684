"""Connecting to the address that was judged, and to no other.

The name of a source is looked up at each connection, judged by :mod:`soc.outbound`, and the driver
is handed the addresses of that one look-up; the name stays for TLS and for messages. A driver that
is not named here is refused, since nobody has shown how it is kept from asking again.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from detectors.discovery.sources.base import SourceRefusedError, SourceUnreachableError
from soc.outbound import ForbiddenAddressError, Place, UnknownHostError, dial, look_up

if TYPE_CHECKING:
    from sqlalchemy import Engine

#: where a URL names no host: the driver's socket, or this machine
_HERE = "localhost"


def place_of(host: str | None) -> Place:
    """Return where a source's host is.

    Raises:
        SourceUnreachableError: it has no address.
        SourceRefusedError: it is an address nobody keeps data at.
    """
    try:
        return look_up(host or _HERE)
    except UnknownHostError as error:
        raise SourceUnreachableError("errors.source.no_host", host=host or _HERE) from error
    except ForbiddenAddressError as error:
        raise SourceRefusedError("errors.source.forbidden_address", host=host or _HERE) from error


def pin(engine: "Engine") -> "Engine":
    """Let each connection of an engine go to an address that was judged for it.

    Raises:
        SourceRefusedError: nobody knows how this driver is pinned.
    """
    from sqlalchemy import event

    driver = f"{engine.dialect.name}+{engine.dialect.driver}"
    if engine.dialect.name == "sqlite":
        return engine
    pinner = _PINNERS.get(driver)
    if pinner is None:
        raise SourceRefusedError("errors.source.scheme", scheme=driver)

    def connect(dialect: Any, _record: object, arguments: list[Any], named: dict[str, Any]) -> Any:
        return pinner(dialect, arguments, named)

    event.listen(engine, "do_connect", connect)
    return engine


def _libpq(_dialect: Any, _arguments: list[Any], named: dict[str, Any]) -> None:
    """Give libpq the addresses beside the name: it connects to these and checks the certificate by that."""
    host = named.get("host")
    if host:  # without one it is the server's own socket
        place = place_of(host)
        named["host"] = ",".join([place.host] * len(place.addresses))
        named["hostaddr"] = ",".join(place.addresses)


def _pymysql(dialect: Any, arguments: list[Any], named: dict[str, Any]) -> Any:
    """Hand over a connected socket; the driver's own ``host`` is what TLS then checks."""
    host = named.get("host") or _HERE
    place = place_of(host)
    connection = dialect.loaded_dbapi.connect(*arguments, **{**named, "host": host}, defer_connect=True)
    try:
        channel = dial(place, int(named.get("port") or 3306), float(named.get("connect_timeout") or 10))
    except OSError as error:
        reason = f"Can't connect to MySQL server on {host!r} ({type(error).__name__})"
        raise dialect.loaded_dbapi.OperationalError(2003, reason) from error
    connection.connect(channel)
    return connection


_PINNERS: dict[str, Callable[[Any, list[Any], dict[str, Any]], Any]] = {
    "postgresql+psycopg": _libpq,
    "mysql+pymysql": _pymysql,
}
