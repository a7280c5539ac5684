"""No row leaves its tier: every route × role × (own, child, sibling, parent) organisation.

The cells are made from the URL map. A route with an identifier names the model it identifies
(``@requires(…, item=Model)``), so a row of it is made at each organisation; a route that can do
neither is in ``BY_HAND`` with the test that covers it, and one that says nothing fails.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.routing import Rule as Route

from audit.trail.integrator import integrate
from policies.reviews.models import ImportantReview, ReviewStatus
from soc.db import Database, Model
from soc.identity.actor import Role
from soc.jobs import JobRun
from soc.ocsf.schema import EVENT_SCHEMA
from soc.registry import permissions_of
from soc.web.context import Kernel
from soc.web.guard import Rule, rule_of
from soc.web.toasts import COOKIE as SAID
from tests.browsing import Api, Browser, SignIn
from tests.soc.web.rows import WHEN, make_row, marker
from tests.soc.web.unpacked import is_download, words_of

OWN, CHILD, SIBLING, PARENT = "440100", "440103", "440300", "440000"
INSIDE, OUTSIDE = (OWN, CHILD), (SIBLING, PARENT)
ABSENT = "018f0000-0000-7000-8000-00000000dead"
#: routes whose last part names no row of one model: why that is right, or which test covers them
BY_HAND = {
    "logs.show": "events are not rows: test_an_event_of_another_organisation_looks_missing",
    "logs.around": "events are not rows: tests/audit/search/test_routes.py",
    "originals.show": "events are not rows: tests/audit/originals/test_routes.py, a stranger finds none",
    "originals.ask_for": "events are not rows: tests/audit/originals/test_routes.py, a stranger asks for none",
    "originals.read": "events are not rows: tests/audit/originals/test_routes.py, a stranger reads none",
    "alerts.of_rule": "what it sums up is the reader's own: tests/incidents/alerts/test_rule_record.py, a stranger sees none of it",
    "alerts.entity": "an entity is what alerts name: test_an_entity_of_another_organisation_looks_missing",
    "entities.table": "events are not rows: tests/incidents/entities/test_pages.py, a stranger finds none",
    "entities.address": "events are not rows: tests/incidents/entities/test_pages.py, a stranger finds none",
    "entities.application": "events are not rows: tests/incidents/entities/test_pages.py, a stranger finds none",
    "entities.shapes": "what it counts is the reader's own: tests/incidents/entities/test_pages.py, a stranger sees none of it",
    "entities.reached": "what it counts is the reader's own: tests/incidents/entities/test_pages.py, a stranger sees none of it",
    "entities.peers": "whom it counts is the reader's own: tests/incidents/entities/test_peers.py, a stranger is no peer",
    "entities.hits": "what it shows is the reader's own: tests/incidents/entities/test_pages.py, a stranger sees none of it",
    "entities.days": "what it counts is the reader's own: tests/incidents/entities/test_pages.py, a stranger sees none of it",
    "entities.people": "what it counts is the reader's own: tests/incidents/entities/test_pages.py, a stranger sees none of it",
    "alerts.mark_service": "the same entities: tests/incidents/alerts/test_asked.py, a stranger marks nothing",
    "api_ingest.receive": "writes for the token's own organisation; the path names a format",
    "bulk.bulk_of": "writes for the token's own organisation; the path names an index",
    "bulk.put_bulk_of": "writes for the token's own organisation; the path names an index",
    "bulk.nothing": "answers alike whatever is asked: tests/audit/ingest/bulk/test_routes.py",
    "grading_rules.show": "a name within the caller's own organisation's document: tests/policies/grading/test_editor.py",
    "grading_rules.remove": "a name within the caller's own organisation's draft: tests/policies/grading/test_editor.py",
    "protection_rules.show": "a name within the caller's own organisation's document: tests/policies/protection/test_routes.py",
    "protection_rules.remove": "a name within the caller's own organisation's draft: tests/policies/protection/test_routes.py",
    "protection_rules.move": "a name within the caller's own organisation's draft: tests/policies/protection/test_routes.py",
    "protection.show": "a number counts the versions of the caller's own organisation",
    "protection.roll_back": "a number counts the versions of the caller's own organisation",
    "api_grading.version": "a number counts the versions of one organisation: tests/policies/grading/test_api.py",
    "api_grading.effect": "a number counts the versions of one organisation: tests/policies/grading/test_api.py",
    "api_protection_policy.version": "a number counts the versions of one organisation: tests/policies/protection/test_api.py",
    "api_protection_policy.effect": "a number counts the versions of one organisation: tests/policies/protection/test_api.py",
    "api_recognizers.version": "a number counts the versions of one organisation: tests/detectors/workshop/test_api.py",
    "api_recognizers.effect": "a number counts the versions of one organisation: tests/detectors/workshop/test_api.py",
    "api_log_formats.version": "a number counts the versions of one organisation: tests/detectors/workshop/test_api.py, the same routes",
    "api_log_formats.effect": "a number counts the versions of one organisation: tests/detectors/workshop/test_api.py, the same routes",
    "api_detection_rules.version": "a number counts the versions of one organisation: tests/detectors/sigma/own/test_api.py",
    "api_detection_rules.effect": "a number counts the versions of one organisation: tests/detectors/sigma/own/test_api.py",
    "rules.own": "an own rule is named by its tag: tests/detectors/sigma/own/test_page.py, a stranger finds none",
    "own_rules.show": "an own rule is named by its tag: tests/detectors/sigma/own/test_page.py, a stranger finds none",
    "alerts.of_own_rule": "an own rule is named by its tag: tests/detectors/sigma/own/test_page.py, a stranger finds none",
    "rules.show": "a rule is everybody's and shows no figure of anybody: tests/detectors/sigma/test_routes.py",
    "backtests.of": "a rule is named by its tag: tests/detectors/sigma/backtests/test_routes.py, a stranger finds none",
    "backtests.order_of": "a rule is named by its tag: tests/detectors/sigma/backtests/test_routes.py, a stranger tries none",
    "units.show": "a unit is named by its code: tests/soc/web/people/test_units.py, a stranger finds none",
    "units.change": "a unit is named by its code: tests/soc/web/people/test_units.py, a stranger changes none",
    "units.place": "a unit is named by its code: tests/soc/web/people/test_units.py, a stranger changes none",
    "units.close": "a unit is named by its code: tests/soc/web/people/test_units.py, a stranger changes none",
    "units.reopen": "a unit is named by its code: tests/soc/web/people/test_units.py, a stranger changes none",
    "frame.focus": "answers alike whatever the code: tests/soc/web/test_arrival.py",
}
#: lists that by default show less than their rows: how they show all
WHOLE = {
    "/approvals/": "?view=all",
    "/logs/facets": "?period=all",
    "/logs/complete": "?q=actor.user.name:&period=all",
}
#: routes that hand whole lists out as a file when they are posted to, with what their forms need
FILES: dict[str, dict[str, str]] = {
    "trail.export": {},
    "reviews.export": {},
    "ledger_exchange.export": {"catalogue": "province"},
    "reports.posture": {"days": "30"},
}
SAFE = {"GET", "HEAD"}


@dataclass(frozen=True)
class Cell:
    """One route with the method it is tried by."""

    route: Route
    rule: Rule
    method: str

    @property
    def is_api(self) -> bool:
        return self.route.rule.startswith("/api/")

    def path(self, identifier: object = None) -> str:
        """Return the path with its identifier filled in."""
        return re.sub(r"<[^>]+>", str(identifier), self.route.rule)


def cells(app: APIFlask) -> Iterator[Cell]:
    """Return every route that asks for a permission, by each of its methods."""
    for route in app.url_map.iter_rules():
        rule = rule_of(app, route.endpoint)
        if rule is not None and rule.permission is not None:
            for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Cell(route, rule, method)


def item_cells(app: APIFlask) -> list[Cell]:
    """Return the cells that identify a row, those that change nothing first."""
    found = [cell for cell in cells(app) if cell.route.arguments and cell.rule.item is not None]
    return sorted(found, key=lambda cell: (cell.method not in SAFE, cell.route.rule))


def absent_for(cell: Cell) -> object:
    """Return an identifier of the route's kind that nothing has."""
    return 999_999_999 if "<int:" in cell.route.rule else ABSENT


