"""Own rules on their way: drafted, refused when faulty, in force by a second person, matched here and below and nowhere else."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from detectors.findings import Finding
from detectors.sigma.findings import raise_hits
from detectors.sigma.own.service import DOCUMENT, TABLES, copied, switch_off, switch_on, switched_by, write
from detectors.sigma.rules import LIBRARY, read_file
from detectors.sigma.service import keep_library, titles
from detectors.sigma.stage import tag_hits
from soc.approvals.service import approve
from soc.clock import now
from soc.db import Database
from soc.errors import ForbiddenError, NotFoundError
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.logstore import open_store
from soc.room import BatchContext
from soc.trail.models import TrailEntry
from soc.versions import service as versions
from soc.versions.service import FaultyBodyError
from soc.yaml_text import read_mapping
from tests.conftest import MakePerson
from tests.detectors.sigma.own.writing import CITY, COUNTY, PROVINCE, RULE_ID, STRANGER, TAG, TEXT, own, put_in_force
from tests.detectors.sigma.test_stage import an_event, frame_of

SHIPPED = str(read_file(LIBRARY / "dump_tool.yml")[0].id)
Hits = Callable[..., list[str]]


@pytest.fixture
def context(database: Database) -> BatchContext:
    with database.write() as session:
        keep_library(session, operator_actor(session))
    store = open_store(database.settings)
    return BatchContext(database=database, settings=database.settings, store=store, org=CITY, log_name="pgaudit")


def event(org: str, application: str = "nightshift") -> dict[str, Any]:
    return an_event("dump_tool", {"guanlan.org": org, "actor.app_name": application, "metadata.uid": f"u-{org}"})


@pytest.fixture
def hits(context: BatchContext) -> Hits:
    """The rules that a line of an organisation hits as the ingest runs now."""

    def run(org: str, application: str = "nightshift") -> list[str]:
        frame = tag_hits(replace(context, org=org), frame_of(event(org, application)))
        return list(frame["guanlan.rules"].to_list()[0] or [])

    return run


def enact(database: Database, person: MakePerson, org: str, *entries: dict[str, Any]) -> None:
    author, second = person(Role.POLICY, org), person(Role.COMMANDER, org)
    with database.write() as session:
        put_in_force(session, author, second, org, *entries)


def test_in_force_it_hits_the_next_line_here_and_below_and_nowhere_else(
    database: Database, person: MakePerson, hits: Hits
) -> None:
    assert TAG not in hits(CITY)
    enact(database, person, CITY, own())
    assert [TAG in hits(org) for org in (CITY, COUNTY, STRANGER, PROVINCE)] == [True, True, False, False]


def test_it_raises_a_finding_by_its_own_title(database: Database, person: MakePerson, context: BatchContext) -> None:
    enact(database, person, CITY, own())
    raise_hits(context, tag_hits(context, frame_of(event(CITY))))
    with database.read() as session:
        (finding,) = session.scalars(select(Finding).where(Finding.rule_id == TAG)).all()
        assert finding.org == CITY
        assert titles(session, [TAG]) == {TAG: {"zh": "夜班工具", "en": "Tool of the night shift"}}


def test_a_draft_hits_nothing_and_nobody_approves_their_own(database: Database, person: MakePerson, hits: Hits) -> None:
    author = person(Role.POLICY, CITY)
    with database.write() as session:
        write(session, author, CITY, TEXT)
        waiting = TABLES.propose(session, author, CITY, reason="tests")
        with pytest.raises(ForbiddenError, match="approval_own"):
            approve(session, author, waiting.id, at=now())
    assert TAG not in hits(CITY)


def test_changed_taken_out_and_brought_back_it_follows_without_a_restart(
    database: Database, person: MakePerson, hits: Hits
) -> None:
    enact(database, person, CITY, own())
    enact(database, person, CITY, own(TEXT.replace("application: nightshift", "application: dayshift")))
    assert (TAG in hits(CITY), TAG in hits(CITY, "dayshift")) == (False, True)
    enact(database, person, CITY)
    assert TAG not in hits(CITY, "dayshift")
    author, second = person(Role.POLICY, CITY), person(Role.COMMANDER, CITY)
    with database.write() as session:
        back = versions.roll_back(session, author, TABLES.kind, CITY, 1, reason="tests")
        approve(session, second, back.id, at=now())
    assert TAG in hits(CITY)


def test_a_shipped_rule_is_switched_off_by_two_persons_for_this_organisation_and_below(
    database: Database, person: MakePerson, hits: Hits
) -> None:
    author, second = person(Role.POLICY, CITY), person(Role.COMMANDER, CITY)
    with database.write() as session:
        switch_off(session, author, CITY, SHIPPED, why="nightly dump of the archive")
    assert SHIPPED in hits(CITY, "pg_dump")
    with database.write() as session:
        approve(session, second, TABLES.propose(session, author, CITY, reason="tests").id, at=now())
    assert [SHIPPED in hits(org, "pg_dump") for org in (CITY, COUNTY, STRANGER, PROVINCE)] == [
        False, False, True, True,
    ]  # fmt: skip
    with database.write() as session:
        switch_on(session, author, CITY, SHIPPED)
        approve(session, second, TABLES.propose(session, author, CITY, reason="tests").id, at=now())
    assert SHIPPED in hits(CITY, "pg_dump")


def test_an_own_rule_rests_with_its_text_and_its_reason(database: Database, person: MakePerson, hits: Hits) -> None:
    author, second = person(Role.POLICY, CITY), person(Role.COMMANDER, CITY)
    enact(database, person, CITY, own())
    with database.write() as session:
        draft = switch_off(session, author, CITY, RULE_ID, why="too loud")
        assert draft.body["rules"] == [own(off="too loud")]
        approve(session, second, TABLES.propose(session, author, CITY, reason="tests").id, at=now())
    assert TAG not in hits(CITY)
    with database.write() as session:
        assert switch_on(session, author, CITY, RULE_ID).body["rules"] == [own()]


def test_who_switched_a_rule_off_is_named_although_others_changed_the_document_since(
    database: Database, person: MakePerson, context: BatchContext
) -> None:
    enact(database, person, CITY, {"id": SHIPPED, "off": "archive"})
    with database.read() as session:
        first = versions.history(session, TABLES.kind, CITY)[0].author_name
    enact(database, person, CITY, {"id": SHIPPED, "off": "archive"}, own())
    with database.read() as session:
        history = versions.history(session, TABLES.kind, CITY)
        assert len(history) == 2
        assert (switched_by(history, SHIPPED), switched_by(history, RULE_ID)) == (first, None)


def test_what_lies_above_cannot_be_switched_off_below(database: Database, person: MakePerson) -> None:
    enact(database, person, PROVINCE, own())
    with database.write() as session, pytest.raises(FaultyBodyError):
        switch_off(session, person(Role.POLICY, CITY), CITY, f"own_{PROVINCE}_{RULE_ID}", why="too loud")


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (own("a: ["), "no_yaml"),
        (own(TEXT.replace("condition: selection", "condition: other")), "invalid"),
        (own(TEXT.replace("application: nightshift", r"application|re: '(?=x)y'")), "unsupported"),
        (own(name="another"), "id"),
        (own(TEXT.replace("title: Tool of the night shift\n", "")), "title"),
        (own(off=" "), "why_off"),
        ({"id": RULE_ID}, "says_nothing"),
        ({"id": "nobody", "off": "why"}, "unknown"),
        (own("title: x\nfilter:\n    rules: any\n"), "several"),
        (own("title: x\ncorrelation:\n    type: event_count\n"), "invalid"),
        (own(TEXT.replace(RULE_ID, SHIPPED), SHIPPED), "taken"),
    ],
)
def test_what_is_wrong_is_named_and_becomes_no_draft(
    database: Database, person: MakePerson, context: BatchContext, entry: dict[str, Any], code: str
) -> None:
    author = person(Role.POLICY, CITY)
    with database.write() as session, pytest.raises(FaultyBodyError) as raised:
        TABLES.keep(session, author, CITY, entry)
    assert f"own_rules.problem.{code}" in {one.code for one in raised.value.problems}


def test_a_copy_of_any_shipped_rule_of_single_events_is_a_sound_rule_of_its_own(
    database: Database, person: MakePerson, context: BatchContext
) -> None:
    author = person(Role.POLICY, CITY)
    with database.write() as session:
        text = copied(session, SHIPPED)
        document = read_mapping(text).body
        assert (document["id"] != SHIPPED, document["related"]) == (True, [{"id": SHIPPED, "type": "derived"}])
        assert write(session, author, CITY, text).body["rules"][0]["text"] == text


def test_a_stranger_can_write_nothing_here(database: Database, person: MakePerson) -> None:
    with database.write() as session, pytest.raises(NotFoundError):
        write(session, person(Role.POLICY, STRANGER), CITY, TEXT)


def test_each_step_stands_in_the_trail_and_goes_with_the_step(database: Database, person: MakePerson) -> None:
    def entries() -> int:
        with database.read() as session:
            return session.scalar(select(func.count()).select_from(TrailEntry)) or 0

    author, before = person(Role.POLICY, CITY), entries()
    with pytest.raises(RuntimeError), database.write() as session:
        write(session, author, CITY, TEXT)
        raise RuntimeError
    assert entries() == before
    with database.write() as session:
        write(session, author, CITY, TEXT)
    assert entries() == before + 1


def test_the_file_that_commands_read_holds_the_rule_as_it_was_written(database: Database, person: MakePerson) -> None:
    enact(database, person, CITY, own())
    with database.read() as session:
        assert read_mapping(DOCUMENT.text(session, CITY)).body["rules"] == [own()]
