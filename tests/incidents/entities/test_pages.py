"""The pages of tables, addresses and applications, and the ways to them: from the search, from alerts, from each other."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import select

from detectors.sigma.models import DetectionRule
from detectors.sigma.rules import RuleStatus
from incidents.alerts.intake import take_in
from soc.accounts.service import ServiceMark, mark_service
from soc.clock import now
from soc.db import Database
from soc.entities import ADDRESS, APPLICATION, TABLES, LogEntity, reference_of
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.ledger.models import LedgerTable
from soc.logstore import open_store
from tests.browsing import Browser, SignIn
from tests.incidents.entities import made
from tests.incidents.findings import finding
from tests.soc.ledger.made import a_source, scanned

EVIL = "<script>alert(1)</script>"
LINK = re.compile(r'href="(/alerts/entities/(?:tables|addresses|applications)/[^"]+)"')


def lately(days: float, **more: Any) -> dict[str, Any]:
    return made.event(time=now() - timedelta(days=days), **more)


@pytest.fixture
def events(database: Database) -> None:
    rows = [lately(place + 0.1, **{"guanlan.rows": 10 + place}) for place in range(12)]
    rows.append(lately(40))
    rows.append(lately(1, **{"actor.user.name": EVIL, "guanlan.tables": [EVIL], "actor.app_name": EVIL}))
    copied = made.copied(time=now() - timedelta(hours=3))
    rows.append(copied | {"status_id": 2, "traffic.bytes_out": 77, "dst_endpoint.ip": "10.9.9.9"})
    rows.append(lately(0.2, class_uid=3002, **{"status_id": 2, "guanlan.tables": []}))
    made.stored(open_store(database.settings), rows)


def path(database: Database, entity: LogEntity) -> str:
    kinds = {"table": "tables", "address": "addresses", "application": "applications"}
    return f"/alerts/entities/{kinds[entity.kind]}/{reference_of(database.settings, entity)}"


ENTITIES = [
    LogEntity(TABLES, made.TABLE),
    LogEntity(TABLES, made.TABLE, made.CITY, "gd"),
    LogEntity(TABLES, EVIL),
    LogEntity(ADDRESS, made.ADDRESS),
    LogEntity(APPLICATION, made.PORTAL),
    LogEntity(APPLICATION, EVIL),
]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.usefixtures("events")
def test_every_page_is_drawn_with_its_days(sign_in: SignIn, database: Database, lang: str) -> None:
    browser = sign_in(Role.ANALYST, made.CITY)
    for entity in ENTITIES:
        page = path(database, entity)
        for address in (page, f"{page}?day={now().date().isoformat()}", *parts_of(browser, page)):
            answer = browser.get(f"{address}{'&' if '?' in address else '?'}lang={lang}")
            assert answer.status_code == 200, (entity, answer.text[:500])
            assert "<script>alert(1)" not in answer.text
            assert "entities." not in re.sub(r"<[^>]*>", " ", answer.text)


def parts_of(browser: Browser, page: str) -> list[str]:
    """What the page fetches by itself: who is behind it, its days and peers, what rules hit, new statements, where it led."""
    found = re.findall(r'hx-get="(/alerts/entities/[^"]+)"', browser.get(page).text)
    # the events themselves are for those who may search
    assert len(found) == (3 if "/tables/" in page else 4) + any("/hits/" in one for one in found)
    return [unescape(one) for one in found]


@pytest.mark.usefixtures("events")
def test_no_address_of_a_page_names_what_it_is_of(sign_in: SignIn, database: Database) -> None:
    browser = sign_in(Role.ANALYST, made.CITY)
    for entity in ENTITIES:
        page = path(database, entity)
        parts = parts_of(browser, page)
        shown = "".join(browser.get(one).text for one in (page, *parts))
        for told in (page, *parts, *(unquote(unescape(one)) for one in LINK.findall(shown))):
            assert entity.name not in told
            assert made.ADDRESS not in told


@pytest.mark.usefixtures("events")
def test_what_lies_outside_looks_as_if_it_never_was(sign_in: SignIn, database: Database) -> None:
    stranger = sign_in(Role.ANALYST, made.OTHER)
    for entity in ENTITIES:
        assert stranger.get(path(database, entity)).status_code == 404, entity
    never = LogEntity(ADDRESS, "10.200.0.1")
    assert sign_in(Role.ANALYST, made.CITY).get(path(database, never)).status_code == 404


@pytest.mark.usefixtures("events")
def test_a_stranger_sees_no_days_of_it_and_nobody_behind_it(sign_in: SignIn, database: Database) -> None:
    known = sign_in(Role.ANALYST, made.CITY)
    stranger = sign_in(Role.ANALYST, made.OTHER)
    reached = next(one for one in parts_of(known, path(database, ENTITIES[3])) if "/reached/" in one)
    assert "/alerts/entities/tables/" in known.get(reached).text
    assert "do not say where it led" in stranger.get(reached + "?lang=en").text
    parts = parts_of(known, path(database, ENTITIES[0]))
    people, days = (stranger.get(one + "?lang=en").text for one in parts if "/people/" in one or "/days/" in one)
    assert "Nothing of 30 days can be told" in people
    assert "There are no events within 90 days" in days


@pytest.mark.usefixtures("events")
def test_statements_never_seen_before_are_shown_to_whom_they_belong(sign_in: SignIn, database: Database) -> None:
    fresh = lately(1, **{"query_info.uid": "fresh", "query_info.query_string": "copy driver to stdout"})
    made.stored(open_store(database.settings), [fresh], "fresh")
    part = path(database, LogEntity(APPLICATION, made.PORTAL)).replace("/applications/", "/shapes/")
    assert "copy driver to stdout" in sign_in(Role.ANALYST, made.CITY).get(part).text
    assert "copy driver to stdout" not in sign_in(Role.ANALYST, made.OTHER).get(part).text


@pytest.mark.usefixtures("events")
def test_a_reference_of_another_kind_or_none_is_not_found(sign_in: SignIn, database: Database) -> None:
    browser = sign_in(Role.ANALYST, made.CITY)
    wrong = path(database, ENTITIES[0]).replace("/tables/", "/addresses/")
    for address in (wrong, "/alerts/entities/tables/public.driver", "/alerts/entities/days/x"):
        assert browser.get(address).status_code == 404, address


@pytest.mark.usefixtures("events")
def test_a_day_that_is_none_is_refused_in_words(sign_in: SignIn, database: Database) -> None:
    answer = sign_in(Role.ANALYST, made.CITY).get(path(database, ENTITIES[0]) + "?day=soon&lang=en")
    assert answer.status_code == 422
    assert "is no day to look at" in answer.text


@pytest.mark.usefixtures("events")
def test_what_is_not_known_is_said_and_not_called_nothing(sign_in: SignIn, database: Database) -> None:
    text = sign_in(Role.ANALYST, made.CITY).get(path(database, ENTITIES[0]) + "?lang=en").text
    assert "5,000" in text
    assert "The ledger does not know this table" in text
    address = sign_in(Role.ANALYST, made.CITY).get(path(database, ENTITIES[3]) + "?lang=en").text
    assert "inside the known networks" in address
    assert "of 2 logins" not in address
    assert "1 of 15 events say how many" in address


def test_a_table_of_the_ledger_leads_to_its_page_and_is_empty_without_events(
    sign_in: SignIn, database: Database
) -> None:
    with database.write() as session:
        actor = operator_actor(session)
        scanned(session, actor, a_source(session, actor, database.settings, made.CITY))
    page = path(database, LogEntity(TABLES, "public.people"))
    analyst = sign_in(Role.ANALYST, made.CITY).get(page + "?lang=en")
    assert analyst.status_code == 200
    assert "No log has named it for 30 days" in analyst.text
    owner = re.search(r'href="(/ledger/tables/[^"]+)"', analyst.text)
    assert owner is not None
    assert sign_in(Role.ANALYST, made.CITY).get(owner.group(1)).status_code == 200
    assert sign_in(Role.ANALYST, made.OTHER).get(page).status_code == 404


@pytest.mark.usefixtures("events")
def test_the_search_leads_to_the_pages_from_rows_facets_and_events(sign_in: SignIn) -> None:
    browser = sign_in(Role.ANALYST, made.CITY)
    uid = "entities-0000"
    for address in ("/logs/?period=all", "/logs/facets?period=all", f"/logs/{uid}"):
        links = [unescape(one) for one in LINK.findall(browser.get(address).text)]
        kinds = {one.split("/")[3] for one in links}
        assert kinds >= {"tables", "addresses"}, address
        assert all(browser.get(one).status_code == 200 for one in set(links)), address
    assert "/alerts/entities/applications/" in browser.get(f"/logs/{uid}").text


@pytest.mark.usefixtures("events")
def test_an_alert_leads_to_its_tables_and_the_tables_page_back_to_it(sign_in: SignIn, database: Database) -> None:
    with database.write() as session:
        named = finding(first_at=now(), last_at=now(), details={"tables": [made.TABLE]})
        other = finding(entity="e-2", first_at=now(), last_at=now(), details={"tables": [made.TABLE + "_log"]})
        alert = take_in(session, operator_actor(session), named, at=now()).id
        unnamed = take_in(session, operator_actor(session), other, at=now()).id
    browser = sign_in(Role.ANALYST, made.CITY)
    link = LINK.search(browser.get(f"/alerts/{alert}").text)
    assert link is not None
    page = browser.get(unescape(link.group(1))).text
    assert f"/alerts/{alert}" in page
    assert f"/alerts/{unnamed}" not in page


@pytest.mark.usefixtures("events")
def test_alerts_of_an_address_and_of_what_was_counted_by_it_stand_on_its_page(
    sign_in: SignIn, database: Database
) -> None:
    with database.write() as session:
        at = {"first_at": now(), "last_at": now()}
        of_it = finding(entity="e-3", entity_kind="address", entity_name=made.ADDRESS, **at)
        by_it = finding(entity="e-4", details={"tables": [], "group": [made.ADDRESS]}, **at)
        found = [take_in(session, operator_actor(session), one, at=now()).id for one in (of_it, by_it)]
    browser = sign_in(Role.ANALYST, made.CITY)
    page = browser.get(path(database, LogEntity(ADDRESS, made.ADDRESS))).text
    assert all(f"/alerts/{one}" in page for one in found)
    assert LINK.search(browser.get("/alerts/entities/e-3").text)


@pytest.mark.usefixtures("events")
def test_a_service_account_without_alerts_leads_to_its_applications_page(sign_in: SignIn, database: Database) -> None:
    with database.write() as session:
        order = ServiceMark(made.CITY, "zhang_wei", is_service=True, application="门户")
        mark_service(session, operator_actor(session), order)
    browser = sign_in(Role.ANALYST, made.CITY)
    answer = browser.get(f"/alerts/accounts?name=zhang_wei&org={made.CITY}")
    assert answer.status_code == 302
    page = browser.get(answer.location)
    assert page.status_code == 200
    assert "门户" in page.text
    stranger = sign_in(Role.ANALYST, made.OTHER)
    for address in (answer.location, *parts_of(browser, answer.location)):
        assert stranger.get(address).status_code == 404, address


@pytest.mark.usefixtures("events")
def test_a_leader_reads_the_figures_and_is_led_to_no_log(sign_in: SignIn, database: Database) -> None:
    leader = sign_in(Role.LEADER, made.CITY)
    for entity in ENTITIES:
        page = path(database, entity)
        assert "/logs/?" not in leader.get(page).text
        parts = parts_of(leader, page)
        assert all("/logs/" not in leader.get(part).text for part in parts)
        assert leader.get(page.replace(page.split("/")[3], "hits")).status_code == 403
    assert sign_in(Role.OWNER, made.CITY).get(path(database, ENTITIES[0])).status_code == 403


def test_the_ledgers_page_of_a_table_leads_to_what_the_logs_say_of_it(sign_in: SignIn, database: Database) -> None:
    with database.write() as session:
        actor = operator_actor(session)
        scanned(session, actor, a_source(session, actor, database.settings, made.CITY))
        table = session.scalars(select(LedgerTable.id).where(LedgerTable.name == "public.people")).one()
    browser = sign_in(Role.ANALYST, made.CITY)
    link = LINK.search(browser.get(f"/ledger/tables/{table}").text)
    assert link is not None
    assert browser.get(unescape(link.group(1))).status_code == 200
    assert LINK.search(sign_in(Role.OWNER, made.CITY).get(f"/ledger/tables/{table}").text) is None


@pytest.mark.usefixtures("events")
def test_every_figure_leads_to_the_events_of_the_days_it_counts(sign_in: SignIn, database: Database) -> None:
    browser = sign_in(Role.ANALYST, made.CITY)
    for entity in ENTITIES:
        page = path(database, entity)
        shown = "".join(browser.get(one).text for one in (page, *parts_of(browser, page)))
        links = [unescape(one) for one in re.findall(r'href="(/logs/\?[^"]+)"', shown)]
        assert links
        assert all("since=" in one and "until=" in one for one in links), entity
        assert {browser.get(one).status_code for one in links} == {200}


def test_the_newest_events_that_a_rule_hit_are_shown_with_its_title(sign_in: SignIn, database: Database) -> None:
    with database.write() as session:
        session.add(
            DetectionRule(
                rule_id="hit-rule", title="Bulk export", title_zh="批量导出", level="high", status=RuleStatus.OK, document={},
                imported_at=now(), shipped=True,
            )
        )  # fmt: skip
    rows = [lately(place + 0.1, **{"guanlan.rules": ["hit-rule"] if place % 2 else []}) for place in range(30)]
    made.stored(open_store(database.settings), rows)
    page = path(database, LogEntity(TABLES, made.TABLE))
    known, stranger = sign_in(Role.ANALYST, made.CITY), sign_in(Role.ANALYST, made.OTHER)
    part = next(one for one in parts_of(known, page) if "/hits/" in one)
    text = known.get(part + "?lang=zh").text
    assert (text.count("批量导出</a>"), "_exists_:guanlan.rules" in unquote(text).replace("+", " ")) == (10, True)
    assert "No rule hit" in stranger.get(part + "?lang=en").text
