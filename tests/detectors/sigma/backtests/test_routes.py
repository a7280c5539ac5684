"""Pages of backtests: from the editor, a rule's page and a waiting proposal to what was found; a stranger finds none."""

import re
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from detectors.findings import EntityKind, FindingKind
from detectors.sigma.own.book import KIND
from detectors.sigma.own.service import TABLES
from detectors.sigma.rules import LIBRARY, read_file
from detectors.sigma.service import keep_library
from incidents.alerts.models import AlertStatus, Verdict
from soc.approvals.models import Approval
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import actor_of, operator_actor
from soc.jobs import run_one
from tests.browsing import Browser, SignIn, api, app, client, sign_in
from tests.conftest import add_test_person
from tests.detectors.sigma.backtests.trying import RECENT, filled
from tests.detectors.sigma.own.correlating import enact
from tests.detectors.sigma.own.writing import CITY, COUNTY, PROVINCE, STRANGER, TAG, TEXT, own
from tests.incidents.exceptions.telling import raised

__all__ = ["api", "app", "client", "sign_in"]
SHIPPED = str(read_file(LIBRARY / "dump_tool.yml")[0].id)


def ordered(browser: Browser, path: str = "/rules/backtests/", **form: Any) -> str:
    """Order a backtest; returns the page that it leads to."""
    written = {"text": TEXT} if path == "/rules/backtests/" else {}
    answer = browser.send(path, {**written, "days": 7, **form})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_the_editor_orders_it_once_the_rule_is_sound(sign_in: SignIn, database: Database) -> None:
    browser = sign_in(Role.POLICY, CITY)
    sound = browser.send("/rules/own/try", {"text": TEXT}).text
    faulty = browser.send("/rules/own/try", {"text": TEXT.replace("condition: selection", "condition: x")}).text
    assert 'formaction="/rules/backtests/"' in sound
    assert 'formaction="/rules/backtests/"' not in faulty
    page = browser.get(ordered(browser)).text
    assert "every 1s" in page
    assert "Tool of the night shift" in page or "夜班工具" in page


def test_a_faulty_text_is_refused(sign_in: SignIn) -> None:
    browser = sign_in(Role.POLICY, CITY)
    faulty = {"text": TEXT.replace("condition: selection", "condition: x"), "days": 7}
    assert browser.send("/rules/backtests/", faulty).status_code == 422
    assert browser.send("/rules/backtests/", {"text": TEXT, "days": 0}).status_code == 422


def done(database: Database, browser: Browser, **form: Any) -> str:
    """The page of a backtest that has ended."""
    page = ordered(browser, **form)
    assert run_one(database, "worker")
    return page


def judged_alert(database: Database, uid: str, verdict: Verdict | None) -> None:
    """An alert of one of the events, closed with a verdict, or open."""
    with database.write() as session:
        told: dict[str, Any] = {
            "entity_kind": EntityKind.ACCOUNT,
            "entity_name": f"of {uid}",
            "kind": FindingKind.BEHAVIOUR,
        }
        told |= {"first_at": RECENT, "last_at": RECENT + timedelta(minutes=1)}
        _, alert = raised(session, operator_actor(session), events=[uid], org=COUNTY, **told)
        assert alert is not None
        if verdict is not None:
            alert.status, alert.verdict = AlertStatus.CLOSED, verdict


@pytest.mark.parametrize(("lang", "words"), [
    ("zh", ("会产生的告警", "各机构", "会遇到的研判结论", "属实", "误报", "生效中的例外", "CPU")),
    ("en", ("Alerts it would raise", "By organisation", "Verdicts it would have met", "True positive", "CPU seconds")),
])  # fmt: skip
def test_it_shows_what_was_found(sign_in: SignIn, database: Database, lang: str, words: tuple[str, ...]) -> None:
    filled(database)
    judged_alert(database, "u00", Verdict.TRUE_POSITIVE)
    browser = sign_in(Role.POLICY, CITY)
    text = browser.get(done(database, browser), headers={"Accept-Language": lang}).text
    assert [word for word in (*words, "data-chart") if word not in text] == []
    assert "every 1s" not in text


def figures(text: str) -> list[tuple[str, str]]:
    return re.findall(r'<div class="name">([^<]+)</div><div class="figure">([\d,]+)', text)


def test_the_verdicts_are_those_of_alerts_of_the_same_events(sign_in: SignIn, database: Database) -> None:
    filled(database)
    for uid, verdict in (
        ("u00", Verdict.TRUE_POSITIVE),
        ("u01", Verdict.FALSE_POSITIVE),
        ("u03", None),
        ("u06", Verdict.BENIGN),
    ):
        judged_alert(database, uid, verdict)
    browser = sign_in(Role.POLICY, CITY)
    found = dict(figures(browser.get(done(database, browser), headers={"Accept-Language": "en"}).text))
    assert {name: found[name] for name in ("True positive", "False positive", "Benign", "Still open")} == {
        "True positive": "1", "False positive": "1", "Benign": "0", "Still open": "1",
    }  # fmt: skip
    # of three alerts, of the county's noon, the day before, and of the city, the last is of events that no alert holds
    assert (found["Alerts it would raise"], found["In no alert yet"]) == ("3", "1")


