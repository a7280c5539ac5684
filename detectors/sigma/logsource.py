"""Which events a rule speaks of: its ``logsource``, where the event says what it is.

A rule for databases must not fire on a Windows event that happens to hold the same words.
An event that does not say where it comes from is open to every rule.

Where Sigma's taxonomy has no word for a log that data leaves through, a category of our own stands: ``object_storage``,
``dlp``, ``bastion`` (a jump host, 堡垒机) and ``vpn``.

Source: Sigma taxonomy 2.0.0, "Log sources"; Sysmon event ids (Microsoft Sysinternals).
"""

from collections.abc import Mapping

import polars as pl
from sigma.rule import SigmaRule

from detectors.sigma.beside import channel_of_batch
from detectors.sigma.flatten import Flat

_SYSMON = "Microsoft-Windows-Sysmon/Operational"
_SYSMON_IDS: Mapping[str, frozenset[str]] = {
    "process_creation": frozenset({"1"}),
    "file_change": frozenset({"2"}),
    "network_connection": frozenset({"3"}),
    "process_termination": frozenset({"5"}),
    "driver_load": frozenset({"6"}),
    "image_load": frozenset({"7"}),
    "create_remote_thread": frozenset({"8"}),
    "raw_access_thread": frozenset({"9"}),
    "process_access": frozenset({"10"}),
    "file_event": frozenset({"11"}),
    "registry_add": frozenset({"12"}),
    "registry_delete": frozenset({"12"}),
    "registry_set": frozenset({"13"}),
    "registry_rename": frozenset({"14"}),
    "registry_event": frozenset({"12", "13", "14"}),
    "create_stream_hash": frozenset({"15"}),
    "pipe_created": frozenset({"17", "18"}),
    "wmi_event": frozenset({"19", "20", "21"}),
    "dns_query": frozenset({"22"}),
    "file_delete": frozenset({"23", "26"}),
    "clipboard_capture": frozenset({"24"}),
    "process_tampering": frozenset({"25"}),
    "file_block_executable": frozenset({"27"}),
    "file_executable_detected": frozenset({"29"}),
}
_POWERSHELL = frozenset({"Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational"})
#: categories that other channels than Sysmon's carry too: channel → event ids
_OTHER_CHANNELS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "process_creation": {"Security": frozenset({"4688"})},
    "ps_script": dict.fromkeys(_POWERSHELL, frozenset({"4104"})),
    "ps_module": dict.fromkeys(_POWERSHELL, frozenset({"4103"})),
    "ps_classic_start": {"Windows PowerShell": frozenset({"400"})},
}
_SERVICES: Mapping[str, frozenset[str]] = {
    "security": frozenset({"Security"}),
    "system": frozenset({"System"}),
    "application": frozenset({"Application"}),
    "sysmon": frozenset({_SYSMON}),
    "powershell": _POWERSHELL,
    "powershell-classic": frozenset({"Windows PowerShell"}),
    "windefend": frozenset({"Microsoft-Windows-Windows Defender/Operational"}),
    "taskscheduler": frozenset({"Microsoft-Windows-TaskScheduler/Operational"}),
    "bits-client": frozenset({"Microsoft-Windows-Bits-Client/Operational"}),
    "firewall-as": frozenset({"Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"}),
}
#: OCSF classes of what Guanlan reads itself: Datastore Activity, HTTP Activity, Network Activity, Authentication
_CLASSES: Mapping[str, frozenset[int]] = {
    "database": frozenset({6005}),
    "webserver": frozenset({4002}),
    "proxy": frozenset({4002}),
    "firewall": frozenset({4001}),
    "dns": frozenset({4003}),
    "authentication": frozenset({3002}),
}
_WINDOWS = frozenset({"windows_xml", "windows_json"})
#: product and service → names of our formats; without a service, all that the product writes
_FORMATS: Mapping[tuple[str, str | None], frozenset[str]] = {
    ("aws", "cloudtrail"): frozenset({"cloudtrail"}),
    ("aws", "s3"): frozenset({"s3_access"}),
    ("fortigate", None): frozenset({"fortigate"}),
    ("kubernetes", None): frozenset({"kubernetes_audit"}),
    ("linux", None): frozenset({"auditd", "linux_auth"}),
    ("linux", "auditd"): frozenset({"auditd"}),
    ("linux", "auth"): frozenset({"linux_auth"}),
    ("linux", "sshd"): frozenset({"linux_auth"}),
    ("linux", "sudo"): frozenset({"linux_auth"}),
    ("m365", None): frozenset({"microsoft_365"}),
    ("opensearch", None): frozenset({"opensearch_audit"}),
    ("windows", None): _WINDOWS,
    ("zeek", "conn"): frozenset({"zeek_conn"}),
    ("zeek", "dns"): frozenset({"zeek_dns"}),
    ("zeek", "http"): frozenset({"zeek_http"}),
    ("zeek", "ssl"): frozenset({"zeek_ssl"}),
}
#: categories that are known by the format, not by the class
_CATEGORIES: Mapping[str, frozenset[str]] = {
    "bastion": frozenset({"cef", "leef", "syslog"}),
    "dlp": frozenset({"cef", "leef"}),
    "object_storage": frozenset({"cloudtrail", "minio_audit", "s3_access"}),
    "vpn": frozenset({"cef", "cisco_asa", "fortigate", "leef"}),
}


