"""Scans on pages and in the API: one of them, two side by side, and nobody else's."""

from typing import Any

import pytest
from sqlalchemy import select

from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.ledger.models import LedgerItem
from tests.browsing import Api, SignIn
from tests.soc.ledger.made import CITY, OTHER, PEOPLE, a_source, column, scanned, table

LATER = table("public.people", column("sfzh", "resident_id"), column("phone", "email"), column("n", "mobile"))


@pytest.fixture
def runs(database: Database) -> dict[str, str]:
    """Two scans of one source of Guangzhou's, and one of another source."""
    with database.write() as session:
        actor = operator_actor(session)
        source = a_source(session, actor, database.settings)
        first = scanned(session, actor, source, PEOPLE)
        second = scanned(session, actor, source, LATER, after=1, skipped=({"path": "public.x", "reason": "锁定"},))
        other = scanned(session, actor, a_source(session, actor, database.settings, name="另一库"), PEOPLE)
        return {"source": str(source.id), "first": str(first.id), "second": str(second.id), "other": str(other.id)}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", ["/ledger/scans/{second}", "/ledger/scans/{first}/diff/{second}"])
def test_every_page_shows_in_both_languages(sign_in: SignIn, runs: dict[str, str], path: str, lang: str) -> None:
    page = sign_in(Role.ANALYST, CITY).get(path.format(**runs), headers={"Accept-Language": lang})
    assert page.status_code == 200
    assert f'<html lang="{lang}' in page.text


def test_a_scan_says_what_it_left_out_and_leads_to_the_comparison(sign_in: SignIn, runs: dict[str, str]) -> None:
    page = sign_in(Role.ANALYST, CITY).get(f"/ledger/scans/{runs['second']}").text
    assert "锁定" in page
    assert f"/ledger/scans/{runs['first']}/diff/{runs['second']}" in page


def test_a_source_s_page_lists_its_scans(sign_in: SignIn, runs: dict[str, str]) -> None:
    page = sign_in(Role.ANALYST, CITY).get(f"/ledger/sources/{runs['source']}").text
    assert f"/ledger/scans/{runs['first']}" in page
    assert f"/ledger/scans/{runs['other']}" not in page


def test_the_comparison_links_each_item(sign_in: SignIn, database: Database, runs: dict[str, str]) -> None:
    page = sign_in(Role.ANALYST, CITY).get(f"/ledger/scans/{runs['first']}/diff/{runs['second']}").text
    with database.read() as session:
        query = select(LedgerItem.id).where(LedgerItem.name == "phone", LedgerItem.type == "email")
        item = session.scalars(query).one()
    assert f"/ledger/{item}" in page


def test_the_comparison_is_narrowed_by_kind_and_search(sign_in: SignIn, runs: dict[str, str]) -> None:
    path = f"/ledger/scans/{runs['first']}/diff/{runs['second']}"
    analyst = sign_in(Role.ANALYST, CITY)
    assert analyst.get(path + "?kind=level_up").text.count('data-label="字段"') == 1
    assert analyst.get(path + "?kind=changed").text.count('data-label="字段"') == 2
    assert analyst.get(path + "?kind=changed&q=phone").text.count('data-label="字段"') == 1
    assert analyst.get(path + "?kind=nonsense").status_code == 422


def test_a_form_leads_to_the_comparison(sign_in: SignIn, runs: dict[str, str]) -> None:
    analyst = sign_in(Role.ANALYST, CITY)
    answer = analyst.get(f"/ledger/scans/compare?before={runs['first']}&after={runs['second']}")
    assert answer.location == f"/ledger/scans/{runs['first']}/diff/{runs['second']}"
    assert analyst.get("/ledger/scans/compare?before=x").status_code == 422


def test_scans_of_two_sources_are_refused(sign_in: SignIn, runs: dict[str, str]) -> None:
    answer = sign_in(Role.ANALYST, CITY).get(f"/ledger/scans/{runs['first']}/diff/{runs['other']}")
    assert answer.status_code == 422


def test_the_api_compares_two_scans(api: Api, runs: dict[str, str]) -> None:
    answer: Any = api("ledger.read", org=CITY).get(f"/api/v1/ledger/scans/{runs['first']}/diff/{runs['second']}").json
    assert answer["counts"] == {"new": 0, "gone": 0, "changed": 2, "level_up": 1, "level_down": 0}
    assert answer["level_up"][0]["column"] == "n"
    assert (answer["changed"][1]["before"]["type"], answer["changed"][1]["after"]["type"]) == ("mobile", "email")


def test_the_api_lists_scans_of_a_source_newest_first(api: Api, runs: dict[str, str]) -> None:
    answer: Any = api("ledger.read", org=CITY).get(f"/api/v1/ledger/scans?source_id={runs['source']}").json
    assert [one["id"] for one in answer["items"]] == [runs["second"], runs["first"]]
    assert answer["total"] == 2


def test_a_stranger_s_comparison_looks_missing(sign_in: SignIn, api: Api, runs: dict[str, str]) -> None:
    path = f"/ledger/scans/{runs['first']}/diff/{runs['second']}"
    assert sign_in(Role.ANALYST, OTHER).get(path).status_code == 404
    stranger = api("ledger.read", org=OTHER)
    assert stranger.get("/api/v1" + path).status_code == 404
    assert stranger.get("/api/v1/ledger/scans").json == {"items": [], "total": 0, "next": None}
