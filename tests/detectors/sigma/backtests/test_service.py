"""Backtests are found by exactly what was tried, by those who see all that they looked at."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.sigma.backtests.service import (
    Draft,
    changed_rules,
    draft_in,
    draft_of_rule,
    draft_of_text,
    find,
    history_in,
    newest,
    order,
    place_of,
    stop,
)
from detectors.sigma.own.book import KEY
from detectors.sigma.own.service import TABLES
from detectors.sigma.rules import LIBRARY, read_file
from detectors.sigma.service import keep_library
from soc.db import Database
from soc.errors import ConflictError, NotFoundError
from soc.identity.actor import Actor, Role
from soc.identity.actors import operator_actor
from soc.jobs import JobRun, RunStatus, enqueue
from soc.trail import Act
from soc.trail.models import TrailEntry
from soc.versions.service import FaultyBodyError
from tests.conftest import MakePerson
from tests.detectors.sigma.backtests.trying import drafted, ran
from tests.detectors.sigma.own.correlating import enact, entry
from tests.detectors.sigma.own.writing import CITY, COUNTY, PROVINCE, STRANGER, TAG, TEXT, own
from tests.detectors.sigma.streaming import COUNTED, FAILED

SHIPPED = str(read_file(LIBRARY / "dump_tool.yml")[0].id)
OTHER = TEXT.replace("nightshift", "dayshift")


@pytest.fixture
def author(person: MakePerson) -> Actor:
    return person(Role.POLICY, CITY)


def ordered(database: Database, author: Actor, text: str = TEXT) -> JobRun:
    with database.write() as session:
        return order(session, author, drafted(session, text), CITY, 30)


def test_the_newest_of_exactly_this_text_is_found(database: Database, author: Actor) -> None:
    ran(database, author)
    second = ran(database, author)
    ran(database, author, text=OTHER)
    with database.read() as session:
        found = newest(session, author, drafted(session), CITY)
        assert found is not None
        assert found.id == second.id
        assert newest(session, author, drafted(session, TEXT + "\n# another"), CITY) is None
        assert newest(session, author, drafted(session), PROVINCE) is None


def test_one_that_was_broken_off_is_none(database: Database, author: Actor) -> None:
    run = ordered(database, author)
    with database.write() as session:
        assert stop(session, author, run.id).status is RunStatus.CANCELLED
        assert newest(session, author, drafted(session), CITY) is None


@pytest.mark.parametrize(("org", "there"), [(CITY, True), (PROVINCE, True), (COUNTY, False), (STRANGER, False)])
def test_who_does_not_see_all_that_was_looked_at_finds_none(
    database: Database, author: Actor, person: MakePerson, org: str, there: bool
) -> None:
    run, reader = ran(database, author), person(Role.POLICY, org)
    with database.read() as session:
        assert (newest(session, reader, drafted(session), CITY) is not None) is there
        if there:
            assert find(session, reader, run.id).id == run.id
        else:
            with pytest.raises(NotFoundError):
                find(session, reader, run.id)


def test_nor_does_one_who_sees_only_a_part_of_the_organisation(database: Database, author: Actor) -> None:
    """A run that looked at more organisations than the reader's own part of the same one."""
    run = ran(database, author)
    with database.write() as session:
        held = session.get_one(JobRun, run.id)
        held.params = held.params | {"orgs": [*held.params["orgs"], STRANGER]}
    with database.read() as session:
        assert newest(session, author, drafted(session), CITY) is None
        with pytest.raises(NotFoundError):
            find(session, author, run.id)


def test_a_second_order_of_the_same_rule_ends_the_first_that_still_waits(database: Database, author: Actor) -> None:
    first, second = ordered(database, author), ordered(database, author, OTHER)
    with database.read() as session:
        assert session.get_one(JobRun, first.id).status is RunStatus.CANCELLED
        assert session.get_one(JobRun, second.id).status is RunStatus.QUEUED


