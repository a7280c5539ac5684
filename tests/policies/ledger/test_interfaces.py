"""Interfaces as part of the ledger: registered on a page or by a script, graded as what they return, kept by scans."""

from typing import Any

import pytest
from sqlalchemy import select

from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.ledger.levels import Level
from soc.ledger.lineage.models import LedgerEdge
from soc.ledger.models import LedgerItem, LedgerTable, Source, TableKind
from soc.trail import Act
from soc.trail.models import TrailEntry
from tests.browsing import Api, SignIn, api, app, client, sign_in
from tests.soc.ledger.made import CARS, CITY, COUNTY, OTHER, PEOPLE, a_source, scanned

__all__ = ["api", "app", "client", "sign_in"]
PATH = "/api/v1/ledger/interfaces"


@pytest.fixture
def ledger(database: Database) -> dict[str, str]:
    """A source of Guangzhou's and one of Shenzhen's: the ids of the sources and of the first one's items."""
    with database.write() as session:
        actor = operator_actor(session)
        source = a_source(session, actor, database.settings, CITY, "运政库")
        scanned(session, actor, source, PEOPLE, CARS)
        items = {one.name: str(one.id) for one in session.scalars(select(LedgerItem))}
        other = a_source(session, actor, database.settings, OTHER, "别处库")
        scanned(session, actor, other, PEOPLE)
        far = session.scalars(select(LedgerItem).where(LedgerItem.source_id == other.id)).first()
        assert far is not None
        return items | {"source": str(source.id), "other": str(other.id), "far": str(far.id)}


def body(ledger: dict[str, str], **more: Any) -> dict[str, Any]:
    """An interface that returns an ID and a phone."""
    return {
        "source_id": ledger["source"],
        "method": "GET",
        "path": "/drivers/{id}",
        "purpose": "窗口办理查询",
        "returns": [ledger["sfzh"], ledger["phone"]],
    } | more


def form(ledger: dict[str, str], **more: str) -> dict[str, str]:
    """The same as a form."""
    return {
        "source": ledger["source"],
        "method": "GET",
        "path": "/drivers/{id}",
        "purpose": "窗口办理查询",
        "returns": "public.people.sfzh\npublic.people.phone",
    } | more


def interfaces(database: Database) -> list[LedgerTable]:
    with database.read() as session:
        return list(session.scalars(select(LedgerTable).where(LedgerTable.kind == TableKind.INTERFACE)))


def test_a_script_registers_one_and_reads_it_back(api: Api, ledger: dict[str, str], database: Database) -> None:
    script = api("ledger.read", "ledger.write", org=CITY)
    made = script.post(PATH, json=body(ledger, owner=COUNTY))
    assert made.status_code == 200, made.text
    told = script.get(f"{PATH}/{made.json['id']}").json  # type: ignore[index]
    assert told is not None
    assert (told["method"], told["path"], told["owner"], told["org"]) == ("GET", "/drivers/{id}", COUNTY, COUNTY)
    assert (told["level"], [one["name"] for one in told["returns"]]) == ("G4", ["sfzh", "phone"])
    listed = script.get(f"{PATH}?source_id={ledger['source']}").json
    assert listed is not None
    assert [one["id"] for one in listed["items"]] == [told["id"]]
    with database.read() as session:
        acts = session.scalars(select(TrailEntry.act).where(TrailEntry.subject_id == told["id"])).all()
    assert Act.TABLE_CHANGED in acts


def test_what_it_returns_leads_back_to_where_it_comes_from(
    sign_in: SignIn, ledger: dict[str, str], database: Database
) -> None:
    assert sign_in(Role.OWNER, CITY).send("/ledger/interfaces/", form(ledger)).status_code == 302
    with database.read() as session:
        (made,) = session.scalars(select(LedgerTable).where(LedgerTable.kind == TableKind.INTERFACE)).all()
        copies = {one.name: one for one in session.scalars(select(LedgerItem).where(LedgerItem.table_id == made.id))}
        edges = {str(one.up_item_id): one.down_item_id for one in session.scalars(select(LedgerEdge))}
    assert (made.name, made.level) == ("GET /drivers/{id}", Level.G4)
    assert {name: one.type for name, one in copies.items()} == {"sfzh": "resident_id", "phone": "mobile"}
    assert edges == {ledger["sfzh"]: copies["sfzh"].id, ledger["phone"]: copies["phone"].id}


