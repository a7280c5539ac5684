"""The commands, run as people run them, on a fresh home."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

Soc = Any


class Installation:
    """A home of its own, and ``soc`` in it."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "SOC_HOME": str(self.home), "SOC_LANG": "en"}
        environ.pop("SOC_DATABASE_URL", None)
        command = [sys.executable, "-c", "from soc.cli import main; main()", *words]
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=120)

    def json(self, *words: str) -> tuple[int, Any]:
        done = self.run(*words)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def deeds(self, count: int) -> None:
        for number in range(count):
            done = self.run("token", "create", "--scope", "read", "--org", "440000", "--name", f"t{number}")
            assert done.returncode == 0, done.stderr

    def sql(self, statement: str) -> None:
        with closing(sqlite3.connect(self.home / "state.db")) as connection:
            connection.execute(statement)
            connection.commit()


@pytest.fixture
def soc(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "home")


def test_a_fresh_home_verifies(soc: Installation) -> None:
    code, verdict = soc.json("audit", "verify", "--json")
    assert code == 0
    assert verdict["ok"] is True
    assert {"ok", "entries", "first_bad", "checkpoint"} <= set(verdict)


def test_a_change_is_named_and_verification_does_not_mend_it(soc: Installation) -> None:
    soc.deeds(2)
    _, whole = soc.json("audit", "verify", "--json")
    assert whole["checkpoint"]["size"] == whole["entries"]
    soc.sql("UPDATE trail_entries SET actor_id = 'somebody' WHERE id = 2")
    for _ in range(2):
        code, verdict = soc.json("audit", "verify", "--json")
        assert (code, verdict["ok"], verdict["first_bad"]) == (1, False, 1)


def test_truncation_is_named(soc: Installation) -> None:
    soc.deeds(2)
    _, whole = soc.json("audit", "verify", "--json")
    soc.sql(f"DELETE FROM trail_entries WHERE id >= {whole['entries']}")
    code, verdict = soc.json("audit", "verify", "--json")
    assert (code, verdict["first_bad"]) == (1, whole["entries"] - 1)


def test_a_centre_is_witnessed_by_the_one_above(soc: Installation, tmp_path: Path) -> None:
    above = Installation(tmp_path / "above")
    soc.deeds(1)
    up, back = tmp_path / "up.json", tmp_path / "back.json"
    up.write_text(soc.run("audit", "checkpoint", "--json").stdout, encoding="utf-8")
    done = above.run("audit", "checkpoint", "--cosign", str(up))
    assert done.returncode == 0, done.stderr
    back.write_text(done.stdout, encoding="utf-8")
    assert "Kept" in soc.run("audit", "checkpoint", "--accept", str(back)).stdout
    _, verdict = soc.json("audit", "verify", "--json")
    assert [one["ok"] for one in verdict["witnesses"]] == [True]


def test_a_backup_is_restored_with_its_trail(soc: Installation, tmp_path: Path) -> None:
    soc.deeds(1)
    code, saved = soc.json("backup", str(tmp_path / "b.tar"), "--json")
    assert code == 0
    again = Installation(tmp_path / "again")
    code, restored = again.json("restore", str(tmp_path / "b.tar"), "--json")
    assert (code, restored["ok"]) == (0, True)
    assert restored["checkpoint"]["root"] == saved["root"]
    assert again.json("audit", "verify", "--json")[1]["ok"]


def test_an_export_names_what_it_holds(soc: Installation, tmp_path: Path) -> None:
    soc.deeds(1)
    code, said = soc.json("audit", "export", str(tmp_path / "e.zip"), "--act", "token", "--json")
    assert (code, said["count"]) == (0, 1)
    assert soc.run("audit", "export", str(tmp_path / "e.zip")).returncode == 2
    code, printed = soc.json("audit", "export", "--act", "token", "--json")
    assert (code, printed["count"], len(printed["entries"][0]["leaf"]) > 0) == (0, 1, True)
