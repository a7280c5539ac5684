"""The page of an original: asked for, agreed to on the approvals page, shown by POST alone; a stranger finds nothing."""

import re
from datetime import timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from audit.ingest.pipeline import spool_of, work_off
from audit.ingest.register import Incoming, accept
from soc.approvals.models import Approval
from soc.clock import now
from soc.crypto import Purpose, ring_of
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.logstore.port import LogStore, SearchRequest
from soc.trail.models import TrailEntry
from soc.web.context import Kernel
from tests.audit.originals.conftest import CITY, ID, OTHER, PHONE, line
from tests.browsing import Api, Browser, SignIn
from tests.soc.crypto.destroyed import destroy_keys

FORM = {"purpose": "complaint", "reason": "complaint 42"}
PATH = f"/person?id={ID}"


@pytest.fixture
def store(app: APIFlask) -> LogStore:
    kernel: Kernel = app.extensions["guanlan"]
    return kernel.open_store()


@pytest.fixture
def uid(store: LogStore, database: Database) -> str:
    """An event of a city, taken in and worked off."""
    spool = spool_of(database.settings)
    accept(database, spool, Incoming(CITY, "nginx", f"{line(PATH)}\n".encode(), "test"), operator_actor)
    spool.close()
    work_off(database, database.settings, store)
    return str(store.search(SearchRequest(limit=1)).events[0]["metadata.uid"])


def place(uid: str, more: str = "") -> str:
    return f"/logs/{uid}/original/{more}"


def agree(browser: Browser, database: Database) -> None:
    """Agree to the only proposal, as its page lets one."""
    with database.read() as session:
        asked = session.scalars(select(Approval)).one()
    page = browser.get(f"/approvals/{asked.id}?lang=en").text
    assert "Looking into a complaint" in page
    assert "Read an original record: nginx" in page
    assert ID not in page
    digest = re.search(r'name="digest" value="([0-9a-f]+)"', page)
    assert digest is not None
    assert browser.send(f"/approvals/{asked.id}/approve", {"digest": digest.group(1)}).status_code == 302


def readings(database: Database) -> int:
    with database.read() as session:
        return len(session.scalars(select(TrailEntry).where(TrailEntry.act == "original.read")).all())


def test_from_the_events_page_to_the_original_by_two_persons(sign_in: SignIn, database: Database, uid: str) -> None:
    analyst = sign_in(Role.ANALYST, CITY)
    event = analyst.get(f"/logs/{uid}").text
    assert place(uid) in event
    assert ID not in event
    assert analyst.send(place(uid), FORM).status_code == 302
    waiting = analyst.get(f"{place(uid)}?lang=en").text
    assert "A second person has to agree" in waiting
    assert analyst.send(place(uid, "read")).status_code == 403
    agree(sign_in(Role.AUDITOR, CITY), database)
    open_page = analyst.get(place(uid))
    assert ID not in open_page.text, "the page alone shows nothing"
    shown = analyst.send(place(uid, "read"))
    assert shown.status_code == 200
    assert line(PATH).replace('"', "&#34;") in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert readings(database) == 1


def test_when_the_time_is_over_the_page_says_so_and_asks_anew(sign_in: SignIn, database: Database, uid: str) -> None:
    analyst = sign_in(Role.ANALYST, CITY)
    analyst.send(place(uid), FORM)
    agree(sign_in(Role.COMMANDER, CITY), database)
    with database.write() as session:
        session.execute(update(Approval).values(decided_at=now() - timedelta(minutes=31)))
    page = analyst.get(f"{place(uid)}?lang=en").text
    assert "Over since" in page
    assert "Ask to open the original" in page
    refused = analyst.send(place(uid, "read"))
    assert refused.status_code == 403
    assert ID not in refused.text
    assert readings(database) == 0


