"""Own correlations on what comes in: for their organisation and below, fed by its events alone, and nobody else's windows touched."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from detectors.findings import Finding
from detectors.sigma import book as kept_book
from detectors.sigma.book import book_of
from detectors.sigma.bursts import CorrelationBurst
from detectors.sigma.marks import CorrelationMark
from detectors.sigma.models import RuleCounter
from detectors.sigma.own import book as own_book
from detectors.sigma.own import windows
from detectors.sigma.own.book import KIND, tag_of
from detectors.sigma.own.windows import windows_of
from detectors.sigma.service import switch
from soc.approvals.service import approve
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import actor_of, operator_actor
from soc.logstore import open_store
from soc.logstore.delta import DeltaLogStore
from soc.versions import service as versions
from soc.versions.models import PolicyVersion
from tests.conftest import add_test_person
from tests.detectors.sigma.own.correlating import FAILED_ID, GUESSED, GUESSED_ID, enact, entry
from tests.detectors.sigma.own.writing import CITY, COUNTY, PROVINCE, STRANGER
from tests.detectors.sigma.streaming import (
    BOTH,
    COUNTED,
    DONE,
    FAILED,
    NESTED,
    ORDERED,
    VALUES,
    Stream,
    a_folder,
    login,
    told_by_stream,
)
from tests.detectors.sigma.test_watching import failures

#: the shared correlation of the tests below, beside the own one
SHARED = COUNTED.replace("000000000003", "00000000000a").replace("guessing", "shared").replace("Guessed", "Shared")
SHARED_ID = "21111111-0000-4000-8000-00000000000a"


@pytest.fixture
def here(database: Database) -> Stream:
    return Stream(database, open_store(database.settings), org=CITY)


def at(stream: Stream, org: str) -> Stream:
    """The same installation as another organisation sees it."""
    return Stream(stream.database, stream.store, org=org)


def raised(stream: Stream) -> list[tuple[str, str | None, int]]:
    stream.look()
    return [(one.org, one.rule_id, len(one.events)) for one in stream.findings()]


def test_it_is_raised_here_and_below_each_by_its_own_events_and_nowhere_else(here: Stream) -> None:
    enact(here.database, CITY, entry(FAILED), entry(COUNTED))
    for place, org in enumerate((CITY, COUNTY, STRANGER, PROVINCE)):
        at(here, org).take(failures(0, 10, 20, first=place * 10), batch=f"b{place}")
    assert sorted(raised(here)) == [(CITY, GUESSED, 3), (COUNTY, GUESSED, 3)]


@pytest.mark.parametrize("other", [COUNTY, STRANGER, PROVINCE])
def test_events_of_another_organisation_do_not_feed_it(here: Stream, tmp_path: Path, other: str) -> None:
    here.keep(a_folder(tmp_path, FAILED))
    enact(here.database, CITY, entry(COUNTED))
    here.take(failures(0, 10), batch="a")
    at(here, other).take(failures(20, 30, first=5), batch="b")
    here.look()
    assert here.bursts() == []
    here.take(failures(40, first=9), batch="c")
    assert [one for one in raised(here) if one[1] == GUESSED] == [(CITY, GUESSED, 3)]


def test_two_organisations_may_have_one_of_the_same_id_and_name(here: Stream, tmp_path: Path) -> None:
    here.keep(a_folder(tmp_path, FAILED))
    enact(here.database, CITY, entry(COUNTED))
    enact(here.database, STRANGER, entry(COUNTED.replace("gte: 3", "gte: 2")))
    here.take(failures(0, 10), batch="a")
    at(here, STRANGER).take(failures(0, 10, first=5), batch="b")
    of_correlations = [one for one in raised(here) if one[1] != FAILED_ID]
    assert of_correlations == [(STRANGER, tag_of(STRANGER, GUESSED_ID), 2)]


def test_one_that_is_added_changed_or_taken_out_leaves_the_windows_of_others_open(here: Stream, tmp_path: Path) -> None:
    here.keep(a_folder(tmp_path, FAILED, SHARED))
    shared = windows_of(here.database, CITY).correlations[SHARED_ID]
    here.take(failures(0), batch="a")
    enact(here.database, CITY, entry(COUNTED.replace("gte: 3", "gte: 9")))
    here.take(failures(10, first=1), batch="b")
    here.look()
    enact(here.database, CITY, entry(COUNTED.replace("gte: 3", "gte: 8")))
    enact(here.database, CITY)
    assert windows_of(here.database, CITY).correlations[SHARED_ID] is shared
    here.take(failures(20, first=2), batch="c")
    assert raised(here) == [(CITY, SHARED_ID, 3)]


def test_one_put_in_force_within_a_window_counts_what_its_rules_hit_before(here: Stream, tmp_path: Path) -> None:
    here.keep(a_folder(tmp_path, FAILED, SHARED))
    here.take(failures(0, 10), batch="a")
    here.look()
    enact(here.database, CITY, entry(COUNTED))
    here.take(failures(20, first=2), batch="b")
    assert (CITY, GUESSED, 3) in raised(here)


def test_a_restart_in_the_middle_of_a_window_loses_nothing(here: Stream, tmp_path: Path) -> None:
    here.keep(a_folder(tmp_path, FAILED, SHARED))
    enact(here.database, CITY, entry(COUNTED))
    here.take(failures(0, 10), batch="a")
    here.look()
    for held in (windows._bound, kept_book._read, own_book.row_of_text):
        held.cache_clear()
    own_book._HELD._made.clear()
    again = Stream(here.database, open_store(here.database.settings), org=CITY)
    again.take(failures(20, first=2), batch="b")
    assert sorted(raised(again), key=str) == [(CITY, SHARED_ID, 3), (CITY, GUESSED, 3)]


def test_what_was_marked_before_it_went_out_of_force_is_let_go(here: Stream, tmp_path: Path) -> None:
    here.keep(a_folder(tmp_path, FAILED))
    enact(here.database, CITY, entry(COUNTED))
    here.take(failures(0, 10, 20), batch="a")
    enact(here.database, CITY)
    assert GUESSED not in {one[1] for one in raised(here)}
    with here.database.read() as session:
        assert session.scalars(select(CorrelationMark)).all() == []


def test_brought_back_by_a_second_person_it_is_looked_for_again(here: Stream, tmp_path: Path) -> None:
    here.keep(a_folder(tmp_path, FAILED))
    enact(here.database, CITY, entry(COUNTED))
    enact(here.database, CITY)
    with here.database.write() as session:
        author, second = (
            actor_of(session, add_test_person(session, role, CITY)) for role in (Role.POLICY, Role.COMMANDER)
        )
        back = versions.roll_back(session, author, KIND, CITY, 1, reason="tests")
        assert GUESSED not in windows_of(here.database, CITY).correlations
        approve(session, second, back.id, at=now())
    here.take(failures(0, 10, 20), batch="a")
    assert (CITY, GUESSED, 3) in raised(here)


def test_at_rest_it_is_not_looked_for_and_its_rules_speak_for_themselves(here: Stream) -> None:
    enact(here.database, CITY, entry(FAILED), entry(COUNTED, off="too loud"))
    here.take(failures(0, 10, 20), batch="a")
    assert raised(here) == [(CITY, tag_of(CITY, FAILED_ID), 3)]


def test_it_silences_rules_of_its_own_document_and_never_anybody_elses(here: Stream, tmp_path: Path) -> None:
    here.keep(a_folder(tmp_path, FAILED))
    enact(here.database, CITY, entry(COUNTED))
    here.take(failures(0, 10, 20), batch="a")
    assert sorted(raised(here), key=str) == [(CITY, FAILED_ID, 3), (CITY, GUESSED, 3)]


def test_a_rule_switched_off_stops_what_stands_on_it_here_and_below_at_once(here: Stream, tmp_path: Path) -> None:
    here.keep(a_folder(tmp_path, FAILED, DONE, SHARED.replace("[failed]", "[failed, done]")))
    for place, org in enumerate((CITY, COUNTY, STRANGER)):
        at(here, org).take(failures(0, 10, first=place * 10), batch=f"b{place}")
    enact(here.database, CITY, {"id": FAILED_ID, "off": "a scanner"})
    for place, org in enumerate((CITY, COUNTY, STRANGER)):
        # what was hit before would be enough with one login more
        at(here, org).take([login(place + 90, 20, "eve", ok=True)], batch=f"c{place}")
    assert sorted(raised(here)) == [
        (CITY, FAILED_ID[:-1] + "2", 1),
        (COUNTY, FAILED_ID[:-1] + "2", 1),
        (STRANGER, SHARED_ID, 3),
    ]


def test_a_tier_below_that_switches_off_a_rule_stops_the_correlation_of_the_tier_above_there_alone(
    here: Stream, tmp_path: Path
) -> None:
    here.keep(a_folder(tmp_path, FAILED))
    enact(here.database, CITY, entry(COUNTED))
    enact(here.database, COUNTY, {"id": FAILED_ID, "off": "a scanner"})
    assert [GUESSED in windows_of(here.database, org).correlations for org in (CITY, COUNTY)] == [True, False]


def test_a_shared_correlation_is_switched_off_for_one_organisation(here: Stream, tmp_path: Path) -> None:
    here.keep(a_folder(tmp_path, FAILED, SHARED))
    enact(here.database, CITY, {"id": SHARED_ID, "off": "a scanner"})
    here.take(failures(0, 10, 20), batch="a")
    at(here, STRANGER).take(failures(0, 10, 20, first=10), batch="b")
    assert sorted(raised(here)) == [(CITY, FAILED_ID, 3), (STRANGER, SHARED_ID, 3)]


def test_a_rule_switched_off_for_all_stops_it_too(here: Stream, tmp_path: Path) -> None:
    here.keep(a_folder(tmp_path, FAILED))
    enact(here.database, CITY, entry(COUNTED))
    with here.database.write() as session:
        switch(session, operator_actor(session), FAILED_ID, enabled=False, why="noise")
    assert GUESSED not in windows_of(here.database, CITY).correlations


def test_a_name_means_ones_own_rule_first_and_below_a_shared_correlation_the_shared_one(
    here: Stream, tmp_path: Path
) -> None:
    here.keep(a_folder(tmp_path, FAILED, COUNTED))
    mine = FAILED.replace(FAILED_ID, "21111111-0000-4000-8000-00000000000b").replace("status_id: 2", "status_id: 1")
    above = NESTED.replace("[guessing, done]", "[guessing, failed]")
    enact(here.database, CITY, entry(mine), entry(above))
    here.take(failures(0, 10, 20), batch="a")
    assert tag_of(CITY, NESTED_ID) not in {one[1] for one in raised(here)}
    here.take([login(9, 25, "eve", ok=True)], batch="b")
    assert (CITY, tag_of(CITY, NESTED_ID), 4) in raised(here)


NESTED_ID = "21111111-0000-4000-8000-000000000007"


def test_without_own_rules_the_answer_is_the_book(here: Stream, tmp_path: Path) -> None:
    here.keep(a_folder(tmp_path, FAILED, DONE, COUNTED, VALUES, BOTH, ORDERED, NESTED))
    found, book = windows_of(here.database, CITY), book_of(here.database)
    assert (dict(found.correlations), found.quiet) == (dict(book.correlations), book.quiet)


def test_counters_are_kept_under_its_name(here: Stream, tmp_path: Path) -> None:
    here.keep(a_folder(tmp_path, FAILED))
    enact(here.database, CITY, entry(COUNTED))
    here.take(failures(0, 10, 20), batch="a")
    here.look()
    with here.database.read() as session:
        counter = session.get_one(RuleCounter, GUESSED)
    assert (counter.hits, counter.events, counter.error) == (1, 3, None)


TOLD = st.lists(
    st.tuples(
        st.integers(0, 120),
        st.sampled_from(["eve", "bob"]),
        st.booleans(),
        st.sampled_from(["10.0.0.1", "10.0.0.2", "10.0.0.3"]),
        st.sampled_from([CITY, COUNTY, STRANGER]),
    ),
    min_size=1,
    max_size=20,
)
LOUD = NESTED.replace("timespan: 30s", "timespan: 30s, generate: true")
#: what is changed between batches and must change nothing of the others
ASIDE = COUNTED.replace("000000000003", "00000000000c").replace("guessing", "aside").replace("gte: 3", "gte: 99")


@pytest.fixture
def empty(database: Database) -> Any:
    """Give installations one after another on the same state, each with nothing told and nothing in force."""

    def fresh() -> Stream:
        with database.write() as session:
            for model in (CorrelationBurst, CorrelationMark, Finding):
                session.execute(delete(model))
            session.execute(delete(PolicyVersion).where(PolicyVersion.kind == KIND))
        made.append(1)
        home = database.settings.home / f"store-{len(made)}"
        home.mkdir(parents=True)
        return Stream(database, DeltaLogStore(home), org=CITY)

    made: list[int] = []
    return fresh


@given(told=TOLD, order=st.randoms(use_true_random=False), cuts=st.integers(1, 4))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_stream_says_of_each_organisation_what_the_file_says(
    empty: Any, tmp_path: Path, told: list[Any], order: Any, cuts: int
) -> None:
    own = (FAILED, DONE, COUNTED, VALUES, BOTH, ORDERED, LOUD)
    folder, first = a_folder(tmp_path, *own), empty()
    streams = {org: at(first, org) for org in (CITY, COUNTY, STRANGER)}
    enact(first.database, CITY, *(entry(one) for one in own))
    events = [
        (org, login(n, at, user, ok, **{"src_endpoint.ip": ip})) for n, (at, user, ok, ip, org) in enumerate(told)
    ]
    order.shuffle(events)
    for number, part in enumerate(events[place::cuts] for place in range(cuts)):
        for org, stream in streams.items():
            if batch := [one for its, one in part if its == org]:
                stream.take(batch, batch=f"b{number}")
        if order.random() < 0.5:
            first.look()
        if order.random() < 0.3:
            aside = ASIDE.replace("99", str(90 + number))
            enact(first.database, CITY, *(entry(one) for one in (*own, aside)))
    first.look()
    for org in (CITY, COUNTY):
        by_file = {tag_of(CITY, rule): found for rule, found in streams[org].by_file(folder).items() if found}
        assert told_of(streams[org]) == by_file
    assert told_of(streams[STRANGER]) == {}


def told_of(stream: Stream) -> dict[str, set[str]]:
    """What was told of one organisation."""
    mine = [one for one in stream.bursts() if one.org == stream.org]
    return told_by_stream(stream, mine)
