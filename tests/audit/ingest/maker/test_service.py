"""Own log formats on their way: drafted, proposed, approved, known where they hold and nowhere else, taken back."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.ingest.formats import UnknownFormatError, find_format, format_of_stored, names_known
from audit.ingest.formats.own import KIND
from audit.ingest.maker.service import TABLES, table_in_force, what_if
from audit.ingest.own_formats import formats_within
from soc.approvals.service import approve
from soc.clock import now
from soc.errors import ForbiddenError, NotFoundError
from soc.identity.actor import Role
from soc.text import speaking
from soc.trail.models import TrailEntry
from soc.versions import service as versions
from soc.versions.service import FaultyBodyError
from tests.audit.ingest.maker.making import CITY, OWN, document, ferry_gate, put_in_force
from tests.conftest import MakePerson


def known(session: Session, org: str) -> list[str]:
    with formats_within(session, org):
        return [name for name in names_known() if name.startswith("own_")]


def test_it_holds_where_it_was_made_and_below_and_nowhere_else(session: Session, person: MakePerson) -> None:
    put_in_force(session, person(Role.POLICY, CITY), person(Role.COMMANDER, CITY), CITY, ferry_gate())
    assert [known(session, org) for org in (CITY, "440103", "440300", "440000")] == [[OWN], [OWN], [], []]


def test_it_is_called_as_its_makers_call_it(session: Session, person: MakePerson) -> None:
    put_in_force(session, person(Role.POLICY, CITY), person(Role.COMMANDER, CITY), CITY, ferry_gate())
    with formats_within(session, CITY):
        for lang, title in (("zh", "渡口闸机"), ("en", "Ferry gate")):
            with speaking(lang):
                assert find_format(OWN).title == title


def test_nobody_approves_their_own(session: Session, person: MakePerson) -> None:
    author = person(Role.POLICY, CITY)
    TABLES.edit(session, author, CITY, document(ferry_gate()))
    waiting = TABLES.propose(session, author, CITY, reason="tests")
    with pytest.raises(ForbiddenError, match="approval_own"):
        approve(session, author, waiting.id, at=now())
    assert known(session, CITY) == []


def test_a_stranger_cannot_write_it(session: Session, person: MakePerson) -> None:
    with pytest.raises(NotFoundError):
        TABLES.edit(session, person(Role.POLICY, "440300"), CITY, document(ferry_gate()))


def test_a_faulty_one_becomes_no_draft(session: Session, person: MakePerson) -> None:
    with pytest.raises(FaultyBodyError):
        TABLES.keep(session, person(Role.POLICY, CITY), CITY, ferry_gate(cases=[]))


def test_taken_out_it_is_named_no_more_and_still_reads_what_came_before(session: Session, person: MakePerson) -> None:
    author, second = person(Role.POLICY, CITY), person(Role.COMMANDER, CITY)
    put_in_force(session, author, second, CITY, ferry_gate())
    put_in_force(session, author, second, CITY)
    with formats_within(session, CITY):
        with pytest.raises(UnknownFormatError):
            find_format(OWN)
        assert format_of_stored(OWN).name == OWN
        with pytest.raises(UnknownFormatError):
            format_of_stored(f"own_{CITY}_never")


def test_a_roll_back_brings_it_back_by_a_second_person(session: Session, person: MakePerson) -> None:
    author, second = person(Role.POLICY, CITY), person(Role.COMMANDER, CITY)
    put_in_force(session, author, second, CITY, ferry_gate())
    put_in_force(session, author, second, CITY)
    back = versions.roll_back(session, author, KIND, CITY, 1, reason="wrong")
    assert known(session, CITY) == []
    approve(session, second, back.id, at=now())
    assert known(session, CITY) == [OWN]


def test_what_a_change_would_do_names_each_format(session: Session, person: MakePerson) -> None:
    author = person(Role.POLICY, CITY)
    old, new = document(ferry_gate(), ferry_gate(id="quay")), document(ferry_gate(utc=True), ferry_gate(id="pier"))
    effect = what_if(session, author, old, new)
    assert (effect.items, effect.changed) == (2, 3)
    assert [(one["name"], one["after"] == "–") for one in effect.examples] == [
        ("ferry_gate", False),
        ("pier", False),
        ("quay", True),
    ]


def test_each_step_is_in_the_trail_and_no_pattern_is(session: Session, person: MakePerson) -> None:
    put_in_force(session, person(Role.POLICY, CITY), person(Role.COMMANDER, CITY), CITY, ferry_gate())
    session.flush()
    said = list(session.scalars(select(TrailEntry).where(TrailEntry.subject_kind == "policy_versions")))
    assert {"version.drafted", "version.activated"} <= {one.act for one in said}
    assert not any(b"FERRY" in (one.private or b"") for one in said)


def test_the_table_of_one_in_force_is_found_by_its_name(session: Session, person: MakePerson) -> None:
    put_in_force(session, person(Role.POLICY, CITY), person(Role.COMMANDER, CITY), CITY, ferry_gate())
    assert table_in_force(session, "440103", OWN)["zh"] == "渡口闸机"
    with pytest.raises(NotFoundError):
        table_in_force(session, "440300", OWN)
