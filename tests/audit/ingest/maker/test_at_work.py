"""Own formats at the intake: taken in, told, re-read, taken up while others run, and given back."""

import multiprocessing
from multiprocessing.connection import Connection
from typing import Any

import pytest
from sqlalchemy import select

from audit.ingest.formats import ParseOptions, UnknownFormatError, find_format
from audit.ingest.guess import guess_format
from audit.ingest.models import IngestBatch, QuarantinedRecords
from audit.ingest.own_formats import formats_of
from audit.ingest.quarantine import replay, shown_records
from audit.ingest.receive.basket import Message
from audit.ingest.receive.sorting import Sorter
from audit.ingest.register import parsed_pieces
from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import actor_of, operator_actor
from tests.audit.ingest.at_work import Installation, nginx
from tests.audit.ingest.maker.making import CITY, OWN, ferry_gate, gate_lines, put_in_force
from tests.conftest import add_test_person

#: reads only whose persons have numbers
NUMBERS_ONLY = (
    r"^FERRY (?P<at>\S+) gate=(?P<gate>\d) who=(?P<who>\d+) from=(?P<client>\S+) did=(?P<act>\S+) (?P<result>\w+)$"
)
READ = ("actor.user.name", "src_endpoint.ip", "status_id", "metadata.log_name")


def in_force(database: Database, *tables: dict[str, Any]) -> None:
    with database.write() as session:
        author = actor_of(session, add_test_person(session, Role.POLICY, CITY))
        second = actor_of(session, add_test_person(session, Role.COMMANDER, CITY))
        put_in_force(session, author, second, CITY, *tables)


def told(database: Database, body: bytes, org: str = CITY) -> str | None:
    with formats_of(database, org):
        found = guess_format(body, ParseOptions())
    return found.name if found else None


def test_what_it_reads_is_stored_under_its_name(at_work: Installation) -> None:
    in_force(at_work.database, ferry_gate())
    receipt = at_work.send(gate_lines(3) + b"no line of it\n", org=CITY, name=OWN)
    assert (receipt.accepted, receipt.quarantined) == (3, 1)
    at_work.spool.close()
    at_work.work()
    found = sorted(tuple(row[name] for name in READ) for row in at_work.stored(*READ))
    assert found == [(f"clerk{n}", f"10.1.2.{n}", 2 - n % 2, OWN) for n in range(3)]


def test_another_organisation_cannot_name_it(at_work: Installation) -> None:
    in_force(at_work.database, ferry_gate())
    with pytest.raises(UnknownFormatError):
        at_work.send(gate_lines(), org="440300", name=OWN)


def test_lines_are_told_as_it_where_no_shipped_format_reads_them(at_work: Installation) -> None:
    assert told(at_work.database, gate_lines()) is None
    in_force(at_work.database, ferry_gate())
    assert told(at_work.database, gate_lines()) == OWN
    assert told(at_work.database, gate_lines(), org="440300") is None
    assert told(at_work.database, nginx("/a", "/b")) == "nginx"


def test_a_shipped_format_goes_before_it_unless_its_author_says_so(at_work: Installation) -> None:
    web = ferry_gate(
        cases=[{"match": r"^(?P<client>\S+) - (?P<who>\S+) \[(?P<at>[^\]]*)\] \"(?P<act>GET \S*) .*$"}], by={}
    )
    web |= {"before": ["nginx", "apache", "s3_access"]}
    with at_work.database.write() as session:
        author = operator_actor(session)
        second = actor_of(session, add_test_person(session, Role.COMMANDER, "440000"))
        put_in_force(session, author, second, CITY, web)
    assert told(at_work.database, nginx("/a", "/b")) == OWN
    in_force(at_work.database, ferry_gate())
    assert told(at_work.database, nginx("/a", "/b")) == "nginx"


def test_a_generic_format_gives_way_to_it(at_work: Installation) -> None:
    lines = b"".join(b"<13>Nov 22 10:00:00 gate7 ferryd[7]: " + line + b"\n" for line in gate_lines().splitlines())
    assert told(at_work.database, lines) == "syslog"
    in_force(at_work.database, ferry_gate(syslog=True))
    assert told(at_work.database, lines) == OWN


