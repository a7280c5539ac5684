import gzip
import io

import pytest
from sqlalchemy import select

from audit.ingest.models import IngestBatch
from soc.db import Database
from soc.identity.actor import Role
from tests.browsing import Browser, SignIn

LINE = '10.44.1.9 - - [25/Nov/2026:09:00:01 +0800] "GET /api/permits HTTP/1.1" 200 512 "-" "curl/8"\n'


def upload(browser: Browser, content: bytes, name: str = "access.log", **fields: str) -> int:
    given = {"file": (io.BytesIO(content), name), **fields}
    return browser.send("/ingest/upload", given, content_type="multipart/form-data").status_code


def batches(database: Database) -> list[IngestBatch]:
    with database.read() as session:
        return list(session.scalars(select(IngestBatch)))


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_an_uploaded_log_is_recognised_and_taken_in_for_ones_own_organisation(
    sign_in: SignIn, database: Database, pack: object
) -> None:
    assert callable(pack)
    assert upload(sign_in(Role.SYSADMIN, "440100"), pack(LINE.encode() * 3)) == 302
    (batch,) = batches(database)
    assert (batch.org, batch.format, batch.accepted, batch.origin) == ("440100", "nginx", 3, "access.log")


def test_the_same_file_again_is_known_already(sign_in: SignIn, database: Database) -> None:
    browser = sign_in(Role.SYSADMIN)
    upload(browser, LINE.encode())
    assert upload(browser, LINE.encode(), "other-name.log") == 302
    assert len(batches(database)) == 1


@pytest.mark.parametrize(
    ("content", "fields", "status"),
    [
        (b"no log of any kind\n", {}, 422),
        (LINE.encode(), {"format": "no-such-format"}, 404),
        (b"\x1f\x8bnot really packed", {}, 422),
        (LINE.encode(), {"org": "440300"}, 422),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_stored(
    sign_in: SignIn, database: Database, content: bytes, fields: dict[str, str], status: int
) -> None:
    assert upload(sign_in(Role.SYSADMIN), content, **fields) in {status, 422}
    assert batches(database) == []


def test_no_file_is_said_so(sign_in: SignIn, database: Database) -> None:
    answer = sign_in(Role.SYSADMIN).send("/ingest/upload?lang=zh", {"format": ""}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "没有选择文件" in answer.text


def test_a_file_name_brings_no_folder_and_no_control_character(sign_in: SignIn, database: Database) -> None:
    upload(sign_in(Role.SYSADMIN), LINE.encode(), "../../etc/a\x07b.log")
    assert batches(database)[0].origin == "ab.log"


def test_an_analyst_sees_no_form_and_cannot_upload(sign_in: SignIn, database: Database) -> None:
    analyst = sign_in(Role.ANALYST)
    assert 'type="file"' not in analyst.get("/ingest/").text
    assert upload(analyst, LINE.encode()) == 403
