"""Scans that the state database keeps: taken up where they were, stored once, and next time only what changed is read."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, event, func, select, text
from sqlalchemy.engine import make_url

from config.settings import Settings
from detectors.discovery.scanning import conduct, register
from detectors.discovery.scanning.conduct import EndedEarly, Signal, SourceAwayError
from detectors.discovery.scanning.models import DiscoveryReading, DiscoveryScan, Mode, ScanStatus
from detectors.discovery.scanning.progress import Progress
from detectors.discovery.scanning.register import Holder, Place
from detectors.discovery.scanning.unchanged import Why
from detectors.discovery.sources.base import Sampling, SourceUnreachableError
from soc.acting import SystemPath
from soc.clock import now
from soc.db import Database
from soc.errors import ConflictError, UnavailableError
from soc.jobs import Lease
from soc.ledger.models import LedgerItem, LedgerTable, ScanRun
from tests.conftest import POSTGRES, administer, url_of
from tests.detectors.discovery.scanning.making import PEOPLE, change, ending, make_source, scan_of

HEADER = "身份证号,姓名,金额\n"


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commit after each unit, so that small sources have groups too."""
    monkeypatch.setattr(conduct, "GROUP", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of six sheets of persons."""
    made = tmp_path / "sheets"
    made.mkdir()
    for number in range(6):
        write(made / f"f{number}.csv")
    return made


def write(path: Path, rows: int = 30) -> None:
    lines = [f"{PEOPLE.resident_ids[at]},{PEOPLE.names[at]},{at}.50" for at in range(rows)]
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")


def scans(database: Database) -> list[DiscoveryScan]:
    with database.read() as session:
        return list(session.scalars(select(DiscoveryScan).order_by(DiscoveryScan.id)))


def counted(database: Database, model: type[object]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def items(database: Database) -> list[tuple[str, str, str | None]]:
    with database.read() as session:
        query = select(LedgerTable.name, LedgerItem.name, LedgerItem.type).join(
            LedgerTable, LedgerTable.id == LedgerItem.table_id
        )
        rows = session.execute(query.where(LedgerItem.gone_at.is_(None), LedgerTable.gone_at.is_(None)))
        return sorted((table, name, kind) for table, name, kind in rows)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of what was read, in order."""
    seen: list[str] = []
    real: Callable[..., object] = register.keep

    def keep(session: object, scan_id: object, outcomes: list[object], **more: object) -> object:
        seen.extend(Path(one.unit.key).name for one in outcomes)  # type: ignore[attr-defined]
        return real(session, scan_id, outcomes, **more)

    monkeypatch.setattr(register, "keep", keep)
    return seen


def test_a_scan_is_in_the_ledger_once_and_its_register_says_so(database: Database, tmp_path: Path) -> None:
    source = make_source(tmp_path / "s.db", 5)
    done = scan_of(database, f"sqlite:///{source}")
    assert len(done.result.tables) == 5
    assert len(items(database)) == 5 * 4
    (scan,) = scans(database)
    assert (scan.status, scan.total, scan.settled, scan.rows, scan.share) == (ScanStatus.DONE, 5, 5, 200, 1.0)
    assert scan.run_id == done.run.id
    assert scan.report["items"] == 20
    assert scan.report["reasons"] == {Why.NEW.value: 5}


def test_a_paused_scan_goes_on_behind_what_it_read(database: Database, folder: Path, reads: list[str]) -> None:
    with pytest.raises(EndedEarly):
        scan_of(database, str(folder), watch=ending([Signal.GO, Signal.GO, Signal.GO, Signal.PAUSE]))
    (scan,) = scans(database)
    assert scan.status is ScanStatus.PAUSED
    assert (counted(database, ScanRun), counted(database, LedgerItem)) == (0, 0)
    before = list(reads)
    assert 0 < len(before) < 6
    done = scan_of(database, str(folder))
    assert sorted(reads) == [f"f{number}.csv" for number in range(6)]
    assert len(done.result.tables) == 6
    assert [one.status for one in scans(database)] == [ScanStatus.DONE]
    assert counted(database, ScanRun) == 1


def test_a_file_that_changed_during_a_pause_is_read_again(database: Database, folder: Path, reads: list[str]) -> None:
    with pytest.raises(EndedEarly):
        scan_of(database, str(folder), watch=ending([Signal.GO, Signal.GO, Signal.GO, Signal.PAUSE]))
    first = reads[0]
    write(folder / first, rows=11)
    done = scan_of(database, str(folder))
    assert reads.count(first) == 2
    assert {Path(one.path).name: one.rows for one in done.result.tables}[first] == 11


def test_a_cancelled_scan_leaves_nothing(database: Database, folder: Path, reads: list[str]) -> None:
    with pytest.raises(EndedEarly):
        scan_of(database, str(folder), watch=ending([Signal.GO, Signal.GO, Signal.GO, Signal.CANCEL]))
    assert [one.status for one in scans(database)] == [ScanStatus.CANCELLED]
    assert (counted(database, DiscoveryReading), counted(database, LedgerItem)) == (0, 0)
    reads.clear()
    scan_of(database, str(folder))
    assert len(reads) == 6


def test_only_what_changed_is_read_again_and_the_result_is_whole(
    database: Database, folder: Path, reads: list[str]
) -> None:
    first = scan_of(database, str(folder))
    reads.clear()
    write(folder / "f2.csv", rows=7)
    (folder / "f3.csv").unlink()
    write(folder / "f9.csv")
    second = scan_of(database, str(folder))
    assert sorted(reads) == ["f2.csv", "f9.csv"]
    assert second.choice.reasons == {Why.SAME: 4, Why.WRITTEN: 1, Why.NEW: 1}
    unmoved = {one.path: one for one in first.result.tables if one.name in {"f0", "f1", "f4", "f5"}}
    assert {one.path: one for one in second.result.tables if one.path in unmoved} == unmoved
    assert {table for table, _, _ in items(database)} == {"f0", "f1", "f2", "f4", "f5", "f9"}
    assert counted(database, DiscoveryReading) == 6


@pytest.mark.parametrize("mode", [Mode.AGAIN, Mode.FULL])
def test_everything_is_read_where_everything_was_asked_for(
    database: Database, folder: Path, reads: list[str], mode: Mode
) -> None:
    scan_of(database, str(folder))
    reads.clear()
    scan_of(database, str(folder), mode=mode, sampling=Sampling(full=mode is Mode.FULL))
    assert len(reads) == 6
    assert counted(database, DiscoveryReading) == 6


def test_another_sample_makes_the_old_readings_useless(database: Database, folder: Path, reads: list[str]) -> None:
    scan_of(database, str(folder))
    reads.clear()
    done = scan_of(database, str(folder), sampling=Sampling(seed=7))
    assert len(reads) == 6
    assert done.choice.reasons == {Why.RULES: 6}


def test_what_could_not_be_read_is_tried_again(database: Database, folder: Path, reads: list[str]) -> None:
    (folder / "bad.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    assert [one.path for one in scan_of(database, str(folder)).result.skipped] == [str(folder / "bad.xlsx")]
    reads.clear()
    again = scan_of(database, str(folder))
    assert reads == ["bad.xlsx"]
    assert [one.path for one in again.result.skipped] == [str(folder / "bad.xlsx")]


def test_an_order_of_another_kind_gives_the_unfinished_scan_up(database: Database, folder: Path) -> None:
    with pytest.raises(EndedEarly):
        scan_of(database, str(folder), watch=ending([Signal.GO, Signal.PAUSE]))
    scan_of(database, str(folder), mode=Mode.AGAIN)
    assert [one.status for one in scans(database)] == [ScanStatus.CANCELLED, ScanStatus.DONE]


def test_two_processes_do_not_scan_one_place(database: Database, folder: Path) -> None:
    with database.write() as session:
        Holder(Place("440000", str(folder)), "another-machine:17:abc").renew(session, now())
    with pytest.raises(ConflictError):
        scan_of(database, str(folder))
    assert counted(database, LedgerItem) == 0


def test_the_hold_of_a_process_that_died_here_is_taken_over_at_once(database: Database, folder: Path) -> None:
    import socket
    import subprocess

    gone = subprocess.Popen(["true"])
    gone.wait()
    with database.write() as session:
        Holder(Place("440000", str(folder)), f"{socket.gethostname()}:{gone.pid}:abc").renew(session, now())
    assert len(scan_of(database, str(folder)).result.tables) == 6
    assert counted(database, Lease) == 0


@dataclass
class Server:
    """A database of a real server whose account can be locked out and let in again."""

    address: str
    role: str

    def shut(self) -> None:
        administer(f"ALTER ROLE {self.role} NOLOGIN")
        administer(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{self.role}'")

    def open(self) -> None:
        administer(f"ALTER ROLE {self.role} LOGIN")


@pytest.fixture
def server() -> Iterator[Server]:
    """Six tables of persons on a real server, and an account that reads them."""
    if not POSTGRES:
        pytest.skip("needs PostgreSQL: SOC_TEST_POSTGRES_URL is not set")
    name = f"scanned_{uuid4().hex[:10]}"
    administer(f"CREATE ROLE {name} LOGIN PASSWORD 'reads-only-7'")
    administer(f'CREATE DATABASE "{name}" OWNER {name}')
    engine = create_engine(url_of(name))
    with engine.begin() as connection:
        for number in range(6):
            connection.execute(
                text(f"CREATE TABLE t{number} AS SELECT n AS id, '姓名' || n AS xm FROM generate_series(1, 50) n")
            )
        connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}"))
    engine.dispose()
    url = make_url(url_of(name)).set(username=name, password="reads-only-7")
    yield Server(url.render_as_string(hide_password=False), name)
    administer(f'DROP DATABASE "{name}" WITH (FORCE)')
    administer(f"DROP ROLE {name}")


@pytest.mark.postgres
@pytest.mark.parametrize("workers", [0, 2])
def test_a_source_that_goes_away_ends_the_scan_with_what_it_has(
    database: Database, server: Server, workers: int
) -> None:
    def watch(progress: Progress) -> Signal:
        if progress.settled == 2:
            server.shut()
        return Signal.GO

    with pytest.raises(SourceAwayError):
        scan_of(database, server.address, watch=watch, patience=0.2, workers=workers)
    (scan,) = scans(database)
    assert scan.status is ScanStatus.INTERRUPTED
    assert scan.message is not None
    assert 0 < counted(database, DiscoveryReading) < 6
    server.open()
    done = scan_of(database, server.address)
    assert (len(done.result.tables), done.result.skipped) == (6, ())
    assert len(items(database)) == 6 * 2


@pytest.mark.postgres
def test_a_source_that_comes_back_within_patience_is_read_to_the_end(database: Database, server: Server) -> None:
    seen: list[int] = []

    def watch(progress: Progress) -> Signal:
        seen.append(progress.settled)
        if seen.count(2) == 1 and progress.settled == 2:
            server.shut()
        elif seen.count(2) > 1:
            server.open()
        return Signal.GO

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(conduct, "KEPT_EVERY", 0.0)
        done = scan_of(database, server.address, watch=watch)
    assert (len(done.result.tables), done.result.skipped) == (6, ())


def test_of_a_mistyped_address_nothing_is_kept(database: Database, tmp_path: Path) -> None:
    with pytest.raises(SourceUnreachableError):
        scan_of(database, f"sqlite:///{tmp_path / 'nowhere.db'}")
    assert counted(database, DiscoveryScan) == 0


@pytest.fixture
def embedded(settings: Settings, sqlite_template: Path) -> Iterator[Database]:
    """A state in SQLite, whose file can be kept from growing."""
    settings.home.mkdir(parents=True, exist_ok=True)
    shutil.copy(sqlite_template, settings.home / "state.db")
    opened = Database.open(settings).acting_for(SystemPath.JOBS)
    yield opened
    opened.close()


def test_a_full_disk_is_said_so_and_the_scan_goes_on_when_there_is_room(embedded: Database, tmp_path: Path) -> None:
    database = embedded
    address = f"sqlite:///{make_source(tmp_path / 's.db', 30)}"
    pages = "PRAGMA max_page_count"

    def fill(progress: Progress) -> Signal:
        if progress.settled == 10:
            with database.engine.connect() as connection:
                used = connection.exec_driver_sql("PRAGMA page_count").scalar()
            _limit(database, f"{pages} = {used}")
        return Signal.GO

    with pytest.raises(UnavailableError) as caught:
        scan_of(database, address, watch=fill)
    assert caught.value.key == "errors.disk_full"
    _limit(database, f"{pages} = 1000000000")
    done = scan_of(database, address)
    assert len(done.result.tables) == 30
    assert len(items(database)) == 30 * 4


def _limit(database: Database, pragma: str) -> None:
    """Limit the file's size on every connection from now on."""
    database.engine.dispose()

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(pragma)

    event.listen(database.engine, "connect", limit)


def test_a_table_of_a_database_file_is_named_with_its_file(database: Database, tmp_path: Path) -> None:
    source = make_source(tmp_path / "s.db", 2)
    change(source, 'CREATE TABLE "空表" (x TEXT)')
    done = scan_of(database, str(source))
    assert {one.path for one in done.result.tables} == {f"{source}#{name}" for name in ("t00", "t01", "空表")}
