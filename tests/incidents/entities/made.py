"""Events that name tables, addresses and applications, and a store of each kind that has some."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from soc.logstore.port import LogStore
from tests.conftest import NOON
from tests.contract import corpus

CITY, OTHER, PROVINCE = "440100", "440300", "440000"
TABLE, ADDRESS, PORTAL = "public.driver", "10.1.2.3", "portal"


def event(days: Any = 1, **more: Any) -> dict[str, Any]:
    """Return a reading of ten G4 rows of the table, ``days`` before noon, as measured."""
    return {
        "time": NOON - timedelta(days=days),
        "guanlan.org": CITY,
        "actor.user.name": "zhang_wei",
        "guanlan.person": "GD7",
        "actor.app_name": PORTAL,
        "src_endpoint.ip": ADDRESS,
        "api.operation": "SELECT",
        "database.name": "gd",
        "guanlan.tables": [TABLE],
        "guanlan.level": "G4",
        "guanlan.level_rank": 4,
        "guanlan.rows": 10,
        "guanlan.rows_basis": "measured",
        "guanlan.export": False,
        "guanlan.inside": True,
        "query_info.uid": "usual",
        "query_info.query_string": "select * from driver where id = ?",
        **more,
    }


def copied(days: Any = 1, bound: Any = 5_000, **more: Any) -> dict[str, Any]:
    """Return a copy that no log counts."""
    uncounted = {"guanlan.rows": None, "guanlan.rows_basis": "unknown", "guanlan.rows_bound": bound}
    return event(days, **{"api.operation": "COPY", "guanlan.export": True, **uncounted, **more})


def stored(store: LogStore, events: Sequence[dict[str, Any]], batch: str = "entities") -> LogStore:
    """Append events, and return the store when they are found."""
    class_of = {place: said["class_uid"] for place, said in enumerate(events) if "class_uid" in said}
    rows = corpus.numbered([dict(said) for said in events], batch)
    for place, (row, said) in enumerate(zip(rows, events, strict=True)):
        row["guanlan.org"] = said["guanlan.org"]
        row["class_uid"] = class_of.get(place, row["class_uid"])
    store.append(corpus.table(rows), batch=batch)
    store.refresh()
    return store
