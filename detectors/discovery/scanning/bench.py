"""``soc bench scan``: the province sampled, the cost by size, every row beside bare reading, and what a change costs.

It makes databases of its own on the PostgreSQL server that ``SOC_BENCH_POSTGRES_URL`` (or ``SOC_TEST_POSTGRES_URL``)
names a superuser of, and drops them at the end. Scans run as people run them: ``soc scan`` in a fresh home, a process
tree whose memory is added up while it works. Other work on the machine stretches seconds, so the CPU seconds of the
scan and of the server stand beside them.
"""

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import URL, make_url

from config.settings import Settings
from detectors.discovery.scanning.measuring import Cost, ServerCpu, bare_reading, command
from soc.demo.estate.plan import Plan
from soc.demo.estate.pools import Pools
from soc.demo.estate.relation import Form, Relation
from soc.demo.estate.whole import Truths, write_estate
from soc.demo.estate.write import write_relations
from soc.errors import InputError
from soc.machine import machine

SIZES: dict[str, int | None] = {"1000": 1_000, "5000": 5_000, "10000": 10_000, "35672": None}
SEED = 1
LIMIT_SECONDS, LIMIT_MEMORY = 360.0, 1 << 30
FULL_CELLS = 20_000_000
LONG_TABLES = 24
#: a change in each table of so many
_EVERY = 20


def run(_settings: Settings) -> dict[str, Any]:
    """Measure everything; ``SOC_BENCH_SCAN`` names parts (sampled, full, incremental), all of them without it."""
    server = _server()
    parts = os.environ.get("SOC_BENCH_SCAN", "sampled,full,incremental").split(",")
    peers: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="guanlan-bench-") as folder:
        home = Path(folder)
        if "sampled" in parts or "incremental" in parts:
            peers |= _by_size(server, home, incremental="incremental" in parts, smaller="sampled" in parts)
        if "full" in parts:
            peers |= _full(server, home)
    whole = peers.get("sampled", {}).get("35672", {})
    seconds = whole.get("seconds")
    return {
        "name": "scan",
        "figure": seconds,
        "unit": "seconds for a sampled scan of 1,335 tables and 35,672 items",
        "limit": LIMIT_SECONDS,
        "ratio": round(seconds / LIMIT_SECONDS, 3) if seconds else None,
        "peers": peers,
        "machine": busy_machine(),
    }


def busy_machine() -> str:
    """What it ran on, and how busy that was."""
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{machine()}, load {load}"


def _server() -> URL:
    given = os.environ.get("SOC_BENCH_POSTGRES_URL") or os.environ.get("SOC_TEST_POSTGRES_URL")
    if not given:
        raise InputError("errors.scan.bench_server")
    return make_url(given)


def _by_size(server: URL, home: Path, *, incremental: bool, smaller: bool) -> dict[str, Any]:
    """The cost of each size, how far it is from linear, and for the whole what a change of 5% costs."""
    told: dict[str, Any] = {}
    peers: dict[str, Any] = {"sampled": told}
    for name, items in SIZES.items():
        if items is not None and not smaller:
            continue
        with _database(server, f"guanlan_bench_{name}") as (url, engine):
            _, truths = write_estate(url, SEED, items, lambda *_: None)
            first, document = _scanned(url, home / name, engine)
            told[name] = first.told() | {"tables": len(document["tables"]), **_right(document, truths)}
            if items is None and incremental:
                peers["incremental"] = _changed(url, engine, home / name, first)
    if smaller:
        peers["linear"] = _linear(told)
    return peers


def _scanned(url: str, home: Path, engine: Engine, *flags: str) -> tuple[Cost, dict[str, Any]]:
    """One ``soc scan``: its cost, the server's with it, and its document."""
    with ServerCpu(engine) as server:
        cost, out = command(["scan", url, "--json", *flags], home)
    cost.server_cpu = server.seconds
    return cost, json.loads(out)


def _right(document: dict[str, Any], truths: Truths) -> dict[str, float]:
    """How often a column got a type it really has; the shares of sensitive ones missed and of others accused."""
    right = known = missed = sensitive = accused = harmless = 0
    for table in document["tables"]:
        truth = truths.get(table["name"], {})
        for column in table["columns"]:
            wanted = truth.get(column["name"])
            allowed = wanted if isinstance(wanted, list) else [wanted]
            known += 1
            right += column["type"] in allowed
            if None not in allowed:
                sensitive += 1
                missed += column["type"] is None
            elif allowed == [None]:
                harmless += 1
                accused += column["type"] is not None
    return {
        "items": known,
        "top1": round(right / max(1, known), 4),
        "missed": round(missed / max(1, sensitive), 4),
        "accused": round(accused / max(1, harmless), 4),
    }


