"""The log formats: each a module or a declaration (docs/decisions/026) that gives a :class:`Format`."""

from functools import cache
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


@cache
def find_format(name: str) -> Format:
    """Return the format called ``name``.

    Raises:
        UnknownFormatError: there is none; the message lists those there are.
    """
    if name not in NAMES:
        raise UnknownFormatError("ingest.error.unknown_format", name=name[:80], names=", ".join(NAMES))
    if name in DECLARED:
        from audit.ingest.formats.declared import format_declared

        return format_declared(name)
    found: Format = import_module(_MODULES[name]).FORMAT
    return found
