"""The tier above cosigns the trail of the tier below; with a stolen key only that helps."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from audit.trail.integrator import integrate
from audit.trail.log import MerkleLog
from audit.trail.verify import verify
from audit.trail.witness import Request, WitnessError, accept, request, witness, witness_key
from config.settings import Settings
from soc.db import Database
from soc.errors import InputError
from soc.trail.leaf import leaf_bytes, seal_of
from soc.trail.rows import stored_rows
from tests.audit.trail.conftest import Writer

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def province(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "province", database_url="sqlite://")


def asked(state: Database, home: Settings, old_size: int = 0) -> Request:
    integrate(state, home)
    return Request.from_json(json.dumps(request(MerkleLog.of(home), old_size).as_json()).encode())


def forge(state: Database, home: Settings) -> None:
    """Rewrite history the way a thief of every key would: rows, seals and the whole log anew."""
    log = MerkleLog.of(home)
    for row in list(stored_rows(state)):
        assert row is not None
        changed = dict(row) | {"act": "alert.closed" if row["id"] != 2 else "alert.snoozed"}
        key = log.ring.by_id("trail.seal", row["seal_key"])
        seal = seal_of(key.secret, leaf_bytes(changed), row["private"], row["seal_key"])
        with state.writer.begin() as connection:
            statement = text("UPDATE trail_entries SET act = :act, seal = :seal WHERE id = :id")
            connection.execute(statement, {"act": changed["act"], "seal": seal, "id": row["id"]})
    for name in ("tile", "sm3", "integrated", "acknowledged", "checkpoint"):
        path = home.home / "tlog" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    integrate(state, home)


def test_growth_is_cosigned(state: Database, home: Settings, province: Settings, write: Writer) -> None:
    write(3)
    witness(province, asked(state, home), at=NOON)
    write(300)
    note = witness(province, asked(state, home, 3), at=NOON)
    assert note.cosigned_by(witness_key(province)) == NOON


def test_a_cosignature_is_kept_and_checked(state: Database, home: Settings, province: Settings, write: Writer) -> None:
    write(3)
    note = witness(province, asked(state, home), at=NOON)
    accept(MerkleLog.of(home), note, witness_key(province))
    write(2)
    integrate(state, home)
    verdict = verify(state, home)
    assert verdict.ok
    assert [(one.name, one.size, one.ok) for one in verdict.witnesses] == [("guanlan/440000/witness", 3, True)]


def test_with_every_key_stolen_history_can_be_rewritten_unseen(state: Database, home: Settings, write: Writer) -> None:
    write(3)
    integrate(state, home)
    forge(state, home)
    assert verify(state, home).ok


def test_with_every_key_stolen_the_witness_still_sees_it(
    state: Database, home: Settings, province: Settings, write: Writer
) -> None:
    write(3)
    accept(MerkleLog.of(home), witness(province, asked(state, home), at=NOON), witness_key(province))
    forge(state, home)
    assert [one.code for one in verify(state, home).problems] == ["witness"]
    write(1)
    with pytest.raises(WitnessError, match="rewritten"):
        witness(province, asked(state, home, 3), at=NOON)


def test_a_log_that_shrank_is_not_cosigned(state: Database, home: Settings, province: Settings, write: Writer) -> None:
    write(3)
    early = asked(state, home)
    write(1)
    witness(province, asked(state, home), at=NOON)
    with pytest.raises(WitnessError, match="shrunk"):
        witness(province, early, at=NOON)


def test_a_proof_from_another_size_is_asked_for_anew(
    state: Database, home: Settings, province: Settings, write: Writer
) -> None:
    write(3)
    witness(province, asked(state, home), at=NOON)
    write(3)
    with pytest.raises(WitnessError, match="stale"):
        witness(province, asked(state, home, 2), at=NOON)


def test_an_unsigned_request_is_refused(state: Database, home: Settings, province: Settings, write: Writer) -> None:
    write(3)
    said = asked(state, home).as_json()
    said["note"] = said["note"].replace("\n3\n", "\n4\n")
    with pytest.raises(InputError):
        witness(province, Request.from_json(json.dumps(said).encode()), at=NOON)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"note": 1, "vkey": 2, "old_size": 3, "proof": 4}', b"\xff"])
def test_rubbish_is_no_request(data: bytes) -> None:
    with pytest.raises(InputError):
        Request.from_json(data)


def test_a_cosignature_of_another_log_is_not_kept(
    state: Database, home: Settings, province: Settings, write: Writer
) -> None:
    write(3)
    note = witness(province, asked(state, home), at=NOON)
    forge(state, home)
    with pytest.raises(InputError):
        accept(MerkleLog.of(home), note, witness_key(province))
