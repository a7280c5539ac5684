"""Which addresses may be read at all: the guard against requests that others make us send (SSRF).

What is judged here is judged again at each connection, which then goes to the address that was judged
(:mod:`detectors.discovery.sources.pinning`): a name whose owner changes its address gains nothing.
"""

from typing import TYPE_CHECKING

from detectors.discovery.sources.base import SourceRefusedError
from detectors.discovery.sources.pinning import place_of

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
    "duckdb": "duckdb",
    "opensearch": "opensearch",
    "opensearch+http": "opensearch",
    "opensearch+https": "opensearch+https",
    "elasticsearch": "opensearch",
    "elasticsearch+https": "opensearch+https",
    "oracle": "oracle+oracledb",
    "oracle+oracledb": "oracle+oracledb",
    "dm": "dm+dmPython",
    "dm+dmpython": "dm+dmPython",
    "dameng": "dm+dmPython",
    "mssql": "mssql+pymssql",
    "mssql+pymssql": "mssql+pymssql",
    "sqlserver": "mssql+pymssql",
    "clickhouse": "clickhousedb",
    "clickhousedb": "clickhousedb",
    "trino": "trino",
    "hive": "hive",
}
_FILES = frozenset({"sqlite", "duckdb"})
#: options of a URL that change how, not where or as whom, one connects
_OPTIONS = frozenset(
    {
        "sslmode",
        "sslrootcert",
        "connect_timeout",
        "application_name",
        "charset",
        "ssl_ca",
        "client_encoding",
        "service_name",
    }
)


def is_local_file(url: str) -> bool:
    """Whether a URL names a database that is a file of this machine."""
    return DRIVERS.get(url.partition("://")[0].lower()) in _FILES


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
    if stray and driver not in _FILES:
        raise SourceRefusedError("errors.source.option", option=stray[0])
    if driver in _FILES:
        return _local_file(parsed.set(drivername=driver, query={}))
    place_of(parsed.host)
    return parsed.set(drivername=driver)


def _local_file(url: "URL") -> "URL":
    if url.host or not url.database or url.database.startswith(("file:", ":memory:")):
        raise SourceRefusedError("errors.source.bad_url")
    return url
