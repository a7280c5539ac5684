"""What there is in a cluster: indices, data streams, their fields, by four requests."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from detectors.discovery.sources.base import Kind
from detectors.discovery.sources.databases.found import Form, Found, FoundColumn, Part
from detectors.discovery.sources.databases.opensearch_http import AnswerError, Client

#: the column of what documents hold beyond their mapping
UNMAPPED = "_unmapped"
#: how a field is fetched where the index keeps no documents
DOC_VALUES = "doc_values"
_SHORT = frozenset(
    {"long", "integer", "short", "byte", "double", "float", "half_float", "scaled_float", "unsigned_long", "date",
     "date_nanos", "boolean", "ip", "version", "token_count", "murmur3"}
)  # fmt: skip


def found(client: Client, pattern: str) -> list[Found]:
    """Return the indices and data streams that ``pattern`` names; hidden and system ones are left out."""
    path = client.path(pattern)
    mappings = client.get(f"/{path}/_mapping", expand_wildcards="open,hidden", ignore_unavailable="true")
    stats = client.get(f"/{path}/_stats/docs,store", level="shards", expand_wildcards="open,hidden").get("indices", {})
    streams = _streams(client)
    of_streams = {index for indices in streams.values() for index in indices}
    tables = [
        _table(name, [name], mappings, stats)
        for name in mappings
        if name not in of_streams and not name.startswith((".", "top_queries-", "security-auditlog"))
    ]
    for stream, indices in streams.items():
        present = [index for index in indices if index in mappings]
        if present and not stream.startswith("."):
            tables.append(_table(stream, present, mappings, stats))
    return tables


def _streams(client: Client) -> dict[str, list[str]]:
    """The indices behind each data stream, oldest first; none where the engine knows no streams."""
    try:
        told = client.get("/_data_stream")["data_streams"]
    except (AnswerError, KeyError):
        return {}
    return {stream["name"]: [index["index_name"] for index in stream["indices"]] for stream in told}


def _table(name: str, indices: list[str], mappings: Mapping[str, Any], stats: Mapping[str, Any]) -> Found:
    columns: dict[str, FoundColumn] = {}
    for index in indices:
        mapping = mappings[index]["mappings"]
        fields = _fields(mapping.get("properties", {}), "")
        if mapping.get("_source", {}).get("enabled", True) is False:
            fields = map(_by_its_values, fields)
        columns |= {one.name: one for one in fields}
        if str(mapping.get("dynamic", "true")).lower() in {"false", "runtime"}:
            columns[UNMAPPED] = FoundColumn(UNMAPPED, "object")
    documents = [stats.get(index, {}).get("primaries", {}) for index in indices]
    return Found(
        name=name,
        columns=tuple(columns.values()),
        kind=Kind.INDEX,
        rows=sum(one.get("docs", {}).get("count", 0) for one in documents),
        bytes=sum(one.get("store", {}).get("size_in_bytes", 0) for one in documents),
        watermark=" ".join(_watermark(stats.get(index, {})) for index in indices),
        parts=tuple(Part(None, index) for index in indices) if len(indices) > 1 else (),
    )


def _watermark(stats: Mapping[str, Any]) -> str:
    """The last operation of each shard: a document that is written, changed or deleted moves it."""
    shards: Mapping[str, Any] = stats.get("shards", {})
    last = {
        number: max((copy.get("seq_no", {}).get("max_seq_no", -1) for copy in copies), default=-1)
        for number, copies in shards.items()
    }
    return f"{stats.get('uuid', '')}:" + ".".join(str(last[number]) for number in sorted(last, key=int))


def _fields(properties: Mapping[str, Any], prefix: str) -> Iterator[FoundColumn]:
    """The fields that hold values: those of objects and nested documents dotted, aliases left out."""
    for name, field in properties.items():
        full, kind = f"{prefix}{name}", str(field.get("type", "object"))
        if kind in {"object", "nested"} and field.get("properties"):
            yield from _fields(field["properties"], f"{full}.")
        elif kind != "alias":
            told = field.get("meta", {})
            comment = str(told.get("description") or told.get("comment") or "")
            yield FoundColumn(full, kind, form_of(kind), comment)


def _by_its_values(column: FoundColumn) -> FoundColumn:
    """A field of an index that keeps no documents: read from its own store where it has one."""
    kept = column.type not in {"text", "binary", "object", "nested", "geo_shape"}
    return replace(column, readable=kept, expression=DOC_VALUES if kept else "")


def form_of(kind: str) -> Form:
    """How values of a type are fetched."""
    if kind == "binary":
        return Form.BYTES
    return Form.SHORT if kind in _SHORT else Form.LONG
