"""Who really asked: known by a trace, a comment or the application's name; a claim stands beside the account."""

from dataclasses import dataclass
from typing import Any

import polars as pl
import pytest

from audit.ingest.enrich.asked import DISPUTED, UNKNOWN, Asked, Basis, Register, who_asked
from audit.ingest.enrich.claims import Said
from audit.ingest.enrich.traces import AskedTrace
from soc.accounts.service import AccountEntry, ServiceMark, map_accounts, mark_service
from soc.identity.actors import operator_actor
from tests.audit.ingest.at_work import Installation

TRACE = "5bd66ef5095369c7b0d1f8f4bd33716a"
PARENT = f"00-{TRACE}-c532cb4098ac3dd2-01"
REGISTER = Register(frozenset({"svc_portal"}), {"zhang": "zhang", "GD1": "zhang", "li": "li"})
SHOWN = (
    "actor.user.name",
    "guanlan.person",
    "guanlan.asked_by",
    "guanlan.asked_by_basis",
    "guanlan.asked_by_confidence",
)


@dataclass
class Portal:
    """An installation whose portal works under one account."""

    at_work: Installation

    def send(self, statement: str, *, app: str = "portal", user: str = "svc_portal") -> None:
        head = (
            f"2026-11-23 10:00:00.123 CST [1234] user={user},db=transport,app={app},host=10.1.1.1,session=65a.1 LOG:  "
        )
        line = f'{head}AUDIT: SESSION,1,1,READ,SELECT,,,"{statement}",<not logged>,1\n'
        self.at_work.send(line.encode(), name="pgaudit")

    def send_web(self, user: str, *, code: int = 200, trace: str = PARENT, path: str = "/x") -> None:
        line = f'10.0.0.1 - {user} [23/Nov/2026:10:00:00 +0800] "GET {path} HTTP/1.1" {code} 5 "-" "x" "{trace}"\n'
        self.at_work.send(line.encode())

    def stored(self) -> list[tuple[Any, ...]]:
        self.at_work.work()
        rows = self.at_work.stored("metadata.log_name", *SHOWN)
        return [tuple(row[name] for name in SHOWN) for row in rows if row["metadata.log_name"] == "pgaudit"]

    def through(self) -> list[str | None]:
        self.at_work.work()
        rows = self.at_work.stored("metadata.log_name", "guanlan.asked_through")
        return [row["guanlan.asked_through"] for row in rows if row["metadata.log_name"] == "pgaudit"]


@pytest.fixture
def portal(at_work: Installation) -> Portal:
    with at_work.database.write() as session:
        actor = operator_actor(session)
        entries = [
            AccountEntry("440000", "zhang", "窗口", person="GD1"),
            AccountEntry("440000", "li", "窗口", person="GD2"),
        ]
        map_accounts(session, actor, entries)
        mark_service(session, actor, ServiceMark("440000", "svc_portal", is_service=True, application="portal"))
    return Portal(at_work)


def test_a_comment_that_names_somebody_known_is_told_beside_the_account(portal: Portal) -> None:
    portal.send("select 1 /*username='zhang'*/")
    assert portal.stored() == [("svc_portal", None, "zhang", "comment", 80)]


def test_an_applications_name_tells_of_a_person_by_their_number_too(portal: Portal) -> None:
    portal.send("select 1", app="portal/GD2")
    assert portal.stored() == [("svc_portal", None, "li", "application_name", 70)]


def test_a_trace_of_a_web_log_tells_whatever_came_first_of_what_waits(portal: Portal) -> None:
    portal.send(f"select 1 /*traceparent='{PARENT}'*/")
    portal.send_web("zhang")
    assert portal.stored() == [("svc_portal", None, "zhang", "trace", 95)]


def test_a_trace_is_remembered_for_statements_that_come_later(portal: Portal) -> None:
    portal.send_web("zhang")
    assert portal.stored() == []
    portal.send(f"select 1 /*traceparent='{PARENT}'*/")
    assert portal.stored() == [("svc_portal", None, "zhang", "trace", 95)]


def test_a_trace_that_two_users_sent_is_nobodys(portal: Portal) -> None:
    portal.send_web("zhang")
    portal.send_web("li")
    portal.send(f"select 1 /*traceparent='{PARENT}'*/")
    assert portal.stored() == [("svc_portal", None, None, None, None)]


def test_a_request_that_was_refused_or_a_stranger_gives_a_trace_no_user(portal: Portal) -> None:
    portal.send_web("zhang", code=401)
    portal.send_web("stranger", trace=PARENT.replace("5bd6", "aaaa"))
    portal.send_web("svc_portal", trace=PARENT.replace("5bd6", "bbbb"))
    portal.at_work.work()
    with portal.at_work.database.read() as session:
        noted = session.query(AskedTrace).all()
    # a stranger's request and the application's own tell which interface they came by, and nobody's name
    assert {(one.account, one.route) for one in noted} == {(None, "GET /x")}
    assert len(noted) == 2


