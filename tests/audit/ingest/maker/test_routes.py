"""Pages of the format maker: lines pasted, proposed, tried, kept, approved; lines kept nowhere, no script run, nothing for strangers."""

import io
import logging
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audit.ingest.formats import names_known
from audit.ingest.maker.toml_text import written
from audit.ingest.own_formats import formats_of
from soc.approvals.models import Approval
from soc.db import Database
from soc.identity.actor import Role
from soc.versions.models import PolicyVersion
from tests.audit.ingest.maker.making import CITY, MATCH, OWN, ferry_gate, gate_lines
from tests.browsing import Browser, SignIn

NASTY = '<script>alert(1)</script>"><img src=x onerror=y>'
LINES = gate_lines().decode()
HX = {"HX-Request": "true"}


def form(**changed: Any) -> dict[str, Any]:
    """The editor's form as a browser sends it."""
    table = ferry_gate()
    told = written({key: value for key, value in table.items() if key not in ("id", "zh", "en")})
    named = {key: table[key] for key in ("id", "zh", "en")}
    return {**named, "class_uid": "6003", "text": told, "lines": LINES, **changed}


def in_force(database: Database, org: str = CITY) -> list[str]:
    with formats_of(database, org):
        return [name for name in names_known() if name.startswith("own_")]


def approve_last(database: Database, browser: Browser) -> int:
    with database.read() as session:
        approval = session.scalars(select(Approval).order_by(Approval.created_at.desc()).limit(1)).one()
    assert browser.get(f"/approvals/{approval.id}").status_code == 200
    return browser.send(f"/approvals/{approval.id}/approve", {"digest": approval.digest}).status_code


def test_a_fresh_page_says_what_to_do_and_shows_the_shipped_ones(sign_in: SignIn) -> None:
    page = sign_in(Role.POLICY, CITY).get("/ingest/formats/").text
    assert "还没有自有格式" in page
    assert "nginx 访问日志" in page


def test_pasted_lines_become_a_draft_with_its_fields_and_a_preview(sign_in: SignIn) -> None:
    answer = sign_in(Role.SYSADMIN, CITY).send("/ingest/formats/suggest", {"lines": LINES})
    assert answer.status_code == 200
    assert "4 条记录中读出 4 条" in answer.text
    assert 'value="src_endpoint.ip"' in answer.text
    assert 'value="actor.user.name"' in answer.text
    assert "10.1.2.3" in answer.text


def test_it_goes_from_the_editor_into_force_by_a_second_person_and_out_again(
    sign_in: SignIn, database: Database
) -> None:
    author, second = sign_in(Role.SYSADMIN, CITY), sign_in(Role.COMMANDER, CITY)
    assert author.send("/ingest/formats/keep", form()).status_code == 302
    assert "渡口闸机" in author.get("/ingest/formats/").text
    assert author.send("/ingest/formats/propose", {"reason": "新系统"}).status_code == 302
    assert in_force(database) == []
    assert approve_last(database, second) == 302
    assert in_force(database) == [OWN]
    assert "渡口闸机" in sign_in(Role.POLICY, "440103").get("/ingest/formats/").text
    assert "渡口闸机" not in sign_in(Role.POLICY, "440300").get("/ingest/formats/").text
    assert "渡口闸机" in sign_in(Role.SYSADMIN, "440103").get("/ingest/").text
    author.send("/ingest/formats/remove", {"name": "ferry_gate"})
    author.send("/ingest/formats/propose", {"reason": "停用"})
    approve_last(database, second)
    assert in_force(database) == []
    assert author.send("/ingest/formats/return", {"number": "1", "reason": "恢复"}).status_code == 302
    approve_last(database, second)
    assert in_force(database) == [OWN]


def test_an_uploaded_file_may_be_said_to_be_of_it(sign_in: SignIn, database: Database) -> None:
    author = sign_in(Role.SYSADMIN, CITY)
    author.send("/ingest/formats/keep", form())
    author.send("/ingest/formats/propose", {"reason": "新系统"})
    approve_last(database, sign_in(Role.COMMANDER, CITY))
    for said in ("", OWN):
        sent = {"format": said, "file": (io.BytesIO(gate_lines(3, second=len(said))), "gate.log")}
        assert author.send("/ingest/upload", sent).status_code == 302
    assert author.get("/ingest/").text.count(f">{OWN}<") >= 2
    stranger = sign_in(Role.SYSADMIN, "440300")
    refused = stranger.send("/ingest/upload", {"format": OWN, "file": (io.BytesIO(gate_lines()), "gate.log")})
    assert refused.status_code == 422


def test_a_person_s_choice_of_a_field_holds(sign_in: SignIn) -> None:
    author = sign_in(Role.SYSADMIN, CITY)
    given = form(field=["at", "gate", "who", "client"], to=["time", "dst_endpoint.hostname", "", "secret"])
    assert author.send("/ingest/formats/keep", given).status_code == 302
    page = author.get("/ingest/formats/file?name=ferry_gate").text
    assert '"dst_endpoint.hostname" = ["gate"]' in page
    assert 'secret = ["client"]' in page
    assert "actor.user.name" not in page


def test_the_preview_tells_each_line_and_which_shipped_formats_read_it(sign_in: SignIn) -> None:
    author = sign_in(Role.SYSADMIN, CITY)
    line = '10.0.0.1 - - [22/Nov/2026:10:00:00 +0800] "GET /a HTTP/1.1" 200 5 "-" "x"'
    answer = author.send("/ingest/formats/preview", form(lines=f"{LINES}{line}\n"), headers=HX)
    assert "<html" not in answer.text
    assert "5 条记录中读出 4 条" in answer.text
    assert "nginx" in answer.text
    assert answer.text.count("circle-x") == 1
    whole = author.send("/ingest/formats/preview", form())
    assert "<html" in whole.text
    assert "4 条记录中读出 4 条" in whole.text


