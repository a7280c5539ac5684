"""A format from its declaration: cut into records, read into fields, mapped to an event's attributes.

What no attribute takes stays beside the event, under the format's name.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
import polars as pl

from audit.ingest.formats.base import Format, ParseOptions, each_line, joined
from audit.ingest.formats.declaration import Declaration, declared_here
from audit.ingest.formats.implied import complete, derived
from audit.ingest.formats.json_records import json_records
from audit.ingest.formats.moments import instant_of
from audit.ingest.formats.paths import at_path, drop_path
from audit.ingest.formats.readers import READERS, Fields
from audit.ingest.frame import EVENT_TYPES

#: RFC 5424 and 3164 around a message
ENVELOPE = (
    r"(?s)^(?:<(?P<syslog_priority>\d{1,3})>)?(?:1 (?P<syslog_at>\S+) (?P<syslog_host>\S+) (?P<syslog_program>\S+) "
    r'(?P<syslog_pid>\S+) \S+ (?:-|(?:\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\])+) ?(?:\x{FEFF})?|'
    r"(?P<old_at>[A-Z][a-z]{2} +\d{1,2}(?: \d{4})? \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\S+) (?P<old_host>\S*) "
    r"(?:(?P<old_program>[^\s:\[]+)(?:\[(?P<old_pid>[^\]]+)\])?|(?P<app_program>[^\s:\[][^:\[]*)\[(?P<app_pid>\d+)\](?: \([^)]*\))?): ?|"
    # RFC 3164 calls the tag no must
    r"(?P<bare_at>[A-Z][a-z]{2} +\d{1,2}(?: \d{4})? \d\d:\d\d:\d\d) (?:(?P<bare_host>\w[\w.\-]*) )?)(?P<text>.*)$"
)
_ENVELOPE_NAMES = re.compile("^(?:old|app|bare)_")
#: what may stand before a payload: time, zone, host, program
_HEAD = re.compile(
    r"(?P<syslog_at>[A-Z][a-z]{2} +\d{1,2}(?: \d{4})? \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^\s:]*(?::\d\d)?)"
    r"(?: (?P<syslog_zone>[A-Z]{3,4})(?=[: ]))?:?(?: (?P<syslog_host>[\w.\-]+))?(?: ?:)?"
    r"(?: (?P<syslog_program>[^\s:\[]+)(?:\[(?P<syslog_pid>\d+)\])?:)?"
)
#: what a request's line may say
_OF_REQUEST = (
    *("http_request.http_method", "http_request.url.query_string", "api.operation"),
    *("dst_endpoint.hostname", "+http.version", "+http.site"),
)
#: a host in brackets or not, and its port
_ENDPOINT = re.compile(r"^/?(?:\[([^\]]+)\]|([^:\s]+))(?::(\d{1,5}))?$")
_WHOLE: dict[pl.DataType, int] = {pl.Int32(): 2**31, pl.Int64(): 2**63}
_BAD = "ingest.bad.declared"
#: a client that is no address is a name
_HOSTS = {"src_endpoint.ip": "src_endpoint.hostname", "dst_endpoint.ip": "dst_endpoint.hostname"}


def declared_format(told: Declaration) -> Format:
    """Make the format of a declaration."""
    return Format(
        told.name,
        lambda lines: _records(lines, told),
        lambda records, options: _extract(records, told, options),
        told.start,
        told.generic,
        told.from_documents,
        _share_of_programs(told) if told.programs else None,
    )


def _share_of_programs(told: Declaration) -> Callable[[pl.DataFrame], float]:
    """Any program's lines can be read; whose log it is, the lines of the format's own programs tell."""
    own = pl.col("actor.app_name").str.contains(told.programs) & pl.col("error").is_null()
    return lambda parsed: float(parsed.select(own.fill_null(value=False).mean()).item() or 0)


def format_declared(name: str) -> Format:
    """Return the format that comes with the product under this name."""
    return declared_format(declared_here(name))


def _records(lines: pl.DataFrame, told: Declaration) -> pl.DataFrame:
    if told.reader == "json":
        return json_records(lines)
    filled = each_line(lines)
    if told.reader == "table":
        ends = pl.col("raw").str.starts_with("#close")
        above = pl.col("raw").str.starts_with("#") & ~ends
        return joined(filled, ~ends & ~above.shift(1, fill_value=False))
    if told.joined_by:
        key = pl.col("raw").str.extract(told.joined_by)
        return joined(filled, key.is_null() | key.ne_missing(key.shift(1)))
    if told.starts:
        above = pl.col("raw").str.contains(told.heads) if told.heads else pl.lit(False)
        marked = filled.with_columns(above.alias("above"), pl.col("raw").str.contains(told.starts).alias("begins"))
        begins = pl.col("begins") | pl.col("above") | ~(pl.col("begins") | pl.col("above")).cum_max()
        return joined(marked, begins & ~pl.col("above").shift(1, fill_value=False)).select("line", "raw")
    return filled


def _extract(records: pl.DataFrame, told: Declaration, options: ParseOptions) -> pl.DataFrame:
    read = _fields_of(_unwrapped(records, told), told)
    events = [_event(fields, told, options) for fields in _timed(read, told)]
    names = [*_attributes(told), f"+{told.name}", "error"]
    columns = {name: [event.get(name) for event in events] for name in names}
    schema = {name: EVENT_TYPES.get(name, pl.String()) for name in names}
    return pl.concat([records, pl.DataFrame(columns, schema=schema, strict=False)], how="horizontal")


def _attributes(told: Declaration) -> list[str]:
    said = [told.set, told.map, *(case.set for case in told.cases)]
    said += [implied for values in told.by.values() for implied in values.values()]
    basic = ("time", "class_uid", "activity_id", "severity_id", "status_id")
    found = dict.fromkeys([*basic, *(name for one in said for name in one)])
    if "http_request.url.path" in found:
        found |= dict.fromkeys(_OF_REQUEST)
    if "query_info.query_string" in found:
        found["api.operation"] = None
    for ip, host in _HOSTS.items():
        if ip in found:
            found |= dict.fromkeys((host, ip.replace(".ip", ".port")))
    return [*found]


def _unwrapped(records: pl.DataFrame, told: Declaration) -> pl.DataFrame:
    """Return ``text`` and ``envelope`` of each record."""
    if told.payload:
        texts = [_parted(raw, re.compile(told.payload)) for raw in records["raw"]]
        return pl.DataFrame(texts, schema={"text": pl.String, "envelope": pl.Object}, orient="row")
    if not (told.syslog or told.reader == "json") or not records.height:
        return records.select(pl.col("raw").alias("text"), pl.lit(None).alias("envelope"))
    parts = records.select(pl.col("raw").str.extract_groups(ENVELOPE).alias("parts"))["parts"].to_list()
    rows = [_of_envelope(one, raw) for one, raw in zip(parts, records["raw"], strict=True)]
    return pl.DataFrame(rows, schema={"text": pl.String, "envelope": pl.Object}, orient="row")


def _of_envelope(parts: dict[str, str | None], raw: str) -> tuple[str, dict[str, str]]:
    if parts["text"] is None:
        return raw, {}
    found = {_ENVELOPE_NAMES.sub("syslog_", name): text for name, text in parts.items() if text and name != "text"}
    return parts["text"], found


def _parted(raw: str, payload: re.Pattern[str]) -> tuple[str | None, dict[str, str]]:
    found = payload.search(raw)
    if found is None:
        return None, {}
    head = _HEAD.search(raw[: found.start()])
    return raw[found.start() :], {name: text for name, text in head.groupdict().items() if text} if head else {}


def _fields_of(texts: pl.DataFrame, told: Declaration) -> Iterator[Fields | None]:
    read = _by_cases(texts["text"], told) if told.reader == "pattern" else _by_reader(texts["text"], told)
    for text, envelope, fields in zip(texts["text"], texts["envelope"], read, strict=True):
        yield None if fields is None else derived({**(envelope or {}), **fields, "=text": text}, told)


def _timed(read: Iterator[Fields | None], told: Declaration) -> Iterator[Fields | None]:
    last: Any = None
    for fields in read:
        if told.carries_time and fields is not None:
            last = fields.get("time") or last
            if last is not None:
                fields["time"] = last
        yield fields


def _by_reader(texts: pl.Series, told: Declaration) -> list[Fields | None]:
    read = READERS[told.reader]
    return [None if text is None else read(text, told) for text in texts]


def _by_cases(texts: pl.Series, told: Declaration) -> list[Fields | None]:
    found: list[Fields | None] = [None] * len(texts)
    left = pl.DataFrame({"at": range(len(texts)), "text": texts}, schema={"at": pl.Int64, "text": pl.String})
    for number, case in enumerate(told.cases):
        hit = pl.col("text").str.contains(case.match).fill_null(value=False)
        groups = left.filter(hit).with_columns(pl.col("text").str.extract_groups(case.match).alias("groups"))
        for place, fields in zip(groups["at"], groups["groups"].to_list(), strict=True):
            found[place] = {name: text for name, text in fields.items() if text is not None} | {"=case": number}
        left = left.filter(~hit)
    return found


def _event(fields: Fields | None, told: Declaration, options: ParseOptions) -> dict[str, Any]:
    if fields is None or not _is_ours(fields, told):
        return {"error": _BAD}
    instant = _instant(fields, told, options)
    if instant is None:
        return {"error": "ingest.bad.time"}
    number = fields.pop("=case", None)
    event: dict[str, Any] = {"severity_id": 1, "activity_id": 0, "class_uid": 0, "time": instant, **told.set}
    event |= _implied(fields, told)
    event |= told.cases[number].set if number is not None else {}
    taken = set()
    for name, places in told.map.items():
        where, value = next(((one, v) for one in places if (v := _at(fields, one, told)) is not None), (None, None))
        fit = _fitting(name, value)
        if where is not None and fit is not None:
            event[name] = fit
            taken.add(where)
    _named_hosts(event)
    complete(event, told)
    event[f"+{told.name}"] = _rest(fields, {*(taken - told.named_apart), *told.secret}, told)
    return event


def _is_ours(fields: Fields, told: Declaration) -> bool:
    return all(_has(fields, name, told) for name in told.must)


def _has(fields: Fields, names: str, told: Declaration) -> bool:
    return any(at_path(fields, root + name) is not None for name in names.split("|") for root in told.roots)


def _implied(fields: Fields, told: Declaration) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, values in told.by.items():
        value = next((v for one in name.split("|") if (v := _at(fields, one, told)) is not None), None)
        word = value if isinstance(value, str) else orjson.dumps(value).decode()
        found |= values.get(word, values.get("*", {})) if value is not None else {}
    return found


def _instant(fields: Fields, told: Declaration, options: ParseOptions) -> datetime | None:
    zone = _at(fields, told.zone, told) if told.zone else None
    for one in told.time:
        parts = [_at(fields, name, told) for name in one.split("+")]
        if all(part is not None for part in parts):
            text = " ".join(str(part) for part in parts)
            return _cached(text, None if zone is None else str(zone), options, told.utc)
    # a product's message may come without an envelope, and then says no time
    return options.received if told.payload else None


@lru_cache(maxsize=4096)
def _cached(text: str, zone: str | None, options: ParseOptions, utc: bool) -> datetime | None:
    return instant_of(text, zone, options, utc=utc)


def _at(fields: Fields, path: str, told: Declaration) -> Any:
    """Return what stands at a dotted path, under the first root that has it; None where it is absent."""
    for root in told.roots:
        value = at_path(fields, root + path)
        if value is not None and value not in told.absent:
            return value
    return None


def _fitting(name: str, value: Any) -> Any:
    """Return the value in its attribute's type; None where it is of another."""
    if value is None:
        return None
    kind = EVENT_TYPES[name]
    if kind not in _WHOLE:
        return value if isinstance(value, str) else orjson.dumps(value).decode().strip('"')
    try:
        number = round(float(value)) if not isinstance(value, int) else value
    except (TypeError, ValueError, OverflowError):
        return None
    return number if -_WHOLE[kind] <= number < _WHOLE[kind] else None


def _named_hosts(event: dict[str, Any]) -> None:
    """Put a client's port and name where they belong: ``[::1]:5``, ``10.1.2.3:5``, ``name:5``, ``name``."""
    for address, name in _HOSTS.items():
        text = event.get(address)
        if text is None or _is_address(text):
            continue
        del event[address]
        found = _ENDPOINT.match(text)
        host = (found[1] or found[2]) if found else text
        if found and found[3]:
            event.setdefault(address.replace(".ip", ".port"), int(found[3]))
        if _is_address(host):
            event[address] = host
        else:
            event.setdefault(name, host)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def _rest(fields: Fields, taken: set[str], told: Declaration) -> str | None:
    """Write what no attribute took; a place inside an object is taken out of it."""
    for path in taken:
        for root in told.roots:
            drop_path(fields, root + path)
    left = {name: value for name, value in fields.items() if value not in ("", None, {}) and name[0:1] != "="}
    return orjson.dumps(left).decode() if left else None
