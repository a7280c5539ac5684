"""The exchange on pages and in the API: a workbook in, choices made, a workbook out; nobody else's imports."""

import io
from typing import Any

import pytest
from sqlalchemy import select

from policies.ledger.exchange.models import CatalogueImport, CatalogueRow
from policies.ledger.exchange.workbook import read, write
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.ledger.models import LedgerItem
from tests.browsing import Api, SignIn
from tests.soc.ledger.made import CITY, OTHER, PEOPLE, a_source, scanned

ROW = {"table": "public.people", "column": "phone", "sharing": "无条件共享", "title": "联系电话"}
BAD = {"table": "public.people", "column": "n", "rhythm": "有空就更"}
NEW = {"table": "gis.roads", "column": "lxbm", "title": "<b>路线</b>"}


@pytest.fixture
def ledger(database: Database) -> None:
    """A scanned source of Guangzhou's."""
    with database.write() as session:
        actor = operator_actor(session)
        scanned(session, actor, a_source(session, actor, database.settings), PEOPLE)


def upload(sign_in: SignIn, *rows: dict[str, str], org: str = CITY) -> Any:
    form = {"catalogue": "一网共享", "file": (io.BytesIO(write([], rows)), "目录.xlsx")}
    return sign_in(Role.OWNER, org).send("/ledger/exchange", form)


def phone(database: Database) -> LedgerItem:
    with database.read() as session:
        return session.scalars(select(LedgerItem).where(LedgerItem.name == "phone")).one()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_shows_in_both_languages(sign_in: SignIn, ledger: None, lang: str) -> None:
    place = upload(sign_in, ROW, BAD, NEW).location
    for path in ("/ledger/exchange", place):
        page = sign_in(Role.ANALYST, CITY).get(path, headers={"Accept-Language": lang})
        assert page.status_code == 200
        assert f'<html lang="{lang}' in page.text


def test_an_import_shows_both_sides_and_names_the_bad_row(sign_in: SignIn, ledger: None) -> None:
    page = sign_in(Role.OWNER, CITY).get(upload(sign_in, ROW, BAD, NEW).location).text
    assert "联系电话" in page
    assert "第 3 行" in page
    assert "有空就更" in page
    assert "&lt;b&gt;路线&lt;/b&gt;" in page
    assert "<b>路线</b>" not in page


def test_choices_on_the_page_are_merged(sign_in: SignIn, database: Database, ledger: None) -> None:
    place = upload(sign_in, ROW, NEW).location
    with database.read() as session:
        rows = {row.line: str(row.id) for row in session.scalars(select(CatalogueRow))}
    form = {f"choice:{rows[2]}:title": "ours", f"choice:{rows[2]}:sharing": "theirs", "new": rows[3]}
    assert sign_in(Role.OWNER, CITY).send(f"{place}/merge", form).status_code == 302
    assert (phone(database).sharing, phone(database).title) == ("unconditional", None)
    with database.read() as session:
        assert session.scalars(select(LedgerItem).where(LedgerItem.name == "lxbm")).one().title == "<b>路线</b>"


@pytest.mark.parametrize("form", [{"every": "nobody"}, {"choice:x:title": "ours"}, {"new": "x"}])
def test_a_merge_that_makes_no_sense_changes_nothing(
    sign_in: SignIn, database: Database, ledger: None, form: dict[str, str]
) -> None:
    place = upload(sign_in, ROW).location
    assert sign_in(Role.OWNER, CITY).send(f"{place}/merge", form).status_code == 422
    assert phone(database).sharing is None


def test_an_import_may_be_put_away(sign_in: SignIn, database: Database, ledger: None) -> None:
    place = upload(sign_in, ROW).location
    assert sign_in(Role.OWNER, CITY).send(f"{place}/discard").status_code == 302
    assert "已作废" in sign_in(Role.OWNER, CITY).get(place).text
    assert phone(database).sharing is None


