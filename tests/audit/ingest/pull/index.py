"""A real node's index to pull from, and pulls of it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select

from audit.ingest.pull.indices import Wanted
from audit.ingest.pull.models import PullKind, PullProgress
from audit.ingest.pull.service import Order, add_pull
from audit.ingest.pull.turn import Outcome, take_turn
from soc.db import Database
from soc.identity.actors import operator_actor
from tests.opensearch_node import OPENSEARCH, ask

CITY = "440100"
#: what the documents' times are counted from
START = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def document(number: int, at: datetime | None = None, **more: object) -> dict[str, object]:
    """Return a shipper's document that says its number."""
    moment = at or START + timedelta(seconds=number)
    line = f'10.0.0.1 - - [22/Nov/2026:10:00:00 +0800] "GET /doc/{number} HTTP/1.1" 200 5 "-" "x"'
    return {"@timestamp": moment.isoformat(), "message": line, **more}


def fill(index: str, documents: Mapping[int, Mapping[str, object]]) -> None:
    """Put documents into an index by their ids."""
    lines: list[object] = []
    for number, one in documents.items():
        lines += [{"create": {"_id": str(number)}}, one]
    told = ask("POST", f"/{index}/_bulk?refresh=true", lines=lines)
    assert not told["errors"], told["items"][0]


def here(database: Database, *addresses: str) -> Database:
    """Return the state with the settings that allow to pull from this machine's own ports."""
    named = {urlsplit(one).netloc.rpartition("@")[2] for one in (OPENSEARCH, *addresses) if one}
    return Database(database.engine, database.settings.with_changes(pull_targets=frozenset(named)), database.acting)


def add(database: Database, index: str, **more: Any) -> UUID:
    """Set a pull up."""
    options = {name: more.pop(name) for name in ("time_field", "filter", "overlap", "since") if name in more}
    order: dict[str, Any] = {
        "org": CITY, "name": f"pull {index}", "kind": PullKind.OPENSEARCH, "address": OPENSEARCH, "target": index,
        "wanted": Wanted(**options), "format": "nginx", "field": "message",
    }  # fmt: skip
    with database.write() as session:
        return add_pull(session, operator_actor(session), database.settings, Order(**order | more)).id


def turn(database: Database, pull: UUID, at: datetime | None = None, budget: float = 60) -> Outcome:
    """Take one turn, at an instant of the test's choosing."""
    clock: dict[str, Callable[[], datetime]] = {"clock": lambda: at} if at else {}
    outcome = take_turn(database, database.settings, pull, budget=budget, **clock)
    assert outcome is not None, "another turn is at it"
    return outcome


def row(database: Database, pull: UUID) -> PullProgress:
    """Return how far the pull is."""
    with database.read() as session:
        return session.scalars(select(PullProgress).where(PullProgress.pull_id == pull)).one()
