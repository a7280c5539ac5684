"""Which addresses may be read at all: the guard against requests that others make us send (SSRF)."""

import ipaddress
import socket
from typing import TYPE_CHECKING

from detectors.discovery.sources.base import SourceRefusedError, SourceUnreachableError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
    "mysql+pymysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
}
#: options of a URL that change how, not where or as whom, one connects
_OPTIONS = frozenset(
    {"sslmode", "sslrootcert", "connect_timeout", "application_name", "charset", "ssl_ca", "client_encoding"}
)
_METADATA = frozenset({"169.254.169.254", "100.100.100.200", "fd00:ec2::254", "168.63.129.16"})


def checked(url: str) -> "URL":
    """Return the URL, with our driver, if it may be read.

    Raises:
        SourceRefusedError: not a URL of a database we read, or an address nobody keeps data at.
        SourceUnreachableError: its host has no address.
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise SourceRefusedError("errors.source.bad_url") from error
    driver = DRIVERS.get(parsed.drivername.lower())
    if driver is None:
        raise SourceRefusedError("errors.source.scheme", scheme=parsed.drivername)
    stray = sorted(set(parsed.query) - _OPTIONS)
    if stray and driver != "sqlite":
        raise SourceRefusedError("errors.source.option", option=stray[0])
    if driver == "sqlite":
        return _local_file(parsed.set(drivername=driver, query={}))
    _check_host(parsed.host or "localhost")
    return parsed.set(drivername=driver)


def _local_file(url: "URL") -> "URL":
    if url.host or not url.database or url.database.startswith(("file:", ":memory:")):
        raise SourceRefusedError("errors.source.bad_url")
    return url


def _check_host(host: str) -> None:
    """Refuse hosts any of whose addresses is link-local, a metadata service, multicast or unspecified."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceUnreachableError("errors.source.no_host", host=host) from error
    for *_, address in found:
        number = ipaddress.ip_address(str(address[0]).split("%", 1)[0])
        number = getattr(number, "ipv4_mapped", None) or getattr(number, "sixtofour", None) or number
        forbidden = number.is_link_local or number.is_multicast or number.is_unspecified or number.is_reserved
        if forbidden or str(number) in _METADATA:
            raise SourceRefusedError("errors.source.forbidden_address", host=host)
