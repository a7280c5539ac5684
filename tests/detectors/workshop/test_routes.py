"""Pages of the workshop: made, tried, refused with its fields, proposed and approved; nothing for strangers, no script runs."""

import io
from typing import Any

import pytest
from sqlalchemy import select

from detectors.workshop.dictionary import LARGEST
from soc.approvals.models import Approval
from soc.db import Database
from soc.identity.actor import Role
from soc.ledger.own_types import sought
from soc.versions.models import PolicyVersion, VersionStatus
from soc.yaml_text import read_yaml
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


class TestTwoDrafts:
    """Two people began on one version; the one who comes second sees both sides, and no edit is lost."""

    @pytest.fixture
    def mine(self, sign_in: SignIn, database: Database) -> Browser:
        """Whoever comes second: they changed the level and made a recognizer, the others the level and a name."""
        author, other, second = sign_in(Role.POLICY, CITY), sign_in(Role.POLICY, CITY), sign_in(Role.COMMANDER, CITY)
        author.send("/recognizers/keep", form())
        author.send("/recognizers/propose", {"reason": "新证"})
        approve_last(database, second)
        author.send("/recognizers/keep", form(level="G2"))
        author.send("/recognizers/keep", form(id="berth", zh="泊位号", en="Berth", pattern=r"BW-\d{4}", names="berth"))
        other.send("/recognizers/keep", form(level="G4"))
        other.send("/recognizers/keep", form(id="cabin", zh="舱房号", en="Cabin", pattern=r"CF-\d{4}", names="cabin"))
        other.send("/recognizers/propose", {"reason": "另一处"})
        approve_last(database, second)
        return author

    def test_proposing_it_leads_to_both_sides(self, mine: Browser) -> None:
        assert "逐项比较" in mine.get("/recognizers/").text
        answer = mine.send("/recognizers/propose", {"reason": "我的"})
        assert answer.headers["Location"].endswith("/recognizers/compare")
        page = mine.get("/recognizers/compare").text
        assert 'name="side:recognizers/ferry_pass"' in page
        assert 'name="side:recognizers/berth"' not in page
        assert "recognizers/cabin" in page
        assert page.count("level: ") == 5  # of the pass only what differs, on each of its sides; of the others all

    def test_what_was_chosen_and_what_only_one_made_stand_together(self, mine: Browser, database: Database) -> None:
        sent = mine.send("/recognizers/compare", {"seen": "3", "side:recognizers/ferry_pass": "mine"})
        assert sent.status_code == 302
        assert mine.send("/recognizers/propose", {"reason": "合并后"}).headers["Location"].startswith("/approvals/")
        with database.read() as session:
            proposed = select(PolicyVersion.body).where(PolicyVersion.status == VersionStatus.PROPOSED)
            body = session.scalars(proposed).one()
        assert {one["id"]: one["level"] for one in body["recognizers"]} == {
            "ferry_pass": "G2", "berth": "G3", "cabin": "G3",
        }  # fmt: skip

    def test_one_that_was_overtaken_again_while_they_looked_is_refused(self, mine: Browser) -> None:
        assert mine.send("/recognizers/compare", {"seen": "1"}).status_code == 409
        assert mine.get("/recognizers/compare").status_code == 200

    def test_two_that_do_not_go_together_are_refused_in_words(
        self, mine: Browser, sign_in: SignIn, database: Database
    ) -> None:
        other = sign_in(Role.POLICY, CITY)
        other.send("/recognizers/keep", form(id="quay", zh="泊位号", en="Quay", pattern=r"QY-\d{4}", names="quay"))
        other.send("/recognizers/propose", {"reason": "同名"})
        approve_last(database, sign_in(Role.COMMANDER, CITY))
        refused = mine.send("/recognizers/compare", {"seen": "4"})
        assert refused.status_code == 422
        assert "泊位号" in refused.text

    def test_a_draft_that_nothing_overtook_has_nothing_to_compare(self, sign_in: SignIn) -> None:
        author = sign_in(Role.POLICY, CITY)
        author.send("/recognizers/keep", form())
        assert author.get("/recognizers/compare").headers["Location"].endswith("/recognizers/")


def test_the_document_in_force_comes_as_a_file(sign_in: SignIn) -> None:
    answer = sign_in(Role.AUDITOR, CITY).get("/recognizers/document.yaml")
    assert read_yaml(answer.text) == {"title": "", "recognizers": []}
