"""A scan that was ordered on a page, as the worker runs it."""

import os
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select

from detectors.discovery.jobs import scan_source
from soc.db import Database
from soc.errors import UnavailableError
from soc.identity.actors import operator_actor
from soc.jobs import context_of
from soc.ledger.models import LedgerItem, LedgerTable, ScanRun
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


def test_a_folder_that_may_not_be_read_this_time_does_not_take_its_tables_away(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    for folder, name in (("closed", "people"), ("open", "drivers")):
        (data / folder).mkdir(parents=True)
        lines = "\n".join(Maker().resident_id() for _ in range(40))
        (data / folder / f"{name}.csv").write_text(f"sfzh\n{lines}\n", encoding="utf-8")
    source = ordered(database, str(data))
    scan_source(context_of(database, None, {"source": source}))
    (data / "open" / "drivers.csv").unlink()

    def listed(path: str) -> "os._ScandirIterator[str]":
        if Path(path).name == "closed":  # root, who runs tests, may list everything
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", listed)
    scan_source(context_of(database, None, {"source": source}))
    with database.read() as session:
        gone = {one.name: one.gone_at is not None for one in session.scalars(select(LedgerTable))}
        run = session.scalars(select(ScanRun).order_by(ScanRun.id.desc())).first()
    assert gone == {"people": False, "drivers": True}
    assert run is not None
    assert [one["path"] for one in run.skipped] == [str(data / "closed")]
