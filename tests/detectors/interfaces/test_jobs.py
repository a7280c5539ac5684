"""Interfaces found in logs: counted once each, with the data behind them, and raised where nobody registered them."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from audit.ingest.pipeline import spool_of
from detectors.findings import Finding
from detectors.interfaces import jobs
from detectors.interfaces.counting import sightings
from detectors.interfaces.jobs import count_up
from soc.accounts.service import ServiceMark, mark_service
from soc.clock import now
from soc.db import Database
from soc.identity.actors import operator_actor
from soc.ledger.beyond import beyond
from soc.ledger.interfaces import NewInterface, register_interface, take_out
from soc.ledger.levels import RANKS
from soc.ledger.models import LedgerItem, LedgerTable, Source, TableKind
from soc.ledger.seen import InterfaceMark, SeenInterface, ignore, suggested
from soc.logstore import open_store
from tests.audit.ingest.at_work import Installation
from tests.soc.ledger.made import CITY, OTHER, PEOPLE, a_source, scanned

TRACE = "5bd66ef5095369c7b0d1f8f4bd3371{:02x}"


@dataclass
class Portal:
    """A city's portal, its database in the ledger, and the logs of both."""

    at_work: Installation

    @property
    def database(self) -> Database:
        return self.at_work.database

    def send(self, *requests: str, code: int = 200, org: str = CITY) -> None:
        """Take requests in ("GET /x"), the number of each as its trace."""
        at = "[23/Nov/2026:10:00:00 +0800]"
        lines = [
            f'10.0.0.1 - - {at} "{one} HTTP/1.1" {code} 5 "-" "x" "00-{TRACE.format(place)}-c532cb4098ac3dd2-01"\n'
            for place, one in enumerate(requests)
        ]
        self.at_work.send("".join(lines).encode(), org=org)
        self.at_work.work()

    def read(self, statement: str, trace: int = 0) -> None:
        """Take in what the portal's account read for the request of a number."""
        head = "2026-11-23 10:00:00.123 CST [1] user=svc_portal,db=gd,app=portal,host=10.1.1.1,session=65a.1 LOG:  "
        said = f"{statement} /*traceparent='00-{TRACE.format(trace)}-c532cb4098ac3dd2-01'*/"
        line = f'{head}AUDIT: SESSION,1,1,READ,SELECT,,,"{said}",<not logged>,1\n'
        self.at_work.send(line.encode(), org=CITY, name="pgaudit")
        self.at_work.work()

    def said(self, statement: str, route: str) -> None:
        """Take in what the portal's account read, with a comment that names a route as sqlcommenter writes it."""
        head = "2026-11-23 10:00:00.123 CST [1] user=svc_portal,db=gd,app=portal,host=10.1.1.1,session=65a.1 LOG:  "
        line = (
            f"{head}AUDIT: SESSION,1,1,READ,SELECT,,,\"{statement} /*framework='x',route='{route}'*/\",<not logged>,1\n"
        )
        self.at_work.send(line.encode(), org=CITY, name="pgaudit")
        self.at_work.work()

    def count(self) -> int:
        return count_up(self.database, self.at_work.store)

    def seen(self) -> dict[str, SeenInterface]:
        with self.database.read() as session:
            return {one.name: one for one in session.scalars(select(SeenInterface).order_by(SeenInterface.id))}

    def findings(self) -> list[Finding]:
        with self.database.read() as session:
            return list(session.scalars(select(Finding).where(Finding.dedup_key.startswith("interface/"))))

    def register(self, path: str) -> None:
        with self.database.write() as session:
            source = session.scalars(select(Source)).one()
            items = list(
                session.scalars(
                    select(LedgerItem).where(LedgerItem.name == "phone").options(joinedload(LedgerItem.table))
                )
            )
            order = NewInterface("GET", path, "窗口查询")
            register_interface(session, operator_actor(session), source, order, items, at=now())


@pytest.fixture
def portal(database: Database) -> Iterator[Portal]:
    with database.write() as session:
        actor = operator_actor(session)
        scanned(session, actor, a_source(session, actor, database.settings, CITY), PEOPLE)
        mark_service(session, actor, ServiceMark(CITY, "svc_portal", is_service=True, application="portal"))
    spool = spool_of(database.settings)
    yield Portal(Installation(database, spool, open_store(database.settings)))  # type: ignore[arg-type]
    spool.close()


