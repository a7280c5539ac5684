"""Files are known by what they hold and read on where they ended."""

import gzip
from pathlib import Path

import pytest

from audit.ingest import files
from audit.ingest.followers import FormatNotToldError, ingest_file
from audit.ingest.formats import ParseOptions
from audit.ingest.receipts import Receipt
from tests.audit.ingest.at_work import Installation, nginx


def read(at_work: Installation, path: Path, name: str | None = "nginx") -> Receipt:
    return ingest_file(at_work.database, at_work.database.settings, path, name, None, ParseOptions())


def test_a_file_is_searchable_when_it_was_read(at_work: Installation, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(nginx("/a", "/b"))
    assert read(at_work, log, None) == Receipt(accepted=2)
    assert sorted(row["http_request.url.path"] for row in at_work.stored()) == ["/a", "/b"]


def test_read_again_it_brings_nothing_under_any_name(at_work: Installation, tmp_path: Path) -> None:
    log, moved = tmp_path / "access.log", tmp_path / "access.log.1"
    log.write_bytes(nginx("/a", "/b"))
    read(at_work, log)
    log.rename(moved)
    assert read(at_work, moved) == Receipt(duplicates=2)
    assert len(at_work.stored()) == 2


def test_a_file_that_grew_is_read_on(at_work: Installation, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(nginx("/a"))
    read(at_work, log)
    log.write_bytes(nginx("/a", "/b"))
    assert read(at_work, log).accepted == 1
    assert sorted(row["http_request.url.path"] for row in at_work.stored()) == ["/a", "/b"]


@pytest.mark.parametrize("held", [("/a",), ("/c", "/d", "/e"), ("/a", "/x", "/c")])
def test_truncated_or_rotated_it_is_a_new_one(at_work: Installation, tmp_path: Path, held: tuple[str, ...]) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(nginx("/a", "/b"))
    read(at_work, log)
    log.write_bytes(nginx(*held))
    assert read(at_work, log) == Receipt(accepted=len(held))
    assert len(at_work.stored()) == 2 + len(held)


def test_long_files_are_read_in_pieces_and_lose_nothing(
    at_work: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PIECE", 500)
    log = tmp_path / "access.log"
    paths = [f"/{number:03d}" for number in range(40)]
    log.write_bytes(nginx(*paths))
    assert read(at_work, log) == Receipt(accepted=40)
    assert sorted(row["http_request.url.path"] for row in at_work.stored()) == paths
    assert read(at_work, log) == Receipt(duplicates=40)


def test_a_packed_file_is_read(at_work: Installation, tmp_path: Path) -> None:
    log = tmp_path / "access.log.gz"
    log.write_bytes(gzip.compress(nginx("/a", "/b")))
    assert read(at_work, log) == Receipt(accepted=2)


def test_a_packed_file_that_is_cut_is_told(at_work: Installation, tmp_path: Path) -> None:
    log = tmp_path / "access.log.gz"
    log.write_bytes(gzip.compress(nginx("/a", "/b"))[:-12])
    with pytest.raises(files.UnreadableLogError):
        read(at_work, log)


def test_a_file_in_no_known_format_is_not_stored(at_work: Installation, tmp_path: Path) -> None:
    log = tmp_path / "poem.txt"
    log.write_text("床前明月光\n疑是地上霜\n", encoding="utf-8")
    with pytest.raises(FormatNotToldError):
        read(at_work, log, None)


def test_rows_that_a_table_grew_by_are_read_under_its_head(at_work: Installation, tmp_path: Path) -> None:
    log = tmp_path / "export.csv"
    head = "EVENT_TIMESTAMP,DBUSERNAME,ACTION_NAME,RETURN_CODE,USERHOST,SQL_TEXT\n"
    row = "2026-11-22 10:00:00,{},SELECT,0,10.1.2.3,select 1\n"
    log.write_text(head + row.format("ALICE"))
    assert read(at_work, log, "oracle_audit").accepted == 1
    log.write_text(head + row.format("ALICE") + row.format("BOB"))
    assert read(at_work, log, "oracle_audit") == Receipt(accepted=1, duplicates=1)
    assert sorted(str(one["actor.user.name"]) for one in at_work.stored("actor.user.name")) == ["ALICE", "BOB"]
