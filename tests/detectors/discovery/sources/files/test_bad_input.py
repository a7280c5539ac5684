"""Files that lie, break, change or never end: each is named, and nothing else is lost."""

import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from detectors.discovery.finding import Skipped
from detectors.discovery.sources import csv, paths
from detectors.discovery.sources.base import Sampling, Table
from detectors.discovery.sources.files import delimited
from detectors.discovery.sources.files.handle import Handle, of_path, shown
from detectors.discovery.sources.files.selection import Selection
from soc.cli import main
from soc.text import speaking
from tests.detectors.discovery.sources.files.reads import only, scanned, types
from tests.detectors.made import Maker


def people(path: Path, rows: int = 40) -> Path:
    maker = Maker()
    lines = [f"{maker.person()},{maker.mobile()}" for _ in range(rows)]
    path.write_text("姓名,手机\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


GOOD = {"good": ["person_name", "mobile"]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("zero.csv", b""),
        ("zero.xlsx", b""),
        ("cut.xlsx", b"PK\x03\x04" + bytes(200)),
        ("cut.parquet", b"PAR1" + bytes(50)),
        ("cut.orc", b"ORC" + bytes(50)),
        ("cut.avro", b"Obj\x01" + bytes(50)),
        ("cut.arrow", b"ARROW1\x00\x00" + bytes(50)),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj"),
        ("cut.gz", b"\x1f\x8b\x08\x00"),
        ("cut.7z", b"7z\xbc\xaf\x27\x1c" + bytes(50)),
        ("cut.rar", b"Rar!\x1a\x07\x01" + bytes(50)),
        ("cut.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("cut.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le") + bytes(600)),
        ("cut.json", b'{"a": [1, 2'),
        ("cut.xml", b"<?xml version='1.0'?><a"),
        ("cut.db", b"SQLite format 3\x00" + bytes(84)),
        ("cut.tar", bytes(257) + b"ustar" + bytes(250)),
        ("program.csv", b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 4),
        ("bytes.csv", bytes(range(128, 256)) * 20),
    ],
)
def test_what_cannot_be_read_is_named_with_a_reason_and_its_neighbours_are_read(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    people(tmp_path / "good.csv")
    document = scanned(tmp_path)
    assert types(document) == GOOD
    ((skipped),) = document["skipped"]
    assert skipped["path"].startswith(str(tmp_path / name))
    assert len(skipped["reason"]) > 4


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (b"new\nline.csv", "new\\u000aline.csv"),
        ("\u202egnp.csv".encode(), "\\u202egnp.csv"),
        (b"\xb3\xb5.csv", "\\xb3\\xb5.csv"),
        ("zero\u200bwidth.csv".encode(), "zero\\u200bwidth.csv"),
    ],
)
def test_names_that_lie_about_themselves_are_shown_by_their_codes(tmp_path: Path, name: bytes, told: str) -> None:
    people(tmp_path / "good.csv").rename(tmp_path / os.fsdecode(name))
    document = scanned(tmp_path)
    (table,) = document["tables"]
    assert table["path"] == f"{tmp_path}/{told}"
    assert [column["type"] for column in table["columns"]] == ["person_name", "mobile"]
    json.dumps(document).encode()


def test_links_in_a_circle_and_devices_end_nothing(tmp_path: Path) -> None:
    people(tmp_path / "good.csv")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "a.csv").symlink_to(tmp_path / "b.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")
    (tmp_path / "null.csv").symlink_to("/dev/null")
    os.mkfifo(tmp_path / "pipe.csv")
    document = scanned(tmp_path)
    assert types(document) == GOOD
    assert {Path(one["path"]).name for one in document["skipped"]} == {"loop", "a.csv", "b.csv", "null.csv", "pipe.csv"}


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that anybody may enter."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of root, who may read everything."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_file_without_permission_is_named(open_folder: Path) -> None:
    people(open_folder / "good.csv")
    people(open_folder / "closed.csv").chmod(0)
    scanned(open_folder)  # whatever is loaded at first use is loaded as whoever runs the tests
    with as_nobody():
        document = scanned(open_folder)
    assert (types(document), len(document["skipped"])) == (GOOD, 1)


