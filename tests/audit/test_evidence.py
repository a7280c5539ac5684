"""A pack verifies itself with nothing but Python, and shows what was changed in it."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.evidence import gather, write_pack
from audit.trail.integrator import integrate
from audit.trail.log import MerkleLog
from audit.trail.search import TrailSearch
from audit.trail.witness import accept, request, witness, witness_key
from config.settings import Settings
from soc.db import Database
from soc.errors import ConflictError
from soc.identity.actors import operator_actor
from soc.trail import Act, Subject, record

Verdict = tuple[int, list[str]]


@pytest.fixture
def pack(database: Database, tmp_path: Path) -> Path:
    """An unpacked pack of three alerts' entries among nine, witnessed."""
    for number in range(9):
        with database.write() as session:
            kind = "alerts" if number % 3 == 0 else "incidents"
            act = Act.ALERT_CLOSED if kind == "alerts" else Act.INCIDENT_OPENED
            record(session, operator_actor(session), act, Subject(kind, f"{number}"), after={"n": number})
    settings = database.settings
    integrate(database, settings)
    province = Settings(home=tmp_path / "province", database_url="sqlite://")
    log = MerkleLog.of(settings)
    at = datetime(2026, 11, 22, tzinfo=UTC)
    accept(log, witness(province, request(log, 0), at=at), witness_key(province))
    with database.read() as session:
        evidence = gather(session, operator_actor(session), settings, TrailSearch(act="alert"), details=True)
    write_pack(tmp_path / "pack.zip", evidence)
    with zipfile.ZipFile(tmp_path / "pack.zip") as file:
        file.extractall(tmp_path / "pack")
    return tmp_path / "pack"


def verified(pack: Path) -> Verdict:
    done = subprocess.run(
        [sys.executable, "-I", str(pack / "verify.py")], capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, [line for line in done.stdout.splitlines() if line.startswith(("FAULT", "OK"))]


def edit(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def test_a_pack_verifies_itself(pack: Path) -> None:
    assert verified(pack) == (0, ["OK"])


def test_a_pack_holds_what_was_asked_for_and_no_more(pack: Path) -> None:
    lines = (pack / "entries.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(json.loads(line)["leaf"])["act"] for line in lines] == ["alert.closed"] * 3


def test_a_changed_entry_is_shown(pack: Path) -> None:
    edit(pack / "entries.jsonl", lambda text: text.replace("alert.closed", "alert.opened", 1))
    assert verified(pack)[0] == 1


def test_changed_details_are_shown(pack: Path) -> None:
    edit(pack / "entries.jsonl", lambda text: text.replace('\\"n\\":3', '\\"n\\":4', 1))
    code, faults = verified(pack)
    assert (code, len(faults)) == (1, 1)
    assert "details" in faults[0]


def test_a_changed_checkpoint_is_shown(pack: Path) -> None:
    edit(pack / "checkpoint", lambda text: text.replace("\n10\n", "\n11\n").replace("\n9\n", "\n8\n"))
    assert "FAULT the checkpoint is not signed by the log's key" in verified(pack)[1]


def test_a_changed_cosignature_is_shown(pack: Path) -> None:
    keys = json.loads((pack / "keys.json").read_text(encoding="utf-8"))
    note = keys["cosigned"][0]["note"]
    keys["cosigned"][0]["note"] = note.replace("\nsm3 ", "\nsm3 A", 1)
    (pack / "keys.json").write_text(json.dumps(keys), encoding="utf-8")
    assert "FAULT the cosignature of guanlan/440000/witness does not hold" in verified(pack)[1]


def test_there_is_no_evidence_before_the_first_checkpoint(database: Database) -> None:
    with database.read() as session, pytest.raises(ConflictError):
        gather(session, operator_actor(session), database.settings, TrailSearch(), details=False)