def test_requests_are_counted_by_template_and_failed_ones_and_files_are_not(portal: Portal) -> None:
    portal.send("GET /drivers/1", "GET /drivers/2", "POST /drivers", "GET /app.js", "OPTIONS /drivers")
    portal.send("GET /admin/secret", code=404)
    assert portal.count() == 2
    assert {name: one.requests for name, one in portal.seen().items()} == {"GET /drivers/{id}": 2, "POST /drivers": 1}


def test_what_was_counted_is_not_counted_again(portal: Portal) -> None:
    portal.send("GET /drivers/1")
    assert (portal.count(), portal.count()) == (1, 0)
    portal.send("GET /drivers/2")
    assert portal.count() == 1
    assert portal.seen()["GET /drivers/{id}"].requests == 2


def test_killed_before_its_end_it_counts_the_same_again_and_once(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.send("GET /drivers/1")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "raise_findings", killed)
        with pytest.raises(KeyboardInterrupt):
            portal.count()
    assert portal.seen() == {}
    assert portal.count() == 1
    assert portal.seen()["GET /drivers/{id}"].requests == 1


def test_a_process_that_is_overtaken_counts_nothing(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    portal.send("GET /drivers/1")
    real = sightings

    def overtaken(*given: object) -> object:
        monkeypatch.setattr(jobs, "sightings", real)
        assert portal.count() == 1
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "sightings", overtaken)
    assert portal.count() == 0
    assert portal.seen()["GET /drivers/{id}"].requests == 1


def test_one_that_nobody_registered_and_that_reads_graded_data_is_raised_once(portal: Portal) -> None:
    portal.send("GET /drivers/1", "GET /news/1")
    portal.read("select sfzh from public.people where n = 1")
    portal.count()
    seen = portal.seen()
    assert (seen["GET /drivers/{id}"].items, seen["GET /drivers/{id}"].level_rank) == (["public.people.sfzh"], 4)
    assert (seen["GET /news/{id}"].items, seen["GET /news/{id}"].level_rank) == ([], 0)
    (finding,) = portal.findings()
    assert (finding.org, finding.entity_name, finding.level) == (CITY, "svc_portal", "G4")
    assert finding.title["params"]["name"] == "GET /drivers/{id}"
    portal.read("select sfzh from public.people where n = 2")
    portal.count()
    assert len(portal.findings()) == 1


def test_one_that_is_registered_under_another_base_is_not_raised(portal: Portal) -> None:
    portal.register("/drivers/{driver_no}")
    portal.send("GET /portal/api/drivers/1")
    portal.read("select sfzh from public.people where n = 1")
    portal.count()
    assert portal.seen()["GET /portal/api/drivers/{id}"].table_id is not None
    assert portal.findings() == []


def test_one_that_was_taken_out_and_is_still_asked_is_raised(portal: Portal) -> None:
    portal.register("/drivers/{driver_no}")
    with portal.database.write() as session:
        made = session.scalars(select(LedgerTable).where(LedgerTable.name == "GET /drivers/{driver_no}")).one()
        take_out(session, operator_actor(session), made.id, "shut down", at=now())
    portal.send("GET /drivers/1")
    portal.read("select sfzh from public.people where n = 1")
    portal.count()
    assert len(portal.findings()) == 1


def test_one_that_is_ignored_is_counted_on_and_not_raised(portal: Portal) -> None:
    portal.send("GET /drivers/1")
    portal.count()
    with portal.database.write() as session:
        ignore(session, operator_actor(session), portal.seen()["GET /drivers/{id}"].id, "a test", at=now())
    portal.read("select sfzh from public.people where n = 1")
    portal.count()
    assert portal.seen()["GET /drivers/{id}"].level_rank == 4
    assert portal.findings() == []


def test_the_form_to_register_it_begins_with_the_items_as_the_ledger_names_them(portal: Portal) -> None:
    portal.send("GET /drivers/1")
    portal.read("select sfzh, phone from public.people where n = 1")
    portal.count()
    with portal.database.read() as session:
        found = suggested(session, operator_actor(session), portal.seen()["GET /drivers/{id}"])
        source = session.scalars(select(Source)).one()
    assert found is not None
    assert (found.source_id, found.names) == (source.id, ("public.people.phone", "public.people.sfzh"))


