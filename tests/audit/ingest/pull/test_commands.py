"""``soc logs pull``: set up, tried, run, listed, paused and removed from the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from audit.ingest.pull.addressing import read_address
from soc.cli import main
from soc.errors import InputError
from tests.audit.ingest.at_work import nginx
from tests.audit.ingest.pull import bucket as made
from tests.audit.ingest.pull.bucket import URL
from tests.audit.ingest.pull.index import document, fill
from tests.opensearch_node import OPENSEARCH

Soc = Callable[..., tuple[int, list[dict[str, object]]]]


@pytest.fixture
def soc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Soc:
    """Run a command on a fresh home; returns its exit code and its JSON lines."""
    monkeypatch.setenv("SOC_HOME", str(tmp_path / "home"))
    targets = [urlsplit(OPENSEARCH).netloc, urlsplit(made.endpoint()).netloc if URL else ""]
    monkeypatch.setenv("SOC_PULL_TARGETS", ",".join(filter(None, targets)))

    def run(*arguments: str) -> tuple[int, list[dict[str, object]]]:
        with pytest.raises(SystemExit) as ended:
            main(["logs", "pull", *arguments])
        said, code = capsysbinary.readouterr().out, int(ended.value.code or 0)
        return code, [json.loads(line) for line in said.splitlines() if line.startswith(b"{")]

    return run


@pytest.mark.opensearch
def test_an_index_is_pulled_by_command(soc: Soc, index: str) -> None:
    fill(index, {number: document(number) for number in range(25)})
    url = OPENSEARCH.replace("//", "//reader:s3cret-word@")
    code, (shown,) = soc("add", "central", url, "--index", index, "--field", "message", "--org", "440100")
    assert (code, shown["org"], shown["address"], shown["trouble"]) == (0, "440100", OPENSEARCH, None)
    assert "s3cret-word" not in json.dumps(shown)
    code, records = soc("try", "central")
    assert (code, len(records)) == (0, 20)
    assert soc("run", "central") == (
        0, [{"accepted": 25, "quarantined": 0, "duplicates": 0, "skipped": 0, "whole": True, "trouble": None}]
    )  # fmt: skip
    assert soc("pause", "central")[1][0]["paused"] is True
    assert soc("run", "central")[0] != 0
    assert soc("resume", "central")[1][0]["paused"] is False
    _, (listed,) = soc("list")
    assert (listed["name"], listed["records"]) == ("central", 25)
    assert soc("remove", "central")[0] == 0
    assert soc("list") == (0, [])
    assert soc("run", "central")[0] != 0


@pytest.mark.skipif(not URL, reason="needs an S3-compatible store: SOC_TEST_S3_URL is not set")
def test_a_bucket_is_pulled_by_command(soc: Soc) -> None:
    with made.putting() as (prefix, put, _):
        put("a.log", nginx("/a", "/b"))
        code, (shown,) = soc("add", "objects", URL.replace("?", f"/{prefix}/?", 1), "--format", "nginx")
        assert (code, shown["prefix"], shown["every"]) == (0, f"{prefix}/", 60)
        assert len(soc("try", "objects")[1]) == 2
        assert soc("run", "objects")[1][0]["accepted"] == 2


def test_what_cannot_be_used_is_refused_and_nothing_is_kept(soc: Soc) -> None:
    assert soc("add", "x", "http://169.254.169.254:9200", "--index", "a")[0] != 0
    assert soc("add", "x", "http://127.0.0.1:1", "--index", "a")[0] != 0
    assert soc("add", "x", "http://10.0.0.1:9200")[0] != 0
    assert soc("add", "x", "http://10.0.0.1:9200", "--index", "a", "--org", "999999")[0] != 0
    assert soc("list") == (0, [])


def test_an_address_is_taken_apart_and_its_secret_kept_beside_it() -> None:
    found = read_address("s3://KEY:a%2Bb@logs/2026/x?endpoint_override=http://10.0.0.1:9000&region=cn-north-1")
    assert (found.address, found.bucket, found.prefix, found.region) == (
        "http://10.0.0.1:9000",
        "logs",
        "2026/x",
        "cn-north-1",
    )
    assert found.secret == {"key": "KEY", "secret": "a+b"}
    assert read_address("s3://logs").address == "https://s3.us-east-1.amazonaws.com"
    with pytest.raises(InputError):
        read_address("s3://logs?anonymous=1")
