"""The log formats: each a module or a declaration (docs/decisions/026) that gives a :class:`Format`."""

from functools import cache
from importlib import import_module

from audit.ingest.formats.base import Format, ParseOptions, parse_bytes
from soc.errors import InputError

__all__ = [
    "NAMES",
    "Format",
    "ParseOptions",
    "UnknownFormatError",
    "find_format",
    "format_of_stored",
    "names_known",
    "parse_bytes",
]

#: name of the format → module that declares it as ``FORMAT``; loaded when first asked for
_MODULES = {
    "pgaudit": "audit.ingest.formats.pgaudit",
    "postgresql_csv": "audit.ingest.formats.postgresql_csv",
    "postgresql_json": "audit.ingest.formats.postgresql_json",
    "mysql_slow": "audit.ingest.formats.mysql_slow",
    "nginx": "audit.ingest.formats.nginx",
    "ocsf": "audit.ingest.formats.ocsf",
    "container": "audit.ingest.formats.container",
}
#: formats that are data: ``declarations/NAME.toml``
DECLARED: tuple[str, ...] = (
    "apache",
    "mysql_general",
    "mariadb_audit",
    "mysql_audit_json",
    "mysql_error",
    "apache_error",
    "nginx_error",
    "haproxy",
    "kong",
    "apisix",
    "linux_auth",
    "auditd",
    "windows_xml",
    "windows_json",
    "cef",
    "leef",
    "cisco_asa",
    "fortigate",
    "iis",
    "zeek_conn",
    "zeek_dns",
    "zeek_http",
    "zeek_ssl",
    "cloudtrail",
    "minio_audit",
    "s3_access",
    "kubernetes_audit",
    "opensearch_audit",
    "elasticsearch_audit",
    "elasticsearch_audit_text",
    "microsoft_365",
    "oracle_audit",
    "oracle_audit_file",
    "sqlserver_audit",
    "dameng_audit",
    "nginx_json",
    "shipper_json",
    "openvpn",
    "wallix",
    "jumpserver",
    "klog",
    "syslog",
)
NAMES: tuple[str, ...] = (*_MODULES, *DECLARED)


class UnknownFormatError(InputError):
    """No format has this name."""


def find_format(name: str) -> Format:
    """Return the format called ``name``, a shipped one or an own one in force.

    Raises:
        UnknownFormatError: there is none; the message lists those there are.
    """
    if name in NAMES:
        return _shipped(name)
    from audit.ingest.formats.own import is_own, own_named

    found = own_named(name) if is_own(name) else None
    if found is None:
        raise UnknownFormatError("ingest.error.unknown_format", name=name[:80], names=", ".join(names_known()))
    return found.format


def format_of_stored(name: str) -> Format:
    """Return the format of what was taken in before: an own one may have been taken out of force since.

    Raises:
        UnknownFormatError: there never was one of this name.
    """
    from audit.ingest.formats.own import is_own, own_that_stood

    found = own_that_stood(name) if is_own(name) else None
    return found.format if found is not None else find_format(name)


def names_known() -> tuple[str, ...]:
    """The names of the shipped formats and of the own ones in force."""
    from audit.ingest.formats.own import own_in_force

    return (*NAMES, *(one.format.name for one in own_in_force()))


@cache
def _shipped(name: str) -> Format:
    if name in DECLARED:
        from audit.ingest.formats.declared import format_declared

        return format_declared(name)
    found: Format = import_module(_MODULES[name]).FORMAT
    return found