@pytest.mark.parametrize(("what", "said"), [("key", "was destroyed"), ("segment", "no longer kept")])
def test_what_cannot_be_opened_any_more_says_why(
    sign_in: SignIn, database: Database, uid: str, what: str, said: str
) -> None:
    analyst = sign_in(Role.ANALYST, CITY)
    analyst.send(place(uid), FORM)
    agree(sign_in(Role.AUDITOR, CITY), database)
    if what == "key":
        destroy_keys(ring_of(database.settings), Purpose.ORIGINALS)
    else:
        for segment in spool_of(database.settings).archive.glob("*.spool"):
            segment.unlink()
    analyst.get("/account/?lang=en")
    gone = analyst.send(f"{place(uid, 'read')}?lang=en")
    assert gone.status_code == 410
    assert said in gone.text
    assert readings(database) == 0


def test_an_event_outside_looks_like_one_that_never_was(sign_in: SignIn, database: Database, uid: str) -> None:
    stranger = sign_in(Role.AUDITOR, OTHER)
    assert stranger.get(place(uid)).status_code == stranger.get(place("never")).status_code == 404
    assert stranger.send(place(uid), FORM).status_code == 404
    assert stranger.send(place(uid, "read")).status_code == 404
    with database.read() as session:
        assert session.scalars(select(Approval)).all() == []


def test_an_asker_who_was_moved_elsewhere_reads_nothing(sign_in: SignIn, database: Database, uid: str) -> None:
    from soc.identity.models import Person

    analyst = sign_in(Role.ANALYST, CITY, "mover")
    analyst.send(place(uid), FORM)
    agree(sign_in(Role.AUDITOR, CITY), database)
    with database.write() as session:
        session.execute(update(Person).where(Person.username == "mover").values(org=OTHER))
    assert analyst.send(place(uid, "read")).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.ANALYST, Role.COMMANDER, Role.AUDITOR}])
def test_other_roles_neither_see_nor_ask_nor_read(sign_in: SignIn, uid: str, role: Role) -> None:
    browser = sign_in(role, CITY)
    assert browser.get(place(uid)).status_code == 403
    assert browser.send(place(uid), FORM).status_code == 403
    assert browser.send(place(uid, "read")).status_code == 403


@pytest.mark.parametrize(
    ("form", "kept"),
    [
        ({"purpose": "complaint", "reason": f"holder of {PHONE}"}, False),
        ({"purpose": "complaint", "reason": "x"}, True),
        ({"purpose": "curiosity", "reason": "complaint 42"}, False),
        ({"purpose": "complaint"}, False),
    ],
)
def test_a_form_that_cannot_be_used_says_why_and_gives_no_number_back(
    sign_in: SignIn, database: Database, uid: str, form: dict[str, str], kept: bool
) -> None:
    answer = sign_in(Role.ANALYST, CITY).send(place(uid), form)
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text
    assert PHONE not in answer.text
    assert (f">{form.get('reason')}</textarea>" in answer.text) is kept
    with database.read() as session:
        assert session.scalars(select(Approval)).all() == []


def test_neither_the_api_nor_an_address_gives_an_original(
    sign_in: SignIn, api: Api, app: APIFlask, database: Database, uid: str
) -> None:
    analyst = sign_in(Role.ANALYST, CITY)
    analyst.send(place(uid), FORM)
    agree(sign_in(Role.AUDITOR, CITY), database)
    client: FlaskClient = api("read", "write", org=CITY)
    assert client.get(place(uid, "read")).status_code in {302, 401, 403, 405}
    assert analyst.get(place(uid, "read")).status_code == 405
    assert ID not in client.get("/api/v1/logs").text
    originals = [route for route in app.url_map.iter_rules() if "original" in route.rule]
    assert {route.rule for route in originals} == {"/logs/<string:uid>/original/", "/logs/<string:uid>/original/read"}


def test_an_event_that_came_in_no_batch_has_no_original_and_says_so(sign_in: SignIn, store: LogStore) -> None:
    from tests.contract import corpus

    row = {"time": now(), "guanlan.org": CITY}
    event = corpus.numbered([row], "b")[0] | {"guanlan.org": CITY}
    store.append(corpus.table([event]), batch="b")
    store.refresh()
    page = sign_in(Role.ANALYST, CITY).get(f"{place('b-0000')}?lang=en")
    assert page.status_code == 200
    assert "no original of this event" in page.text
    assert sign_in(Role.ANALYST, CITY).send(place("b-0000"), FORM).status_code == 422
