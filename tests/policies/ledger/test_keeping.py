"""Who stands behind data, on pages: one row's form, a bulk edit that is looked at first, nobody else's rows."""

from typing import Any

import pytest
from sqlalchemy import select

from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.ledger.models import LedgerChange, LedgerItem, LedgerSchema, LedgerTable
from tests.browsing import Api, SignIn
from tests.soc.ledger.made import CITY, OFFICE, OTHER, a_source, an_office, scanned


@pytest.fixture
def ids(database: Database) -> dict[str, str]:
    """A scanned source of Guangzhou's: the ids of one row of each kind, and of every item."""
    with database.write() as session:
        actor = operator_actor(session)
        source = a_source(session, actor, database.settings)
        scanned(session, actor, source)
        items = {item.name: str(item.id) for item in session.scalars(select(LedgerItem))}
        schema, table = session.scalars(select(LedgerSchema)).one(), session.scalars(select(LedgerTable)).first()
        assert table is not None
        return items | {"source": str(source.id), "schema": str(schema.id), "table": str(table.id)}


def field(database: Database, name: str) -> dict[str, Any]:
    with database.read() as session:
        return {item.name: getattr(item, name) for item in session.scalars(select(LedgerItem))}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", ["/ledger/sources/{source}", "/ledger/schemas/{schema}", "/ledger/tables/{table}"])
def test_every_place_has_a_page_in_both_languages(sign_in: SignIn, ids: dict[str, str], path: str, lang: str) -> None:
    page = sign_in(Role.OWNER, CITY).get(path.format(**ids), headers={"Accept-Language": lang})
    assert page.status_code == 200
    assert ("Stewardship" if lang == "en" else "管理信息") in page.text


def test_what_is_said_of_a_source_stands_on_its_items_pages(
    sign_in: SignIn, database: Database, ids: dict[str, str]
) -> None:
    owner = sign_in(Role.OWNER, CITY)
    form = {"system": "运政系统", "sharing": "conditional", "sharing_reason": "仅限执法", "why": "目录核定"}
    assert owner.send(f"/ledger/sources/{ids['source']}/keeping", form).status_code == 302
    assert set(field(database, "system").values()) == {"运政系统"}
    page = owner.get(f"/ledger/{ids['phone']}").text
    assert "有条件共享" in page
    assert "目录核定" in page


def test_an_item_s_form_changes_what_it_names_and_nothing_else(
    sign_in: SignIn, database: Database, ids: dict[str, str]
) -> None:
    owner = sign_in(Role.OWNER, CITY)
    owner.send(f"/ledger/{ids['phone']}/keeping", {"store": "base", "next_review": "2027-01-31"})
    owner.send(f"/ledger/{ids['phone']}/keeping", {"standard": "JT/T 697"})
    with database.read() as session:
        item = session.scalars(select(LedgerItem).where(LedgerItem.name == "phone")).one()
    assert (item.store, item.standard) == (None, "JT/T 697")
    assert item.next_review is not None
    assert "2027-01-31" in owner.get(f"/ledger/{ids['phone']}").text


@pytest.mark.parametrize("form", [{"layer": "fourth"}, {"sharing": "none"}, {"org": OTHER}, {"owner": OTHER}])
def test_a_form_that_makes_no_sense_changes_nothing(
    sign_in: SignIn, database: Database, ids: dict[str, str], form: dict[str, str]
) -> None:
    answer = sign_in(Role.OWNER, CITY).send(f"/ledger/{ids['phone']}/keeping", {"system": "x"} | form)
    assert answer.status_code == 422
    assert field(database, "system")["phone"] is None


def test_a_bulk_edit_is_looked_at_first(sign_in: SignIn, database: Database, ids: dict[str, str]) -> None:
    owner = sign_in(Role.OWNER, CITY)
    page = owner.send("/ledger/bulk", {"whole": "1", "query": "kind=sensitive", "lifecycle": "in_use"})
    assert "将修改 4 项" in page.text
    assert set(field(database, "lifecycle").values()) == {None}


def test_a_bulk_edit_that_was_looked_at_changes_the_filtered_list(
    sign_in: SignIn, database: Database, ids: dict[str, str]
) -> None:
    form = {"whole": "1", "query": "kind=sensitive", "lifecycle": "in_use", "act": "apply", "expected": "4"}
    assert sign_in(Role.OWNER, CITY).send("/ledger/bulk", form).status_code == 302
    found = field(database, "lifecycle")
    assert found.pop("n") is None
    assert set(found.values()) == {"in_use"}
    with database.read() as session:
        assert len(session.scalars(select(LedgerChange).where(LedgerChange.batch.is_not(None))).all()) == 4


def test_a_bulk_edit_whose_preview_is_stale_is_shown_again(
    sign_in: SignIn, database: Database, ids: dict[str, str]
) -> None:
    form = {"whole": "1", "lifecycle": "in_use", "act": "apply", "expected": "3"}
    page = sign_in(Role.OWNER, CITY).send("/ledger/bulk", form)
    assert "预览之后台账有变化" in page.text
    assert set(field(database, "lifecycle").values()) == {None}


def test_picked_items_of_others_are_left_alone(sign_in: SignIn, database: Database, ids: dict[str, str]) -> None:
    form = {"pick": ids["phone"], "lifecycle": "archived", "act": "apply", "expected": "1"}
    page = sign_in(Role.OWNER, OTHER).send("/ledger/bulk", form)
    assert page.status_code == 200
    assert set(field(database, "lifecycle").values()) == {None}


def test_nothing_picked_is_said(sign_in: SignIn, ids: dict[str, str]) -> None:
    assert sign_in(Role.OWNER, CITY).send("/ledger/bulk", {"lifecycle": "archived"}).status_code == 422


def test_the_api_keeps_fields_and_shows_them(api: Api, database: Database, ids: dict[str, str]) -> None:
    caller = api("ledger.read", "ledger.write", org=CITY)
    answer = caller.patch(f"/api/v1/ledger/items/{ids['phone']}", json={"layer": "standard", "steward": "数据管理岗"})
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["layer"], answer.json["steward"], answer.json["own"]) == (
        "standard",
        "数据管理岗",
        ["layer", "steward"],
    )
    assert caller.patch(f"/api/v1/ledger/items/{ids['phone']}", json={"layer": None}).json["layer"] is None  # type: ignore[index]


@pytest.mark.parametrize("change", [{"layer": "x"}, {"type": "mobile"}, {"sharing": "none"}, {"next_review": "soon"}])
def test_the_api_refuses_fields_that_make_no_sense(api: Api, ids: dict[str, str], change: dict[str, Any]) -> None:
    answer = api("ledger.write", org=CITY).patch(f"/api/v1/ledger/items/{ids['phone']}", json=change)
    assert answer.status_code == 422


def test_an_office_s_people_work_on_their_data_in_the_centre_s_database(
    sign_in: SignIn, database: Database, ids: dict[str, str]
) -> None:
    with database.write() as session:
        an_office(session)
    sign_in(Role.OWNER, CITY).send(f"/ledger/{ids['phone']}/keeping", {"owner": OFFICE})
    officer = sign_in(Role.OWNER, OFFICE)
    page = officer.get(f"/ledger/{ids['phone']}")
    assert page.status_code == 200
    assert "phone" in page.text
    assert ids["phone"] in officer.get("/ledger/").text
    assert ids["phone"] in officer.get("/ledger/queue").text
    assert officer.send(f"/ledger/queue/{ids['phone']}/accept").status_code == 302
    assert field(database, "status")["phone"] == "confirmed"
