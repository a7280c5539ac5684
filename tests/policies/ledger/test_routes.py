"""The ledger's pages and API: what each person finds there, and what they may do."""

from typing import Any

import pytest
from sqlalchemy import select

from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.jobs import JobRun
from soc.ledger.levels import Level
from soc.ledger.models import ItemStatus, LedgerItem, Source
from soc.ledger.service import store_scan
from soc.ledger.sources import NewSource, add_source
from soc.ledger.types import types
from soc.ledger.values import ScannedColumn, ScannedTable, ScanReport
from tests.browsing import Api, SignIn, api, app, client, sign_in
from tests.conftest import NOON

__all__ = ["api", "app", "client", "sign_in"]


def column(name: str, kind: str | None) -> ScannedColumn:
    known = types()[kind] if kind else types()["uscc"]
    evidence = {"rows": 9, "filled": 9, "distinct": 9, "matched": 1.0, "name": 1.0, "shape": "999"}
    return ScannedColumn(name, kind, known.entity if kind else None, 0.9, "high", known.level, evidence=evidence)


@pytest.fixture
def phone(database: Database) -> str:
    """The id of a telephone column of Guangzhou's."""
    with database.write() as session:
        actor = operator_actor(session)
        source = add_source(session, actor, database.settings, NewSource("运政库", "sqlite:///a.db", "440100"))
        columns = (column("phone<b>", "mobile"), column("n", None))
        store_scan(session, actor, source, ScanReport(NOON, NOON, (ScannedTable("people", 9, columns),)))
    with database.read() as session:
        return str(session.scalars(select(LedgerItem.id).where(LedgerItem.type == "mobile")).one())


def status_of(database: Database, item: str) -> tuple[str | None, ItemStatus]:
    with database.read() as session:
        found = next(one for one in session.scalars(select(LedgerItem)) if str(one.id) == item)
        return found.type, found.status


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "path", ["/ledger/", "/ledger/queue", "/ledger/sources", "/ledger/{item}", "/ledger/?q=手机&level=G3"]
)
def test_every_page_shows_in_both_languages(sign_in: SignIn, phone: str, path: str, lang: str) -> None:
    answer = sign_in(Role.OWNER, "440100").get(path.format(item=phone), headers={"Accept-Language": lang})
    assert answer.status_code == 200
    assert f'<html lang="{lang}' in answer.text


def test_names_of_columns_are_text_and_never_markup(sign_in: SignIn, phone: str) -> None:
    page = sign_in(Role.OWNER, "440100").get("/ledger/").text
    assert "phone&lt;b&gt;" in page
    assert "phone<b>" not in page


def test_an_item_says_what_an_analyst_and_its_owner_each_see(sign_in: SignIn, phone: str) -> None:
    page = sign_in(Role.ANALYST, "440100").get(f"/ledger/{phone}", headers={"Accept-Language": "en"}).text
    assert "Who sees what" in page
    assert page.count('<td class="mono">') >= 6


def page_of(sign_in: SignIn, database: Database, found: ScannedColumn, lang: str) -> str:
    """The page of the one item of a scan, as its owner sees it."""
    with database.write() as session:
        actor = operator_actor(session)
        source = add_source(session, actor, database.settings, NewSource("某库", "sqlite:///a.db", "440100"))
        store_scan(session, actor, source, ScanReport(NOON, NOON, (ScannedTable("some", 9, (found,)),)))
    with database.read() as session:
        item = session.scalars(select(LedgerItem.id).where(LedgerItem.name == found.name)).one()
    return sign_in(Role.OWNER, "440100").get(f"/ledger/{item}", headers={"Accept-Language": lang}).text


@pytest.mark.parametrize(("lang", "why"), [("zh", "列名不支持"), ("en", "its name does not agree")])
def test_an_item_says_what_agrees_with_it_and_who_came_second(
    sign_in: SignIn, database: Database, lang: str, why: str
) -> None:
    evidence = {
        "filled": 9, "distinct": 9, "matched": 1.0, "checked": 0.97, "chance": 0.0909, "said": ["resident_id"], "neighbour": "b<i>rth",
        "rival": {"type": "driver_licence", "confidence": 0.4, "lost": "name"}, "unverified": True,
    }  # fmt: skip
    known = types()["resident_id"]
    found = ScannedColumn("sfzh", known.id, known.entity, 0.9, "high", known.level, evidence=evidence)
    page = page_of(sign_in, database, found, lang)
    assert why in page
    assert types()["driver_licence"].title(lang) in page
    assert "b&lt;i&gt;rth" in page
    assert {"zh": "随机号码约 9%", "en": "random numbers: 9%"}[lang] in page


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", ("列名另有所指", "资产、物资", "形似而未采信", "取值的相似可能出于偶然")),
        ("en", ("an asset or material", "Looks like, not believed", "chance may explain the values")),
    ],
)
def test_an_item_says_what_its_name_speaks_against(
    sign_in: SignIn, database: Database, lang: str, told: tuple[str, ...]
) -> None:
    evidence = {"filled": 9, "distinct": 9, "matched": 0.0, "name": 0.0, "thing": "asset", "withdrawn": "passport"}
    found = ScannedColumn("资产编号", None, None, 0.0, "low", Level.G1, evidence=evidence)
    page = page_of(sign_in, database, found, lang)
    assert all(text in page for text in (*told, types()["passport"].title(lang)))