def _linear(told: dict[str, Any]) -> dict[str, float]:
    """CPU milliseconds an item at each size; the ratio of the dearest to the cheapest."""
    each = {name: 1000 * (one["cpu"] + one["server_cpu"]) / one["items"] for name, one in told.items()}
    return {name: round(one, 2) for name, one in each.items()} | {
        "spread": round(max(each.values()) / min(each.values()), 2)
    }


def _changed(url: str, engine: Engine, home: Path, first: Cost) -> dict[str, Any]:
    """Change every twentieth table, then scan what changed."""
    changed = change_some(engine, _EVERY)
    again, document = _scanned(url, home, engine)
    return again.told() | {
        "changed_tables": changed,
        "tables": len(document["tables"]),
        "share_of_seconds": round(again.seconds / first.seconds, 3),
        "share_of_cpu": round((again.cpu + again.server_cpu) / (first.cpu + first.server_cpu), 3),
        "limit": 0.1,
    }


def change_some(engine: Engine, every: int) -> int:
    """Add rows to every so-many-th table of a PostgreSQL database; return how many were changed."""
    query = """SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^(pg_|information_schema)'
               ORDER BY 1, 2"""
    with engine.begin() as connection:
        names = connection.execute(text(query)).all()[::every]
        for schema, table in names:
            connection.execute(text(f'ALTER TABLE "{schema}"."{table}" ADD COLUMN IF NOT EXISTS bench_added text'))
    return len(names)


def _full(server: URL, home: Path) -> dict[str, Any]:
    """Every row of about twenty million cells: the province's first tables as they are, and few tables that are long.

    What deciding a column costs hardly grows with its length, so the share that recognising takes depends on it.
    """
    many = Plan(SEED).first(items_for(FULL_CELLS))
    return {
        "full": _every_row(server, home / "full", many),
        "full_long": _every_row(server, home / "long", lengthened(many, LONG_TABLES, FULL_CELLS)),
    }


def _every_row(server: URL, home: Path, relations: Sequence[Relation]) -> dict[str, Any]:
    """Every row recognised, and merely read by the same driver and workers."""
    with _database(server, "guanlan_bench_full") as (url, engine):
        write_relations(url, relations, Pools(SEED), lambda *_: None)
        with ServerCpu(engine) as server_cpu:
            bare, cells = bare_reading(url)
        cost, document = _scanned(url, home, engine, "--full")
    columns = sum(len(table["columns"]) for table in document["tables"])
    return cost.told() | {
        "tables": len(document["tables"]),
        "columns": columns,
        "cells": cells,
        "cells_per_column": round(cells / max(1, columns)),
        "cells_per_second": round(cells / cost.seconds),
        "bare_cells_per_second": round(cells / bare.seconds),
        "bare_cpu": round(bare.cpu, 1),
        "bare_server_cpu": round(server_cpu.seconds, 1),
        "share_of_bare": round(bare.seconds / cost.seconds, 3),
        # other work on the machine stretches seconds more than these, and not alike in the two runs
        "share_of_bare_cpu": round((bare.cpu + server_cpu.seconds) / (cost.cpu + cost.server_cpu), 3),
        "limit": 0.4,
    }


def lengthened(relations: Sequence[Relation], tables: int, cells: int) -> list[Relation]:
    """The first so many tables that are no views, each as many times longer as makes so many cells together."""
    chosen = [one for one in relations if one.form is Form.TABLE and one.rows][:tables]
    times = cells / sum(one.rows * len(one.columns) for one in chosen)
    return [replace(one, rows=round(one.rows * times)) for one in chosen]


def items_for(cells: int) -> int:
    """How many columns the first tables of the plan have that hold so many cells together."""
    held = items = 0
    for one in Plan(SEED).first(Plan(SEED).items):
        items += len(one.columns)
        held += one.rows * len(one.columns) if one.form is not Form.VIEW else 0
        if held >= cells:
            break
    return items


@contextmanager
def _database(server: URL, name: str) -> Iterator[tuple[str, Engine]]:
    """A database of its own, dropped at the end."""
    administrator = create_engine(server, isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = create_engine(server.set(database=name))
    try:
        yield server.set(database=name).render_as_string(hide_password=False), engine
    finally:
        engine.dispose()
        with administrator.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        administrator.dispose()
