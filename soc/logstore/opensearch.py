"""The log store of a larger installation: a data stream on an OpenSearch 3 cluster.

An event's ``_id`` is its uid and it is only ever created, so a batch sent again changes
nothing. A data stream knows an ``_id`` within its newest index alone: of a batch that is
partly in older ones, what is there is left out before it is sent, and where a new index began
while it was sent, what is now in both is taken out of the newer one.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pyarrow as pa

from soc.logstore import checks, cluster_bulk
from soc.logstore.checks import Place
from soc.logstore.cluster import TIMEOUT_SECONDS, connected, talking
from soc.logstore.cluster_bulk import Item
from soc.logstore.cluster_groups import grouped
from soc.logstore.cluster_index import properties, template
from soc.logstore.cluster_query import Clause, filtered
from soc.logstore.cluster_top import asked_of, read_top
from soc.logstore.errors import StoreUnavailableError
from soc.logstore.fields import COLUMNS, FIELDS, WORDS, Kind
from soc.logstore.port import (
    COUNT,
    Appended,
    Batch,
    Bucket,
    Event,
    Groups,
    Maintained,
    Metric,
    Newest,
    SearchPage,
    SearchRequest,
    StoreHealth,
    Top,
)
from soc.logstore.prepare import OF, rows_of, together
from soc.logstore.query import EVERYTHING, Scope, Term, any_of
from soc.ocsf.schema import EVENT_SCHEMA

STREAM = "guanlan-events"
_NEWEST_FIRST: list[Clause] = [{"time": "desc"}, {"metadata.uid": "desc"}]
_OLDEST_FIRST: list[Clause] = [{"time": "asc"}, {"metadata.uid": "asc"}]
_SOURCE = {"excludes": [WORDS, "@timestamp"]}
_PIT_KEEP_ALIVE = "5m"
_FULL = {"max_age": "7d", "max_size": "30gb"}
_DELETE_TIMEOUT_SECONDS = 3_600


class OpenSearchLogStore:
    """The log store on a cluster; see ``port.LogStore``."""

    def __init__(self, url: str, stream: str = STREAM, *, shards: int = 1) -> None:
        """Name the cluster, and how many primary shards its next index has; it is reached at the first question."""
        self._url = url
        self._stream = stream
        self._shards = shards
        self._client = connected(url)
        self._ready = False
        #: the newest index, all older ones being refreshed since it began
        self._newest_index = ""

    # -- writing

    def append(self, table: Batch, *, batch: str) -> Appended:
        """Store one batch; the cluster has it on disk when this returns."""
        return self.append_group({batch: table})[batch]

    def append_group(self, batches: Mapping[str, Batch]) -> Mapping[str, Appended]:
        """Store several batches in as few requests as one of their size: many a sender's batches have few events."""
        if not batches:
            return {}
        names, frame = list(batches), together(list(batches.values()))
        self._prepare()
        self._know_older_ones()
        fresh = self._without_stored(frame, names)
        stored = self._stored(fresh, names)
        return {name: Appended(stored[name], rows_of(batches[name]) - stored[name]) for name in names}

    def _know_older_ones(self) -> None:
        """Make searchable what stands in the older indices, once for each that began: what is not found is sent again."""
        *older, newest = self._backing()
        if newest != self._newest_index:
            if older:
                with talking(self._url):
                    self._client.indices.refresh(index=",".join(older))
            self._newest_index = newest

    def _stored(self, fresh: pl.DataFrame, names: Sequence[str]) -> Counter[str]:
        """Send events and return how many of each batch were new."""
        went_to: set[str] = set()
        new = cluster_bulk.brought(fresh, lambda body: self._send(body, went_to))
        stored = Counter(names[place] for place in fresh[OF].filter(pl.Series(new, dtype=pl.Boolean)))
        if went_to - {self._newest_index}:
            stored.subtract({name: self._without_doubles(name) for name in names})
        return stored

    def _without_doubles(self, batch: str) -> int:
        """Take out of newer indices what an older one has of a batch; returns how many events that were."""
        self.refresh()
        known: set[str] = set()
        gone = 0
        for index in self._backing():
            here = self._ids(batch, index)
            double = [one for one in here if one in known]
            known.update(here)
            gone += len(double)
            if double:
                with talking(self._url):
                    self._client.bulk(body=[{"delete": {"_index": index, "_id": one}} for one in double], refresh=True)
        return gone

    def _ids(self, batch: str, index: str) -> list[str]:
        request = SearchRequest(query=Term("guanlan.batch", batch))
        pages = self._pages(request, _NEWEST_FIRST, 10_000, source=False, index=index)
        return [hit["_id"] for page in pages for hit in page]

    def _without_stored(self, frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
        """Leave out what is there already; of most batches nothing is, and one question says so of all of them."""
        sent_before = any_of(*(Term("guanlan.batch", name) for name in names))
        if not self.count(SearchRequest(query=sent_before)):
            return frame
        known = [one for name in names for one in self._known(name)]
        return frame.filter(~pl.col("metadata.uid").is_in(known))

    def _known(self, batch: str) -> set[str]:
        """Return the events of a batch that are there."""
        found = self._ids(batch, self._stream)
        known = set(found)
        if len(known) < len(found):  # whoever sent it first died before the doubles were out
            self._without_doubles(batch)
        return known

    def _send(self, body: bytes, went_to: set[str]) -> list[Item]:
        wanted = "items.create.status,items.create._index,items.create.error.reason"
        with talking(self._url):
            answer = self._client.bulk(body=body, index=self._stream, params={"filter_path": wanted})
        items = [item["create"] for item in answer["items"]]
        went_to.update(item["_index"] for item in items if item["status"] == 201)
        return [Item(item["status"], item.get("error", {}).get("reason", "")) for item in items]

    def _prepare(self) -> None:
        """Check the cluster and make the stream, once; a column added since is added to its mapping."""
        if self._ready:
            return
        with talking(self._url):
            self._check_version()
            self._client.indices.put_index_template(name=self._stream, body=template(self._stream, self._shards))
            if not self._client.indices.exists(index=self._stream):
                self._client.indices.create_data_stream(name=self._stream, params={}, ignore=[400])
            self._client.indices.put_mapping(index=self._stream, body={"properties": properties()})
        self._ready = True

    def _check_version(self) -> str:
        told = self._client.info()["version"]
        version = str(told["number"])
        if told.get("distribution") != "opensearch" or int(version.split(".", maxsplit=1)[0]) < 3:
            raise StoreUnavailableError("errors.logstore.version", version=version)
        return version

    def refresh(self) -> None:
        """Make what was appended searchable now."""
        self._prepare()
        with talking(self._url):
            self._client.indices.refresh(index=self._stream)

    # -- reading

    def newest(self, request: SearchRequest) -> Newest:
        """Return a page, newest first."""
        return self._newest(request, counted=False)[0]

    def search(self, request: SearchRequest) -> SearchPage:
        """Return a page, newest first, and how many match."""
        found, total = self._newest(request, counted=True)
        return SearchPage(found.events, total, found.cursor)

    def _newest(self, request: SearchRequest, *, counted: bool) -> tuple[Newest, int]:
        checks.check_page(request)
        place = checks.place(request.cursor)
        body: Clause = {
            "query": filtered(request),
            "sort": _NEWEST_FIRST,
            "size": max(request.limit, 0) + 1,
            "track_total_hits": counted,
            "_source": _SOURCE,
        }
        if place is not None:
            body["search_after"] = [place.micros, place.uid]
        hits = self._asked(body)["hits"]
        rows = tuple(_event(hit["_source"]) for hit in hits["hits"])[: max(request.limit, 0)]
        more = len(hits["hits"]) > request.limit > 0
        cursor = Place(*hits["hits"][request.limit - 1]["sort"]).written() if more else None
        every = len(hits["hits"]) == len(rows) and place is None
        times = checks.times(rows) if every else None
        return Newest(rows, cursor, times), int(hits["total"]["value"]) if counted else 0

    def oldest(self, request: SearchRequest) -> tuple[Event, ...]:
        """Ask for the first ones."""
        checks.check_page(request)
        if request.limit <= 0:
            return ()
        place = checks.place(request.cursor)
        body: Clause = {
            "query": filtered(request), "sort": _OLDEST_FIRST, "size": request.limit,
            "track_total_hits": False, "_source": _SOURCE,
        }  # fmt: skip
        if place is not None:
            body["search_after"] = [place.micros, place.uid]
        return tuple(_event(hit["_source"]) for hit in self._asked(body)["hits"]["hits"])

    def count(self, request: SearchRequest) -> int:
        """Count what matches."""
        self._prepare()
        with talking(self._url):
            return int(self._client.count(index=self._stream, body={"query": filtered(request)})["count"])

    def histogram(self, request: SearchRequest, interval: timedelta) -> tuple[Bucket, ...]:
        """Count by time."""
        step = checks.check_interval(interval)
        span = self._figures(request, {"span": {"stats": {"field": "time"}}})["span"]
        if not span["count"]:
            return ()
        checks.check_span(int(span["min"]), int(span["max"]), step)
        shift = -(checks.CHINA_OFFSET // checks.TICK) % step
        asked = {"field": "time", "interval": step, "offset": shift, "min_doc_count": 1}
        buckets = self._figures(request, {"times": {"histogram": asked}})["times"]["buckets"]
        return checks.filled({int(bucket["key"]): bucket["doc_count"] for bucket in buckets}, step)

    def aggregate(
        self, request: SearchRequest, group_by: Sequence[str], metrics: Sequence[Metric] = (COUNT,), limit: int = 100
    ) -> Groups:
        """Group and compute."""
        checks.check_groups(group_by, metrics)
        return grouped(lambda wanted: self._figures(request, wanted), group_by, metrics, limit)

    def top(
        self, request: SearchRequest, fields: Sequence[str], *, limit: int = 10, prefix: str = ""
    ) -> Mapping[str, Top]:
        """Ask for all fields at once."""
        checks.check_top(fields, prefix)
        figures = self._figures(request, {name: asked_of(name, limit, prefix) for name in fields}) if fields else {}
        return {name: read_top(name, figures[name], limit) for name in fields}

    def get(self, uid: str, scope: Scope) -> Event | None:
        """Return one event, if the scope has it."""
        page = self.search(SearchRequest(query=Term("metadata.uid", uid), scope=scope, limit=1))
        return page.events[0] if page.events else None

    def iter_events(self, request: SearchRequest, *, page: int = 10_000) -> Iterator[pa.Table]:
        """Stream one point in time of the stream, newest first."""
        for hits in self._pages(request, _NEWEST_FIRST, page):
            yield _table(hits)

    def frame(self, request: SearchRequest, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Return all that matches, oldest first."""
        chosen = list(columns or COLUMNS)
        tables = [_table(hits).select(chosen) for hits in self._pages(request, _OLDEST_FIRST, 10_000, source=chosen)]
        frame = pl.from_arrow(pa.concat_tables([_table([]).select(chosen), *tables]))
        assert isinstance(frame, pl.DataFrame)
        return frame

    def _pages(
        self, request: SearchRequest, sort: list[Clause], size: int, source: object = _SOURCE, index: str = ""
    ) -> Iterator[list[dict[str, Any]]]:
        self._prepare()
        with talking(self._url):
            pit = self._client.create_pit(index=index or self._stream, params={"keep_alive": _PIT_KEEP_ALIVE})["pit_id"]
        kept = {"id": pit, "keep_alive": _PIT_KEEP_ALIVE}
        body: Clause = {"query": filtered(request), "sort": sort, "size": size, "_source": source, "pit": kept}
        try:
            while hits := self._asked(body, index=None)["hits"]["hits"]:
                yield hits
                body["search_after"] = hits[-1]["sort"]
        finally:
            with talking(self._url):
                self._client.delete_pit(body={"pit_id": [pit]})

    def _figures(self, request: SearchRequest, wanted: Clause) -> dict[str, Any]:
        body: Clause = {"query": filtered(request), "size": 0, "aggs": wanted, "track_total_hits": False}
        found: dict[str, Any] = self._asked(body)["aggregations"]
        return found

    def _asked(self, body: Clause, index: str | None = "") -> dict[str, Any]:
        self._prepare()
        with talking(self._url):
            answer: dict[str, Any] = self._client.search(body=body, index=self._stream if index == "" else index)
        return answer

    # -- upkeep

    def delete_before(self, time: datetime, scope: Scope = EVERYTHING) -> int:
        """Drop the indices that are old as a whole, delete what is old in the others."""
        self.refresh()
        old = SearchRequest(until=time, scope=scope)
        gone = self.count(old)
        if not gone:
            return 0
        for index in self._backing()[:-1]:
            if self._old_as_a_whole(index, old):
                with talking(self._url):
                    self._client.indices.delete(index=index)
        with talking(self._url):
            self._client.delete_by_query(
                index=self._stream,
                body={"query": filtered(old)},
                params={"conflicts": "proceed", "refresh": "true"},
                request_timeout=_DELETE_TIMEOUT_SECONDS,
            )
        return gone

    def _backing(self) -> list[str]:
        with talking(self._url):
            told = self._client.indices.get_data_stream(name=self._stream)["data_streams"]
        return [index["index_name"] for index in told[0]["indices"]]

    def _old_as_a_whole(self, index: str, old: SearchRequest) -> bool:
        everything = SearchRequest()
        with talking(self._url):
            counts = [
                self._client.count(index=index, body={"query": filtered(request)})["count"]
                for request in (everything, old)
            ]
        return bool(counts[0] == counts[1])

    def maintain(self) -> Maintained:
        """Begin a new index when the newest is large or a week old."""
        self.refresh()
        with talking(self._url):
            told = self._client.indices.rollover(alias=self._stream, body={"conditions": _FULL})
        if told["rolled_over"]:
            # what came between the refresh and the new index is found at once too, so that it is known when it is sent again
            self.refresh()
        return Maintained(merged=0, removed=0, checkpointed=bool(told["rolled_over"]))

    def health(self) -> StoreHealth:
        """Ask the cluster how it is."""
        self._prepare()
        with talking(self._url):
            version = self._check_version()
            told = self._client.cluster.health(request_timeout=TIMEOUT_SECONDS)
        if told["status"] == "red":
            raise StoreUnavailableError("errors.logstore.red")
        newest = self._figures(SearchRequest(), {"newest": {"max": {"field": "time"}}})["newest"]["value"]
        return StoreHealth(
            store="opensearch",
            version=version,
            events=self.count(SearchRequest()),
            newest=None if newest is None else checks.instant(int(newest)),
            details={"status": told["status"], "nodes": told["number_of_nodes"], "indices": len(self._backing())},
        )


def _event(source: Mapping[str, object]) -> Event:
    return {name: _read(name, source.get(name)) for name in COLUMNS}


def _read(name: str, value: object) -> object:
    if FIELDS[name].kind is Kind.INSTANT and isinstance(value, int):
        return checks.instant(value).astimezone(UTC)
    return value


def _table(hits: list[dict[str, Any]]) -> pa.Table:
    rows = [_event(hit["_source"]) for hit in hits]
    schema = pa.schema([pa.field(field.name, field.type) for field in EVENT_SCHEMA if field.name in FIELDS])
    return pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
