"""``soc bench grading``: a what-if over the ledger of a whole province, against the ten seconds it may take."""

import os
import platform
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from config.settings import Settings
from policies.grading.policy import default_body
from policies.grading.service import what_if
from policies.grading.taxonomy import taxonomy
from soc.acting import SystemPath
from soc.clock import now
from soc.db import Database, new_id
from soc.identity.actors import operator_actor
from soc.installation import open_installation
from soc.ledger.levels import Level
from soc.ledger.models import LedgerItem, LedgerTable, Source
from soc.ledger.types import types
from soc.tiers.models import Organisation, Tier
from soc.trail import Act, Subject, record

TABLES, ITEMS = 1_335, 35_672
LIMIT = 10.0

Row = dict[str, Any]


def run(settings: Settings) -> dict[str, object]:
    """Fill a ledger in a home of its own, and raise one common type by a level."""
    with TemporaryDirectory() as home:
        own = Settings.load({"SOC_HOME": str(Path(home))})
        with closing(open_installation(own).acting_for(SystemPath.OPERATOR)) as database:
            fill(database)
            seconds, changed = _measured(database)
    return {
        "name": "grading",
        "figure": round(seconds, 2),
        "unit": f"s for a what-if over {ITEMS} items",
        "limit": LIMIT,
        "ratio": round(seconds / LIMIT, 3),
        "peers": {"items_changed": changed},
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
    }


def _measured(database: Database) -> tuple[float, int]:
    body = dict(default_body())
    raised = body | {"types": body["types"] | {"uscc": "G3", "plate": "G4"}}
    with database.read() as session:
        actor = operator_actor(session)
        started = time.perf_counter()
        effect = what_if(session, actor, None, raised)
        return time.perf_counter() - started, effect.changed


def fill(database: Database) -> None:
    """Add tables of every category to every centre, with the types that such tables hold."""
    chance = Random(7)  # noqa: S311 - rows to measure with, no secret
    with database.write() as session:
        centres = _centres(session)
        sources = [_source(org) for org in centres]
        session.execute(insert(Source), sources)
        tables = [_table(sources[at % len(sources)], at, chance) for at in range(TABLES)]
        session.execute(insert(LedgerTable), tables)
        session.execute(insert(LedgerItem), list(_items(tables, chance)))
        root = operator_actor(session)
        record(session, root, Act.DEMO_LOADED, Subject("bench", "grading", root.org), after={"items": ITEMS})


def _centres(session: Session) -> list[str]:
    query = session.query(Organisation.code).where(Organisation.tier != Tier.UNIT).order_by(Organisation.code)
    return [code for (code,) in query]


def _source(org: str) -> Row:
    return {
        "id": new_id(), "org": org, "name": f"bench-{org}", "kind": "postgresql", "address": "postgresql://bench",
        "database": "bench", "sealed_url": b"", "added_at": now(), "own": "",
    }  # fmt: skip


def _table(source: Row, at: int, chance: Random) -> Row:
    category = taxonomy()[at % len(taxonomy())]
    return {
        "id": new_id(), "org": source["org"], "source_id": source["id"], "name": f"public.{category.table}_{at}",
        "rows": int(chance.paretovariate(0.5) * 1000) % 20_000_000, "category": category.code, "level": Level.G1,
        "flags": [], "first_seen": now(), "last_seen": now(), "own": "", "comment": category.table_zh,
    }  # fmt: skip


def _items(tables: list[Row], chance: Random) -> Iterator[Row]:
    names = list(types())
    for at in range(ITEMS):
        table = tables[at % len(tables)]
        kind = chance.choice(names) if chance.random() < 0.3 else None
        yield {
            "id": new_id(), "org": table["org"], "table_id": table["id"], "source_id": table["source_id"],
            "name": f"column_{at}", "comment": "登记时间" if at % 9 == 0 else "", "type": kind, "level": Level.G1,
            "evidence": {"rows": 9, "distinct": 9, "shape": "9999-99-99" if at % 9 == 0 else "字字字"},
            "first_seen": now(), "last_seen": now(), "own": "", "pattern": "", "tier": "high", "confidence": 0.9,
        }  # fmt: skip