def test_a_file_that_is_no_workbook_is_said_so(sign_in: SignIn, ledger: None) -> None:
    form = {"catalogue": "x", "file": (io.BytesIO(b"a,b"), "a.xlsx")}
    assert sign_in(Role.OWNER, CITY).send("/ledger/exchange", form).status_code == 422
    assert sign_in(Role.OWNER, CITY).send("/ledger/exchange", {"catalogue": "x"}).status_code == 422


def test_the_export_is_the_filtered_list_and_what_comes_back_is_the_same(
    sign_in: SignIn, database: Database, ledger: None
) -> None:
    owner = sign_in(Role.OWNER, CITY)
    answer = owner.send("/ledger/exchange/export", {"catalogue": "一网共享", "query": "kind=sensitive"})
    lines, faults = read(answer.data)
    assert faults == []
    assert sorted(line.cells["column"] for line in lines if "column" in line.cells) == ["phone", "sfzh"]
    assert ".xlsx" in answer.headers["Content-Disposition"]


def test_an_export_holds_nothing_of_others(sign_in: SignIn, ledger: None) -> None:
    answer = sign_in(Role.OWNER, OTHER).send("/ledger/exchange/export", {"catalogue": "x"})
    assert read(answer.data)[0] == []


def test_a_stranger_s_import_looks_missing(sign_in: SignIn, database: Database, ledger: None) -> None:
    place = upload(sign_in, ROW).location
    stranger = sign_in(Role.OWNER, OTHER)
    assert stranger.get(place).status_code == 404
    assert stranger.send(f"{place}/merge", {"every": "theirs"}).status_code == 404
    assert "目录.xlsx" not in stranger.get("/ledger/exchange").text
    assert phone(database).sharing is None


def test_the_api_gives_the_catalogue_in_its_own_heads(api: Api, ledger: None) -> None:
    caller = api("ledger.read", org=CITY)
    items: Any = caller.get("/api/v1/ledger/catalogue").json
    assert items["total"] == 3
    assert {row["字段名"]: row["安全级别"] for row in items["items"]} == {"sfzh": "G4", "phone": "G3", "n": "G1"}
    resources: Any = caller.get("/api/v1/ledger/catalogue?sheet=resources").json
    assert [row["表名"] for row in resources["items"]] == ["public.people"]


def test_the_api_brings_in_compares_and_merges(api: Api, database: Database, ledger: None) -> None:
    caller = api("ledger.read", "ledger.write", org=CITY)
    body = {
        "catalogue": "一体化数字平台",
        "items": [{"表名": "people", "字段名": "phone", "共享类型": "无条件", "备注": "x"}],
    }
    brought: Any = caller.post("/api/v1/ledger/catalogue/imports", json=body).json
    (row,) = brought["differing"]
    assert (row["differences"][0]["theirs"], row["differences"][0]["lean"]) == ("无条件共享", "theirs")
    assert [one["message"] for one in brought["faults"]] == ["不认识列“备注”，该列未读取。"]
    choice = {"row_id": row["row_id"], "field": "sharing", "side": "theirs"}
    path = f"/api/v1/ledger/catalogue/imports/{brought['id']}"
    merged: Any = caller.post(path + "/merge", json={"choices": [choice]}).json
    assert (merged["status"], merged["merged"]["fields"]) == ("merged", 1)
    assert phone(database).sharing == "unconditional"
    assert caller.get(path).json["status"] == "merged"  # type: ignore[index]


@pytest.mark.parametrize(
    "body", [{}, {"catalogue": "x"}, {"catalogue": "x", "items": [{"共享类型": "?"}]}, {"catalogue": "x", "org": OTHER}]
)
def test_the_api_refuses_what_cannot_be_used(api: Api, database: Database, ledger: None, body: dict[str, Any]) -> None:  # fmt: skip
    assert api("ledger.write", org=CITY).post("/api/v1/ledger/catalogue/imports", json=body).status_code == 422
    with database.read() as session:
        assert session.scalars(select(CatalogueImport)).all() == []