@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_a_folder_without_permission_is_named_and_its_neighbours_are_read(open_folder: Path, mode: int) -> None:
    people(open_folder / "good.csv")
    closed = open_folder / "closed"
    (closed / "below").mkdir(parents=True)
    people(closed / "a.csv")
    scanned(open_folder)
    closed.chmod(mode)
    with as_nobody():
        document = scanned(open_folder)
    closed.chmod(0o755)
    assert types(document) == GOOD
    named = {one["path"] for one in document["skipped"]}
    # one that may be listed and not entered names what it lists
    assert named == ({str(closed)} if mode == 0 else {str(closed / "a.csv"), str(closed / "below")})


def test_the_folder_given_is_named_too_where_it_may_not_be_read(open_folder: Path) -> None:
    root = open_folder / "closed" / "data"
    root.mkdir(parents=True)
    (open_folder / "closed").chmod(0)
    with as_nobody():
        found = list(paths.walk(root))
        above = list(paths.walk(open_folder / "closed"))
    (open_folder / "closed").chmod(0o755)
    assert [one.path for one in found if isinstance(one, Skipped)] == [str(root)]
    assert [one.path for one in above if isinstance(one, Skipped)] == [str(open_folder / "closed")]


def test_a_table_whose_log_may_not_be_read_is_named_as_a_whole(open_folder: Path) -> None:
    (open_folder / "trips" / "_delta_log").mkdir(parents=True)
    (open_folder / "trips" / "part-0.parquet").write_bytes(b"PAR1")
    (open_folder / "trips" / "_delta_log").chmod(0)
    with as_nobody():
        (found,) = paths.walk(open_folder)
    (open_folder / "trips" / "_delta_log").chmod(0o755)
    assert isinstance(found, Skipped)
    assert found.path == str(open_folder / "trips")


def test_a_file_that_vanishes_after_it_was_listed_is_named(tmp_path: Path) -> None:
    from detectors.discovery.scan import Orders, scan_handle

    file = of_path(people(tmp_path / "a.csv"))
    (tmp_path / "a.csv").unlink()
    (found,) = scan_handle(file, Orders())
    assert isinstance(found, Skipped)


def test_a_file_that_changes_while_it_is_read_says_so(tmp_path: Path) -> None:
    file = of_path(people(tmp_path / "a.csv", 200))
    reading = csv.table_of(file).read(Sampling(full=True, batch=50))
    batches = iter(reading.batches)
    next(batches)
    with (tmp_path / "a.csv").open("a", encoding="utf-8") as more:
        more.write("张伟,13800138000\n")
    with speaking("en"):
        assert len(list(batches)) >= 3
    assert any("changed while" in note for note in reading.notes)


def test_a_cell_beyond_all_measure_is_cut_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_BLOCK", 1 << 16)
    monkeypatch.setattr(delimited, "_LINE", 1 << 18)
    monkeypatch.setattr(delimited, "_ENDS", 1 << 12)
    with (tmp_path / "a.csv").open("w", encoding="utf-8") as file:
        file.write("remark,tel\nshort,13800138001\n" + "x" * (4 << 20) + ",13800138000\nshort,13800138002\n")
    found = only(tmp_path / "a.csv")
    assert found.column("tel") == ["13800138001", "13800138000", "13800138002"]
    assert max(len(value or "") for value in found.column("remark")) == 4096
    assert len(found.notes) == 1


def test_ten_thousand_columns_are_read(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(9_999)]
    rows = [",".join([*("7" for _ in names), Maker(seed).mobile()]) for seed in range(5)]
    (tmp_path / "wide.csv").write_text(",".join([*names, "手机"]) + "\n" + "\n".join(rows) + "\n", encoding="utf-8")
    found = only(tmp_path / "wide.csv")
    assert (len(found.columns), found.rows, found.columns[-1]) == (10_000, 5, "手机")


