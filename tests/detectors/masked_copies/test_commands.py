"""``soc mask``, ``encrypt`` and ``decrypt`` on a fresh home."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.audit.trail.test_commands import Installation
from tests.detectors.masked_copies.test_copying import JOINS, SCHEMA, answers, rows


@pytest.fixture
def soc(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "home")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
        for table, content in rows().items():
            connection.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(content[0]))})", content)
        connection.commit()
    return path


def test_a_copy_is_masked_and_recorded(soc: Installation, source: Path, tmp_path: Path) -> None:
    code, said = soc.json("mask", str(source), str(tmp_path / "m.db"), "--policy", "default", "--json")
    assert code == 0
    operators = {
        (table["name"], column["name"]): column["operator"] for table in said["tables"] for column in table["columns"]
    }
    assert operators["driver", "sfzh"] == operators["trip", "driver_sfzh"] == "token"
    assert answers(tmp_path / "m.db", JOINS) == answers(source, JOINS)
    with closing(sqlite3.connect(soc.home / "state.db")) as state:
        assert state.execute("SELECT count(*) FROM trail_entries WHERE act = 'masked_copy.made'").fetchone() == (1,)


@pytest.mark.parametrize("words", [("--policy", "nowhere"), ("--purpose", "fun"), ("--policy", "pyproject.toml")])
def test_what_cannot_be_used_is_said(soc: Installation, source: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    done = soc.run("mask", str(source), str(tmp_path / "m.db"), *words)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "m.db").exists()


def test_decryption_waits_for_a_second_person(soc: Installation, source: Path, tmp_path: Path) -> None:
    done = soc.run("encrypt", str(source), str(tmp_path / "e.db"), "--column", "driver.sfzh")
    assert done.returncode == 0, done.stderr
    assert answers(tmp_path / "e.db", ("SELECT count(*) FROM driver WHERE sfzh LIKE 'enc:%'",)) == [60]
    code, said = soc.json("decrypt", str(tmp_path / "e.db"), str(tmp_path / "d.db"), "--json")
    assert (code, said["status"]) == (0, "proposed")
    assert not (tmp_path / "d.db").exists()
