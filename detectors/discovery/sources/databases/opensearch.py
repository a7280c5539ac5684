"""OpenSearch indices: mappings as columns, fields of objects dotted, documents drawn by a seeded score.

The interface knows no read-only session, so ours cannot ask for anything but what is needed to read
(:mod:`detectors.discovery.sources.databases.opensearch_http`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl

from detectors.discovery.sources.base import Sampling
from detectors.discovery.sources.coverage import Coverage, Method
from detectors.discovery.sources.databases import opensearch_catalogue
from detectors.discovery.sources.databases.family import Account, Family
from detectors.discovery.sources.databases.found import Found, FoundColumn
from detectors.discovery.sources.databases.frames import settled
from detectors.discovery.sources.databases.opensearch_documents import flattened
from detectors.discovery.sources.databases.opensearch_http import AnswerError, Client, LostError, SlowError
from detectors.discovery.sources.databases.plan import Piece, Plan, spread
from detectors.discovery.sources.databases.trouble import Trouble
from soc.text import t

#: documents a search may skip, by the index's default setting
_WINDOW = 10_000
#: bytes that one answer should have
_ANSWER = 8 << 20
_PARTS = 24
_SCROLL = "2m"
_EXCESSIVE = frozenset({"admin", "all_access", "security_manager"})


@dataclass(slots=True)
class OpenSearch(Family):
    """A cluster, or the indices of it that the address names."""

    def connect(self) -> Client:
        """Reach the cluster.

        Raises:
            AnswerError: it refuses us.
        """
        client = Client(self.url, connect_seconds=self.limits.connect, answer_seconds=self.limits.statement)
        client.get("/")
        return client

    def close(self, session: Client) -> None:
        """Close the connections."""
        session.close()

    def abort(self, session: Client) -> None:
        """Nothing to end: each request has its own time limit."""

    def refusal(self, error: Exception) -> str:
        """Tell by the status."""
        if isinstance(error, AnswerError) and error.status in {401, 403}:
            return "errors.source.password"
        return "errors.source.unreachable"

    def catalogue(self, session: Client) -> list[Found]:
        """List indices and data streams."""
        return opensearch_catalogue.found(session, self.url.database or "*")

    def plan(self, session: Client, found: Found, sampling: Sampling) -> Plan:
        """Draw documents by a seeded score, the first and the last written among them."""
        rows = int(session.get(f"/{session.path(found.name)}/_count")["count"])
        indices = [part.name for part in found.parts] or [found.name]
        page = max(1, min(1000, _ANSWER // max((found.bytes or 0) // max(rows, 1), 1)))
        if sampling.full:
            part = (lambda name: name) if len(indices) > 1 else (lambda _name: "")
            body = {"size": page, "sort": ["_doc"], "query": {"match_all": {}}}
            return Plan((tuple(_piece(name, body, part(name)) for name in indices),), rows=rows)
        if rows <= sampling.whole:
            return Plan((tuple(_pages(found.name, rows, page, {"match_all": {}})),), rows=rows)
        return self._drawn(found, indices, rows, page, sampling)

    def _drawn(self, found: Found, indices: list[str], rows: int, page: int, sampling: Sampling) -> Plan:
        stages = []
        chosen = spread(len(indices), _PARTS, sampling.seed)
        for number, size in enumerate(sampling.stages):
            pieces = list(_scored(found.name, size, page, sampling.seed + number))
            if number == 0:
                few = max(1, min(page, sampling.first // 20))
                pieces += [_edge(indices[place], few, "desc" if place else "asc") for place in chosen]
                pieces += [_edge(indices[-1], few, "desc")] if len(indices) == 1 else []
            stages.append(tuple(pieces))
        return Plan(tuple(stages), Method.SPREAD, rows)

    def fetch(
        self, session: Client, found: Found, columns: Sequence[FoundColumn], piece: Piece, coverage: Coverage
    ) -> Iterator[pl.DataFrame]:
        """Search, or scroll through everything; a shard that does not answer is named."""
        order = orjson.loads(piece.tail)
        body = order["body"] | {"timeout": f"{self.limits.statement}s"}
        body |= _wanted(columns)
        scrolled = body.get("sort") == ["_doc"]
        if not scrolled:
            body["track_total_hits"] = False
        answer = session.search(order["index"], body, scroll=_SCROLL if scrolled else None)
        while True:
            _name_failures(answer, coverage)
            hits = answer["hits"]["hits"]
            if hits:
                yield settled(flattened(hits, columns, every=scrolled), columns, coverage)
            if not scrolled or not hits:
                break
            answer = session.scroll(answer["_scroll_id"], _SCROLL)
        if scrolled:
            session.end_scroll(answer["_scroll_id"])

    def account(self, session: Client) -> Account:
        """Who we are; a cluster without accounts lets everybody write."""
        version = session.get("/").get("version", {})
        shown = f"{version.get('distribution', 'elasticsearch')} {version.get('number', '')}"
        try:
            told: dict[str, Any] = session.get("/_plugins/_security/api/account")
        except AnswerError:
            return Account(user="", version=shown, excess=("no_accounts",))
        roles = {*told.get("roles", ()), *told.get("backend_roles", ())}
        excess = ("superuser",) if roles & _EXCESSIVE else ()
        return Account(user=str(told.get("user_name", "")), version=shown, excess=excess)

    def trouble(self, error: Exception) -> tuple[Trouble, str] | None:
        """Tell by the status of the answer."""
        if isinstance(error, SlowError):
            return Trouble.SLOW, "timeout"
        if isinstance(error, LostError):
            return Trouble.LOST, ""
        if not isinstance(error, AnswerError):
            return None
        kinds = {401: Trouble.FORBIDDEN, 403: Trouble.FORBIDDEN, 408: Trouble.SLOW, 504: Trouble.SLOW}
        return kinds.get(error.status, Trouble.REFUSED), str(error.status)


def _piece(index: str, body: dict[str, Any], part: str = "") -> Piece:
    return Piece(orjson.dumps({"index": index, "body": body}).decode(), part)


def _pages(index: str, size: int, page: int, query: dict[str, Any]) -> Iterator[Piece]:
    """Searches that give ``size`` documents, a page each."""
    for start in range(0, size, page):
        yield _piece(index, {"query": query, "from": start, "size": min(page, size - start)})


def _scored(index: str, size: int, page: int, seed: int) -> Iterator[Piece]:
    """Documents in the order of a score that a seed gives; what lies behind the window has a seed of its own."""
    for number, start in enumerate(range(0, size, _WINDOW)):
        score = {"random_score": {"seed": seed + 1000 * number, "field": "_seq_no"}, "boost_mode": "replace"}
        yield from _pages(index, min(_WINDOW, size - start), page, {"function_score": score})


def _edge(index: str, size: int, order: str) -> Piece:
    """The documents of an index that were written first or last."""
    return _piece(index, {"query": {"match_all": {}}, "size": size, "sort": [{"_seq_no": order}]}, index)


def _wanted(columns: Sequence[FoundColumn]) -> dict[str, Any]:
    """What a search is to give of each document."""
    names = [one.name for one in columns]
    if any(one.expression == opensearch_catalogue.DOC_VALUES for one in columns):
        return {"_source": False, "docvalue_fields": names}
    return {} if opensearch_catalogue.UNMAPPED in names else {"_source": names}


def _name_failures(answer: dict[str, Any], coverage: Coverage) -> None:
    for failure in answer.get("_shards", {}).get("failures", ()):
        coverage.unread[f"{failure.get('index')}/{failure.get('shard')}"] = t("discovery.unread.shard")
    if answer.get("timed_out"):
        coverage.unread["timeout"] = t("discovery.unread.shard")
