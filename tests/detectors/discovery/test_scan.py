"""Whole scans of folders: every kind of file, what is skipped and why, grades and flags."""

import json
import os
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from detectors.discovery.finding import TableFinding
from detectors.discovery.scan import Orders, scan
from detectors.discovery.sources.base import Sampling
from soc.ledger.levels import Level
from soc.text import speaking
from tests.detectors.made import Maker


def people(path: Path, rows: int = 60) -> Path:
    maker = Maker()
    lines = [f"{maker.person()},{maker.resident_id()},{maker.mobile()},{place}" for place in range(rows)]
    path.write_text("姓名,身份证号,手机,序号\n" + "\n".join(lines) + "\n", encoding="gb18030")
    return path


def only(path: Path, orders: Orders | None = None) -> TableFinding:
    (table,) = scan([str(path)], orders or Orders()).tables
    return table


def test_a_file_of_people_is_found_and_graded(tmp_path: Path) -> None:
    table = only(people(tmp_path / "people.csv"))
    assert [(one.type, one.level) for one in table.columns] == [
        ("person_name", Level.G3),
        ("resident_id", Level.G4),
        ("mobile", Level.G3),
        (None, Level.G1),
    ]
    assert (table.rows, table.level) == (60, Level.G4)


def test_the_same_file_is_found_without_its_header(tmp_path: Path) -> None:
    table = only(people(tmp_path / "people.csv"), Orders(sampling=Sampling(headers=False)))
    assert [one.type for one in table.columns] == ["person_name", "resident_id", "mobile", None]
    assert table.rows == 61


def test_sheets_json_lines_and_parquet_are_tables_too(tmp_path: Path) -> None:
    maker = Maker()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "车辆"
    for row in [["车牌号", "VIN"], *[[maker.plate(), maker.vin()] for _ in range(40)]]:
        sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    lines = [json.dumps({"mail": maker.email(), "pos": {"lng": 113.2}}) for _ in range(40)]
    (tmp_path / "lines.jsonl").write_text("\n".join(lines), encoding="utf-8")
    pl.DataFrame({"card": [maker.bank_card() for _ in range(40)], "n": range(40)}).write_parquet(
        tmp_path / "cards.parquet"
    )
    found = {table.name: [one.type for one in table.columns] for table in scan([str(tmp_path)], Orders()).tables}
    assert found == {"车辆": ["plate", "vin"], "lines": ["email", None], "cards": ["bank_card", None]}


def test_links_that_lead_outside_pipes_and_strange_files_are_skipped_with_a_reason(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside.csv", tmp_path / "folder"
    folder.mkdir()
    people(outside)
    people(folder / "inside.csv")
    (folder / "link.csv").symlink_to(outside)
    (folder / "again.csv").symlink_to(folder / "inside.csv")
    (folder / "dead.csv").symlink_to(folder / "nothing.csv")
    (folder / "up").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.csv")
    (folder / "notes.bin").write_bytes(b"\x00\x01")
    (folder / "empty.csv").touch()
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 no book")
    (folder / "broken.json").write_text('{"a": \n', encoding="utf-8")
    result = scan([str(folder)], Orders())
    assert sorted(table.name for table in result.tables) == ["again", "inside"]
    skipped = {Path(one.path).name: one.reason for one in result.skipped}
    assert set(skipped) == {
        "link.csv", "dead.csv", "up", "pipe.csv", "notes.bin", "empty.csv", "broken.xlsx", "broken.json",
    }  # fmt: skip
    assert all(skipped.values())


def test_reasons_are_told_in_the_reader_s_language(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    with speaking("en"):
        english = scan([str(tmp_path)], Orders()).skipped[0].reason
    with speaking("zh"):
        chinese = scan([str(tmp_path)], Orders()).skipped[0].reason
    assert "is empty" in english
    assert "是空的" in chinese


def test_a_file_with_a_mark_of_state_secrets_is_left_with_nothing_kept(tmp_path: Path) -> None:
    (tmp_path / "mark.csv").write_text("标题\n机密★10年 某方案\n", encoding="utf-8")
    result = scan([str(tmp_path)], Orders())
    assert not result.tables
    assert not result.skipped
    assert [one.path for one in result.secrets] == [str(tmp_path / "mark.csv")]
    assert [one["path"] for one in result.as_dict()["skipped"]] == [str(tmp_path / "mark.csv")]


def test_who_when_and_where_in_one_table_is_a_track(tmp_path: Path) -> None:
    maker = Maker()
    lines = [f"{maker.plate()},2024-01-01 08:{place:02}:00,{maker.position()}" for place in range(50)]
    (tmp_path / "gps.csv").write_text("plate,time,lng,lat\n" + "\n".join(lines) + "\n", encoding="utf-8")
    table = only(tmp_path / "gps.csv")
    assert (table.flags, table.level) == (("trajectory",), Level.G4)


def test_an_unpacked_size_out_of_proportion_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from detectors.discovery.sources import sheets

    book = openpyxl.Workbook()
    book.save(tmp_path / "book.xlsx")
    monkeypatch.setattr(sheets, "_UNPACKED_LIMIT", 10)
    assert "book.xlsx" in scan([str(tmp_path)], Orders()).skipped[0].path


def test_the_document_has_the_contract_s_fields(tmp_path: Path) -> None:
    document = scan([str(people(tmp_path / "people.csv"))], Orders()).as_dict()
    assert set(document) == {"source", "tables", "skipped"}
    column = document["tables"][0]["columns"][1]
    assert set(column) == {"name", "type", "entity", "confidence", "tier", "category", "level", "evidence"}
    json.dumps(document)
