"""Archives and compressed files, honest and hostile."""

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from detectors.discovery.finding import Secret
from detectors.discovery.scan import Orders, scan
from detectors.discovery.sources.files import limits
from soc.text import speaking
from tests.detectors.discovery.sources.files.reads import scanned, types
from tests.detectors.made import Maker


def people(rows: int = 30) -> bytes:
    maker = Maker()
    lines = [f"{maker.person()},{maker.mobile()}" for _ in range(rows)]
    return ("姓名,手机\n" + "\n".join(lines) + "\n").encode("gb18030")


def zstd(data: bytes) -> bytes:
    out = io.BytesIO()
    with pa.CompressedOutputStream(out, "zstd") as stream:
        stream.write(data)
        stream.flush()
        return out.getvalue() if not stream.close() else b""


def packed_with(codec: str) -> Callable[[bytes], bytes]:
    def pack(data: bytes) -> bytes:
        return bytes(pa.compress(data, codec=codec, asbytes=True))

    return pack


@pytest.mark.parametrize(
    ("suffix", "pack"),
    [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("zst", packed_with("zstd")), ("lz4", packed_with("lz4"))],
)  # fmt: skip
def test_a_compressed_file_is_read_as_what_it_is(tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]) -> None:
    (tmp_path / f"people.csv.{suffix}").write_bytes(pack(people()))
    assert types(scanned(tmp_path)) == {"people": ["person_name", "mobile"]}


def test_members_are_shown_by_their_path_through_the_archives(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("dir/b.csv", people())
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("in.zip", inner.getvalue())
        archive.writestr("c.csv", people())
    paths = {table["path"] for table in scanned(tmp_path)["tables"]}
    assert paths == {f"{tmp_path}/a.zip!/in.zip!/dir/b.csv", f"{tmp_path}/a.zip!/c.csv"}


def test_a_tar_in_gzip_is_one_archive(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("dir/b.csv")
        member.size = len(people())
        archive.addfile(member, io.BytesIO(people()))
        link = tarfile.TarInfo("link.csv")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        pipe = tarfile.TarInfo("pipe")
        pipe.type = tarfile.FIFOTYPE
        archive.addfile(pipe)
    document = scanned(tmp_path)
    assert [table["path"] for table in document["tables"]] == [f"{tmp_path}/a.tar.gz!/dir/b.csv"]
    assert {Path(one["path"]).name for one in document["skipped"]} == {"link.csv", "pipe"}


def test_names_in_gbk_are_read_right(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("__________.csv", people())
    name = "人员名单甲".encode("gbk")
    (tmp_path / "a.zip").write_bytes(made.getvalue().replace(b"__________", name))
    assert types(scanned(tmp_path)) == {"人员名单甲": ["person_name", "mobile"]}


def test_names_that_lead_out_links_and_noise_are_not_followed(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("../../etc/cron.csv", people())
        archive.writestr("/root/x.csv", people())
        archive.writestr("C:\\x.csv", people())
        archive.writestr("__MACOSX/._a.csv", b"\x00")
        link = zipfile.ZipInfo("link.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("good.csv", people())
    document = scanned(tmp_path)
    assert types(document) == {"good": ["person_name", "mobile"]}
    assert len(document["skipped"]) == 4
    assert not (tmp_path.parent / "etc").exists()


def test_a_password_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("locked.csv", people())
        archive.writestr("open.csv", people())
    data = bytearray(made.getvalue())
    central = data.find(b"PK\x01\x02")
    data[6] |= 1
    data[central + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    with speaking("en"):
        document = scanned(tmp_path)
    assert types(document) == {"open": ["person_name", "mobile"]}
    assert "password" in document["skipped"][0]["reason"]


def test_a_bomb_is_stopped_and_its_neighbours_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_UNSUSPICIOUS", 1 << 20)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.csv", b"0" * (20 << 20))
        archive.writestr("good.csv", people())
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"0" * (20 << 20)))
    with speaking("en"):
        document = scanned(tmp_path)
    assert types(document) == {"good": ["person_name", "mobile"]}
    assert [("bomb" in one["reason"], Path(one["path"]).name) for one in document["skipped"]] == [
        (True, "bomb.csv"),
        (True, "bomb.csv.gz"),
    ]


def test_archives_without_end_in_each_other_are_left(tmp_path: Path) -> None:
    data = people()
    for number in range(8):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(f"{number}.zip" if number else "people.csv", data)
        data = out.getvalue()
    (tmp_path / "deep.zip").write_bytes(data)
    document = scanned(tmp_path)
    assert (document["tables"], len(document["skipped"])) == ([], 1)


def test_the_budget_is_one_for_all_that_lies_in_a_file() -> None:
    shared = limits.Limits(left=limits.Left(members=2))
    for _ in range(2):
        shared.deeper().take("a.zip")
    with pytest.raises(Exception, match="too_many"):
        shared.take("a.zip")


@pytest.mark.parametrize("cut", [10, 200])
def test_a_compressed_file_cut_short_gives_what_came_before(tmp_path: Path, cut: int) -> None:
    (tmp_path / "people.csv.gz").write_bytes(gzip.compress(people(2000))[:-cut])
    (table,) = scanned(tmp_path)["tables"]
    assert [column["type"] for column in table["columns"]] == ["person_name", "mobile"]
    assert (table["rows"] > 1500, len(table["notes"])) == (True, 1)


def test_an_archive_cut_short_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", people())
    (tmp_path / "a.zip").write_bytes((tmp_path / "a.zip").read_bytes()[:-30])
    document = scanned(tmp_path)
    assert [Path(one["path"]).name for one in document["skipped"]] == ["a.zip"]


def test_a_marked_member_is_gone_and_its_neighbours_stay(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x/机密★10年 名单.csv", people())
        archive.writestr("x/good.csv", people())
    result = scan([str(tmp_path)], Orders())
    assert [table.name for table in result.tables] == ["good"]
    assert result.secrets == (Secret(f"{tmp_path}/a.zip!/x/机密★10年 名单.csv"),)
