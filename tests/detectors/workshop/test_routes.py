"""Pages of the workshop: made, tried, refused with its fields, proposed and approved; nothing for strangers, no script runs."""

import io
from typing import Any

from sqlalchemy import select

from detectors.workshop.dictionary import LARGEST
from soc.approvals.models import Approval
from soc.db import Database
from soc.identity.actor import Role
from soc.ledger.own_types import sought
from tests.browsing import Browser, SignIn
from tests.detectors.workshop.making import CITY, ferry_pass

NASTY = '<script>alert(1)</script>"><img src=x onerror=y>'


def form(**changed: Any) -> dict[str, Any]:
    table = ferry_pass()
    given = {key: table[key] for key in ("id", "zh", "en", "level", "group", "pattern")}
    lines = {"positive": "FD-1234-AB\nboarding FD-1234-AB now", "negative": "FD-12-AB"}
    return {**given, "kind": "PI", "names": "ferrypass", "flags": ["text", "log"], **lines, **changed}


def active(database: Database) -> list[str]:
    with database.read() as session:
        return [one.type.zh for one in sought(session, CITY)]


def approve_last(database: Database, browser: Browser) -> int:
    with database.read() as session:
        approval = session.scalars(select(Approval).order_by(Approval.created_at.desc()).limit(1)).one()
    assert browser.get(f"/approvals/{approval.id}").status_code == 200
    return browser.send(f"/approvals/{approval.id}/approve", {"digest": approval.digest}).status_code


def test_a_fresh_page_says_what_to_do_and_shows_the_shipped_ones(sign_in: SignIn) -> None:
    page = sign_in(Role.POLICY, CITY).get("/recognizers/").text
    assert "还没有自有识别器" in page
    assert "居民身份证号" in page


def test_it_goes_from_the_editor_into_force_by_a_second_person(sign_in: SignIn, database: Database) -> None:
    author, second = sign_in(Role.POLICY, CITY), sign_in(Role.COMMANDER, CITY)
    assert author.send("/recognizers/keep", form()).status_code == 302
    assert "渡轮通行证号" in author.get("/recognizers/").text
    assert author.send("/recognizers/propose", {"reason": "新证"}).status_code == 302
    assert active(database) == []
    assert approve_last(database, second) == 302
    assert active(database) == ["渡轮通行证号"]
    assert "渡轮通行证号" in sign_in(Role.POLICY, "440103").get("/recognizers/").text
    assert "渡轮通行证号" not in sign_in(Role.POLICY, "440300").get("/recognizers/").text


def test_it_is_taken_out_and_brought_back_by_version(sign_in: SignIn, database: Database) -> None:
    author, second = sign_in(Role.POLICY, CITY), sign_in(Role.COMMANDER, CITY)
    author.send("/recognizers/keep", form())
    author.send("/recognizers/propose", {"reason": "新证"})
    approve_last(database, second)
    assert author.send("/recognizers/remove", {"name": "ferry_pass"}).status_code == 302
    author.send("/recognizers/propose", {"reason": "停用"})
    approve_last(database, second)
    assert active(database) == []
    assert author.send("/recognizers/return", {"number": "1", "reason": "恢复"}).status_code == 302
    approve_last(database, second)
    assert active(database) == ["渡轮通行证号"]


def test_a_faulty_one_is_refused_with_each_field_and_what_was_typed(sign_in: SignIn) -> None:
    answer = sign_in(Role.POLICY, CITY).send("/recognizers/keep", form(pattern=".*", id="mobile", check="crc"))
    assert answer.status_code == 422
    assert "空值" in answer.text
    assert "内置或上级" in answer.text
    assert "校验算法“" not in answer.text or "crc" in answer.text
    assert "渡轮通行证号" in answer.text


def test_the_panel_tells_which_lines_are_found(sign_in: SignIn) -> None:
    author = sign_in(Role.POLICY, CITY)
    answer = author.send("/recognizers/try", form(negative="FD-9999-ZZ"))
    assert answer.text.count("circle-check") == 2
    assert answer.text.count("circle-x") == 1
    assert "空值" in author.send("/recognizers/try", form(pattern="x*")).text
    assert "0 列" in author.send("/recognizers/ledger", form()).text


def test_sample_values_become_a_pattern_and_are_not_kept(sign_in: SignIn) -> None:
    answer = sign_in(Role.POLICY, CITY).send("/recognizers/suggest", form(samples="FD-1234-AB\nFD-77-CD\nFD-9-EF\n是"))
    assert r"FD\-\d{1,4}\-[A-Z]{2}" in answer.text
    assert "4 个值中的 3 个" in answer.text


def test_a_dictionary_comes_as_a_file_in_either_encoding_and_within_limits(sign_in: SignIn) -> None:
    author = sign_in(Role.POLICY, CITY)

    def upload(raw: bytes) -> Any:
        return author.send("/recognizers/keep", form(pattern="", file=(io.BytesIO(raw), "words.txt")))

    assert upload("甲板一等\r\n底舱散席\n甲板一等\n".encode("gb18030")).status_code == 302
    assert "2 个词" in author.get("/recognizers/").text
    assert upload("甲板一等\n".encode("utf-8-sig")).status_code == 302
    assert upload(b"\xff\xfe\xff\xff\x80").status_code == 422
    assert upload(b"ab\n" * LARGEST).status_code == 422
    assert upload("\n".join(f"word{at}" for at in range(20_001)).encode()).status_code == 422
    assert upload(b"a\x00b\n").status_code == 422


def test_a_name_with_a_script_in_it_is_shown_as_text(sign_in: SignIn) -> None:
    author = sign_in(Role.POLICY, CITY)
    assert author.send("/recognizers/keep", form(zh=NASTY, en=NASTY, positive=NASTY, names=NASTY)).status_code == 302
    for page in ("/recognizers/", "/recognizers/edit?name=ferry_pass"):
        assert "<script>alert" not in author.get(page).text
    assert "<script>alert" not in author.send("/recognizers/try", form(positive=NASTY)).text


def test_whoever_reads_only_changes_nothing(sign_in: SignIn) -> None:
    reader = sign_in(Role.AUDITOR, CITY)
    assert reader.get("/recognizers/").status_code == 200
    assert reader.get("/recognizers/edit").status_code == 403
    assert reader.send("/recognizers/keep", form()).status_code == 403
    assert sign_in(Role.POLICY, CITY).get("/recognizers/edit?name=nobody").status_code == 404