@pytest.mark.parametrize("user", ["zhang", "-"])
def test_a_trace_tells_the_interface_whether_or_not_its_user_is_known(portal: Portal, user: str) -> None:
    portal.send_web(user, path="/api/drivers/4711")
    portal.send(f"select 1 /*traceparent='{PARENT}'*/")
    assert portal.through() == ["GET /api/drivers/{id}"]


def test_a_trace_of_two_interfaces_is_of_none_and_keeps_its_user(portal: Portal) -> None:
    portal.send_web("zhang", path="/api/drivers/4711")
    portal.send_web("zhang", path="/api/cars/4711")
    portal.send(f"select 1 /*traceparent='{PARENT}'*/")
    assert portal.through() == [None]
    assert portal.stored()[0][2] == "zhang"


def test_of_an_interface_that_nobody_known_asks_a_few_traces_a_batch_are_kept(portal: Portal) -> None:
    lines = [
        f'10.0.0.1 - - [23/Nov/2026:10:00:00 +0800] "GET /x/{number} HTTP/1.1" 200 5 "-" "x" "00-{number:032x}-{1:016x}-01"'
        for number in range(1, 300)
    ]
    portal.at_work.send("\n".join(lines).encode())
    portal.at_work.work()
    with portal.at_work.database.read() as session:
        assert session.query(AskedTrace).count() == 50


def test_a_claim_of_somebody_unknown_is_kept_as_a_claim_and_masked(portal: Portal) -> None:
    portal.send("select 1 /*user='stranger'*/")
    portal.send("select 1 /*user='13800138000'*/")
    found = portal.stored()
    assert ("svc_portal", None, "stranger", "comment", UNKNOWN) in found
    assert [row[2] for row in found if row[2] != "stranger"] not in ([], ["13800138000"])


def test_what_a_web_user_typed_into_a_string_names_nobody(portal: Portal) -> None:
    portal.send("select * from t where name = '/* user=li */'", app="portal")
    assert portal.stored() == [("svc_portal", None, None, None, None)]


def test_accounts_of_persons_are_believed_to_be_themselves(portal: Portal) -> None:
    portal.send("select 1 /*username='li'*/", user="zhang", app="x/li")
    assert portal.stored() == [("zhang", "GD1", None, None, None)]


def test_without_a_service_account_nothing_is_read(at_work: Installation) -> None:
    portal = Portal(at_work)
    portal.send("select 1 /*username='zhang'*/", app="portal/zhang")
    portal.send_web("zhang")
    assert portal.stored() == [("svc_portal", None, None, None, None)]


def test_an_account_marked_later_counts_from_then_on(portal: Portal) -> None:
    portal.send("select 1 /*username='zhang'*/", user="svc_new")
    assert portal.stored()[0][2] is None
    with portal.at_work.database.write() as session:
        mark_service(session, operator_actor(session), ServiceMark("440000", "svc_new", is_service=True))
    portal.send("select 2 /*username='zhang'*/", user="svc_new")
    assert sorted(str(row[2]) for row in portal.stored()) == ["None", "zhang"]


@pytest.mark.parametrize(
    ("comments", "application", "traced", "asked"),
    [
        (Said(("zhang",)), ("zhang",), "zhang", Asked("zhang", Basis.TRACE, 95)),
        (Said(("zhang", "GD1")), (), None, Asked("zhang", Basis.COMMENT, 80)),
        (Said(("42", "zhang")), (), None, Asked("zhang", Basis.COMMENT, 80)),
        (Said(("zhang",)), ("li",), None, Asked("zhang", Basis.COMMENT, DISPUTED)),
        (Said(("li",)), (), "zhang", Asked("zhang", Basis.TRACE, DISPUTED)),
        (Said(("zhang", "li"), torn=True), (), None, Asked("zhang", Basis.COMMENT, DISPUTED)),
        (Said(("nobody", "zhang"), torn=True), (), None, Asked("zhang", Basis.COMMENT, DISPUTED)),
        (Said(), ("li@portal", "li"), None, Asked("li", Basis.APPLICATION_NAME, 70)),
        (Said(), ("x@portal", "x"), None, Asked("x", Basis.APPLICATION_NAME, UNKNOWN)),
        (Said(("svc_portal",)), ("svc_portal",), None, None),
        (Said(), (), None, None),
        (Said(), (), "stranger", None),
    ],
)
def test_signs_are_weighed_and_two_that_differ_accuse_nobody(
    comments: Said, application: tuple[str, ...], traced: str | None, asked: Asked | None
) -> None:
    assert who_asked(comments, application, traced, REGISTER) == asked


def test_a_register_without_service_accounts_knows_nobody_to_ask() -> None:
    accounts = pl.DataFrame({"name": ["zhang"], "person": ["GD1"], "service": [False]})
    assert Register.of(accounts) == Register()


def test_a_person_of_two_accounts_is_named_by_the_first() -> None:
    accounts = pl.DataFrame({"name": ["b", "a", "s"], "person": ["P", "P", "P"], "service": [False, False, True]})
    assert Register.of(accounts) == Register(frozenset({"s"}), {"P": "a", "a": "a", "b": "b"})
