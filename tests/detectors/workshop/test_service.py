"""Own recognizers on their way: drafted, proposed, approved, used by all three engines, rolled back."""

from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from detectors.discovery.columns import profile_column
from detectors.discovery.sentences.engine import read
from detectors.discovery.sentences.registry import registry
from detectors.recognizers.own import seeking
from detectors.workshop.service import edit, propose, what_if
from policies.grading.policy import default_body, policy_of
from soc.approvals.service import approve
from soc.errors import ConflictError, ForbiddenError, NotFoundError
from soc.identity.actor import Role
from soc.ledger import own_types
from soc.ledger.levels import Level
from soc.ledger.own_types import KIND, known_to, sought
from soc.ledger.types import knowing, types
from soc.masking.own import own_mask_text, own_masked
from soc.versions import service as versions
from tests.conftest import MakePerson
from tests.detectors.workshop.making import CITY, NOON, defined, document, ferry_pass, put_in_force

PASSES = [f"FD-{1000 + at}-{'ABCDEFGH'[at % 8]}{'KLMN'[at % 4]}" for at in range(60)]
OWN = f"own_{CITY}_ferry_pass"


def test_it_holds_where_it_was_made_and_below_and_nowhere_else(session: Session, person: MakePerson) -> None:
    put_in_force(session, person(Role.POLICY, CITY), person(Role.COMMANDER, CITY), CITY, ferry_pass())
    assert [one.id for one in sought(session, CITY)] == [OWN]
    assert [one.id for one in sought(session, "440103")] == [OWN]
    assert sought(session, "440300") == ()
    assert sought(session, "440000") == ()


