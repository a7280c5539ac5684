"""An encrypted copy is opened by two persons, and by the worker alone."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from detectors.masked_copies.ciphers import ColumnOrder, encryption
from detectors.masked_copies.copying import bare_facts, copy_planned
from detectors.masked_copies.opening import APPROVAL, ask, run
from policies.protection.copies.plan import Place, Plan, TableFact
from soc.approvals.service import approve
from soc.clock import now
from soc.crypto import Cipher, SealError, ring_of
from soc.db import Database
from soc.errors import InputError
from soc.identity.actor import Role
from soc.identity.actors import actor_of, operator_actor
from soc.jobs import JobRun, context_of
from tests.conftest import add_test_person


@pytest.fixture
def encrypted(database: Database, tmp_path: Path) -> Path:
    """A file with one column encrypted."""
    source = tmp_path / "s.db"
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, phone TEXT)")
        connection.executemany("INSERT INTO people VALUES (?, ?)", [(1, "13800138000"), (2, None), (3, "")])
        connection.commit()

    def planned(tables: Sequence[TableFact], links: Sequence[tuple[Place, Place]]) -> Plan:
        return encryption(tables, [ColumnOrder.parse("people.phone")], Cipher.SM4_GCM, "storage")

    made = tmp_path / "e.db"
    copy_planned(str(source), str(made), bare_facts(str(source)), planned, ring_of(database.settings))
    return made


def phones(path: Path) -> list[str | None]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT phone FROM people ORDER BY id")]


def order(database: Database, source: Path, dest: Path) -> JobRun:
    """Propose, agree as a second person, and return the run that was ordered."""
    with database.write() as session:
        approval = ask(session, operator_actor(session), str(source), str(dest), "storage", reason="核查")
    with database.write() as session:
        second = actor_of(session, add_test_person(session, Role.SECADMIN, "440000", None))
        approve(session, second, approval.id, at=now())
        return session.scalars(select(JobRun).where(JobRun.job == APPROVAL)).one()


def test_what_two_persons_agreed_on_is_opened_by_the_worker(
    database: Database, encrypted: Path, tmp_path: Path
) -> None:
    ordered = order(database, encrypted, tmp_path / "d.db")
    assert not (tmp_path / "d.db").exists()
    run(context_of(database, ordered.id, ordered.params))
    assert phones(tmp_path / "d.db") == ["13800138000", None, ""]


def test_an_altered_value_opens_nothing(database: Database, encrypted: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(encrypted)) as connection:
        connection.execute("UPDATE people SET phone = substr(phone, 1, length(phone) - 4) || 'AAA='")
        connection.commit()
    ordered = order(database, encrypted, tmp_path / "d.db")
    with pytest.raises(SealError):
        run(context_of(database, ordered.id, ordered.params))
    assert not (tmp_path / "d.db").exists()


def test_a_column_that_is_not_there_cannot_be_encrypted() -> None:
    with pytest.raises(InputError, match="no_column"):
        encryption([TableFact("t", ())], [ColumnOrder.parse("t.x")], Cipher.SM4_GCM, "storage")
