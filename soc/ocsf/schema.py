"""The one columnar schema of a normalised event.

Column names are dotted paths of OCSF 1.8 (https://schema.ocsf.io); ``guanlan.*`` is what
enrichment adds; what a format gives beyond both is JSON text in ``unmapped``.
"""

from typing import cast

import polars as pl
import pyarrow as pa

_UTC_MICROS = pa.timestamp("us", tz="UTC")
_STRINGS = pa.list_(pa.string())

#: Every normalised event, one row; a column is null where the format does not say.
EVENT_SCHEMA: pa.Schema = pa.schema(
    [
        # identity of the event: deterministic from its batch and its position in it
        pa.field("metadata.uid", pa.string(), nullable=False),
        pa.field("guanlan.batch", pa.string(), nullable=False),
        pa.field("guanlan.position", pa.int64(), nullable=False),
        pa.field("guanlan.org", pa.string(), nullable=False),
        pa.field("time", _UTC_MICROS, nullable=False),
        pa.field("metadata.logged_time", _UTC_MICROS),  # when it arrived here
        pa.field("metadata.log_name", pa.string(), nullable=False),  # the format
        pa.field("metadata.product.name", pa.string()),
        pa.field("category_uid", pa.int32()),
        pa.field("class_uid", pa.int32(), nullable=False),
        pa.field("activity_id", pa.int32()),
        pa.field("type_uid", pa.int64()),
        pa.field("severity_id", pa.int32()),
        pa.field("status_id", pa.int32()),  # 1 success, 2 failure
        pa.field("status_code", pa.string()),
        # who
        pa.field("actor.user.name", pa.string()),
        pa.field("actor.user.uid", pa.string()),
        pa.field("actor.app_name", pa.string()),
        pa.field("actor.session.uid", pa.string()),
        pa.field("src_endpoint.ip", pa.string()),
        pa.field("src_endpoint.port", pa.int32()),
        pa.field("src_endpoint.hostname", pa.string()),
        pa.field("dst_endpoint.ip", pa.string()),
        pa.field("dst_endpoint.port", pa.int32()),
        pa.field("dst_endpoint.hostname", pa.string()),
        # what was touched
        pa.field("database.name", pa.string()),
        pa.field("api.operation", pa.string()),  # SELECT, COPY, GET, ...
        pa.field("query_info.query_string", pa.string()),  # literals masked
        pa.field("query_info.uid", pa.string()),  # fingerprint of the statement's shape
        pa.field("http_request.http_method", pa.string()),
        pa.field("http_request.url.path", pa.string()),
        pa.field("http_request.url.query_string", pa.string()),
        pa.field("http_request.referrer", pa.string()),
        pa.field("http_request.user_agent", pa.string()),
        pa.field("http_response.code", pa.int32()),
        pa.field("traffic.bytes_out", pa.int64()),
        pa.field("traffic.bytes_in", pa.int64()),
        pa.field("file.path", pa.string()),
        pa.field("duration", pa.int64()),  # milliseconds
        pa.field("message", pa.string()),  # one masked line for people
        # what Guanlan knows about it
        pa.field("guanlan.source", pa.string()),  # name of the registered source, if any
        pa.field("guanlan.person", pa.string()),  # the person behind the account
        pa.field("guanlan.post", pa.string()),  # 岗位: the peer group
        # who really asked, where an application used its account: a claim, never in the place of the account
        pa.field("guanlan.asked_by", pa.string()),  # a known account, or what was claimed, masked
        pa.field("guanlan.asked_by_basis", pa.string()),  # trace | comment | application_name
        pa.field("guanlan.asked_by_confidence", pa.int32()),  # percent; 0 for a claim that names nobody known
        pa.field(
            "guanlan.asked_through", pa.string()
        ),  # the interface it was asked through: GET /x/{id} by its trace, * /x/{id} by its comment
        pa.field("guanlan.tables", _STRINGS),  # schema.table touched
        pa.field("guanlan.columns", _STRINGS),
        pa.field("guanlan.types", _STRINGS),  # sensitive types touched
        pa.field("guanlan.subjects", _STRINGS),  # whom it looked up: type:keyed token, never a value
        pa.field("guanlan.business", pa.string()),  # the business number it says it is for, masked
        pa.field("guanlan.categories", _STRINGS),
        pa.field("guanlan.level", pa.string()),  # highest level touched: G1..G4
        pa.field("guanlan.level_rank", pa.int32()),  # 0 unknown, 1..4, 5 important, 6 core
        pa.field("guanlan.rows", pa.int64()),  # rows returned; null when unknown
        pa.field("guanlan.rows_basis", pa.string()),  # measured | estimated | unknown
        pa.field("guanlan.rows_bound", pa.int64()),  # upper bound when not measured
        pa.field("guanlan.off_hours", pa.bool_()),
        pa.field("guanlan.inside", pa.bool_()),  # source address inside the known networks
        pa.field("guanlan.export", pa.bool_()),  # the operation takes data out (COPY, dump, download)
        pa.field("guanlan.rules", _STRINGS),  # ids of rules that hit
        pa.field("guanlan.tokens", pa.string()),  # full text: our tokenizer's words, joined by blanks
        pa.field("raw_data", pa.string()),  # the record with graded values masked
        pa.field("unmapped", pa.string()),  # JSON object text
    ]
)

#: A frame of the schema without rows. Made from no batches: a column made of nothing would have pyarrow import pandas,
#: which is 40 MiB of every process.
NO_EVENTS: pl.DataFrame = cast(pl.DataFrame, pl.from_arrow(pa.Table.from_batches([], EVENT_SCHEMA)))

#: Columns an ingest batch carries that searches must not match by name.
INTERNAL_COLUMNS: frozenset[str] = frozenset({"guanlan.tokens"})
