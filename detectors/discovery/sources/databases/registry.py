"""Which family reads an address: by the scheme of its URL, one line each."""

from collections.abc import Mapping
from importlib import import_module

from sqlalchemy.engine import URL

from detectors.discovery.sources.databases.family import Family, Limits

#: backend name of a URL → where its family is; drivers are imported at first use
FAMILIES: Mapping[str, str] = {
    "postgresql": "postgresql:PostgreSQL",
    "mysql": "mysql:MySQL",
    "sqlite": "sqlite:SQLite",
    "duckdb": "duckdb:DuckDB",
    "opensearch": "opensearch:OpenSearch",
    "oracle": "oracle:Oracle",
    "dm": "dameng:Dameng",
    "mssql": "sqlserver:SQLServer",
    "clickhousedb": "clickhouse:ClickHouse",
    "trino": "trino:Trino",
    "hive": "hive:Hive",
}
_PACKAGE = "detectors.discovery.sources.databases"


def family_class(backend: str) -> type[Family]:
    """The class of a family."""
    module, name = FAMILIES[backend].split(":")
    found: type[Family] = getattr(import_module(f"{_PACKAGE}.{module}"), name)
    return found


def family_of(url: URL, limits: Limits | None = None) -> Family:
    """The family that reads a checked URL."""
    return family_class(url.get_backend_name())(url, limits or Limits())
