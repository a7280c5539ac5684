"""A table's page: who reads it by what weighs most, who is new, what was taken out, and how many persons that may be."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from incidents.entities import parties
from incidents.entities.looking import look
from incidents.entities.parties import Parties
from incidents.entities.people import people_of
from incidents.entities.tables import TableFacts, persons_of, table_facts
from incidents.entities.window import window_of
from soc.entities import TABLES, LogEntity
from soc.exposure import Basis, Figure
from soc.identity.actor import Actor, Role
from soc.ledger.models import LedgerTable, Source
from soc.logstore.lucene import parse
from soc.logstore.port import LogStore, SearchRequest
from tests.conftest import NOON, MakePerson
from tests.incidents.entities.conftest import Counting
from tests.incidents.entities.made import CITY, OTHER, PROVINCE, TABLE, copied, event, stored
from tests.soc.ledger.made import a_source, scanned

NAMED = LogEntity(TABLES, TABLE)


def facts(session: Session, actor: Actor, store: LogStore, entity: LogEntity = NAMED) -> TableFacts | None:
    window = window_of("", at=NOON, zone=session.info["settings"].timezone)
    return table_facts(look(store, session, actor, entity, window), session, actor)


def known(session: Session, actor: Actor, store: LogStore, entity: LogEntity = NAMED) -> TableFacts:
    found = facts(session, actor, store, entity)
    assert found is not None
    return found


def readers(session: Session, actor: Actor, store: LogStore) -> Parties:
    window = window_of("", at=NOON, zone=session.info["settings"].timezone)
    return people_of(look(store, session, actor, NAMED, window), threshold=70)


def in_ledger(session: Session, org: str = CITY, database: str = "gd", **more: Any) -> LedgerTable:
    source = Source(
        org=org, name=f"运政库 {org} {database}", kind="postgresql", address="x", database=database, sealed_url=b"x", added_at=NOON
    )  # fmt: skip
    session.add(source)
    session.flush()
    table = LedgerTable(org=org, source_id=source.id, name=TABLE, first_seen=NOON, last_seen=NOON, **more)
    session.add(table)
    session.flush()
    return table


def test_readers_stand_by_what_they_may_have_read_weighed_by_level(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    grave = event(**{"actor.user.name": "grave", "guanlan.rows": 100})
    many = event(**{"actor.user.name": "many", "guanlan.rows": 900, "guanlan.level": "G2", "guanlan.level_rank": 2})
    took = copied(**{"actor.user.name": "took"})
    store = stored(either_store, [grave, many, took])
    listed, totals = readers(session, operator, store).found, known(session, operator, store).totals
    assert [one.key[0] for one in listed] == ["took", "grave", "many"]
    assert [one.weighted for one in listed] == [
        Figure(0, 10_000, Basis.UNKNOWN), Figure(200, 200), Figure(18, 18),
    ]  # fmt: skip
    assert totals.rows == Figure(1_000, 6_000, Basis.UNKNOWN)
    assert totals.weighted == Figure(218, 10_218, Basis.UNKNOWN)


def test_what_nothing_bounds_leaves_the_sum_without_a_bound_and_comes_first(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    events = [event(**{"guanlan.rows": 10_000}), copied(bound=None, **{"actor.user.name": "took"})]
    store = stored(either_store, events)
    assert known(session, operator, store).totals.rows == Figure(10_000, None, Basis.UNKNOWN)
    assert [one.key[0] for one in readers(session, operator, store).found] == ["took", "zhang_wei"]


def test_a_reader_is_new_who_was_not_there_in_the_thirty_days_before(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    events = [
        event(40), event(2),
        event(3, **{"actor.user.name": "li_na"}),
        event(70, **{"actor.user.name": "long_ago"}), event(4, **{"actor.user.name": "long_ago"}),
    ]  # fmt: skip
    found = readers(session, operator, stored(either_store, events))
    assert {one.key[0]: one.new for one in found.found} == {"zhang_wei": False, "li_na": True, "long_ago": True}
    assert (found.newcomers, found.compared) == (2, True)


def test_where_nothing_is_known_of_before_nobody_is_called_new(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    found = readers(session, operator, stored(either_store, [event()]))
    assert (found.newcomers, found.compared) == (0, False)


def test_operations_say_what_took_data_out_and_how_much_that_may_be(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    events = [event(), event(2), copied(), event(**{"guanlan.export": True, "guanlan.rows": 70})]
    found = known(session, operator, stored(either_store, events))
    told = [(one.name, one.export, one.times, one.rows) for one in found.operations]
    assert told == [
        ("COPY", True, 1, Figure(0, 5_000, Basis.UNKNOWN)),
        ("SELECT", True, 1, Figure(70, 70)),
        ("SELECT", False, 2, Figure(20, 20)),
    ]
    assert found.export_times == 2


def test_each_figures_search_finds_that_many_events(session: Session, operator: Actor, either_store: LogStore) -> None:
    events = [
        event(),
        event(2),
        copied(),
        event(3, **{"actor.user.name": 'o"dd\\name'}),
        event(4, **{"guanlan.person": None}),
    ]
    store = stored(either_store, events)
    found = known(session, operator, store)
    told = [(one.query, one.times) for one in readers(session, operator, store).found]
    for query, times in [*told, *((one.query, one.times) for one in found.operations)]:
        assert store.count(SearchRequest(parse(query))) == times, query


def test_a_table_of_another_name_or_database_is_another(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    events = [event(), event(2, **{"database.name": "other"}), event(**{"guanlan.tables": ["public.driver_log"]})]
    store = stored(either_store, events)
    assert known(session, operator, store).totals.times == 2
    assert known(session, operator, store, LogEntity(TABLES, TABLE, CITY, "gd")).totals.times == 1


def test_a_name_that_several_databases_have_leads_to_each(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    events = [event(), event(2, **{"database.name": "other"}), event(3, **{"guanlan.org": OTHER})]
    store = stored(either_store, events)
    places = known(session, operator, store).places
    assert [(one.entity.org, one.entity.database, one.times) for one in places] == [
        (CITY, "gd", 1), (CITY, "other", 1), (OTHER, "gd", 1),
    ]  # fmt: skip
    assert all(known(session, operator, store, one.entity).totals.times == one.times for one in places)


def test_what_the_readers_organisations_never_saw_is_nothing(
    session: Session, operator: Actor, either_store: LogStore, person: MakePerson
) -> None:
    store = stored(either_store, [event()])
    in_ledger(session)
    assert known(session, person(Role.ANALYST, CITY), store).ledger
    assert facts(session, person(Role.ANALYST, OTHER), store) is None
    assert facts(session, operator, store, LogEntity(TABLES, "public.nothing")) is None


def test_a_table_that_only_old_logs_or_the_ledger_know_is_empty_and_not_missing(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    store = stored(either_store, [event(200)])
    assert known(session, operator, store).nothing
    held = in_ledger(session)
    held.name = "Public.Unread"
    session.flush()
    only_ledger = known(session, operator, store, LogEntity(TABLES, "public.unread"))
    assert only_ledger.nothing
    assert only_ledger.ledger == (held,)


def test_the_ledgers_table_is_that_of_the_events_database_and_organisation(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    mine = in_ledger(session)
    in_ledger(session, OTHER)
    in_ledger(session, CITY, "elsewhere")
    store = stored(either_store, [event()])
    assert known(session, operator, store, LogEntity(TABLES, TABLE, CITY, "gd")).ledger == (mine,)
    assert len(known(session, operator, store, LogEntity(TABLES, TABLE, PROVINCE, "gd")).ledger) == 2
    assert len(known(session, operator, store).ledger) == 3


@pytest.mark.parametrize(
    ("rows", "in_table", "persons"),
    [
        (Figure(40, 40), None, Figure(1, 40, Basis.ESTIMATED)),
        (Figure(40, 40), 1_000, Figure(1, 40, Basis.ESTIMATED)),
        (Figure(5_000, 5_000), 1_000, Figure(1, 1_000, Basis.ESTIMATED)),
        (Figure(10, None, Basis.UNKNOWN), 1_000, Figure(1, 1_000, Basis.UNKNOWN)),
        (Figure(0, 0), 1_000, Figure(0, 0, Basis.ESTIMATED)),
    ],
)
def test_persons_are_as_many_as_rows_or_as_the_ledger_counts_and_never_measured(
    rows: Figure, in_table: int | None, persons: Figure
) -> None:
    assert persons_of(rows, [LedgerTable(persons_high=in_table)], keyed=True) == persons


def test_a_table_without_a_key_of_persons_has_none_to_tell_of(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    scanned(session, operator, a_source(session, operator, session.info["settings"], CITY))
    keyless = in_ledger(session)
    store = stored(either_store, [event(), event(**{"guanlan.tables": ["public.people"]})])
    assert known(session, operator, store).persons is None
    assert known(session, operator, store).ledger == (keyless,)
    assert known(session, operator, store, LogEntity(TABLES, "public.people")).persons == Figure(1, 10, Basis.ESTIMATED)


def test_persons_of_a_table_that_the_ledger_does_not_know_are_not_known() -> None:
    assert persons_of(Figure(40, 40), [], keyed=False) == Figure(1, 40, Basis.UNKNOWN)


def test_a_page_asks_the_store_one_question_and_its_part_two(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    counting: Any = Counting(stored(either_store, [event(), event(40), copied()]))
    assert facts(session, operator, counting) is not None
    assert counting.asked == 1
    assert readers(session, operator, counting).found
    assert counting.asked == 3


def test_with_too_many_readers_a_copy_is_still_told_and_the_sums_stay_right(
    session: Session, operator: Actor, either_store: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parties, "MOST_GROUPS", 5)
    events = [event(**{"actor.user.name": f"clerk-{place}", "guanlan.rows": 100 + place}) for place in range(12)]
    store = stored(either_store, [*events, copied(**{"actor.user.name": "took"})])
    found, totals = readers(session, operator, store), known(session, operator, store).totals
    assert [one.key[0] for one in found.found] == ["took", "clerk-11", "clerk-10", "clerk-9", "clerk-8", "clerk-7"]
    assert (found.cut, totals.times) == (True, 13)
    assert totals.rows == Figure(12 * 100 + 66, 12 * 100 + 66 + 5_000, Basis.UNKNOWN)


def test_with_too_many_accounts_before_nobody_is_called_new(
    session: Session, operator: Actor, either_store: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parties, "MOST_KNOWN", 1)
    before = [event(40), event(41, **{"actor.user.name": "li_na"})]
    found = readers(session, operator, stored(either_store, [event(), *before]))
    assert (found.newcomers, found.compared) == (0, False)