def test_a_faulty_one_is_refused_with_each_place_and_what_was_typed(sign_in: SignIn) -> None:
    author = sign_in(Role.SYSADMIN, CITY)
    bad = form(text=written(ferry_gate(cases=[{"match": r"(?P<a>x)\1"}])), id="A B")
    answer = author.send("/ingest/formats/keep", bad)
    assert answer.status_code == 422
    assert "cases/0/match" in answer.text
    assert "小写字母开头" in answer.text
    assert "clerk3" in answer.text
    unread = author.send("/ingest/formats/keep", form(text="a = ["))
    assert unread.status_code == 422
    assert "TOML" in unread.text


def test_one_that_takes_a_shipped_format_s_records_is_refused(sign_in: SignIn) -> None:
    greedy = ferry_gate(syslog=True, cases=[{"match": "^(?P<who>.*)$"}], time=["syslog_at"], map={}, by={})
    answer = sign_in(Role.SYSADMIN, CITY).send("/ingest/formats/keep", form(text=written(greedy)))
    assert answer.status_code == 422
    assert "linux_auth" in answer.text


HOSTILE = (
    "x" * (1 << 20), "\n" * 300, "a\x00b\n" * 3, "\x1b[31mred\x1b[0m 2026-11-22\n", "", "\ufffd\ufeff\n",
    b"\xff\xfe\x00\n".decode("latin-1"), "乱码".encode("gb18030").decode("latin-1"), "{" * 5000, "[" * 5000,
)  # fmt: skip


def test_hostile_lines_are_refused_or_read_and_never_break_it(sign_in: SignIn) -> None:
    author = sign_in(Role.SYSADMIN, CITY)
    for lines in HOSTILE:
        for path in ("suggest", "preview"):
            assert author.send(f"/ingest/formats/{path}", form(lines=lines)).status_code in {200, 413, 422}


def test_markup_in_lines_and_names_is_shown_as_text(sign_in: SignIn) -> None:
    author = sign_in(Role.SYSADMIN, CITY)
    line = f"2026-11-22T10:00:00Z {NASTY} 10.1.2.3\n"
    for path in ("suggest", "preview"):
        page = author.send(f"/ingest/formats/{path}", form(lines=line * 3, zh=NASTY, en=NASTY)).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_pasted_lines_are_neither_stored_nor_logged(
    sign_in: SignIn, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    author = sign_in(Role.SYSADMIN, CITY)
    secret = LINES.replace("clerk", "whisper")
    with caplog.at_level(logging.DEBUG):
        for path in ("suggest", "preview", "keep"):
            author.send(f"/ingest/formats/{path}", form(lines=secret))
    assert "whisper" not in caplog.text
    with database.read() as session:
        assert "FERRY" in str(
            session.scalars(select(PolicyVersion.body).where(PolicyVersion.kind == "log_formats")).one()
        )
        assert not _held(session, "whisper")


def _held(session: Session, word: str) -> list[str]:
    """The tables that hold a word anywhere."""
    from soc.db import Model

    found = []
    for table in Model.metadata.sorted_tables:
        rows = session.execute(text(f'SELECT * FROM "{table.name}"')).all()
        found += [table.name] if word in str(rows) else []
    return found


def test_a_file_is_opened_in_the_editor_and_not_kept(sign_in: SignIn) -> None:
    author = sign_in(Role.SYSADMIN, CITY)
    told = written(ferry_gate()).encode()
    answer = author.send("/ingest/formats/import", {"file": (io.BytesIO(told), "gate.toml")})
    assert answer.status_code == 200
    assert MATCH.replace("<", "&lt;").replace(">", "&gt;") in answer.text
    assert "还没有自有格式" in author.get("/ingest/formats/").text
    for raw in (
        b"\xff\xfe",
        b"a = [",
        b"x" * (1 << 20),
        b"cases = 5\nmap = 3\ntime = 1\nsecret = 'x'\nset = []",
        b"a = 2026-11-22",
    ):
        assert author.send("/ingest/formats/import", {"file": (io.BytesIO(raw), "a.toml")}).status_code in {200, 422}


def test_whoever_reads_only_changes_nothing_and_others_see_nothing(sign_in: SignIn) -> None:
    reader = sign_in(Role.ANALYST, CITY)
    assert reader.get("/ingest/formats/").status_code == 200
    assert reader.get("/ingest/formats/edit").status_code == 403
    for path in ("suggest", "preview", "keep", "import", "remove", "propose", "discard", "return"):
        assert reader.send(f"/ingest/formats/{path}", form()).status_code == 403
    assert sign_in(Role.OWNER, CITY).get("/ingest/formats/").status_code == 403


def test_a_stranger_finds_no_format_of_another_organisation(sign_in: SignIn) -> None:
    sign_in(Role.SYSADMIN, CITY).send("/ingest/formats/keep", form())
    stranger = sign_in(Role.SYSADMIN, "440300")
    for path in ("edit?name=ferry_gate", "file?name=ferry_gate"):
        assert stranger.get(f"/ingest/formats/{path}").status_code == 404
    assert stranger.send("/ingest/formats/remove", {"name": "ferry_gate"}).status_code == 404
