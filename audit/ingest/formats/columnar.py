"""A declared format's fields as columns become an event's attributes as columns.

The same meaning as the mapping of one record after another (``declared.py``), at a fraction of its
cost. What an expression cannot read as that does is marked ``odd`` and left to it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from audit.ingest.formats.base import ParseOptions
from audit.ingest.formats.declaration import Declaration
from audit.ingest.formats.implied import FAILS, HTTP, JUDGED, REQUEST, SITE, STATEMENT
from audit.ingest.formats.instants import instants_of
from audit.ingest.formats.mysql_slow import ACTIVITIES as STATEMENTS
from audit.ingest.formats.nginx import ACTIVITIES as METHODS
from audit.ingest.frame import EVENT_TYPES
from audit.ingest.json_text import object_value, text_value

CASE, TEXT, ODD, REST = "=case", "=text", "=odd", "=rest"
_NUMBER = r"^-?\d{1,15}(?:\.\d{1,9})?$"
#: an address of IPv4 and nothing beside it
_IPV4 = r"^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])$"
_PATH, _METHOD = "http_request.url.path", "http_request.http_method"
_DEFAULTS = {"severity_id": 1, "activity_id": 0, "class_uid": 0}
#: what an address column may really hold: address, name and port of it
Ends = Callable[[str], tuple[str | None, str | None, int | None]]


def mapped(
    fields: pl.DataFrame, told: Declaration, options: ParseOptions, names: list[str], ends: Ends
) -> pl.DataFrame:
    """Return ``names`` and ``=odd`` for a frame of text columns, one a field, null where a record lacks it."""
    fields = fields.rename({name: _of(name) for name in fields.columns})
    chosen = [_first(fields, places, told).alias(f"<{name}") for name, places in told.map.items()]
    read = fields.with_columns(_instants(fields, told, options).alias("time"), *chosen)
    wanted = [name for name in names if name in EVENT_TYPES and name != "time"]
    event = read.with_columns(_attribute(name, told, fields).alias(name) for name in wanted).with_columns(
        _odd(told, fields)
    )
    for address, (name, port) in _ENDS.items():
        if address in told.map:
            event = _parted(event, address, name, port, ends)
    event = _completed(event, told)
    if REST not in fields.columns:
        event = event.with_columns(_left(fields, told))
        event = event.with_columns(_rest(event, fields).alias(REST))
    event = event.with_columns(pl.col(REST).alias(f"+{told.name}"), _complaint(told, fields))
    good = pl.col("error").is_null()
    return event.select(
        *(pl.when(good).then(name).alias(name) for name in names if name != "error"), "error", ODD
    ).select(*names, ODD)


def _instants(fields: pl.DataFrame, told: Declaration, options: ParseOptions) -> pl.Series:
    texts = fields.select(_instant_text(fields, told).alias("text"))["text"]
    found = instants_of(texts, options, utc=told.utc)
    # a product's message may come without an envelope, and then says no time
    return found.set(texts.is_null(), options.received) if told.payload else found


_ENDS = {
    "src_endpoint.ip": ("src_endpoint.hostname", "src_endpoint.port"),
    "dst_endpoint.ip": ("dst_endpoint.hostname", "dst_endpoint.port"),
}


def _of(field: str) -> str:
    """The column of a field; attributes may have the same name."""
    return field if field.startswith("=") else f".{field}"


def _kind(name: str) -> pl.DataType:
    return EVENT_TYPES.get(name, pl.String())


def _first(fields: pl.DataFrame, places: tuple[str, ...], told: Declaration) -> pl.Expr:
    """The first of the places that says something."""
    absent = list(told.absent)
    columns = [_of(one) for one in places if _of(one) in fields.columns]
    there = [pl.when(~pl.col(one).is_in(absent)).then(pl.col(one)) for one in columns]
    return pl.coalesce(there) if there else pl.lit(None, pl.String)


def _instant_text(fields: pl.DataFrame, told: Declaration) -> pl.Expr:
    told_at = []
    for one in told.time:
        parts = [_first(fields, (name,), told) for name in one.split("+")]
        told_at.append(pl.concat_str(parts, separator=" "))
    return pl.coalesce(told_at)


def _attribute(name: str, told: Declaration, fields: pl.DataFrame) -> pl.Expr:
    """What is so by default, overlaid by what values imply, the case's own, and what a field says."""
    kind = _kind(name)
    said = pl.lit(told.set.get(name, _DEFAULTS.get(name)), kind)
    for place, values in told.by.items():
        implied = {word: more[name] for word, more in values.items() if name in more}
        if implied:
            said = pl.coalesce(_implied(_first(fields, tuple(place.split("|")), told), values, name, kind), said)
    cases = {number: case.set[name] for number, case in enumerate(told.cases) if name in case.set}
    if cases:
        said = pl.coalesce(pl.col(CASE).replace_strict(cases, default=None, return_dtype=kind), said)
    if name in told.map:
        value = pl.col(f"<{name}")
        said = pl.coalesce(value if kind == pl.String else _number(value, kind), said)
    return said


