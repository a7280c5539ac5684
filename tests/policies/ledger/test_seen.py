"""Interfaces that the logs show, on their page and by script: register, ignore, take out and restore."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from policies.ledger.interfaces_commands import interfaces
from soc.clock import now
from soc.db import Database, new_id
from soc.identity.actor import Role
from soc.ledger.models import LedgerChange, LedgerItem, LedgerTable, TableKind
from soc.ledger.seen import InterfaceMark, SeenInterface, SeenStatus
from soc.trail import Act
from soc.trail.models import TrailEntry
from tests.browsing import Api, SignIn, api, app, client, sign_in
from tests.policies.ledger.test_interfaces import PATH, form, ledger
from tests.soc.ledger.made import CITY, OTHER

__all__ = ["api", "app", "client", "ledger", "sign_in"]
PAGE = "/ledger/interfaces/seen/"


@pytest.fixture
def seen(database: Database, ledger: dict[str, str]) -> str:
    """An interface in the city's logs that reads people's ID numbers; returns its id."""
    with database.write() as session:
        made = SeenInterface(
            org=CITY, method="GET", path="/drivers/{id}", first_seen=now(), last_seen=now(), requests=7, statements=5,
            items=["public.people.sfzh"], level_rank=4,
        )  # fmt: skip
        session.add(made)
        session.flush()
        return str(made.id)


def state(database: Database, key: str) -> SeenInterface:
    with database.read() as session:
        return next(one for one in session.scalars(select(SeenInterface)) if str(one.id) == key)


def acts(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.scalars(select(TrailEntry.act)))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_both_pages_say_that_one_is_not_registered(sign_in: SignIn, seen: str, lang: str) -> None:
    owner = sign_in(Role.OWNER, CITY)
    given = {"Accept-Language": lang}
    text = owner.get(PAGE, headers=given).text
    assert "GET /drivers/{id}" in text
    assert "public.people.sfzh" in text
    assert "state=open" in owner.get("/ledger/interfaces/", headers=given).text
    stranger = sign_in(Role.OWNER, OTHER)
    assert "/drivers" not in stranger.get(PAGE, headers=given).text
    assert "state=open" not in stranger.get("/ledger/interfaces/", headers=given).text


def test_the_form_is_filled_in_with_what_it_reads_and_registering_settles_it(
    sign_in: SignIn, seen: str, database: Database, ledger: dict[str, str]
) -> None:
    owner = sign_in(Role.OWNER, CITY)
    text = owner.get(f"/ledger/interfaces/?from={seen}").text
    assert 'value="/drivers/{id}"' in text
    assert ">public.people.sfzh</textarea>" in text
    assert "public.people" not in sign_in(Role.OWNER, OTHER).get(f"/ledger/interfaces/?from={seen}").text
    owner.send("/ledger/interfaces/", form(ledger, path="/drivers/{driver_no}"))
    assert state(database, seen).table_id is not None
    assert "state=open" not in owner.get("/ledger/interfaces/").text


def test_one_is_ignored_with_a_reason_and_heeded_again(sign_in: SignIn, seen: str, database: Database) -> None:
    owner = sign_in(Role.OWNER, CITY)
    assert owner.send(f"{PAGE}{seen}/ignore", {"why": " "}).status_code == 422
    assert owner.send(f"{PAGE}{seen}/ignore", {"why": "健康检查"}).status_code == 302
    found = state(database, seen)
    assert (found.status, found.why) == (SeenStatus.IGNORED, "健康检查")
    assert owner.send(f"{PAGE}{seen}/ignore", {"why": "again"}).status_code == 409
    assert owner.send(f"{PAGE}{seen}/heed").status_code == 302
    assert state(database, seen).status is SeenStatus.OPEN
    assert Act.INTERFACE_DECIDED in acts(database)


def test_nobody_decides_without_the_right_or_from_outside(sign_in: SignIn, seen: str) -> None:
    assert sign_in(Role.LEADER, CITY).send(f"{PAGE}{seen}/ignore", {"why": "x"}).status_code == 403
    assert sign_in(Role.OWNER, OTHER).send(f"{PAGE}{seen}/ignore", {"why": "x"}).status_code == 404


def test_one_that_is_no_more_is_taken_out_with_its_items_and_restored(
    sign_in: SignIn, seen: str, database: Database, ledger: dict[str, str]
) -> None:
    owner = sign_in(Role.OWNER, CITY)
    owner.send("/ledger/interfaces/", form(ledger))
    with database.read() as session:
        made = session.scalars(select(LedgerTable).where(LedgerTable.kind == TableKind.INTERFACE)).one()
    place = f"/ledger/interfaces/{made.id}"
    assert owner.send(f"{place}/out", {"why": "系统下线"}).status_code == 302
    with database.read() as session:
        items = session.scalars(select(LedgerItem).where(LedgerItem.table_id == made.id)).all()
        assert all(one.gone_at is not None for one in items)
        assert "taken_out" in set(session.scalars(select(LedgerChange.cause).where(LedgerChange.table_id == made.id)))
    assert state(database, seen).table_id is None  # still asked, and nobody's now
    assert f"{place}/out" not in owner.get("/ledger/interfaces/").text
    assert f"{place}/restore" in owner.get("/ledger/interfaces/?state=out").text
    assert owner.send("/ledger/interfaces/", form(ledger)).status_code == 409
    assert owner.send(f"{place}/restore").status_code == 302
    with database.read() as session:
        items = session.scalars(select(LedgerItem).where(LedgerItem.table_id == made.id)).all()
        assert all(one.gone_at is None for one in items)
    assert state(database, seen).table_id == made.id
    assert {Act.INTERFACE_TAKEN_OUT, Act.INTERFACE_RESTORED} <= acts(database)


def test_a_script_lists_ignores_takes_out_and_restores(
    api: Api, seen: str, ledger: dict[str, str], sign_in: SignIn, database: Database
) -> None:
    script = api("ledger.read", "ledger.write", org=CITY)
    told = script.get(f"{PATH}/seen").json
    assert told is not None
    (one,) = told["items"]
    assert (one["id"], one["path"], one["registered_as"], one["items"]) == (
        seen, "/drivers/{id}", None, ["public.people.sfzh"],
    )  # fmt: skip
    assert script.post(f"{PATH}/seen/{seen}/ignore", json={"why": "x"}).json["status"] == "ignored"  # type: ignore[index]
    assert script.post(f"{PATH}/seen/{seen}/heed").json["status"] == "open"  # type: ignore[index]
    sign_in(Role.OWNER, CITY).send("/ledger/interfaces/", form(ledger))
    (made,) = script.get(PATH).json["items"]  # type: ignore[index]
    out = script.post(f"{PATH}/{made['id']}/out", json={"why": "gone"})
    assert out.json["gone_at"] is not None  # type: ignore[index]
    assert script.get(PATH).json["items"] == []  # type: ignore[index]
    assert script.post(f"{PATH}/{made['id']}/restore").json["gone_at"] is None  # type: ignore[index]
    assert script.post(f"{PATH}/{made['id']}/restore").status_code == 409
    assert api("ledger.read", org=OTHER).get(f"{PATH}/seen").json["items"] == []  # type: ignore[index]


def test_one_that_the_logs_do_not_show_for_a_month_says_so(
    sign_in: SignIn, ledger: dict[str, str], database: Database
) -> None:
    owner = sign_in(Role.OWNER, CITY)
    owner.send("/ledger/interfaces/", form(ledger))
    shown = "Not seen in the logs for 30 days"
    english = {"Accept-Language": "en"}
    assert shown not in owner.get("/ledger/interfaces/", headers=english).text
    with database.write() as session:
        made = session.scalars(select(LedgerTable).where(LedgerTable.kind == TableKind.INTERFACE)).one()
        made.first_seen = now() - timedelta(days=31)
    assert shown in owner.get("/ledger/interfaces/", headers=english).text


def test_the_command_has_its_words() -> None:
    assert "--seen" in CliRunner().invoke(interfaces, ["--help"]).output


@pytest.mark.parametrize(("lang", "words"), [("zh", "42 次路径没有计入"), ("en", "42 times a path was left out")])
def test_how_many_paths_were_left_out_is_said_to_whom_they_belong(
    sign_in: SignIn, seen: str, database: Database, lang: str, words: str
) -> None:
    with database.write() as session:
        mark = InterfaceMark(org=CITY, left_out=42, stored_at=now(), batch_id=new_id(), counted_at=now())
        session.add(mark)
    given = {"Accept-Language": lang}
    assert words in sign_in(Role.OWNER, CITY).get(PAGE, headers=given).text
    assert "42" not in sign_in(Role.OWNER, OTHER).get(PAGE, headers=given).text.partition("<main")[2]


def test_the_page_of_a_registered_interface_says_what_it_reads_beyond_what_is_registered(
    sign_in: SignIn, seen: str, database: Database, ledger: dict[str, str]
) -> None:
    owner = sign_in(Role.OWNER, CITY)
    place = owner.send("/ledger/interfaces/", form(ledger, returns="public.people.phone")).location
    text = owner.get(f"{place}?lang=en").text
    assert "1 items beyond those registered" not in text
    assert "1 item beyond those registered" in text
    assert "public.people.sfzh</span>" in text
    assert "public.people.phone</span>" not in text
    other = owner.send("/ledger/interfaces/", form(ledger, path="/all/{id}")).location
    assert "beyond" not in owner.get(f"{other}?lang=en").text
