"""What is asked of OpenSearch and Elasticsearch: a snapshot of an index, its pages, its end. Nothing else is ever sent.

A cluster that cannot answer from all its shards is asked again later: half an answer would look like a whole one.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import orjson

from audit.ingest.pull.calling import Answer, Caller, CallError
from soc.errors import InputError

#: what one page may have, in bytes; a page that would have more is asked for in smaller parts
LARGEST_PAGE = 16 << 20
_LARGEST_OTHER = 1 << 20
#: a snapshot outlives the time between two turns, and a worker that was killed
_KEEP = "5m"
_NAME = re.compile(r"[^\s/\\?\"<>|#%&]{1,255}")
_LONGEST_FILTER = 4000


class Flavour(StrEnum):
    """The two dialects."""

    OPENSEARCH = "opensearch"
    ELASTICSEARCH = "elasticsearch"


class SnapshotLostError(Exception):
    """The cluster has let the snapshot go."""


@dataclass(frozen=True, slots=True)
class Secret:
    """How one says who one is; never shown."""

    user: str = ""
    password: str = ""
    api_key: str = ""

    def header(self) -> dict[str, str]:
        """Return the header that says it."""
        if self.api_key:
            return {"Authorization": f"ApiKey {self.api_key}"}
        if self.user:
            pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        return {}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An index as it was at one moment."""

    id: str
    flavour: Flavour


@dataclass(frozen=True, slots=True)
class Hit:
    """One document: where it is, its time in milliseconds since 1970, its place in the order, itself as JSON."""

    index: str
    id: str
    at: int
    place: tuple[Any, ...]
    document: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """Some documents in order, and the snapshot's name from now on."""

    hits: tuple[Hit, ...]
    snapshot: str


@dataclass(frozen=True, slots=True)
class Query:
    """Which documents, and by which field their time is told."""

    time_field: str
    filter: Mapping[str, Any] | None
    since: int | None
    until: int | None = None

    def clause(self) -> dict[str, Any]:
        """Return the query as the cluster reads it."""
        bounds: dict[str, Any] = {"format": "epoch_millis"}
        bounds |= {"gte": self.since} if self.since is not None else {}
        bounds |= {"lt": self.until} if self.until is not None else {}
        # without a bound it still asks for documents that have a time at all
        timed: dict[str, Any] = (
            {"range": {self.time_field: bounds}} if len(bounds) > 1 else {"exists": {"field": self.time_field}}
        )
        return {"bool": {"filter": [timed, *([dict(self.filter)] if self.filter else [])]}}

    def order(self, tie: str | None) -> list[dict[str, Any]]:
        """Return the order: by time in milliseconds, whatever the field's own resolution."""
        by_time = {"order": "asc", "numeric_type": "date", "unmapped_type": "date"}
        return [{self.time_field: by_time}, *([{tie: {"order": "asc"}}] if tie else [])]


def checked_index(text: str) -> str:
    """Return the name of an index, a pattern, a data stream, or several with commas.

    Raises:
        InputError: it is none, or an order to a cluster in disguise.
    """
    parts = text.split(",")
    if not all(_NAME.fullmatch(part) and not part.startswith(("_", "+")) and part not in {".", ".."} for part in parts):
        raise InputError("pulls.error.index")
    return text


def read_filter(text: str) -> dict[str, Any] | None:
    """Return a filter as the cluster reads it: JSON where it begins with a brace, else the words of Lucene.

    Raises:
        InputError: it is too long, broken JSON, or runs a script.
    """
    text = text.strip()
    if not text:
        return None
    if len(text) > _LONGEST_FILTER:
        raise InputError("pulls.error.filter_long", longest=_LONGEST_FILTER)
    if not text.startswith("{"):
        return {"query_string": {"query": text}}
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InputError("pulls.error.filter") from error
    if not isinstance(found, dict) or len(found) != 1 or _runs_script(found):
        raise InputError("pulls.error.filter")
    return found


def _runs_script(found: object) -> bool:
    if isinstance(found, dict):
        return any(name in {"script", "script_score"} or _runs_script(inner) for name, inner in found.items())
    return isinstance(found, list) and any(_runs_script(inner) for inner in found)