def test_each_organisation_has_its_own(portal: Portal) -> None:
    portal.send("GET /drivers/1")
    portal.send("GET /drivers/1", org=OTHER)
    portal.count()
    with portal.database.read() as session:
        assert set(session.scalars(select(SeenInterface.org))) == {CITY, OTHER}
        assert session.scalar(select(func.count()).select_from(InterfaceMark)) == 2


def test_very_many_words_in_one_place_are_one_interface_and_the_rest_is_bounded_and_said(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST", 5)
    word = "".join(chr(97 + place) for place in range(26))
    portal.send(*(f"GET /people/{one}{two}" for one in word for two in word[:6]))
    portal.send(*(f"GET /{one}{one}/list" for one in word))
    portal.count()
    seen = portal.seen()
    assert seen["GET /people/{id}"].requests == 156
    assert len(seen) == 5
    with portal.database.read() as session:
        assert session.scalars(select(InterfaceMark.left_out)).one() == 22


def of_register(portal: Portal) -> list[Finding]:
    """Return the findings of registered interfaces that give out more than is registered."""
    with portal.database.read() as session:
        return list(session.scalars(select(Finding).where(Finding.dedup_key.startswith("interface-beyond/"))))


def test_a_registered_interface_that_reads_more_than_is_registered_is_raised_once(portal: Portal) -> None:
    portal.register("/drivers/{id}")
    portal.send("GET /drivers/1", "GET /drivers/2", "GET /drivers/3")
    portal.read("select phone from public.people where n = 1", 0)
    portal.count()
    assert of_register(portal) == []
    for trace in (1, 2):
        portal.read("select phone, sfzh from public.people", trace)
        portal.count()
    found = of_register(portal)
    assert [one.dedup_key for one in found] == ["interface-beyond/GET /drivers/{id}"]
    assert "public.people.sfzh" in str(found[0].reasons)
    assert "public.people.phone" not in str(found[0].reasons)
    assert portal.findings() == []


def test_what_is_beyond_is_told_as_the_ledger_names_it_by_level(portal: Portal) -> None:
    portal.register("/drivers/{id}")
    with portal.database.write() as session:
        table = session.scalars(select(LedgerTable).where(LedgerTable.kind == TableKind.INTERFACE)).one()
        registered = RANKS[table.level]
        everything = beyond(session, table.id, ["public.people.*"], registered)
        same = beyond(session, table.id, ["PUBLIC.people.phone", "public.unheard_of.x"], registered)
        graver = beyond(session, table.id, [], registered + 1)
        assert everything is not None
        assert same is not None
        assert graver is not None
        assert [one.name for one in everything.items] == ["public.people.sfzh", "public.people.n"]
        assert (everything.graver, everything.worst, everything.nothing) == (
            False,
            RANKS[everything.items[0].level],
            False,
        )
        assert (same.nothing, same.worst) == (True, 0)
        assert (graver.items, graver.graver, graver.worst) == ((), True, registered + 1)
        take_out(session, operator_actor(session), table.id, "停用", at=now())
        assert beyond(session, table.id, ["public.people.*"], 4) is None


def test_a_route_in_a_comment_tells_what_an_interface_reads_with_less_confidence(portal: Portal) -> None:
    portal.said("select sfzh from public.people", "%2Fpeople%2F%3Aid")
    portal.said("select phone from public.people", "^people/(?P<pk>[0-9]+)$")
    portal.count()
    seen = portal.seen()["* /people/{id}"]
    assert (seen.by_comment, seen.statements, sorted(seen.items)) == (
        True,
        2,
        ["public.people.phone", "public.people.sfzh"],
    )
    found = portal.findings()
    assert [one.dedup_key for one in found] == ["interface/* /people/{id}"]
    assert ("sure_comment" in str(found[0].reasons), "80" in str(found[0].reasons)) == (True, True)


def test_a_trace_goes_before_a_comment_and_a_registered_path_is_found_without_a_method(portal: Portal) -> None:
    portal.register("/people/{no}")
    portal.send("GET /drivers/1")
    portal.read("select phone from public.people /*route='/other'*/", 0)
    portal.said("select phone from public.people", "people/<int:no>/")
    portal.count()
    seen = portal.seen()
    assert seen["GET /drivers/{id}"].statements == 1
    assert "* /other" not in seen
    assert seen["* /people/{id}"].table_id is not None
