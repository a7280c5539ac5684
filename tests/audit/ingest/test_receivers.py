"""Batches over HTTP."""

import gzip

import pytest

from config.settings import Settings
from tests.audit.ingest.at_work import Installation, nginx
from tests.browsing import Api, api, app, client  # noqa: F401 - fixtures

URL = "/api/v1/logs/nginx"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.with_changes(ingest_limit=1 << 16)


def test_lines_are_taken_in_for_the_tokens_organisation(api: Api, at_work: Installation) -> None:  # noqa: F811
    answer = api("logs.write", org="440100").post(URL, data=nginx("/a", "/b") + b"half\n")
    assert (answer.status_code, answer.json) == (200, {"accepted": 2, "duplicates": 0, "quarantined": 1})
    at_work.work()
    assert {row["guanlan.org"] for row in at_work.stored("guanlan.org")} == {"440100"}


def test_packed_or_plain_it_is_the_same_batch(api: Api, at_work: Installation) -> None:  # noqa: F811
    sender = api("logs.write")
    sender.post(URL, data=nginx("/a"))
    again = sender.post(URL, data=gzip.compress(nginx("/a"), mtime=0), headers={"Content-Encoding": "gzip"})
    assert again.json == {"accepted": 0, "duplicates": 1, "quarantined": 0}


def test_a_key_with_another_body_is_a_conflict(api: Api, at_work: Installation) -> None:  # noqa: F811
    sender = api("logs.write")
    sender.post(URL, data=nginx("/a"), headers={"Idempotency-Key": "k"})
    assert sender.post(URL, data=nginx("/b"), headers={"Idempotency-Key": "k"}).status_code == 409


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (gzip.compress(b"\n" * (1 << 22), mtime=0), "gzip", 413),  # small on the wire, large unpacked
        (gzip.compress(nginx("/a"), mtime=0)[:-9], "gzip", 422),
        (b"no gzip", "gzip", 422),
        (nginx("/a"), "br", 422),
    ],
)
def test_a_body_that_cannot_be_used_is_refused_whole(
    api: Api,  # noqa: F811
    at_work: Installation,
    body: bytes,
    encoding: str,
    status: int,
) -> None:
    answer = api("logs.write").post(URL, data=body, headers={"Content-Encoding": encoding})
    assert answer.status_code == status
    at_work.work()
    assert at_work.stored() == []


def test_a_token_without_the_scope_is_refused(api: Api, at_work: Installation) -> None:  # noqa: F811
    assert api("logs.read").post(URL, data=nginx("/a")).status_code == 403


def test_without_a_token_nobody_is_heard(client: "object", at_work: Installation) -> None:  # noqa: F811
    assert client.post(URL, data=nginx("/a")).status_code == 401  # type: ignore[attr-defined]


def test_an_unknown_format_names_those_there_are(api: Api, at_work: Installation) -> None:  # noqa: F811
    answer = api("logs.write").post("/api/v1/logs/nginks", data=b"x")
    assert answer.status_code == 422
    assert "nginx" in answer.text