def test_a_listener_takes_up_a_new_format_while_it_runs_and_lets_one_go(at_work: Installation) -> None:
    sorter, options = Sorter("auto"), ParseOptions()
    held = [Message("10.0.0.1", b"<13>Nov 22 10:00:00 gate7 ferryd[7]: " + line) for line in gate_lines().splitlines()]

    def sorted_now() -> list[str]:
        with formats_of(at_work.database, CITY):
            return list(sorter.sort(held, options))

    assert sorted_now() == ["syslog"]
    in_force(at_work.database, ferry_gate(syslog=True))
    assert sorted_now() == [OWN]
    in_force(at_work.database)
    assert sorted_now() == ["syslog"]


def test_a_listener_whose_named_format_is_out_of_force_keeps_what_comes_as_plain_syslog(at_work: Installation) -> None:
    held = [Message("10.0.0.1", b"<13>Nov 22 10:00:00 gate7 ferryd[7]: x")]
    with formats_of(at_work.database, CITY):
        assert list(Sorter(OWN).sort(held, ParseOptions())) == ["syslog"]


def test_what_an_earlier_version_could_not_read_is_read_again_by_the_next(at_work: Installation) -> None:
    in_force(at_work.database, ferry_gate(cases=[{"match": NUMBERS_ONLY}]))
    assert at_work.send(gate_lines(4), org=CITY, name=OWN).quarantined == 4
    at_work.spool.close()
    at_work.work()
    in_force(at_work.database, ferry_gate())
    with at_work.database.read() as session:
        operator = operator_actor(session)
        entry = session.scalars(select(QuarantinedRecords)).one().id
        assert len(shown_records(session, operator, entry, at_work.spool)) == 4
    done = replay(at_work.database, operator, entry, at_work.spool)
    assert (done.read, done.left) == (4, 0)
    at_work.work()
    assert len(at_work.stored()) == 4


def test_what_came_before_it_was_taken_out_is_still_worked_off(at_work: Installation) -> None:
    in_force(at_work.database, ferry_gate())
    at_work.send(gate_lines(4), org=CITY, name=OWN)
    in_force(at_work.database)
    with formats_of(at_work.database, CITY), pytest.raises(UnknownFormatError):
        find_format(OWN)
    at_work.spool.close()
    at_work.work()
    assert len(at_work.stored()) == 4
    with at_work.database.read() as session:
        assert [one.state.value for one in session.scalars(select(IngestBatch))] == ["analysed"]


def _worker(settings: Settings, orders: Connection) -> None:
    database = Database.open(settings).acting_for(SystemPath.INGEST)
    while (body := orders.recv()) is not None:
        with formats_of(database, CITY):
            try:
                (parsed,) = parsed_pieces(find_format(OWN), body, ParseOptions())
                orders.send(parsed["error"].null_count())
            except UnknownFormatError:
                orders.send(-1)
    database.close()


def test_four_processes_at_work_take_up_each_version_without_a_restart(at_work: Installation) -> None:
    context = multiprocessing.get_context("spawn")
    pipes = [context.Pipe() for _ in range(4)]
    workers = [context.Process(target=_worker, args=(at_work.database.settings, theirs)) for _, theirs in pipes]
    for one in workers:
        one.start()

    def read_by_all() -> set[int]:
        for ours, _ in pipes:
            ours.send(gate_lines(5))
        return {ours.recv() for ours, _ in pipes}

    try:
        assert read_by_all() == {-1}
        in_force(at_work.database, ferry_gate(cases=[{"match": NUMBERS_ONLY}]))
        assert read_by_all() == {0}
        in_force(at_work.database, ferry_gate())
        assert read_by_all() == {5}
    finally:
        for ours, _ in pipes:
            ours.send(None)
        for one in workers:
            one.join(30)
    assert [one.exitcode for one in workers] == [0] * 4