def ask(client: FlaskClient, cell: Cell, identifier: object = None, token: str = "") -> Any:
    """Send the request of a cell, as empty as it may be; the words of the act before are forgotten."""
    client.delete_cookie(SAID)
    if cell.method in SAFE:
        query = WHOLE.get(cell.route.rule, "")
        return client.get(cell.path(identifier) + query)
    if cell.is_api:
        return client.open(cell.path(identifier), method=cell.method, json={})
    return client.open(cell.path(identifier), method=cell.method, data={"csrf_token": token})


@pytest.fixture
def rows(app: APIFlask, database: Database) -> dict[type[Model], dict[str, Any]]:
    """A row of every model that routes identify, at each of the four organisations."""
    made: dict[type[Model], dict[str, Any]] = {}
    with database.write() as session:
        for model in {cell.rule.item for cell in item_cells(app)}:
            assert model is not None
            made[model] = {org: make_row(session, model, org).id for org in (*INSIDE, *OUTSIDE)}  # type: ignore[attr-defined]
    return made


@pytest.fixture
def events(app: APIFlask) -> dict[str, str]:
    """An event of each organisation in the log store; returns their ids."""
    kernel: Kernel = app.extensions["guanlan"]
    ids = {org: f"event-{org}" for org in (*INSIDE, *OUTSIDE)}
    lines = [_event(org, uid, position) for position, (org, uid) in enumerate(ids.items())]
    kernel.open_store().append(pa.Table.from_pylist(lines, schema=EVENT_SCHEMA), batch="matrix")
    kernel.open_store().refresh()
    return ids


