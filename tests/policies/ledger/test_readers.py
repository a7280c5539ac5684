"""Who accesses an item or a table, as the access logs say: of this database, in the reader's scope, lately."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.ledger.models import LedgerItem, LedgerTable
from soc.logstore import open_store
from soc.web.context import Kernel
from tests.browsing import Browser, SignIn, app, client, sign_in
from tests.contract import corpus
from tests.soc.ledger.made import CITY, COUNTY, OTHER, a_source, scanned

__all__ = ["app", "client", "sign_in"]
EN = {"Accept-Language": "en"}
PHONE = "public.people.phone"
Log = Callable[..., None]


@pytest.fixture
def ledger(database: Database) -> dict[str, str]:
    """Guangzhou's database "gd" with the tables people and cars: ids by name."""
    with database.write() as session:
        actor = operator_actor(session)
        scanned(session, actor, a_source(session, actor, database.settings, CITY, "运政库"))
        rows = [*session.scalars(select(LedgerItem)), *session.scalars(select(LedgerTable))]
        return {one.name: str(one.id) for one in rows}


@pytest.fixture
def log(app: APIFlask) -> Log:
    """Store events that touched public.people, each said by what differs from a read of its phones just now."""
    kernel: Kernel = app.extensions["guanlan"]

    def stored(*said: dict[str, Any]) -> None:
        usual: dict[str, Any] = {
            "time": now() - timedelta(hours=1),
            "database.name": "gd",
            "guanlan.org": CITY,
            "guanlan.tables": ["public.people"],
            "guanlan.columns": [PHONE],
            "guanlan.rows": 10,
        }
        rows = [usual | one for one in said]
        made = corpus.numbered(rows, "b")
        for event, row in zip(made, rows, strict=True):
            event["guanlan.org"] = row["guanlan.org"]
        open_store(kernel.settings).append(corpus.table(made), batch="b")

    return stored


@pytest.fixture
def owner(sign_in: SignIn) -> Browser:
    """Guangzhou's data owner."""
    return sign_in(Role.OWNER, CITY)


def by(name: str, **more: Any) -> dict[str, Any]:
    """What somebody did."""
    return {"actor.user.name": name} | {key.replace("__", "."): value for key, value in more.items()}


def named(text: str) -> set[str]:
    """Who of the tests' accounts a part names."""
    return {one for one in ("reader", "other", "whole", "bare", "far", "old", "below") if f">{one}<" in text}


def test_the_page_fetches_the_part_by_itself(owner: Browser, ledger: dict[str, str]) -> None:
    page = owner.get(f"/ledger/{ledger['phone']}").text
    assert f'hx-get="/ledger/{ledger["phone"]}/readers" hx-trigger="load"' in page
    table = owner.get(f"/ledger/tables/{ledger['public.people']}").text
    assert f'hx-get="/ledger/tables/{ledger["public.people"]}/readers" hx-trigger="load"' in table


def test_an_item_is_accessed_by_whoever_named_it_or_its_table_alone(
    owner: Browser, ledger: dict[str, str], log: Log
) -> None:
    log(
        by("reader"),
        by("other", guanlan__columns=["public.people.n"]),
        by("whole", guanlan__columns=["public.people.*"]),
        by("bare", guanlan__columns=None),
    )
    assert named(owner.get(f"/ledger/{ledger['phone']}/readers").text) == {"reader", "whole", "bare"}
    assert named(owner.get(f"/ledger/tables/{ledger['public.people']}/readers").text) == {
        "reader", "other", "whole", "bare",
    }  # fmt: skip
    assert named(owner.get(f"/ledger/{ledger['plate']}/readers").text) == set()


def test_a_table_of_the_same_name_elsewhere_is_another_table(owner: Browser, ledger: dict[str, str], log: Log) -> None:
    log(
        by("reader"),
        by("other", database__name="hr"),
        by("bare", database__name=None),
        by("below", database__name=None, guanlan__org=COUNTY),
    )
    assert named(owner.get(f"/ledger/{ledger['phone']}/readers").text) == {"reader", "bare"}


def test_nobody_sees_who_acted_in_a_centre_beside_or_above(sign_in: SignIn, ledger: dict[str, str], log: Log) -> None:
    log(
        by("reader"), by("far", guanlan__org=OTHER), by("below", guanlan__org=COUNTY), by("bare", guanlan__org="440000")
    )
    path = f"/ledger/{ledger['phone']}/readers"
    assert named(sign_in(Role.OWNER, CITY).get(path).text) == {"reader", "below"}
    assert named(sign_in(Role.LEADER, "440000").get(path).text) == {"reader", "below", "far", "bare"}
    assert sign_in(Role.OWNER, OTHER).get(path).status_code == 404


