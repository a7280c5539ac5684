"""A scan that was ordered on a page, as the worker runs it."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select

from detectors.discovery.jobs import scan_source
from soc.db import Database
from soc.errors import UnavailableError
from soc.identity.actors import operator_actor
from soc.jobs import context_of
from soc.ledger.models import LedgerItem, ScanRun
from soc.ledger.sources import NewSource, add_source
from tests.detectors.made import Maker


def ordered(database: Database, url: str) -> str:
    with database.write() as session:
        order = NewSource("库", url, "440100")
        source = add_source(session, operator_actor(session), database.settings, order)
        return str(source.id)


def test_an_ordered_scan_fills_the_ledger(database: Database, tmp_path: Path) -> None:
    maker = Maker()
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute("CREATE TABLE people (c1 TEXT)")
        connection.executemany("INSERT INTO people VALUES (?)", [(maker.resident_id(),) for _ in range(50)])
    source = ordered(database, f"sqlite:///{tmp_path}/a.db")
    scan_source(context_of(database, None, {"source": source}))
    with database.read() as session:
        assert session.scalars(select(LedgerItem)).one().type == "resident_id"


def test_a_source_that_does_not_answer_leaves_the_ledger_as_it_was(database: Database) -> None:
    source = ordered(database, "postgresql://u:p@127.0.0.1:1/x")
    with pytest.raises(UnavailableError):
        scan_source(context_of(database, None, {"source": source}))
    with database.read() as session:
        assert session.scalars(select(ScanRun)).all() == []