def _implied(word: pl.Expr, values: Mapping[str, Mapping[str, Any]], name: str, kind: pl.DataType) -> pl.Expr:
    known = {key: more.get(name) for key, more in values.items() if key != "*"}
    other = pl.when(word.is_not_null() & ~word.is_in(list(known))).then(pl.lit(values.get("*", {}).get(name), kind))
    return pl.coalesce(word.replace_strict(known, default=None, return_dtype=kind), other) if known else other


def _number(value: pl.Expr, kind: pl.DataType) -> pl.Expr:
    return value.cast(pl.Float64, strict=False).round(0).cast(pl.Int64, strict=False).cast(kind, strict=False)


def _odd(told: Declaration, fields: pl.DataFrame) -> pl.Expr:
    """A number that is none of the plain ones, a request of several lines, a zone that the record names."""
    odd = [
        pl.col(f"<{name}").is_not_null()
        & (~pl.col(f"<{name}").str.contains(_NUMBER) | _number(pl.col(f"<{name}"), _kind(name)).is_null())
        for name in told.map
        if _kind(name) != pl.String
    ]
    if _PATH in told.map:
        odd.append(pl.col(_PATH).str.contains("\n", literal=True).fill_null(value=False))
    if _of(told.zone) in fields.columns:
        odd.append(pl.col(_of(told.zone)).is_not_null())
    return pl.any_horizontal(*odd, pl.lit(False)).alias(ODD)


def _parted(event: pl.DataFrame, address: str, name: str, port: str, ends: Ends) -> pl.DataFrame:
    """Part addresses, names and ports: those that are no plain address are few, and each is looked at once."""
    plain = pl.col(address).str.contains(_IPV4)
    texts = event.filter(~plain)[address].unique().drop_nulls().to_list()
    parts = [ends(text) for text in texts]
    columns = [dict(zip(texts, part, strict=True)) for part in zip(*parts, strict=True)] or [{}, {}, {}]
    kinds = (pl.String, pl.String, pl.Int32)
    ip, host, number = (
        pl.col(address).replace_strict(one, default=None, return_dtype=kind) if texts else pl.lit(None, kind)
        for one, kind in zip(columns, kinds, strict=True)
    )
    held = [pl.col(one) if one in event.columns else pl.lit(None, _kind(one)) for one in (name, port)]
    return event.with_columns(
        pl.when(plain).then(address).otherwise(ip).alias(address),
        pl.coalesce(held[0], host).alias(name),
        pl.coalesce(held[1], number).alias(port),
    )


def _completed(event: pl.DataFrame, told: Declaration) -> pl.DataFrame:
    if _PATH in told.map:
        event = _request(event)
    is_http = pl.col("class_uid") == HTTP
    method = pl.col(_METHOD) if _METHOD in event.columns else pl.lit(None, pl.String)
    activity = (
        pl.when(method.is_null()).then(0).otherwise(method.replace_strict(METHODS, default=99, return_dtype=pl.Int32))
    )
    event = event.with_columns(
        pl.when(is_http).then(activity.cast(pl.Int32)).otherwise("activity_id").alias("activity_id")
    )
    if "http_response.code" in event.columns:
        code = pl.col("http_response.code")
        judged = pl.when(pl.col("class_uid").is_in(JUDGED) & code.is_not_null()).then(
            pl.when((code > 0) & (code < FAILS)).then(1).otherwise(2)
        )
        event = event.with_columns(pl.coalesce("status_id", judged.cast(pl.Int32)).alias("status_id"))
    return _statement(event) if told.dialect and "query_info.query_string" in event.columns else event


