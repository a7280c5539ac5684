"""Buckets of a real S3-compatible store, and addresses that may not be called."""

import json
import os
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import deltalake
import openpyxl
import pyarrow as pa
import pytest
from pyarrow.fs import S3FileSystem

from detectors.discovery.finding import Secret
from detectors.discovery.probe import probe
from detectors.discovery.scan import Orders, scan
from detectors.discovery.sources import buckets, csv
from detectors.discovery.sources.base import Sampling, SourceRefusedError, SourceUnreachableError
from detectors.discovery.sources.buckets import Bucket, checked
from detectors.discovery.sources.files.handle import Handle
from detectors.discovery.sources.files.selection import Selection
from soc.cli import main
from soc.errors import InputError
from soc.ledger.sources import shown_address
from soc.text import speaking
from tests.detectors.made import Maker

URL = os.environ.get("SOC_TEST_S3_URL", "")
needs_store = pytest.mark.skipif(not URL, reason="needs an S3-compatible store: SOC_TEST_S3_URL is not set")


def at(prefix: str) -> str:
    """The test store's address with a prefix."""
    return URL.replace("?", f"/{prefix}?", 1)


@pytest.fixture
def put() -> Iterator[Callable[[str, bytes], str]]:
    """Put an object below a prefix of this test's own; returns the prefix."""
    parts, prefix = urlsplit(URL), f"t-{uuid4().hex[:12]}"
    store = S3FileSystem(
        access_key=unquote(parts.username or ""),
        secret_key=unquote(parts.password or ""),
        endpoint_override=parts.query.split("http://", 1)[1].split("&", 1)[0],
        scheme="http",
        region="us-east-1",
    )
    bucket = parts.netloc.rpartition("@")[2]

    def put_one(name: str, data: bytes) -> str:
        with store.open_output_stream(f"{bucket}/{prefix}/{name}") as stream:
            stream.write(data)
        return prefix

    yield put_one
    store.delete_dir_contents(f"{bucket}/{prefix}", missing_dir_ok=True)


def people(rows: int = 30) -> bytes:
    maker = Maker()
    return ("姓名,手机\n" + "\n".join(f"{maker.person()},{maker.mobile()}" for _ in range(rows)) + "\n").encode(
        "gb18030"
    )


@needs_store
def test_objects_of_every_kind_are_scanned_where_they_lie(put: Callable[[str, bytes], str], tmp_path: Path) -> None:
    book, packed = openpyxl.Workbook(), BytesIO()
    book.worksheets[0].title = "车辆"
    for row in [["车牌号"], *([Maker(seed).plate()] for seed in range(20))]:
        book.worksheets[0].append(row)
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("in.csv", people())
    put("2024/people.csv", people())
    put("2024/book.xlsx", (tmp_path / "a.xlsx").read_bytes())
    prefix = put("a.zip", packed.getvalue())
    result = scan([at(prefix)], Orders())
    found = {table.path.split(prefix, 1)[1]: [one.type for one in table.columns] for table in result.tables}
    assert found == {
        "/2024/book.xlsx#车辆": ["plate"],
        "/2024/people.csv": ["person_name", "mobile"],
        "/a.zip!/in.csv": ["person_name", "mobile"],
    }


@needs_store
def test_a_delta_table_in_a_bucket_is_one_table(put: Callable[[str, bytes], str], tmp_path: Path) -> None:
    maker = Maker()
    deltalake.write_deltalake(tmp_path / "t", pa.table({"phone": [maker.mobile() for _ in range(30)]}))
    prefix = ""
    for path in sorted((tmp_path / "t").rglob("*")):
        if path.is_file():
            prefix = put(f"lake/t/{path.relative_to(tmp_path / 't')}", path.read_bytes())
    (table,) = scan([at(prefix)], Orders()).tables
    assert (table.name, [one.type for one in table.columns], table.rows) == ("t", ["mobile"], 30)