@pytest.fixture
def asked(session: Session) -> Iterator[list[str]]:
    """The statements that are sent from now on."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_a_document_is_read_once_a_version_and_anew_when_another_is_in_force(
    session: Session, person: MakePerson, asked: list[str]
) -> None:
    author, second = person(Role.POLICY, CITY), person(Role.COMMANDER, CITY)
    put_in_force(session, author, second, CITY, ferry_pass(level="G2"))
    assert [one.type.level for one in sought(session, CITY)] == [Level.G2]
    asked.clear()
    assert [one.type.level for one in sought(session, CITY)] == [Level.G2]
    assert asked
    assert not any("policy_versions.body" in statement for statement in asked)
    put_in_force(session, author, second, CITY, ferry_pass(level="G4"))
    assert [one.type.level for one in sought(session, CITY)] == [Level.G4]


def test_what_one_organisation_wrote_is_another_s_type_where_it_writes_the_same(
    session: Session, person: MakePerson
) -> None:
    for org in (CITY, "440300"):
        put_in_force(session, person(Role.POLICY, org), person(Role.COMMANDER, org), org, ferry_pass())
    assert [one.id for one in sought(session, "440300")] == ["own_440300_ferry_pass"]
    assert [one.id for one in sought(session, CITY)] == [OWN]


def test_no_more_documents_are_kept_than_a_process_may_hold(
    session: Session, person: MakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_types, "MOST_DOCUMENTS", 2)
    author, second = person(Role.POLICY, CITY), person(Role.COMMANDER, CITY)
    for level in ("G1", "G2", "G3", "G4"):
        put_in_force(session, author, second, CITY, ferry_pass(level=level))
        assert [one.type.level.value for one in sought(session, CITY)] == [level]
    assert len(own_types._DOCUMENTS) <= 2


def test_its_name_is_known_above_and_below_and_to_no_stranger(session: Session, person: MakePerson) -> None:
    put_in_force(session, person(Role.POLICY, CITY), person(Role.COMMANDER, CITY), CITY, ferry_pass())
    assert OWN in known_to(session, person(Role.ANALYST, "440103"))
    assert OWN in known_to(session, person(Role.ANALYST, "440000"))
    assert OWN not in known_to(session, person(Role.ANALYST, "440300"))


def test_a_stranger_cannot_write_it(session: Session, person: MakePerson) -> None:
    with pytest.raises(NotFoundError):
        edit(session, person(Role.POLICY, "440300"), CITY, document(ferry_pass()))


def test_nobody_approves_their_own(session: Session, person: MakePerson) -> None:
    author = person(Role.POLICY, CITY)
    edit(session, author, CITY, document(ferry_pass()))
    waiting = propose(session, author, CITY, reason="tests")
    with pytest.raises(ForbiddenError, match="approval_own"):
        approve(session, author, waiting.id, at=NOON)
    assert sought(session, CITY) == ()


def test_a_roll_back_takes_it_away_and_its_name_stays_known(session: Session, person: MakePerson) -> None:
    author, second = person(Role.POLICY, CITY), person(Role.COMMANDER, CITY)
    put_in_force(session, author, second, CITY)
    put_in_force(session, author, second, CITY, ferry_pass())
    approve(session, second, versions.roll_back(session, author, KIND, CITY, 1, reason="wrong").id, at=NOON)
    assert sought(session, CITY) == ()
    assert known_to(session, None)[OWN].en == "Ferry pass number"


def test_the_same_again_is_not_proposed(session: Session, person: MakePerson) -> None:
    author = person(Role.POLICY, CITY)
    put_in_force(session, author, person(Role.COMMANDER, CITY), CITY, ferry_pass())
    edit(session, author, CITY, {"title": "own", "recognizers": [ferry_pass()]})
    with pytest.raises(ConflictError):
        propose(session, author, CITY, reason="again")


def test_its_type_can_be_graded_by_the_policy(session: Session, person: MakePerson) -> None:
    put_in_force(session, person(Role.POLICY, CITY), person(Role.COMMANDER, CITY), CITY, ferry_pass())
    assert OWN not in types()
    with knowing(lambda: known_to(session, None)):
        assert types()[OWN].title("zh") == "渡轮通行证号"
        assert policy_of(default_body()).types[OWN] is Level.G3
        assert policy_of({**default_body(), "types": {OWN: "G4"}}).types[OWN] is Level.G4


def test_what_would_change_counts_nothing_on_an_empty_ledger(session: Session, person: MakePerson) -> None:
    assert what_if(session, person(Role.POLICY, CITY), None, document(ferry_pass())).changed == 0


def test_the_column_engine_finds_it_while_it_is_sought_only() -> None:
    values = pl.Series(PASSES)
    assert profile_column("c1", "", values).type is None
    with seeking([defined()]):
        found = profile_column("c1", "", values)
    assert (found.type, found.level) == (OWN, Level.G3)


def test_it_is_found_among_many_values_and_by_a_dictionary() -> None:
    many = pl.Series([f"FD-{at:04d}-AB" for at in range(9000)])
    with seeking([defined()]):
        assert profile_column("c1", "", many).evidence.matched == pytest.approx(1.0)
    with seeking([defined(pattern="", words=["甲板一等", "甲板二等", "底舱散席"])]):
        assert profile_column("c1", "", pl.Series(["甲板一等", "底舱散席", "甲板二等"] * 9)).type == OWN


def test_it_takes_no_column_from_a_graver_shipped_type() -> None:
    numbers = ["13800138000", "13912345678", "15012345678", "18612345678", "17712345678"] * 4
    greedy = defined(pattern=r"1[3-9]\d{9}", level="G1", **{"class": "TRIP"}, names=["手机号", "phone"])
    before = profile_column("手机号", "", pl.Series(numbers)).type
    with seeking([greedy]):
        assert profile_column("手机号", "", pl.Series(numbers)).type == before == "mobile"
        assert [one.type for one in read("电话13800138000")] == ["mobile"]


def test_sentences_have_it_with_places_in_code_points() -> None:
    said = "旅客持𠮷渡轮证FD-1234-AB,FD-1235-AC登船"
    with seeking([defined()]):
        found = [(one.type, said[one.start : one.end]) for one in read(said)]
        zh: list[Any] = [one for one in registry().recognizers if getattr(one, "name", "") == f"{OWN}_zh"]
    assert found == [(OWN, "FD-1234-AB"), (OWN, "FD-1235-AC")]
    assert [said[one.start : one.end] for one in zh[0].analyze(said, [OWN.upper()], None)] == [
        "FD-1234-AB",
        "FD-1235-AC",
    ]
    assert OWN not in [one.type for one in read(said)]


def test_log_lines_hide_it_once_and_for_all() -> None:
    once = own_mask_text("GET /p?n=FD-1234-AB HTTP", [defined()])
    assert once == "GET /p?n=*** HTTP" == own_mask_text(once, [defined()])
    texts = pl.Series("t", ["FD-1234-AB", None, "ok"])
    assert own_masked(texts, [defined()]).to_list() == ["***", None, "ok"]
    assert own_masked(texts, [defined(log=False)]).to_list() == texts.to_list()
