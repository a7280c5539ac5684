"""The fields of one record after another become an event's attributes: the meaning that ``columnar.py`` has too."""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
import polars as pl

from audit.ingest.formats.base import ParseOptions
from audit.ingest.formats.declaration import Declaration
from audit.ingest.formats.envelope import unwrapped
from audit.ingest.formats.implied import complete, derived
from audit.ingest.formats.moments import instant_of
from audit.ingest.formats.paths import at_path, drop_path
from audit.ingest.formats.plan import plan_of
from audit.ingest.formats.readers import READERS, Fields, column_names, pairs_of, read_table
from audit.ingest.frame import EVENT_TYPES

#: what a request's line may say
_OF_REQUEST = (
    *("http_request.http_method", "http_request.url.query_string", "api.operation"),
    *("dst_endpoint.hostname", "+http.version", "+http.site"),
)
#: a host in brackets or not, and its port
_ENDPOINT = re.compile(r"^/?(?:\[([^\]]+)\]|([^:\s]+))(?::(\d{1,5}))?$")
#: an address of IPv4 as IPv6 writes it, to end here or before a port
_MAPPED = re.compile(r"^/?\[?::ffff:((?:\d{1,3}\.){3}\d{1,3})\]?(?=$|:\d{1,5}$)", re.IGNORECASE)
_WHOLE: dict[pl.DataType, int] = {pl.Int32(): 2**31, pl.Int64(): 2**63}
_BAD = "ingest.bad.declared"
#: a client that is no address is a name
_HOSTS = {"src_endpoint.ip": "src_endpoint.hostname", "dst_endpoint.ip": "dst_endpoint.hostname"}


def by_record(records: pl.DataFrame, told: Declaration, options: ParseOptions, names: list[str]) -> pl.DataFrame:
    """Map one record after another."""
    read = fields_of(unwrapped(records, told), told)
    events = [_event(fields, told, options) for fields in _timed(read, told)]
    columns = {name: [event.get(name) for event in events] for name in names}
    schema = {name: EVENT_TYPES.get(name, pl.String()) for name in names}
    return pl.DataFrame(columns, schema=schema, strict=False)


def attributes(told: Declaration) -> list[str]:
    """Return the columns that the format gives."""
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
    return [*found, f"+{told.name}", "error"]


def fields_of(texts: pl.DataFrame, told: Declaration) -> Iterator[Fields | None]:
    """Yield each record's fields, None where it is none of the format's."""
    read = _by_cases(texts["text"], told) if told.reader == "pattern" else _by_reader(texts["text"], told)
    for text, envelope, fields in zip(texts["text"].to_list(), texts["envelope"].to_list(), read, strict=True):
        if fields is None:
            yield None
            continue
        whole = {**envelope, **fields} if envelope else fields
        whole["=text"] = text
        yield derived(whole, told)


def _timed(read: Iterator[Fields | None], told: Declaration) -> Iterator[Fields | None]:
    last: Any = None
    for fields in read:
        if told.carries_time and fields is not None:
            last = fields.get("time") or last
            if last is not None:
                fields["time"] = last
        yield fields


def _by_reader(texts: pl.Series, told: Declaration) -> Iterator[Fields | None]:
    read = READERS[told.reader]
    if told.reader == "table":
        return _by_table(texts, told)
    return (None if text is None else read(text, told) for text in texts.to_list())


def _by_table(texts: pl.Series, told: Declaration) -> Iterator[Fields | None]:
    """Read rows under the names that stand above them, until others do."""
    for text in texts:
        named = text and column_names(text)
        told = replace(told, columns=named) if named else told
        yield None if text is None else read_table(text, told)


def _by_cases(texts: pl.Series, told: Declaration) -> list[Fields | None]:
    found: list[Fields | None] = [None] * len(texts)
    left = pl.DataFrame({"at": range(len(texts)), "text": texts}, schema={"at": pl.Int64, "text": pl.String})
    for number, case in enumerate(told.cases):
        hit = pl.col("text").str.contains(case.match).fill_null(value=False)
        groups = left.filter(hit).with_columns(pl.col("text").str.extract_groups(case.match).alias("groups"))
        for place, fields in zip(groups["at"], groups["groups"].to_list(), strict=True):
            said = {name: text for name, text in fields.items() if text is not None}
            found[place] = said | pairs_of(said.pop("pairs", None), told) | {"=case": number}
        left = left.filter(~hit)
    return found


def _event(fields: Fields | None, told: Declaration, options: ParseOptions) -> dict[str, Any]:
    if fields is None or not _is_ours(fields, told):
        return {"error": _BAD}
    plan = plan_of(told)
    view = plan.view(plan.holders(fields))
    instant = _instant(view, told, options)
    if instant is None:
        return {"error": "ingest.bad.time"}
    number = fields.pop("=case", None)
    event: dict[str, Any] = {"severity_id": 1, "activity_id": 0, "class_uid": 0, "time": instant, **told.set}
    event |= _implied(view, told)
    event |= told.cases[number].set if number is not None else {}
    taken = set()
    for name, places in told.map.items():
        where, value = next(((one, v) for one in places if (v := plan.at(view, one)) is not None), (None, None))
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


def _implied(view: Fields, told: Declaration) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, values in told.by.items():
        value = next((v for one in name.split("|") if (v := plan_of(told).at(view, one)) is not None), None)
        word = value if isinstance(value, str) else orjson.dumps(value).decode()
        found |= values.get(word, values.get("*", {})) if value is not None else {}
    return found


def _instant(view: Fields, told: Declaration, options: ParseOptions) -> datetime | None:
    plan = plan_of(told)
    zone = plan.at(view, told.zone) if told.zone else None
    for one in told.time:
        parts = [plan.at(view, name) for name in one.split("+")]
        if all(part is not None for part in parts):
            text = " ".join(str(part) for part in parts)
            return _cached(text, None if zone is None else str(zone), options, told.utc)
    # a product's message may come without an envelope, and then says no time
    return options.received if told.payload else None


@lru_cache(maxsize=4096)
def _cached(text: str, zone: str | None, options: ParseOptions, utc: bool) -> datetime | None:
    return instant_of(text, zone, options, utc=utc)


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
    """Put a client's port and name where they belong."""
    for address, name in _HOSTS.items():
        text = event.pop(address, None)
        if text is None:
            continue
        ip, host, port = ends_of(text)
        for one, value in ((address, ip), (name, host), (address.replace(".ip", ".port"), port)):
            if value is not None and event.get(one) is None:
                event[one] = value


@lru_cache(maxsize=4096)
def ends_of(text: str) -> tuple[str | None, str | None, int | None]:
    """Return address, name and port of ``[::1]:5``, ``10.1.2.3:5``, ``name:5``, ``name``; ``::ffff:10.1.2.3`` is ``10.1.2.3``."""
    text = _MAPPED.sub(r"\1", text)
    if _is_address(text):
        return text, None, None
    found = _ENDPOINT.match(text)
    host = (found[1] or found[2]) if found else text
    port = int(found[3]) if found and found[3] else None
    return (host, None, port) if _is_address(host) else (None, host, port)


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
