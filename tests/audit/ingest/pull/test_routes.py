"""Pages of pulls: set up in the browser, tried, changed, paused; a stranger finds none, a secret never comes back."""

import re
from uuid import UUID

import pytest
from sqlalchemy import select

from audit.ingest.pull.models import LogPull
from audit.ingest.pull.sealing import secret_of
from audit.ingest.receive.models import LogSender
from soc.db import Database
from soc.identity.actor import Role
from soc.trail.models import TrailEntry
from tests.audit.ingest.pull.hostile import plain, serving
from tests.audit.ingest.pull.index import CITY, add, document, fill, turn
from tests.browsing import Api, Browser, SignIn, api, app, client, sign_in  # noqa: F401 - fixtures
from tests.opensearch_node import OPENSEARCH

FORM = {
    "name": "central logs", "address": "http://10.255.255.1:9200", "index": "logs-*", "user": "reader",
    "password": "s3cret-word", "filter": "host:a", "every": "30", "overlap": "60",
}  # fmt: skip


@pytest.fixture
def database(database: Database) -> Database:
    """The state of an installation that may pull from this machine's test servers."""
    from tests.audit.ingest.pull.index import here

    return here(database)


def admin(sign_in: SignIn, org: str = CITY) -> Browser:  # noqa: F811
    return sign_in(Role.SYSADMIN, org)


def only(database: Database) -> LogPull:
    with database.read() as session:
        return session.scalars(select(LogPull)).one()


def set_up(browser: Browser, **more: str) -> str:
    answer = browser.send("/ingest/pulls/new?kind=opensearch", {**FORM, **more})
    assert answer.status_code == 302, re.sub(r"<[^>]+>", " ", answer.text)[-2000:]
    return str(answer.headers["Location"])


def acts(database: Database) -> list[str]:
    with database.read() as session:
        found = session.scalars(select(TrailEntry.act).order_by(TrailEntry.id)).all()
    return [str(getattr(one, "value", one)) for one in found if str(getattr(one, "value", one)).startswith("pull.")]


def test_a_pull_is_set_up_changed_paused_and_removed_with_an_entry_each(
    sign_in: SignIn,  # noqa: F811
    database: Database,
) -> None:
    browser = admin(sign_in)
    where = set_up(browser)
    page = browser.get(where).text
    assert "central logs" in page
    assert "s3cret-word" not in page
    kept = only(database)
    assert secret_of(database.settings, kept) == {"user": "reader", "password": "s3cret-word"}
    edit = browser.get(f"{where}/edit").text
    assert "s3cret-word" not in edit
    assert browser.send(f"{where}/edit", {**FORM, "user": "", "password": "", "index": "other-*"}).status_code == 302
    assert secret_of(database.settings, only(database))["password"] == "s3cret-word"
    for act in ("pause", "resume"):
        assert browser.send(f"{where}/{act}").status_code == 302
    assert browser.send(f"{where}/resume").status_code == 409
    assert browser.send("/ingest/pulls/remove", {"pull": where.rpartition("/")[2]}).status_code == 302
    assert browser.get(where).status_code == 404
    assert acts(database) == ["pull.added", "pull.changed", "pull.paused", "pull.resumed", "pull.removed"]


def test_a_paused_pull_is_no_silent_source(sign_in: SignIn, database: Database) -> None:  # noqa: F811
    def senders() -> list[str]:
        with database.read() as session:
            return list(session.scalars(select(LogSender.sender)))

    browser = admin(sign_in)
    where = set_up(browser)
    assert senders() == ["central logs"]
    browser.send(f"{where}/pause")
    assert senders() == []
    browser.send(f"{where}/resume")
    assert senders() == ["central logs"]


def test_a_secret_is_not_sent_to_another_address(sign_in: SignIn, database: Database) -> None:  # noqa: F811
    browser = admin(sign_in)
    where = set_up(browser)
    moved = {**FORM, "user": "", "password": "", "address": "http://10.255.255.2:9200"}
    assert browser.send(f"{where}/edit", moved).status_code == 422
    unchecked = {**FORM, "user": "", "password": "", "no_verify": "1"}
    assert browser.send(f"{where}/edit", unchecked).status_code == 422
    assert only(database).address == "http://10.255.255.1:9200"
    assert browser.send(f"{where}/edit", {**moved, "user": "u", "password": "p"}).status_code == 302


@pytest.mark.parametrize("org", ["440300", "440103"])
def test_a_stranger_finds_no_pull(sign_in: SignIn, database: Database, org: str) -> None:  # noqa: F811
    where = set_up(admin(sign_in))
    stranger = admin(sign_in, org)
    absent = stranger.get("/ingest/pulls/018f0000-0000-7000-8000-00000000dead")
    assert (stranger.get(where).status_code, absent.status_code) == (404, 404)
    assert stranger.send("/ingest/pulls/remove", {"pull": where.rpartition("/")[2]}).status_code == 404
    for act in ("try", "pause", "resume", "edit"):
        assert stranger.send(f"{where}/{act}", FORM if act == "edit" else {}).status_code == 404
    assert "central logs" not in stranger.get("/ingest/pulls/").text
    assert only(database).paused_at is None