def _request(event: pl.DataFrame) -> pl.DataFrame:
    """Part a request's line, site, path and query."""
    event = event.with_columns(
        pl.col(_PATH).str.extract_groups(REQUEST.pattern).struct.rename_fields(["=m", "=t", "=v"]).alias("=line")
    )
    event = event.unnest("=line").with_columns(pl.coalesce("=t", _PATH).alias("=target"))
    event = event.with_columns(
        pl.col("=target").str.extract(f"({SITE.pattern})", 1).alias("+http.site"),
        pl.col("=target").str.extract(SITE.pattern, 1).alias("=name"),
        pl.col("=v").alias("+http.version"),
    )
    asked = pl.col("=m").is_not_null() | pl.col("+http.site").is_not_null() | pl.col("=target").str.contains(r"^[/*]")
    bare = pl.col("=target").str.slice(pl.col("+http.site").str.len_chars().fill_null(0)).str.splitn("?", 2)
    path, query = bare.struct.field("field_0"), bare.struct.field("field_1")
    old = {name: pl.col(name) if name in event.columns else pl.lit(None, pl.String) for name in _OF_LINE}
    event = event.with_columns(
        pl.when(asked).then(pl.when(path == "").then(pl.lit("/")).otherwise(path)).alias(_PATH),
        pl.coalesce(old[_METHOD], pl.col("=m")).alias(_METHOD),
        pl.coalesce(old[_QUERY], pl.when(asked & (query != "")).then(query)).alias(_QUERY),
        pl.coalesce(old["dst_endpoint.hostname"], pl.col("=name")).alias("dst_endpoint.hostname"),
    )
    return event.with_columns(
        pl.coalesce(old["api.operation"], pl.when(asked).then(pl.col(_METHOD))).alias("api.operation")
    )


_QUERY = "http_request.url.query_string"
_OF_LINE = (_METHOD, _QUERY, "dst_endpoint.hostname", "api.operation")


def _statement(event: pl.DataFrame) -> pl.DataFrame:
    word = pl.col("query_info.query_string").str.extract("(?s)" + STATEMENT.pattern).str.to_uppercase()
    word = pl.when(pl.col("class_uid") == _DATASTORE).then(word)
    activity = pl.when(word.is_not_null()).then(word.replace_strict(STATEMENTS, default=99, return_dtype=pl.Int32))
    return event.with_columns(
        pl.coalesce(word, pl.col("api.operation")).alias("api.operation"),
        pl.coalesce(activity, pl.col("activity_id")).alias("activity_id"),
    )


_DATASTORE = 6005


def _left(fields: pl.DataFrame, told: Declaration) -> Iterator[pl.Expr]:
    """The fields that no attribute has taken; an alternative stays where the one before it was taken."""
    for column in fields.columns:
        place = column[1:]
        if column.startswith("=") or place in told.secret:
            continue
        takers = [places for places in told.map.values() if place in places and place not in told.named_apart]
        said = ~pl.col(column).is_in(list(told.absent))
        taken = [_first(fields, places[: places.index(place)], told).is_null() & said for places in takers]
        left = pl.when(pl.col(column) != "").then(pl.col(column))
        yield (pl.when(~pl.any_horizontal(taken)).then(left) if taken else left).alias(f">{place}")


def _rest(event: pl.DataFrame, fields: pl.DataFrame) -> pl.Expr:
    held = {column[1:]: event[f">{column[1:]}"] for column in fields.columns if f">{column[1:]}" in event.columns}
    written = {place: text_value(column) for place, column in held.items() if column.null_count() < len(column)}
    return object_value(written).whole() if written else pl.lit(None, pl.String)


def _complaint(told: Declaration, fields: pl.DataFrame) -> pl.Expr:
    wanted = [
        pl.any_horizontal(
            *(pl.col(_of(one)).is_not_null() for one in names.split("|") if _of(one) in fields.columns), pl.lit(False)
        )
        for names in told.must
        if told.reader == "pattern"
    ]
    ours = pl.all_horizontal(pl.col(CASE).is_not_null(), *wanted)
    return (
        pl.when(~ours).then(pl.lit("ingest.bad.declared"))
        .when(pl.col("time").is_null()).then(pl.lit("ingest.bad.time")).alias("error")
    )  # fmt: skip
