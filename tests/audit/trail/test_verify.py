"""Whatever is done to the trail's rows behind its back, verification names the first bad entry."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from audit.trail.integrator import integrate
from audit.trail.verify import Verdict, verify
from config.settings import Settings
from soc.db import Database
from soc.trail import Act, Subject, TrailEntry, record
from tests.audit.trail.conftest import OFFICER, Writer

COLUMNS = [column.name for column in TrailEntry.__table__.columns]
INTEGRATED, WAITING = 6, 4
#: what only SQLite allows: PostgreSQL keeps to a column's type, and its files are not ours to touch
SQLITE_ALONE = pytest.mark.parametrize("state_url", ["sqlite"], indirect=True)


def tampered(state: Database, statement: str, **values: object) -> None:
    with state.writer.begin() as connection:
        connection.execute(text(statement), values)


@pytest.fixture
def trail(state: Database, home: Settings, write: Writer) -> Database:
    """Six entries in the log, four more that wait."""
    write(INTEGRATED)
    integrate(state, home)
    write(WAITING)
    return state


def found(trail: Database, home: Settings) -> tuple[bool, int | None]:
    verdict: Verdict = verify(trail, home)
    return verdict.ok, verdict.first_bad


def test_an_untouched_trail_is_whole(trail: Database, home: Settings) -> None:
    verdict = verify(trail, home)
    assert verdict.as_json() | {"checkpoint": None} == {
        "ok": True,
        "entries": 10,
        "first_bad": None,
        "checkpoint": None,
        "problems": [],
        "witnesses": [],
    }
    assert verdict.checkpoint is not None
    assert verdict.checkpoint.size == INTEGRATED


def test_an_installation_without_deeds_is_whole(state: Database, home: Settings) -> None:
    integrate(state, home)
    assert found(state, home) == (True, None)


@pytest.mark.parametrize("number", [2, 8])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_to_any_column_is_found(trail: Database, home: Settings, column: str, number: int) -> None:
    changed = {"id": "id + 1000", "private": ":blob"}.get(column, f"{column} || 'x'")
    values = {"blob": b"x"} if column == "private" else {}
    tampered(trail, f"UPDATE trail_entries SET {column} = {changed} WHERE id = :id", id=number + 1, **values)
    assert found(trail, home) == (False, number)


@pytest.mark.parametrize("number", [2, 8])
@pytest.mark.parametrize("column", ["private", "private_digest"])
def test_a_value_taken_away_is_found(trail: Database, home: Settings, column: str, number: int) -> None:
    tampered(trail, f"UPDATE trail_entries SET {column} = NULL WHERE id = :id", id=number + 1)
    assert found(trail, home) == (False, number)


@pytest.mark.parametrize("number", [0, 3, 5, 6, 8])
def test_a_deleted_entry_is_named(trail: Database, home: Settings, number: int) -> None:
    tampered(trail, "DELETE FROM trail_entries WHERE id = :id", id=number + 1)
    assert found(trail, home) == (False, number)


@pytest.mark.parametrize("kept", [0, 4, 6, 7, 9])
def test_after_truncation_the_first_missing_entry_is_named(trail: Database, home: Settings, kept: int) -> None:
    tampered(trail, "DELETE FROM trail_entries WHERE id > :kept", kept=kept)
    assert found(trail, home) == (False, kept)


def test_a_truncation_that_was_written_over_is_found(trail: Database, home: Settings, write: Writer) -> None:
    tampered(trail, "DELETE FROM trail_entries WHERE id > 4")
    if not trail.is_sqlite:
        tampered(trail, "SELECT setval(pg_get_serial_sequence('trail_entries', 'id'), 4)")
    write(6)
    assert found(trail, home) == (False, 4)


def test_a_forged_entry_is_found(trail: Database, home: Settings) -> None:
    others = ", ".join(column for column in COLUMNS if column != "id")
    tampered(trail, f"INSERT INTO trail_entries (id, {others}) SELECT 11, {others} FROM trail_entries WHERE id = 10")
    assert found(trail, home) == (False, 10)


def test_two_entries_that_changed_places_are_found(trail: Database, home: Settings) -> None:
    for old, new in ((3, 999), (4, 3), (999, 4)):
        tampered(trail, "UPDATE trail_entries SET id = :new WHERE id = :old", old=old, new=new)
    assert found(trail, home) == (False, 2)


def test_what_was_changed_before_integration_stays_found_after_it(trail: Database, home: Settings) -> None:
    tampered(trail, "UPDATE trail_entries SET act = 'alert.opened' WHERE id = 8")
    integrate(trail, home)
    assert found(trail, home) == (False, 7)


def test_a_lost_table_is_a_finding(trail: Database, home: Settings) -> None:
    tampered(trail, "DROP TABLE trail_entries")
    assert found(trail, home) == (False, 0)


def test_a_lost_column_is_a_finding(trail: Database, home: Settings) -> None:
    tampered(trail, "ALTER TABLE trail_entries DROP COLUMN actor_org")
    assert found(trail, home) == (False, 0)


@pytest.mark.parametrize("value", ["7", "x'00ff'", "cast(x'ff41' as text)", "1.5"])
@pytest.mark.parametrize("number", [2, 8])
@SQLITE_ALONE
def test_a_foreign_type_in_sqlite_is_a_finding(trail: Database, home: Settings, value: str, number: int) -> None:
    for column in ("act", "seal", "private", "seal_key"):
        tampered(trail, f"UPDATE trail_entries SET {column} = {value} WHERE id = :id", id=number + 1)
        assert found(trail, home) == (False, number)


@SQLITE_ALONE
def test_a_damaged_database_file_is_a_finding(trail: Database, home: Settings, write: Writer) -> None:
    write(200)
    trail.close()
    file = home.home / "state.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert not verify(trail, home).ok


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000.p/6", "tile/entries/000.p/6", "sm3/tile/0/000.p/6"])
def test_a_changed_file_of_the_log_is_found(trail: Database, home: Settings, path: str) -> None:
    file = home.home / "tlog" / path
    data = bytearray(file.read_bytes())
    data[len(data) // 3] ^= 1
    file.write_bytes(bytes(data))
    assert not verify(trail, home).ok


def test_without_the_log_every_entry_still_has_its_seal(trail: Database, home: Settings) -> None:
    shutil.rmtree(home.home / "tlog")
    tampered(trail, "UPDATE trail_entries SET act = 'x' WHERE id = 3")
    assert found(trail, home) == (False, 2)


def test_verification_writes_nothing(trail: Database, home: Settings) -> None:
    trail.close()
    before = contents(home.home)
    verify(trail, home)
    assert contents(home.home) == before


def test_a_deed_that_was_rolled_back_leaves_no_mark(trail: Database, home: Settings) -> None:
    with pytest.raises(ZeroDivisionError), trail.write() as session:
        record(session, OFFICER, Act.ALERT_CLOSED, Subject("alerts", "x"))
        _ = 1 / 0
    assert found(trail, home) == (True, None)


def test_a_savepoint_that_was_rolled_back_leaves_no_mark(trail: Database, home: Settings) -> None:
    with trail.write() as session:
        record(session, OFFICER, Act.ALERT_CLOSED, Subject("alerts", "kept"))
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            with session.begin_nested():
                record(session, OFFICER, Act.ALERT_CLOSED, Subject("alerts", "lost"))
            _ = 1 / 0
    assert found(trail, home) == (True, None)
    assert verify(trail, home).entries == INTEGRATED + WAITING + 1


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