@needs_store
def test_a_large_object_is_sampled_by_ranges_and_not_fetched(
    put: Callable[[str, bytes], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv, "WHOLE", 1 << 20)
    line = b"%08d,13800138000,remark remark remark remark remark remark remark remark\n"
    prefix = put("big.csv", b"n,tel,x\n" + b"".join(line % number for number in range(600_000)))
    read: list[int] = []
    inner = buckets._Ranges.readinto

    def counted(self: buckets._Ranges, buffer: bytearray) -> int:
        got = inner(self, buffer)
        read.append(got)
        return got

    monkeypatch.setattr(buckets._Ranges, "readinto", counted)
    monkeypatch.setattr(buckets, "_AHEAD", 64 << 10)
    (handle,) = Bucket(at(prefix)).walk()
    assert isinstance(handle, Handle)
    reading = csv.table_of(handle).read(Sampling(rows=500))
    numbers = [int(row[0]) for frame in reading.batches for row in frame.rows()]
    assert sum(read) < handle.size / 2
    assert abs(reading.rows - 600_000) < 12_000
    assert (min(numbers) < 60_000, max(numbers) > 540_000) == (True, True)


@needs_store
def test_patterns_and_a_budget_of_files_are_kept_to(put: Callable[[str, bytes], str]) -> None:
    prefix = ""
    for name in ("a.csv", "b.csv", "old/c.csv", "d.txt"):
        prefix = put(name, people())

    def names(**chosen: object) -> list[str]:
        found = Bucket(at(prefix)).walk(Selection(**chosen))  # type: ignore[arg-type]
        return [one.path.split(f"{prefix}/", 1)[-1] for one in found]

    assert names(include=("*.csv",), exclude=("old/*",)) == ["a.csv", "b.csv"]
    with speaking("en"):
        (_, _, left) = Bucket(at(prefix)).walk(Selection(files=2))
    assert "limit" in getattr(left, "reason", "")


@needs_store
def test_a_marked_object_is_gone_and_its_neighbours_stay(put: Callable[[str, bytes], str]) -> None:
    put("机密★10年.csv", people())
    prefix = put("good.csv", people())
    result = scan([at(prefix)], Orders())
    assert [table.name for table in result.tables] == ["good"]
    assert [one.path.rsplit("/", 1)[-1] for one in result.secrets] == ["机密★10年.csv"]
    assert isinstance(result.secrets[0], Secret)


@needs_store
def test_a_single_object_may_be_given_and_an_empty_place_is_named(put: Callable[[str, bytes], str]) -> None:
    prefix = put("dir/people.csv", people())
    assert [table.name for table in scan([at(f"{prefix}/dir/people.csv")], Orders()).tables] == ["people"]
    nothing = scan([at("nothing/here")], Orders())
    assert (nothing.tables, len(nothing.skipped)) == ((), 1)


@needs_store
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda url: url.replace(f":{urlsplit(url).password}@", ":wrong@"), "errors.source.password"),
        (
            lambda url: url.replace("s3://", "s3://").replace("guanlan-test", "no-such-bucket"),
            "errors.source.no_bucket",
        ),
        (lambda url: url.replace("http://127.0.0.1:", "http://127.0.0.1:1&region=x&scheme=http#"), "unreachable"),
    ],
)
def test_what_is_wrong_is_said_without_a_key(change: Callable[[str], str], reason: str) -> None:
    url = change(URL)
    with pytest.raises(SourceUnreachableError, match=reason) as raised:
        list(Bucket(url.split("#", 1)[0]).walk())
    assert unquote(urlsplit(URL).password or "") not in str(raised.value)


@needs_store
def test_a_bucket_is_a_source_whose_keys_are_never_shown(
    put: Callable[[str, bytes], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    prefix = put("people.csv", people())
    monkeypatch.setenv("SOC_HOME", str(tmp_path / "home"))
    parts = urlsplit(URL)
    told = out = b""
    for arguments in (
        ["source", "add", "桶", at(prefix), "--org", "440100"],
        ["source", "list", "--json"],
        ["source", "test", "桶", "--json"],
        ["scan", "桶", "--json", "--org", "440100"],
        ["scan", at(prefix), "--json", "--workers", "2"],
    ):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capfdbinary.readouterr()
        assert not ended.value.code
        told += out + err
    assert json.loads(out)["tables"][0]["name"] == "people"
    for secret in (parts.username or "", parts.password or "", unquote(parts.password or "")):
        assert secret.encode() not in told


@needs_store
def test_objects_are_counted_without_being_opened(put: Callable[[str, bytes], str]) -> None:
    put("a.csv", b"not opened")
    assert probe(at(put("b/c.csv", b"nor this"))).tables == 2


@pytest.mark.parametrize(
    "url",
    [
        "s3://k:s@b/p?endpoint_override=http://169.254.169.254",
        "s3://k:s@b?endpoint_override=100.100.100.200:80&scheme=http",
        "s3://k:s@b?endpoint_override=http://[fd00:ec2::254]:80",
        "s3://k:s@b?endpoint_override=http://[::ffff:169.254.169.254]:80",
        "s3://k:s@b?endpoint_override=http://0.0.0.0:9000",
        "s3://k:s@b?endpoint_override=ftp://127.0.0.1",
        "s3://k:s@b?endpoint_override=http://user@127.0.0.1:1/path",
        "s3://k:s@b?role_arn=x",
        "s3://k:s@b?tls_ca_file_path=/etc/passwd",
        "s3://",
        "s3://k:s@b:80",
        "s3://b?endpoint_override=http://127.0.0.1:notaport",
    ],
)
def test_an_address_that_may_not_be_called_is_refused(url: str) -> None:
    with pytest.raises(SourceRefusedError):
        checked(url)


def test_a_name_is_called_by_the_address_that_was_judged_where_no_certificate_needs_it() -> None:
    assert checked("s3://k:s@b?endpoint_override=http://localhost:9000").endpoint in {"127.0.0.1:9000", "[::1]:9000"}
    assert checked("s3://k:s@b?endpoint_override=https://localhost:9000").endpoint == "localhost:9000"


def test_keys_are_taken_from_the_address_or_the_environment_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "s3://AKIA:very%2Fsecret@b/p?endpoint_override=http://127.0.0.1:9000"
    assert checked(url).secret == "very/secret"
    assert "very" not in repr(checked(url))
    assert "AKIA" not in shown_address(url)
    assert "very" not in shown_address(url)
    assert "AKIA" not in shown_address(url.replace("s3:", "S3:"))
    with pytest.raises(InputError, match="bad_bucket"):
        shown_address("s3://AKIA:very/secret@b/p")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    assert checked("s3://b?endpoint_override=http://127.0.0.1:9000").key == "a"
    assert checked("s3://b?endpoint_override=http://127.0.0.1:9000&anonymous=true").key is None
