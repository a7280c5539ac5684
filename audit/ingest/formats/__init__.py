"""The log formats: each is one module that declares a :class:`Format`, found by its name."""

from importlib import import_module

from audit.ingest.formats.base import Format, ParseOptions, parse_bytes
from soc.errors import InputError

__all__ = ["NAMES", "Format", "ParseOptions", "UnknownFormatError", "find_format", "parse_bytes"]

#: name of the format → module that declares it as ``FORMAT``; loaded when first asked for
_MODULES = {
    "pgaudit": "audit.ingest.formats.pgaudit",
    "postgresql_csv": "audit.ingest.formats.postgresql_csv",
    "postgresql_json": "audit.ingest.formats.postgresql_json",
    "mysql_slow": "audit.ingest.formats.mysql_slow",
    "nginx": "audit.ingest.formats.nginx",
    "ocsf": "audit.ingest.formats.ocsf",
}
NAMES: tuple[str, ...] = tuple(_MODULES)


class UnknownFormatError(InputError):
    """No format has this name."""


def find_format(name: str) -> Format:
    """Return the format called ``name``.

    Raises:
        UnknownFormatError: there is none; the message lists those there are.
    """
    if name not in _MODULES:
        raise UnknownFormatError("ingest.error.unknown_format", name=name[:80], names=", ".join(NAMES))
    found: Format = import_module(_MODULES[name]).FORMAT
    return found