def test_lately_is_thirty_days(owner: Browser, ledger: dict[str, str], log: Log) -> None:
    log(by("reader"), by("old", time=now() - timedelta(days=31)))
    assert named(owner.get(f"/ledger/{ledger['phone']}/readers").text) == {"reader"}


def test_who_came_most_often_comes_first_with_counts(owner: Browser, ledger: dict[str, str], log: Log) -> None:
    log(by("reader"), by("other"), by("other", guanlan__rows=4_000))
    part = owner.get(f"/ledger/{ledger['phone']}/readers", headers=EN).text
    assert part.index(">other<") < part.index(">reader<")
    assert re.search(r">4,010(?:<[^>]*>|\s)*measured<", part)


def test_rows_that_nobody_counted_are_told_by_what_bounds_them(
    owner: Browser, ledger: dict[str, str], log: Log
) -> None:
    uncounted = {"guanlan__rows": None, "guanlan__rows_basis": "unknown"}
    log(by("reader"), by("reader", **uncounted, guanlan__rows_bound=500), by("other", **uncounted))
    part = owner.get(f"/ledger/{ledger['phone']}/readers", headers=EN).text
    assert re.search(r">10–510(?:<[^>]*>|\s)*unknown<", part)
    assert re.search(r'data-label="Rows returned"><span class="nowrap">unknown<', part)


def test_links_lead_to_exactly_those_events_for_one_who_may_search(
    sign_in: SignIn, ledger: dict[str, str], log: Log
) -> None:
    log(by("reader"), by("other"), by("far", database__name="hr"))
    analyst = sign_in(Role.ANALYST, CITY)
    part = analyst.get(f"/ledger/{ledger['phone']}/readers", headers=EN).text
    links = [unescape(one) for one in part.split('"') if one.startswith("/logs/?")]
    assert len(links) == 3
    for link in links:
        page = analyst.get(link)
        assert page.status_code == 200
        asked = parse_qs(urlsplit(link).query)["q"][0]
        shown = {one for one in ("reader", "other", "far") if one in page.text.partition("<tbody>")[2]}
        wanted = {one for one in ("reader", "other") if f'"{one}"' in asked} or {"reader", "other"}
        assert shown == wanted


def test_one_who_may_not_search_the_logs_gets_no_links(owner: Browser, ledger: dict[str, str], log: Log) -> None:
    log(by("reader"))
    assert "/logs/" not in owner.get(f"/ledger/{ledger['phone']}/readers").text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_events_it_says_what_to_do(sign_in: SignIn, ledger: dict[str, str], lang: str) -> None:
    analyst = sign_in(Role.ANALYST, CITY)
    part = analyst.get(f"/ledger/{ledger['phone']}/readers", headers={"Accept-Language": lang}).text
    assert "pgaudit" in part
    assert "period=all" in part


def test_a_hostile_name_stays_a_value(owner: Browser, database: Database, log: Log, ledger: dict[str, str]) -> None:
    with database.write() as session:
        table = session.scalars(select(LedgerTable).where(LedgerTable.name == "public.people")).one()
        table.name = 'a" OR guanlan.org:* OR "\\'
    log(by("reader"))
    answer = owner.get(f"/ledger/{ledger['phone']}/readers")
    assert answer.status_code == 200
    assert named(answer.text) == set()


def test_a_policy_administrator_puts_a_table_forward_from_its_page_and_from_an_item_s(
    sign_in: SignIn, ledger: dict[str, str]
) -> None:
    table, item = f"/ledger/tables/{ledger['public.people']}", f"/ledger/{ledger['phone']}"
    browser = sign_in(Role.POLICY, CITY)
    for path in (table, item):
        assert f'action="/ledger/reviews/tables/{ledger["public.people"]}"' in browser.get(path).text
    order = {"level": "I", "why": "主管部门目录点名"}
    assert browser.send(f"/ledger/reviews/tables/{ledger['public.people']}", order).status_code == 302
    for path in (table, item):
        text = browser.get(path, headers=EN).text
        assert "To be judged" in text
        assert "/ledger/reviews/tables/" not in text


def test_one_who_may_not_judge_sees_no_form_and_sees_how_the_review_stands(
    sign_in: SignIn, ledger: dict[str, str]
) -> None:
    owner, table = sign_in(Role.OWNER, CITY), f"/ledger/tables/{ledger['public.people']}"
    assert "/ledger/reviews/tables/" not in owner.get(table).text
    sign_in(Role.POLICY, CITY).send(f"/ledger/reviews/tables/{ledger['public.people']}", {"level": "C", "why": "x"})
    assert "To be judged" in owner.get(table, headers=EN).text