def test_a_scan_of_its_source_does_not_take_it_away(
    sign_in: SignIn, ledger: dict[str, str], database: Database
) -> None:
    sign_in(Role.OWNER, CITY).send("/ledger/interfaces/", form(ledger))
    with database.write() as session:
        actor = operator_actor(session)
        source = session.scalars(select(Source).where(Source.name == "运政库")).one()
        scanned(session, actor, source, PEOPLE, after=1)
    (made,) = interfaces(database)
    assert made.gone_at is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"path": "drivers"},
        {"path": "/drivers?id=1"},
        {"path": "/a b"},
        {"method": "FETCH"},
        {"returns": "public.people.none"},
        {"returns": "  \n "},
        {"purpose": ""},
    ],
)
def test_one_that_makes_no_sense_is_refused_and_nothing_is_kept(
    sign_in: SignIn, ledger: dict[str, str], database: Database, wrong: dict[str, str]
) -> None:
    assert sign_in(Role.OWNER, CITY).send("/ledger/interfaces/", form(ledger, **wrong)).status_code == 422
    assert interfaces(database) == []


def test_one_that_is_registered_already_is_refused(sign_in: SignIn, ledger: dict[str, str], database: Database) -> None:
    owner = sign_in(Role.OWNER, CITY)
    owner.send("/ledger/interfaces/", form(ledger))
    answer = owner.send("/ledger/interfaces/", form(ledger, purpose="别的用途"))
    assert answer.status_code == 409
    assert "别的用途" in answer.text  # what was typed is not lost
    assert len(interfaces(database)) == 1


def test_items_of_another_centre_or_source_are_not_returned(
    api: Api, ledger: dict[str, str], database: Database
) -> None:
    script = api("ledger.read", "ledger.write", org=CITY)
    assert script.post(PATH, json=body(ledger, returns=[ledger["far"]])).status_code == 404
    assert script.post(PATH, json=body(ledger, source_id=ledger["other"])).status_code == 404
    whole = api("ledger.read", "ledger.write")
    assert whole.post(PATH, json=body(ledger, returns=[ledger["far"]])).status_code == 422
    assert script.post(PATH, json=body(ledger, level="G1")).status_code == 422
    assert interfaces(database) == []


def test_two_items_of_one_name_are_told_apart_by_their_tables(
    api: Api, ledger: dict[str, str], database: Database
) -> None:
    with database.write() as session:
        plate = session.scalars(select(LedgerItem).where(LedgerItem.name == "owner_phone")).one()
        plate.name = "phone"
    made = api("ledger.read", "ledger.write", org=CITY).post(
        PATH, json=body(ledger, returns=[ledger["phone"], ledger["owner_phone"]])
    )
    assert made.json is not None
    assert [one["name"] for one in made.json["returns"]] == ["phone", "public.cars.phone"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_in_both_languages_and_offers_the_form_to_those_who_may(
    sign_in: SignIn, ledger: dict[str, str], lang: str
) -> None:
    owner, leader = sign_in(Role.OWNER, CITY), sign_in(Role.LEADER, CITY)
    owner.send("/ledger/interfaces/", form(ledger))
    for browser, offered in ((owner, True), (leader, False)):
        text = browser.get("/ledger/interfaces/", headers={"Accept-Language": lang}).text
        assert "GET /drivers/{id}" in text
        assert ('name="returns"' in text) == offered
    assert leader.send("/ledger/interfaces/", form(ledger, path="/x")).status_code == 403
    assert "GET /drivers" not in sign_in(Role.OWNER, OTHER).get("/ledger/interfaces/").text