@pytest.mark.parametrize(("lang", "told"), [("zh", "列名相近"), ("en", "The header resembles")])
def test_an_item_says_that_its_name_only_resembles_a_type(
    sign_in: SignIn, database: Database, lang: str, told: str
) -> None:
    evidence = {"filled": 9, "distinct": 9, "matched": 1.0, "name": 0.0, "resembles": 0.93}
    found = ScannedColumn("zfzhxx", "bank_account", None, 0.45, "low", Level.G3, evidence=evidence)
    page = page_of(sign_in, database, found, lang)
    assert told in page
    assert "93%" in page


def test_an_owner_confirms_and_the_queue_is_shorter(sign_in: SignIn, database: Database, phone: str) -> None:
    owner = sign_in(Role.OWNER, "440100")
    assert phone in owner.get("/ledger/queue").text
    assert owner.send(f"/ledger/{phone}/confirm").status_code == 302
    assert status_of(database, phone) == ("mobile", ItemStatus.CONFIRMED)
    assert phone not in owner.get("/ledger/queue").text


def test_an_owner_corrects(sign_in: SignIn, database: Database, phone: str) -> None:
    owner = sign_in(Role.OWNER, "440100")
    assert owner.send(f"/ledger/{phone}/correct", {"type": "landline", "level": "G2"}).status_code == 302
    assert status_of(database, phone) == ("landline", ItemStatus.CORRECTED)


@pytest.mark.parametrize(
    "form", [{"type": "nonsense", "level": "G2"}, {"type": "mobile", "level": "I"}, {"level": "G2", "org": "440000"}]
)
def test_a_correction_that_makes_no_sense_changes_nothing(
    sign_in: SignIn, database: Database, phone: str, form: dict[str, Any]
) -> None:
    assert sign_in(Role.OWNER, "440100").send(f"/ledger/{phone}/correct", form).status_code == 422
    assert status_of(database, phone) == ("mobile", ItemStatus.PROPOSED)


def test_another_centre_s_item_looks_missing(sign_in: SignIn, phone: str) -> None:
    stranger = sign_in(Role.OWNER, "440300")
    assert stranger.get(f"/ledger/{phone}").status_code == 404
    assert stranger.send(f"/ledger/{phone}/confirm").status_code == 404
    assert "运政库" not in stranger.get("/ledger/sources").text
    assert phone not in stranger.get("/ledger/").text


def test_an_analyst_may_read_and_not_decide(sign_in: SignIn, database: Database, phone: str) -> None:
    analyst = sign_in(Role.ANALYST, "440100")
    assert analyst.send(f"/ledger/{phone}/confirm").status_code == 403
    assert status_of(database, phone)[1] is ItemStatus.PROPOSED


def test_the_api_lists_and_shows_with_the_contract_s_fields(api: Api, phone: str) -> None:
    caller = api("ledger.read", org="440100")
    listed = caller.get("/api/v1/ledger/items").json
    assert listed is not None
    assert (listed["total"], listed["next"]) == (2, None)
    item = caller.get(f"/api/v1/ledger/items/{phone}").json
    assert item is not None
    assert {"id", "org", "shared_with", "source_id", "type", "level", "status"} <= set(item)
    assert (item["org"], item["type"]) == ("440100", "mobile")


def test_the_api_counts_only_what_the_caller_may_see(api: Api, phone: str) -> None:
    assert phone
    answer = api("ledger.read", org="440300").get("/api/v1/ledger/items").json
    assert answer == {"items": [], "total": 0, "next": None}


def test_the_api_changes_with_the_right_scope_only(api: Api, database: Database, phone: str) -> None:
    path, change = f"/api/v1/ledger/items/{phone}", {"status": "corrected", "type": None, "level": "G1"}
    assert api("ledger.read", org="440100").patch(path, json=change).status_code == 403
    assert api("ledger.write", org="440300").patch(path, json=change).status_code == 404
    assert api("ledger.write", org="440100").patch(path, json=change).status_code == 200
    assert status_of(database, phone) == (None, ItemStatus.CORRECTED)


@pytest.mark.parametrize(
    "change",
    [{}, {"status": "proposed"}, {"status": "confirmed", "level": "G1"}, {"status": "corrected", "org": "440000"}],
)
def test_the_api_refuses_what_it_does_not_know(api: Api, phone: str, change: dict[str, Any]) -> None:
    assert api("ledger.write", org="440100").patch(f"/api/v1/ledger/items/{phone}", json=change).status_code == 422


def test_an_owner_orders_a_scan_of_their_source_and_a_stranger_cannot(
    sign_in: SignIn, database: Database, phone: str
) -> None:
    assert phone
    with database.read() as session:
        source = session.scalars(select(Source.id)).one()
    assert sign_in(Role.OWNER, "440300").send(f"/ledger/sources/{source}/scan").status_code == 404
    assert sign_in(Role.OWNER, "440100").send(f"/ledger/sources/{source}/scan").status_code == 302
    with database.read() as session:
        run = session.scalars(select(JobRun).where(JobRun.job == "discovery.scan")).one()
    assert (run.params, run.org) == ({"source": str(source)}, "440100")


def test_the_search_everywhere_finds_columns_by_the_name_of_their_type(sign_in: SignIn, phone: str) -> None:
    answer = sign_in(Role.ANALYST, "440100").get("/frame/search", query_string={"q": "手机"})
    assert answer.status_code == 200
    assert phone in answer.text