def test_an_order_stands_in_the_trail_with_the_digest_of_what_is_tried(database: Database, author: Actor) -> None:
    run = ordered(database, author)
    with database.read() as session:
        entries = session.scalars(select(TrailEntry).where(TrailEntry.act == Act.BACKTEST_RUN.value)).all()
        assert [one.subject_id for one in entries] == [str(run.id)]


def test_nothing_is_tried_where_the_actor_sees_nothing(database: Database, author: Actor) -> None:
    with database.write() as session, pytest.raises(NotFoundError):
        order(session, author, drafted(session), STRANGER, 7)


def test_another_jobs_run_is_none(database: Database, author: Actor) -> None:
    with database.write() as session:
        run = enqueue(session, author, "workshop.try", {"org": CITY}, org=CITY)
        assert history_in(run) is None
        with pytest.raises(ConflictError):
            draft_in(run)
        with pytest.raises(ConflictError):
            stop(session, author, run.id)


def test_a_faulty_text_is_no_draft(database: Database) -> None:
    with database.read() as session, pytest.raises(FaultyBodyError):
        drafted(session, TEXT.replace("condition: selection", "condition: nothing"))


def test_a_correlation_is_another_once_what_it_stands_on_is(database: Database) -> None:
    with database.read() as session:
        texts = FAILED, FAILED.replace("status_id: 2", "status_id: 3")
        drafts = [draft_of_text(session, CITY, {KEY: [entry(one), entry(COUNTED)]}, COUNTED) for one in texts]
        alone = draft_of_text(session, CITY, {KEY: [entry(FAILED), entry(COUNTED), own()]}, COUNTED)
    assert drafts[0].digest != drafts[1].digest
    assert drafts[0] == alone  # what it does not stand on is no part of it


def test_rules_that_are_kept_and_in_force_are_named_as_events_name_them(
    database: Database, author: Actor, person: MakePerson
) -> None:
    with database.write() as session:
        keep_library(session, operator_actor(session))
    enact(database, CITY, own())
    with database.read() as session:
        kept, mine = draft_of_rule(session, author, SHIPPED), draft_of_rule(session, author, TAG)
        assert (kept.text, kept.rule_id, place_of(session, author, kept)) == (None, SHIPPED, CITY)
        assert (mine.text, mine.rule_id, mine.owner) == (TEXT, TAG, CITY)
        assert mine == drafted(session)  # what was tried in the editor is found once it is in force
        assert place_of(session, person(Role.POLICY, COUNTY), mine) == COUNTY
        assert place_of(session, person(Role.POLICY, PROVINCE), mine) == CITY
        with pytest.raises(NotFoundError):
            draft_of_rule(session, person(Role.POLICY, STRANGER), TAG)


def proposed(session: Session, author: Actor, *entries: dict[str, object]) -> list[str]:
    version = TABLES.edit(session, author, CITY, {"title": "own", "rules": list(entries)})
    return [one.rule_id for one in changed_rules(session, version)]


def test_of_a_proposal_the_rules_that_it_changes_are_tried(database: Database, author: Actor) -> None:
    enact(database, CITY, own())
    with database.write() as session:
        assert proposed(session, author, own()) == []
        assert proposed(session, author, own(OTHER)) == [TAG]
        assert proposed(session, author, own(OTHER, off="nobody wants it")) == []
        assert len(proposed(session, author, own(), entry(FAILED), entry(COUNTED))) == 2


@given(st.text(max_size=40), st.none() | st.text(max_size=80), st.lists(st.text(max_size=10), max_size=3))
def test_a_draft_comes_back_from_a_run_as_it_was(name: str, text: str | None, beside: list[str]) -> None:
    draft = Draft(CITY, TAG, {"zh": name, "en": name}, "d", text, tuple({"id": one, "text": one} for one in beside))
    assert Draft.from_json(draft.as_json()) == draft
    assert Draft.from_json(replace(draft, digest="e").as_json()) != draft
