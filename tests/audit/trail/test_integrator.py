from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from audit.trail import integrator
from audit.trail.integrator import integrate
from audit.trail.log import LogBrokenError, MerkleLog
from audit.trail.merkle import SHA256, includes
from audit.trail.progress import FILE
from audit.trail.verify import verify
from config.settings import Settings
from soc.db import Database
from soc.jobs import context_of
from soc.trail import Act, Subject, record
from soc.trail.acknowledged import read_marks
from soc.trail.rows import stored_rows
from tests.audit.trail.conftest import OFFICER, Writer

POSTGRES_ALONE = pytest.mark.parametrize(
    "state_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


def size(state: Database, home: Settings) -> int:
    checkpoint = integrate(state, home)
    return 0 if checkpoint is None else checkpoint.size


def test_every_committed_entry_enters_the_log(state: Database, home: Settings, write: Writer) -> None:
    write(3)
    assert size(state, home) == 3
    write(2)
    assert size(state, home) == 5
    assert MerkleLog.of(home).ids(5) == [1, 2, 3, 4, 5]


def test_nothing_new_signs_nothing_new(state: Database, home: Settings, write: Writer) -> None:
    write(1)
    integrate(state, home)
    before = (home.home / "tlog/checkpoint").read_bytes()
    integrate(state, home)
    assert (home.home / "tlog/checkpoint").read_bytes() == before


def test_an_installation_without_deeds_gets_no_log(state: Database, home: Settings) -> None:
    assert integrate(state, home) is None
    assert not (home.home / "tlog").exists()


def test_marks_go_once_their_entries_are_in_the_log(state: Database, home: Settings, write: Writer) -> None:
    write(3)
    assert [mark.id for mark in read_marks(home.home / "tlog")] == [1, 2, 3]
    integrate(state, home)
    assert read_marks(home.home / "tlog") == ()


def test_an_entry_is_proven_to_be_in_the_log(state: Database, home: Settings, write: Writer) -> None:
    write(7)
    checkpoint = integrate(state, home)
    assert checkpoint is not None
    log = MerkleLog.of(home)
    leaf = SHA256.leaf(list(log.tiles.all_leaves(7))[4])
    assert includes(leaf, 4, 7, log.inclusion(4, 7), checkpoint.root)


def test_the_log_goes_on_where_its_note_was_lost(state: Database, home: Settings, write: Writer) -> None:
    write(3)
    integrate(state, home)
    (home.home / "tlog" / FILE).unlink()
    write(1)
    assert size(state, home) == 4
    assert verify(state, home).ok


def test_files_of_a_run_that_was_cut_off_are_written_over(state: Database, home: Settings, write: Writer) -> None:
    write(3)
    integrate(state, home)
    log = MerkleLog.of(home)
    log.tiles.append(3, [b"never signed"] * 4)
    write(2)
    assert size(state, home) == 5
    assert verify(state, home).ok


def test_an_entry_whose_seal_does_not_hold_is_not_signed_for(state: Database, home: Settings, write: Writer) -> None:
    write(3)
    with state.writer.begin() as connection:
        connection.execute(text("UPDATE trail_entries SET act = 'x' WHERE id = 2"))
    integrator_waits_for_nothing(state, home)
    assert MerkleLog.of(home).ids(2) == [1, 3]
    assert verify(state, home).first_bad == 1


def test_a_log_whose_files_were_changed_takes_nothing_more(state: Database, home: Settings, write: Writer) -> None:
    write(3)
    integrate(state, home)
    (home.home / "tlog/tile/0/000.p/3").write_bytes(b"x" * 96)
    write(1)
    with pytest.raises(LogBrokenError):
        integrate(state, home)


def test_a_broken_log_stops_nothing_else(state: Database, home: Settings, write: Writer) -> None:
    write(3)
    integrate(state, home)
    (home.home / "tlog/checkpoint").write_text("broken")
    write(1)
    integrator.run(context_of(state, None, {}))
    assert [mark.id for mark in read_marks(home.home / "tlog")] == [4]


def test_a_checkpoint_signed_by_somebody_else_is_not_built_upon(
    state: Database, home: Settings, write: Writer, tmp_path: Path
) -> None:
    write(3)
    integrate(state, home)
    note = home.home / "tlog/checkpoint"
    note.write_text(note.read_text().replace("\n3\n", "\n2\n"))
    with pytest.raises(LogBrokenError):
        integrate(state, home)


@POSTGRES_ALONE
def test_a_younger_key_waits_for_an_older_one_that_is_not_committed(
    state: Database, home: Settings, write: Writer
) -> None:
    with state.write() as slow:
        record(slow, OFFICER, Act.ALERT_CLOSED, Subject("alerts", "slow"))
        write(2)
        assert size(state, home) == 0
    assert size(state, home) == 3
    assert MerkleLog.of(home).ids(3) == [1, 2, 3]


@POSTGRES_ALONE
def test_an_entry_that_comes_late_still_enters(
    state: Database, home: Settings, write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integrator, "PATIENCE", timedelta(0))
    with state.write() as slow:
        record(slow, OFFICER, Act.ALERT_CLOSED, Subject("alerts", "slow"))
        write(2)
        assert size(state, home) == 2
    assert size(state, home) == 3
    assert MerkleLog.of(home).ids(3) == [2, 3, 1]
    assert verify(state, home).ok


@POSTGRES_ALONE
def test_a_number_that_was_rolled_back_holds_nothing_up(
    state: Database, home: Settings, write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ZeroDivisionError), state.write() as session:
        record(session, OFFICER, Act.ALERT_CLOSED, Subject("alerts", "x"))
        _ = 1 / 0
    write(2)
    integrator_waits_for_nothing(state, home)
    assert [row and row["id"] for row in stored_rows(state)] == [2, 3]
    assert verify(state, home).as_json()["first_bad"] is None


def integrator_waits_for_nothing(state: Database, home: Settings) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(integrator, "PATIENCE", timedelta(0))
        integrate(state, home)