def _event(org: str, uid: str, position: int) -> dict[str, Any]:
    return {
        "metadata.uid": uid, "guanlan.batch": "matrix", "guanlan.position": position, "guanlan.org": org, "time": WHEN,
        "metadata.log_name": "pgaudit", "class_uid": 6005, "actor.user.name": marker(org),
    }  # fmt: skip


def test_every_route_with_an_identifier_names_its_model(app: APIFlask) -> None:
    nameless = {
        cell.route.endpoint
        for cell in cells(app)
        if cell.route.arguments and cell.rule.item is None and cell.route.endpoint not in BY_HAND
    }
    assert not nameless


def test_a_new_route_without_a_rule_would_be_found(own_app: APIFlask) -> None:
    own_app.add_url_rule("/planted/<uuid:planted>", "planted", _forgetful)
    assert rule_of(own_app, "planted") is None


def _forgetful(planted: str) -> str:
    return planted


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_only_what_its_permissions_open(app: APIFlask, sign_in: SignIn, role: Role) -> None:
    browser = sign_in(role, OWN)
    token, may = browser.token(), permissions_of(frozenset({role}))
    wrong = []
    for cell in cells(app):
        if cell.is_api:
            continue
        status = ask(browser, cell, absent_for(cell), token).status_code
        if (status == 403) == (cell.rule.permission in may) or status >= 500:
            wrong.append(f"{cell.method} {cell.route.rule}: {status}")
    assert not wrong


@pytest.mark.parametrize("role", list(Role))
def test_rows_outside_look_as_if_they_never_were(
    app: APIFlask, sign_in: SignIn, rows: dict[type[Model], dict[str, Any]], role: Role
) -> None:
    browser = sign_in(role, OWN)
    token, may = browser.token(), permissions_of(frozenset({role}))
    for cell in item_cells(app):
        if cell.is_api or cell.rule.permission not in may:
            continue
        check_cell(browser, cell, rows, token)


def test_rows_outside_look_as_if_they_never_were_to_tokens(
    app: APIFlask, api: Api, rows: dict[type[Model], dict[str, Any]]
) -> None:
    client = api("read", "write", org=OWN)
    for cell in item_cells(app):
        if cell.is_api:
            check_cell(client, cell, rows, "")