class Cluster:
    """A cluster being read."""

    def __init__(self, caller: Caller, secret: Secret) -> None:
        """Nothing is asked yet."""
        self._caller = caller
        self._headers = {"Content-Type": "application/json", "User-Agent": "guanlan-pull", **secret.header()}

    def open(self, index: str) -> Snapshot | None:
        """Take a snapshot; None where there is no such index (yet).

        Raises:
            CallError: the cluster does not answer as it should.
        """
        name = quote(index, safe="*,")
        rest = f"keep_alive={_KEEP}&ignore_unavailable=true&expand_wildcards=open"
        target = f"/{name}/_search/point_in_time?{rest}&allow_partial_pit_creation=false"
        answer = self._ask("POST", target, None)
        flavour, given = Flavour.OPENSEARCH, "pit_id"
        if (answer.status in {400, 405} and b"no handler found" in answer.body) or _is_elastic(answer):
            answer = self._ask("POST", f"/{name}/_pit?{rest}", None)
            flavour, given = Flavour.ELASTICSEARCH, "id"
        if _is_no_index(answer):
            return None
        found = _document(answer).get(given)
        if not isinstance(found, str) or not found:
            return None  # a pattern that no index fits
        return Snapshot(found, flavour)

    def page(self, snapshot: Snapshot, query: Query, tie: str | None, after: Sequence[Any] | None, rows: int) -> Page:
        """Return the documents behind ``after``.

        Raises:
            SnapshotLostError: the snapshot is gone.
            AnswerTooLargeError: they are too many at once.
            CallError: the cluster does not answer as it should.
        """
        body = self._body(snapshot, query, tie, after, rows)
        answer = self._ask("POST", "/_search?allow_partial_search_results=false", body, LARGEST_PAGE)
        if answer.status == 404 and b"search_context_missing" in answer.body:
            raise SnapshotLostError
        found = _document(answer)
        return Page(tuple(_hits(found)), str(found.get("pit_id") or snapshot.id))

    def place_behind(
        self, snapshot: Snapshot, query: Query, tie: str | None, after: Sequence[Any] | None
    ) -> Hit | None:
        """Return the next document without itself: it is too large to be read, and has to be named and passed over."""
        body = {**self._body(snapshot, query, tie, after, 1), "_source": False}
        answer = self._ask("POST", "/_search?allow_partial_search_results=false", body)
        return next(iter(_hits(_document(answer), bare=True)), None)

    def first(self, index: str, query: Query, rows: int) -> tuple[Hit, ...]:
        """Return the first documents, without a snapshot."""
        body = {"size": rows, "track_total_hits": False, "query": query.clause(), "sort": query.order(None)}
        target = f"/{quote(index, safe='*,')}/_search?ignore_unavailable=true&allow_partial_search_results=false"
        answer = self._ask("POST", target, body, LARGEST_PAGE)
        return () if _is_no_index(answer) else tuple(_hits(_document(answer)))

    def close(self, snapshot: Snapshot) -> None:
        """Let a snapshot go; one that cannot be told so goes by itself."""
        if snapshot.flavour is Flavour.OPENSEARCH:
            self._ask("DELETE", "/_search/point_in_time", {"pit_id": [snapshot.id]})
        else:
            self._ask("DELETE", "/_pit", {"id": snapshot.id})

    def _body(
        self, snapshot: Snapshot, query: Query, tie: str | None, after: Sequence[Any] | None, rows: int
    ) -> dict[str, Any]:
        body: dict[str, Any] = {
            "size": rows,
            "track_total_hits": False,
            "pit": {"id": snapshot.id, "keep_alive": _KEEP},
            "query": query.clause(),
            "sort": query.order(tie),
        }
        return body | ({"search_after": list(after)} if after else {})

    def _ask(self, method: str, target: str, body: dict[str, Any] | None, longest: int = _LARGEST_OTHER) -> Answer:
        content = None if body is None else orjson.dumps(body)
        answer = self._caller.ask(method, target, headers=self._headers, body=content, longest=longest)
        host = self._caller.endpoint.host
        if 300 <= answer.status < 400:
            raise CallError("pulls.trouble.redirect", host=host)
        if answer.status in {401, 403}:
            raise CallError("pulls.trouble.denied", status=answer.status, host=host)
        if answer.status in {429, 502, 503, 504}:
            raise CallError("pulls.trouble.busy", status=answer.status, wait=_wait(answer), host=host)
        return answer


def _wait(answer: Answer) -> float | None:
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isdigit() else None


def _is_elastic(answer: Answer) -> bool:
    return "x-elastic-product" in answer.headers and answer.status >= 400


def _is_no_index(answer: Answer) -> bool:
    none = b"index_not_found_exception", b"invalid id: [null]"
    return answer.status in {400, 404} and any(one in answer.body for one in none)


def _document(answer: Answer) -> dict[str, Any]:
    """Read an answer that must be whole.

    Raises:
        CallError: it is an error, no JSON object, or from a part of the shards.
    """
    if answer.status >= 300:
        raise CallError("pulls.trouble.status", status=answer.status)
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise CallError("pulls.trouble.not_json") from error
    if not isinstance(found, dict):
        raise CallError("pulls.trouble.not_json")
    shards = found.get("_shards")
    if found.get("timed_out") or (isinstance(shards, dict) and shards.get("failed")):
        raise CallError("pulls.trouble.partial")
    return found


def _hits(found: Mapping[str, Any], *, bare: bool = False) -> list[Hit]:
    try:
        return [_hit(one, bare=bare) for one in found["hits"]["hits"]]
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise CallError("pulls.trouble.not_json") from error


def _hit(one: Mapping[str, Any], *, bare: bool) -> Hit:
    source = one.get("_source")
    if not isinstance(source, dict) and not bare:
        raise CallError("pulls.trouble.no_source")
    place = tuple(one["sort"])
    return Hit(str(one["_index"]), str(one["_id"]), int(place[0]), place, b"" if bare else orjson.dumps(source))