def test_who_reads_logs_is_shown_events_and_nobody_else_is(sign_in: SignIn, database: Database) -> None:
    filled(database)
    page = done(database, sign_in(Role.POLICY, CITY))
    assert "/logs/u00" not in sign_in(Role.POLICY, CITY).get(page).text
    seen = sign_in(Role.COMMANDER, CITY).get(page).text
    assert "/logs/u00" in seen
    assert "li.na" in seen


@pytest.mark.parametrize(("org", "status"), [(CITY, 200), (PROVINCE, 200), (COUNTY, 404), (STRANGER, 404)])
def test_a_reader_outside_finds_none(sign_in: SignIn, database: Database, org: str, status: int) -> None:
    filled(database)
    page = done(database, sign_in(Role.POLICY, CITY))
    browser = sign_in(Role.POLICY, org)
    assert {browser.get(page).status_code, browser.get(f"{page}/state").status_code} == {status}
    if status == 404:
        assert browser.send(f"{page}/again", {"days": 7}).status_code == 404
        assert browser.send(f"{page}/cancel").status_code == 404


def test_one_that_runs_is_stopped_and_run_again(sign_in: SignIn, database: Database) -> None:
    browser = sign_in(Role.POLICY, CITY)
    page = ordered(browser)
    assert f"{page}/cancel" in browser.get(page).text
    assert browser.send(f"{page}/cancel").headers["Location"] == page
    stopped = browser.get(f"{page}/state").text
    assert "every 1s" not in stopped
    again = ordered(browser, f"{page}/again")
    assert again != page
    assert browser.get(again).status_code == 200


def test_a_shipped_rule_is_tried_from_its_page(sign_in: SignIn, database: Database) -> None:
    with database.write() as session:
        keep_library(session, operator_actor(session))
    filled(database)
    browser = sign_in(Role.POLICY, CITY)
    path = f"/rules/backtests/of/{SHIPPED}"
    assert path in browser.get("/rules/own/?q=dump").text
    before = browser.get(path, headers={"Accept-Language": "en"}).text
    assert "Not tried as it is written now" in before
    done(database, browser, path=path)
    assert "Events read" in browser.get(path, headers={"Accept-Language": "en"}).text
    assert browser.get("/rules/backtests/of/none").status_code == 404


def test_an_own_rule_in_force_is_tried_from_its_page_and_by_no_stranger(sign_in: SignIn, database: Database) -> None:
    enact(database, CITY, own())
    path = f"/rules/backtests/of/{TAG}"
    browser = sign_in(Role.POLICY, CITY)
    assert path in browser.get(f"/rules/own/show/{TAG}").text
    assert ordered(browser, path).startswith("/rules/backtests/")
    assert sign_in(Role.POLICY, STRANGER).get(path).status_code == 404
    assert sign_in(Role.POLICY, STRANGER).send(path, {"days": 7}).status_code == 404


def proposal(database: Database, text: str = TEXT) -> Approval:
    with database.write() as session:
        author = actor_of(session, add_test_person(session, Role.POLICY, CITY))
        TABLES.edit(session, author, CITY, {"title": "own", "rules": [own(text)]})
        return TABLES.propose(session, author, CITY, reason="tests")


def part(browser: Browser, approval: Approval) -> TestResponse:
    return browser.get(f"/rules/backtests/waiting/{approval.id}", headers={"Accept-Language": "en"})


def test_the_second_person_sees_the_newest_of_exactly_what_waits_or_runs_it(
    sign_in: SignIn, database: Database
) -> None:
    filled(database)
    approval, second = proposal(database), sign_in(Role.COMMANDER, CITY)
    assert f"/rules/backtests/waiting/{approval.id}" in second.get(f"/approvals/{approval.id}").text
    assert "Not tried yet" in part(second, approval).text
    done(database, sign_in(Role.POLICY, CITY), text=TEXT.replace("level: high", "level: low"))
    assert "Not tried yet" in part(second, approval).text
    page = done(database, second, path=f"/rules/backtests/waiting/{approval.id}", rule=TAG)
    shown = part(second, approval).text
    assert page in shown
    assert "5 hit, 3 alerts would have been raised" in shown


def test_what_the_author_tried_in_the_editor_is_what_the_second_person_sees(
    sign_in: SignIn, database: Database
) -> None:
    filled(database)
    page = done(database, sign_in(Role.POLICY, CITY))
    assert page in part(sign_in(Role.COMMANDER, CITY), proposal(database)).text


def test_a_proposal_is_tried_by_nobody_outside_and_a_rule_that_is_not_in_it_not_at_all(
    sign_in: SignIn, database: Database
) -> None:
    approval, path = proposal(database), "/rules/backtests/waiting/"
    stranger = sign_in(Role.COMMANDER, STRANGER)
    assert part(stranger, approval).status_code == 404
    assert stranger.send(f"{path}{approval.id}", {"rule": TAG}).status_code == 404
    assert sign_in(Role.COMMANDER, CITY).send(f"{path}{approval.id}", {"rule": "none"}).status_code == 404
    assert approval.payload["kind"] == KIND


def test_who_only_reads_orders_nothing(sign_in: SignIn, database: Database) -> None:
    filled(database)
    page = done(database, sign_in(Role.POLICY, CITY))
    auditor = sign_in(Role.AUDITOR, CITY)
    assert "/again" not in auditor.get(page).text
    assert auditor.send(f"{page}/again", {"days": 7}).status_code == 403