def check_cell(client: FlaskClient, cell: Cell, rows: dict[type[Model], dict[str, Any]], token: str) -> None:
    """Compare what a route says of rows outside with what it says of none; rows inside must be there."""
    assert cell.rule.item is not None
    ids = rows[cell.rule.item]
    absent = absent_for(cell)
    nothing = said(ask(client, cell, absent, token), absent)
    for org in OUTSIDE:
        told = said(ask(client, cell, ids[org], token), ids[org])
        assert told == nothing, f"{cell.method} {cell.route.rule} {org}: {difference(told[1], nothing[1])}"
    for org in INSIDE:
        answer = ask(client, cell, ids[org], token)
        assert answer.status_code != 404, f"{cell.method} {cell.route.rule}: own row at {org} is missing"
        assert answer.status_code < 500, f"{cell.method} {cell.route.rule}: breaks on a row of {org}"
        assert cell.method not in SAFE or answer.status_code == 200, f"{cell.route.rule} {answer.status_code}"


def difference(one: str, other: str) -> list[str]:
    """Return the lines in which two pages differ."""
    return list(unified_diff(one.splitlines(), other.splitlines(), n=0, lineterm=""))[2:8]


def said(answer: Any, identifier: object) -> tuple[int, str]:
    """Return status and text without what differs between any two answers."""
    varies = r'nonce="[^"]+"|class="number[^<]+<|<div class="toast" .*?</div>|/' + re.escape(str(identifier)) + r"\b"
    return answer.status_code, re.sub(varies, "", unquote(answer.get_data(as_text=True)))


@pytest.mark.parametrize("role", list(Role))
def test_lists_hold_no_word_of_other_organisations(
    app: APIFlask, sign_in: SignIn, rows: dict[type[Model], dict[str, Any]], events: dict[str, str], role: Role
) -> None:
    browser = sign_in(role, OWN)
    may = permissions_of(frozenset({role}))
    foreign = foreign_words(rows, events)
    for cell in cells(app):
        if cell.is_api or cell.route.arguments or cell.method != "GET" or cell.rule.permission not in may:
            continue
        text = words_of(ask(browser, cell))
        assert not [word for word in foreign if word in text], cell.route.rule
    everywhere = browser.get(f"/frame/search?q={marker(SIBLING)}").get_data(as_text=True)
    assert not [word for word in foreign if word in everywhere.replace(marker(SIBLING), "")]


def test_lists_of_the_api_hold_and_count_nothing_of_other_organisations(
    app: APIFlask, api: Api, rows: dict[type[Model], dict[str, Any]], events: dict[str, str]
) -> None:
    client, whole = api("read", "write", org=OWN), api("read", "write", org=PARENT)
    foreign = foreign_words(rows, events)
    for cell in cells(app):
        if not cell.is_api or cell.route.arguments or cell.method != "GET":
            continue
        mine, everything = ask(client, cell), ask(whole, cell)
        assert mine.status_code == everything.status_code == 200, cell.route.rule
        assert not [word for word in foreign if word in words_of(mine)], cell.route.rule
        if mine.is_json and mine.json.get("total"):
            assert mine.json["total"] < everything.json["total"], cell.route.rule


@pytest.fixture
def shelves(rows: dict[type[Model], dict[str, Any]], database: Database) -> None:
    """What the exports of whole lists hold: the entries are in the log, the candidates in the register."""
    with database.write() as session:
        session.execute(update(ImportantReview).values(status=ReviewStatus.REPORTED))
    integrate(database, database.settings)


@pytest.mark.usefixtures("shelves")
def test_files_that_are_taken_out_hold_no_word_of_other_organisations(
    app: APIFlask, sign_in: SignIn, rows: dict[type[Model], dict[str, Any]], events: dict[str, str]
) -> None:
    foreign = foreign_words(rows, events)
    for role in Role:  # one set of rows serves them all
        taken = {cell.route.endpoint for cell in files_taken_by(app, sign_in(role, OWN), role, foreign)}
        permitted = {
            cell.route.endpoint for cell in cells(app) if cell.rule.permission in permissions_of(frozenset({role}))
        }
        assert taken == FILES.keys() & permitted, role