def speaks_of(rule: SigmaRule, event: Flat) -> bool:
    """Tell whether a rule's logsource takes an event; where the event does not say, it does."""
    channel = _first(event, "Channel")
    if channel is None:
        return True
    source = rule.logsource
    if source.product not in {None, "windows"} or (source.category in _CLASSES and source.product is None):
        return False
    if source.service is not None and channel not in _SERVICES.get(source.service, {channel}):
        return False
    return source.category is None or _is_category(source.category, channel, _first(event, "EventID"))


def classes_of(rule: SigmaRule) -> frozenset[int] | None:
    """Return the classes of events a rule's logsource takes; None where it does not go by class."""
    return _CLASSES.get(rule.logsource.category or "")


def names_of(rule: SigmaRule) -> frozenset[str] | None:
    """Return the names, of a format or of a product, that a rule's logsource takes; None where it goes by class alone."""
    source = rule.logsource
    named = _FORMATS.get((source.product or "", source.service)) or _FORMATS.get((source.product or "", None))
    named = named or _CATEGORIES.get(source.category or "")
    if named is not None or classes_of(rule) is not None:
        return named
    # a product or category that no format of ours carries: only what names it as its source
    return frozenset(filter(None, (source.product, source.service, source.category))) or None


def batch_filter(rule: SigmaRule) -> pl.Expr:
    """Return which normalised events a rule's logsource takes."""
    wanted = pl.lit(value=True)
    classes, names = classes_of(rule), names_of(rule)
    if classes is not None:
        wanted = pl.col("class_uid").is_in(list(classes))
    if names is not None:
        by_product = pl.col("metadata.product.name").is_in(list(names)).fill_null(value=False)
        wanted = wanted & (pl.col("metadata.log_name").is_in(list(names)) | by_product)
    return wanted & _of_windows(rule) if names == _WINDOWS else wanted


def _of_windows(rule: SigmaRule) -> pl.Expr:
    """By the channel, where the event says it; a category is known by channel and event id together."""
    channel, service, category = channel_of_batch(), rule.logsource.service or "", rule.logsource.category or ""
    wanted = pl.lit(value=True)
    if service in _SERVICES:
        wanted = channel.is_in(list(_SERVICES[service])).fill_null(value=True)
    places = dict(_OTHER_CHANNELS.get(category, {}))
    if category in _SYSMON_IDS:
        places[_SYSMON] = _SYSMON_IDS[category]
    if not places:
        return wanted
    number = pl.col("api.operation")
    found = [(channel == place) & number.is_in(list(ids)) for place, ids in places.items()]
    return wanted & pl.any_horizontal(found).fill_null(value=True)


def _is_category(category: str, channel: str, event_id: str | None) -> bool:
    others = _OTHER_CHANNELS.get(category, {})
    if channel in others:
        return event_id in others[channel]
    if channel == _SYSMON:
        return event_id in _SYSMON_IDS.get(category, frozenset({event_id}))
    return category not in _SYSMON_IDS and not others


def _first(event: Flat, name: str) -> str | None:
    values = event.get(name)
    return values[0] if values else None
