"""An own recognizer as commands use it, on a whole installation: found after activation, gone after the roll-back."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from soc.approvals.service import approve
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import actor_of
from soc.ledger.levels import Level
from soc.ledger.models import LedgerItem
from soc.ledger.own_types import KIND
from soc.versions import service as versions
from tests.conftest import add_test_person
from tests.detectors.workshop.making import CITY, NOON, ferry_pass, put_in_force
from tests.installed import Soc, database, soc

__all__ = ["database", "soc"]

PASSES = [f"FD-{1000 + at}-{'ABCDEFGH'[at % 8]}{'KLMN'[at % 4]}" for at in range(60)]
OWN = f"own_{CITY}_ferry_pass"


@pytest.fixture
def boarding(tmp_path: Path) -> str:
    """The address of an SQLite file whose column c2 has the passes."""
    path = tmp_path / "ferries.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE boarding (seat TEXT, c2 TEXT)")
        connection.executemany(
            "INSERT INTO boarding VALUES (?, ?)", [(f"row {at}", one) for at, one in enumerate(PASSES)]
        )
    return f"sqlite:///{path}"


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_scan_finds_its_column_after_activation_and_no_more_after_the_roll_back(
    database: Database, soc: Soc, boarding: str, tmp_path: Path, workers: str
) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text(json.dumps({"id": 1, "text": "持 FD-1234-AB 登船"}) + "\n", encoding="utf-8")

    def scanned() -> list[str | None]:
        out = json.loads(soc("scan", boarding, "--json", "--org", CITY, "--workers", workers))
        return [column["type"] for column in out["tables"][0]["columns"]]

    def read_out(org: str) -> list[str]:
        return [one["type"] for one in json.loads(soc("text", str(lines), "--org", org))["spans"]]

    def kept() -> list[tuple[str | None, str | None, Level]]:
        with database.read() as session:
            query = select(LedgerItem.type, LedgerItem.entity, LedgerItem.level).order_by(LedgerItem.name.desc())
            return [(row.type, row.entity, row.level) for row in session.execute(query)]

    assert scanned() == [None, None]
    with database.write() as session:
        author = actor_of(session, add_test_person(session, Role.POLICY, CITY))
        second = actor_of(session, add_test_person(session, Role.COMMANDER, CITY))
        put_in_force(session, author, second, CITY)
        put_in_force(session, author, second, CITY, ferry_pass())
    assert scanned() == [None, OWN]
    assert (OWN, OWN.upper(), Level.G3) in kept()
    assert read_out(CITY) == [OWN]
    assert OWN not in read_out("440300")
    with database.write() as session:
        waiting = versions.roll_back(session, author, KIND, CITY, 1, reason="wrong")
        approve(session, second, waiting.id, at=NOON)
    assert scanned() == [None, None]
    assert OWN not in read_out(CITY)


def test_text_makes_no_installation_to_look_for_own_recognizers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, soc: Soc
) -> None:
    monkeypatch.setenv("SOC_HOME", str(tmp_path / "nothing"))
    lines = tmp_path / "lines.jsonl"
    lines.write_text(json.dumps({"text": "no name"}) + "\n", encoding="utf-8")
    assert json.loads(soc("text", str(lines))) == {"spans": []}
    assert not (tmp_path / "nothing").exists()