def files_taken_by(app: APIFlask, browser: Browser, role: Role, foreign: list[str]) -> Iterator[Cell]:
    """Post to every route without an identifier; yield those that answer with a file, none of which may be foreign."""
    token, may = browser.token(), permissions_of(frozenset({role}))
    for cell in cells(app):
        if cell.is_api or cell.route.arguments or cell.method != "POST" or cell.rule.permission not in may:
            continue
        form = {"csrf_token": token, **FILES.get(cell.route.endpoint, {})}
        answer = browser.post(cell.route.rule, data=form)
        text = words_of(answer)
        assert not [word for word in foreign if word in text], f"{role} {cell.route.rule}"
        if is_download(answer):
            assert marker(OWN) in text or OWN in text, f"{cell.route.rule} holds nothing of one's own either"
            yield cell


def foreign_words(rows: dict[type[Model], dict[str, Any]], events: dict[str, str]) -> list[str]:
    """Return ids, marks and codes of what lies outside."""
    ids = [str(ids[org]) for ids in rows.values() for org in OUTSIDE if not isinstance(ids[org], int)]
    return ids + [events[org] for org in OUTSIDE] + [marker(org) for org in OUTSIDE] + [SIBLING]


@pytest.mark.parametrize("role", list(Role))
def test_lists_hold_ones_own_rows_and_those_below(
    app: APIFlask, sign_in: SignIn, rows: dict[type[Model], dict[str, Any]], role: Role
) -> None:
    browser = sign_in(role, OWN)
    may = permissions_of(frozenset({role}))
    lists = {cell.route.rule: cell for cell in cells(app) if cell.method == "GET" and not cell.route.arguments}
    for shown in item_cells(app):
        index = lists.get(re.sub(r"<[^>]+>$", "", shown.route.rule))
        if shown.method != "GET" or index is None or index.is_api or index.rule.permission not in may:
            continue
        assert shown.rule.item is not None
        text = ask(browser, index).get_data(as_text=True)
        missing = [org for org in INSIDE if str(rows[shown.rule.item][org]) not in text]
        assert not missing, f"{index.route.rule} does not show the rows of {missing}: the 404 cells prove nothing"


def test_an_event_of_another_organisation_looks_missing(app: APIFlask, sign_in: SignIn, events: dict[str, str]) -> None:
    browser = sign_in(Role.ANALYST, OWN)
    nothing = said(browser.get("/logs/event-nowhere"), "event-nowhere")
    assert nothing[0] == 404
    for org in OUTSIDE:
        assert said(browser.get(f"/logs/{events[org]}"), events[org]) == nothing
    for org in INSIDE:
        assert browser.get(f"/logs/{events[org]}").status_code == 200


def test_an_entity_of_another_organisation_looks_missing(
    sign_in: SignIn, rows: dict[type[Model], dict[str, Any]], database: Database
) -> None:
    browser = sign_in(Role.ANALYST, OWN)
    alerts = next(model for model in rows if model.__tablename__ == "alerts")
    with database.read() as session:
        found = session.scalars(select(alerts))
        entities = {row.org: row.entity for row in found}  # type: ignore[attr-defined]
    nothing = said(browser.get("/alerts/entities/nobody"), "nobody")
    assert nothing[0] == 404
    for org in OUTSIDE:
        assert said(browser.get(f"/alerts/entities/{entities[org]}"), entities[org]) == nothing
    for org in INSIDE:
        assert browser.get(f"/alerts/entities/{entities[org]}").status_code == 200


def test_what_is_refused_outside_changes_nothing_there(
    app: APIFlask, sign_in: SignIn, rows: dict[type[Model], dict[str, Any]], database: Database
) -> None:
    browser = sign_in(Role.SYSADMIN, OWN)
    browser.post(f"/jobs/{rows[JobRun][SIBLING]}/cancel", data={"csrf_token": browser.token()})
    with database.read() as session:
        asked = select(func.count()).select_from(JobRun).where(JobRun.org == SIBLING, JobRun.cancel_asked.is_(True))
        assert session.scalar(asked) == 0
