"""Which events a rule speaks of: its ``logsource``, where the event says what it is.

A rule for databases must not fire on a Windows event that happens to hold the same words.
An event that does not say where it comes from is open to every rule.

Source: Sigma taxonomy 2.0.0, "Log sources"; Sysmon event ids (Microsoft Sysinternals).
"""

from collections.abc import Mapping

import polars as pl
from sigma.rule import SigmaRule

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


def batch_filter(rule: SigmaRule) -> pl.Expr:
    """Return which normalised events a rule's logsource takes."""
    source = rule.logsource
    classes = classes_of(rule)
    if classes is not None:
        return pl.col("class_uid").is_in(list(classes))
    if source.product is None and source.category is None:
        return pl.lit(value=True)
    # a product or category that no format of ours carries: only what names it as its source
    names = [name for name in (source.product, source.service, source.category) if name is not None]
    return pl.col("metadata.log_name").is_in(names) | pl.col("metadata.product.name").is_in(names).fill_null(
        value=False
    )


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