def test_a_large_file_is_sampled_within_quoted_fields_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv, "WHOLE", 1 << 20)
    with (tmp_path / "a.csv").open("w", encoding="utf-8") as file:
        file.write("n,remark,tel\n")
        for number in range(120_000):
            file.write(f'{number},"first line, of {number}\nsecond, line\n",138{number:08d}\n')
    found = only(tmp_path / "a.csv", Sampling(rows=2000))
    assert all(row[2] and row[2].startswith("138") and len(row[2]) == 11 for row in found.values)
    assert abs(found.rows - 120_000) < 3000
    assert max(int(row[0] or 0) for row in found.values) > 110_000


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030"])
def test_a_large_file_in_any_encoding_is_sampled_on_the_border_of_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setattr(csv, "WHOLE", 1 << 20)
    text = "n,姓名,tel\n" + "".join(f"{number},张伟,138{number:08d}\n" for number in range(150_000))
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    found = only(tmp_path / "a.csv", Sampling(rows=2000))
    assert set(found.column("姓名")) == {"张伟"}
    assert len(found.values) > 1500


def test_a_folder_is_walked_within_its_patterns_and_its_budget(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    for name in ("a.csv", "b.csv", "old/c.csv", "d.txt"):
        people(tmp_path / name)

    def names(select: Selection) -> list[str]:
        return [
            one.path.removeprefix(f"{tmp_path}/") for one in paths.walk(tmp_path, select) if not isinstance(one, Table)
        ]

    assert names(Selection(include=("*.csv",), exclude=("old/*",))) == ["a.csv", "b.csv"]
    assert names(Selection(files=2)) == ["a.csv", "b.csv", str(tmp_path)]
    assert names(Selection(bytes=1)) == [str(tmp_path)]


def test_two_files_of_one_name_are_two_tables(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        people(tmp_path / folder / "people.csv")
    assert set(types(scanned(tmp_path))) == {"a/people.csv", "b/people.csv"}


def test_a_database_in_an_archive_is_read(tmp_path: Path) -> None:
    import zipfile

    maker = Maker()
    with sqlite3.connect(tmp_path / "x.db") as connection:
        connection.execute("CREATE TABLE t (phone TEXT)")
        connection.executemany("INSERT INTO t VALUES (?)", [(maker.mobile(),) for _ in range(30)])
    connection.close()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "x.db", "dir/x.db")
    (tmp_path / "x.db").unlink()
    (table,) = scanned(tmp_path)["tables"]
    assert (table["path"], table["columns"][0]["type"]) == (f"{tmp_path}/a.zip!/dir/x.db#t", "mobile")


def test_the_command_ends_well_where_only_some_files_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setenv("SOC_HOME", str(tmp_path / "home"))
    (tmp_path / "data").mkdir()
    people(tmp_path / "data" / "good.csv")
    (tmp_path / "data" / "cut.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(SystemExit) as ended:
        main(["scan", str(tmp_path / "data"), "--json", "--dry-run", "--exclude", "*.tmp"])
    document = json.loads(capfdbinary.readouterr().out)
    assert (ended.value.code or 0, types(document), len(document["skipped"])) == (0, GOOD, 1)


def test_an_invisible_sign_is_written_as_its_code() -> None:
    assert shown("a\u202eb\udcff\x00") == "a\\u202eb\\xff\\u0000"


def test_a_handle_is_told_apart_from_its_compression(tmp_path: Path) -> None:
    def handle(name: str) -> Handle:
        return Handle(f"/data/a.zip!/dir/{name}", 0, lambda: (tmp_path / name).open("rb"))

    assert [handle(name).stem for name in ("people.csv.gz", "people.csv", "people")] == ["people"] * 3
    assert [handle(name).suffix for name in ("people.CSV.gz", "people.csv", "people")] == [".csv", ".csv", ""]