def test_an_analyst_sees_and_changes_nothing(sign_in: SignIn) -> None:  # noqa: F811
    where = set_up(admin(sign_in))
    analyst = sign_in(Role.ANALYST, CITY)
    assert analyst.get(where).status_code == 200
    assert analyst.get("/ingest/pulls/new").status_code == 403
    assert analyst.send("/ingest/pulls/remove", {"pull": where.rpartition("/")[2]}).status_code == 403
    for act in ("try", "pause", "edit"):
        assert analyst.send(f"{where}/{act}").status_code == 403


def test_a_commander_has_no_page_of_it(sign_in: SignIn) -> None:  # noqa: F811
    assert sign_in(Role.COMMANDER, CITY).get("/ingest/pulls/").status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "http://127.0.0.1:1"), ("address", "http://169.254.169.254/"), ("index", "_all"),
        ("filter", '{"script": {"script": "1"}}'), ("format", "no_such"), ("since", "yesterday"),
        ("authority", "no certificate"), ("every", "1"), ("overlap", "-1"), ("name", ""),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_used_comes_back_with_the_reason_and_without_the_secret(
    sign_in: SignIn,  # noqa: F811
    database: Database,
    field: str,
    value: str,
) -> None:
    answer = admin(sign_in).send("/ingest/pulls/new", {**FORM, field: value})
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text
    assert "s3cret-word" not in answer.text
    with database.read() as session:
        assert session.scalars(select(LogPull)).all() == []


def test_a_bucket_is_set_up_in_the_browser(sign_in: SignIn, database: Database) -> None:  # noqa: F811
    browser = admin(sign_in)
    assert browser.get("/ingest/pulls/new?kind=bucket").status_code == 200
    assert browser.get("/ingest/pulls/new?kind=nothing").status_code == 404
    form = {"name": "b", "address": "http://10.255.255.1:9000", "bucket": "logs", "key": "K", "secret": "s3cret-word"}
    answer = browser.send("/ingest/pulls/new?kind=bucket", form)
    assert answer.status_code == 302
    kept = only(database)
    assert (kept.kind.value, kept.target, kept.options["prefix"]) == ("bucket", "logs", "")
    assert "s3cret-word" not in browser.get(answer.headers["Location"]).text


@pytest.mark.opensearch
def test_trying_shows_how_documents_would_be_read_and_stores_nothing(
    sign_in: SignIn,  # noqa: F811
    database: Database,
    index: str,
) -> None:
    fill(index, {number: document(number) for number in range(30)} | {30: document(30, message="no such line")})
    pull = add(database, index)
    browser = admin(sign_in)
    answer = browser.send(f"/ingest/pulls/{pull}/try")
    assert answer.status_code == 200
    assert answer.text.count("/doc/") == 20
    assert "nginx" in answer.text
    assert turn(database, pull).turned.accepted == 30, "nothing had moved"


def test_what_is_wrong_is_said_on_both_pages_in_both_languages(sign_in: SignIn, database: Database) -> None:  # noqa: F811
    from tests.audit.ingest.pull.index import here

    with serving(plain(503, b"{}")) as server:
        state = here(database, server.url)
        pull = add(state, "logs", address=server.url)
        turn(state, pull)
    browser = admin(sign_in)
    assert "is busy (status 503)" in browser.get(f"/ingest/pulls/{pull}?lang=en").text
    assert "Cannot be read" in browser.get("/ingest/pulls/?lang=en").text
    assert "忙（503）" in browser.get(f"/ingest/pulls/{pull}?lang=zh").text


@pytest.mark.opensearch
def test_figures_tell_of_every_pull(database: Database, index: str) -> None:
    from audit.ingest.pull.figures import check_pulls, collect

    fill(index, {1: document(1)})
    pull = add(database, index)
    add(database, f"{index}-none", name="broken", verify=False)
    for one in (pull, _id(database, "broken")):
        turn(database, one)
    with database.read() as session:
        figures = {
            (name, dict(labels)["pull"]): value for name, _, labels, value in collect(session, database.settings)
        }
    assert figures["guanlan_pull_records", f"pull {index}"] == 1
    assert figures["guanlan_pull_lag_seconds", f"pull {index}"] > 0
    assert (figures["guanlan_pull_trouble", f"pull {index}"], figures["guanlan_pull_trouble", "broken"]) == (0, 1)
    assert [one.key for one in check_pulls(database, database.settings)] == [
        "pulls.check.trouble",
        "pulls.check.unverified",
    ]
    assert OPENSEARCH


def _id(database: Database, name: str) -> UUID:
    with database.read() as session:
        return session.scalars(select(LogPull.id).where(LogPull.name == name)).one()
