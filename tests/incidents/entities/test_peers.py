"""How an entity stands among its peers: whom it is set against, honest where they are too few, and cheap."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from incidents.entities.looking import look
from incidents.entities.peer_groups import peers_of
from incidents.entities.peers import Group, Measure, Peers
from incidents.entities.window import window_of
from soc.accounts.service import ServiceMark, mark_service
from soc.entities import ACCOUNT, ADDRESS, APPLICATION, TABLES, LogEntity
from soc.identity.actor import Actor, Role
from soc.ledger.levels import Level
from soc.ledger.models import LedgerItem, LedgerTable
from soc.ledger.stewardship import Domain
from soc.logstore.port import LogStore
from tests.conftest import NOON, MakePerson
from tests.incidents.entities.conftest import Counting
from tests.incidents.entities.made import ADDRESS as HERE
from tests.incidents.entities.made import CITY, OTHER, PORTAL, PROVINCE, TABLE, copied, event, stored
from tests.soc.ledger.made import a_source, column, scanned
from tests.soc.ledger.made import table as a_table


def compared(session: Session, actor: Actor, store: LogStore, entity: LogEntity) -> Peers:
    """Set an entity against its peers, as the actor sees them; never by more than two questions."""
    counting: Any = Counting(store)
    window = window_of("", at=NOON, zone=session.info["settings"].timezone)
    found = peers_of(look(counting, session, actor, entity, window), session, actor)
    assert counting.asked <= 2
    return found


def in_ledger(
    session: Session,
    actor: Actor,
    names: Sequence[str],
    *,
    level: Level = Level.G4,
    domain: Domain | None = None,
) -> None:
    """Scan a database of such tables, and say what business they are of."""
    source = a_source(session, actor, session.info["settings"], CITY, name=f"库 {names[0]}")
    scanned(session, actor, source, *(a_table(name, column("a"), level=level) for name in names))
    ids = session.scalars(select(LedgerTable.id).where(LedgerTable.name.in_(names))).all()
    for item in session.scalars(select(LedgerItem).where(LedgerItem.table_id.in_(ids))):
        item.domain = domain
    session.flush()


def read(name: str, rows: int, **more: Any) -> dict[str, Any]:
    return event(**{"guanlan.tables": [name], "guanlan.rows": rows, **more})


def test_a_table_stands_among_those_of_its_level_and_domain(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    peers = [f"public.peer_{number}" for number in range(7)]
    in_ledger(session, operator, [TABLE, *peers], domain=Domain.TRANSPORT)
    in_ledger(session, operator, ["public.other_domain"], domain=Domain.SAFETY)
    in_ledger(session, operator, ["public.light"], level=Level.G1, domain=Domain.TRANSPORT)
    rows = [read(name, 10 * place) for place, name in enumerate(peers[:6], 1)]
    rows += [read("public.other_domain", 9_000), read("public.light", 9_000)]
    rows += [read(TABLE, 20, **{"actor.user.name": who}) for who in ("li", "wang")]
    # a statement that joins it to a table which is no peer
    rows.append(read(TABLE, 5, **{"guanlan.tables": [TABLE, "public.other_domain"]}))
    found = compared(session, operator, stored(either_store, rows), LogEntity(TABLES, TABLE))
    assert (found.against.group, found.against.name, found.against.known) == (Group.LEVEL_DOMAIN, "ZY", 7)
    assert (found.others, {one.entity.name for one in found.found}) == (6, {TABLE, *peers[:6]})
    told = {one.measure: one for one in found.standings}
    by_rows, by_people = told[Measure.ROWS], told[Measure.PEOPLE]
    # 45 rows among 10 to 60: two have more, four of six have less
    assert (by_rows.value, by_rows.median, by_rows.rank, by_rows.below) == (45, 35, 3, 66)
    assert (by_people.value, by_people.median, by_people.rank, by_people.below) == (3, 1, 1, 100)
    assert set(told) == set(Measure)


def test_with_too_few_of_a_domain_a_table_stands_among_all_of_its_level(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    in_ledger(session, operator, [TABLE, "public.near"], domain=Domain.TRANSPORT)
    in_ledger(session, operator, far := [f"public.far_{number}" for number in range(5)], domain=Domain.SAFETY)
    store = stored(either_store, [read(name, 10) for name in (TABLE, *far)])
    found = compared(session, operator, store, LogEntity(TABLES, TABLE))
    assert (found.against.group, found.against.known, found.others) == (Group.LEVEL, 6, 5)
    assert found.standings


def test_too_few_peers_are_said_to_be_too_few_and_nothing_is_compared(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    in_ledger(session, operator, [TABLE, *(f"public.peer_{number}" for number in range(6))])
    store = stored(either_store, [read(name, 10) for name in (TABLE, "public.peer_0", "public.peer_1")])
    found = compared(session, operator, store, LogEntity(TABLES, TABLE))
    assert (found.others, found.standings) == (2, ())
    unknown = compared(session, operator, store, LogEntity(TABLES, "public.unheard_of"))
    assert (unknown.against.group, unknown.standings) == (Group.NONE, ())


def test_a_table_of_one_database_is_set_against_tables_of_databases(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    peers = [f"public.peer_{number}" for number in range(5)]
    in_ledger(session, operator, [TABLE, *peers])
    rows = [read(name, 10) for name in (TABLE, *peers)]
    rows.append(read(TABLE, 900, **{"database.name": "elsewhere"}))
    found = compared(session, operator, stored(either_store, rows), LogEntity(TABLES, TABLE, CITY, "gd"))
    own = next(one for one in found.found if one.own)
    assert (own.rows.low, found.others) == (10, 5)
    assert {one.entity.database for one in found.found} == {"gd"}


def test_an_address_stands_among_those_of_its_network(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    rows = [event(**{"src_endpoint.ip": f"10.1.2.{number}", "guanlan.rows": number}) for number in range(10, 16)]
    rows += [event(**{"guanlan.rows": 500}), copied(), event(**{"src_endpoint.ip": "10.1.20.3", "guanlan.rows": 9_999})]
    found = compared(session, operator, stored(either_store, rows), LogEntity(ADDRESS, HERE))
    assert (found.against.group, found.against.name, found.others) == (Group.NETWORK, "10.1.2.0/24", 6)
    told = {one.measure: one for one in found.standings}
    assert (told[Measure.ROWS].value, told[Measure.ROWS].rank, told[Measure.ROWS].below) == (500, 1, 100)
    assert (found.uncounted, set(told)) == (1, set(Measure))


def test_an_address_alone_in_its_network_stands_among_those_of_the_organisations_logs(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    rows = [event(**{"src_endpoint.ip": f"10.{number}.0.1", "guanlan.rows": number}) for number in range(2, 8)]
    rows += [event(), event(**{"src_endpoint.ip": "10.99.0.1", "guanlan.org": OTHER})]
    found = compared(session, operator, stored(either_store, rows), LogEntity(ADDRESS, HERE))
    assert (found.against.group, found.against.name, found.others) == (Group.ORGANISATION, CITY, 6)
    # the second question went into the wider group
    assert {one.measure for one in found.standings} == set(Measure) - {Measure.PEOPLE}


def test_what_is_no_ipv4_address_has_no_network(session: Session, operator: Actor, either_store: LogStore) -> None:
    rows = [event(**{"src_endpoint.ip": f"fe80::{number}"}) for number in range(1, 8)]
    found = compared(session, operator, stored(either_store, rows), LogEntity(ADDRESS, "fe80::3"))
    assert (found.against.group, found.others) == (Group.ORGANISATION, 6)


def test_an_application_stands_among_those_of_its_organisation_else_among_all_within_reach(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    rows = [event(**{"actor.app_name": f"app{number}", "guanlan.rows": number}) for number in range(5)]
    rows += [event(**{"actor.app_name": f"there{number}", "guanlan.org": OTHER}) for number in range(2)]
    store = stored(either_store, [*rows, event()])
    here = compared(session, operator, store, LogEntity(APPLICATION, PORTAL))
    assert (here.against.group, here.against.name, here.others) == (Group.ORGANISATION, CITY, 5)
    there = compared(session, operator, store, LogEntity(APPLICATION, "there1"))
    assert (there.against.group, there.others, len(there.standings)) == (Group.REACH, 7, len(Measure))


def test_an_applications_account_stands_among_marked_accounts_by_whom_they_ask_for(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    for number in range(6):
        mark_service(session, operator, ServiceMark(CITY, f"app_{number}", is_service=True))
    session.flush()
    rows = [
        event(**{"actor.user.name": f"app_{number}", "guanlan.asked_by": f"p{person}"})
        for number in range(6)
        for person in range(number + 1)
    ]
    rows.append(event(**{"actor.user.name": "nobodys"}))
    found = compared(session, operator, stored(either_store, rows), LogEntity(ACCOUNT, "app_5", CITY))
    assert (found.against.group, found.others) == (Group.ORGANISATION, 5)
    people = next(one for one in found.standings if one.measure is Measure.PEOPLE)
    assert (people.value, people.median, people.rank) == (6, 3, 1)


def test_a_stranger_is_no_peer(session: Session, person: MakePerson, either_store: LogStore) -> None:
    rows = [event(**{"src_endpoint.ip": f"10.1.2.{number}"}) for number in range(10, 16)]
    rows += [event(**{"src_endpoint.ip": f"10.1.2.{number}", "guanlan.org": OTHER}) for number in range(20, 30)]
    store = stored(either_store, [*rows, event()])
    for org, others in ((CITY, 6), (PROVINCE, 16)):
        reader = person(Role.ANALYST, org)
        assert compared(session, reader, store, LogEntity(ADDRESS, HERE)).others == others


def test_ranks_count_those_with_more_and_equals_share_one(
    session: Session, operator: Actor, either_store: LogStore
) -> None:
    rows = [event(**{"src_endpoint.ip": f"10.1.2.{number}"}) for number in range(10, 16)]
    found = compared(session, operator, stored(either_store, [*rows, event()]), LogEntity(ADDRESS, HERE))
    assert {(one.rank, one.below) for one in found.standings} == {(1, 0)}
    assert replace(found, found=()).standings == ()


def test_only_the_last_seven_days_are_compared(session: Session, operator: Actor, either_store: LogStore) -> None:
    rows = [event(days, **{"src_endpoint.ip": f"10.1.2.{number}"}) for number in range(10, 16) for days in (1, 8)]
    found = compared(session, operator, stored(either_store, [*rows, event(8)]), LogEntity(ADDRESS, HERE))
    assert ({one.events for one in found.found}, found.enough, found.standings) == ({1}, False, ())
