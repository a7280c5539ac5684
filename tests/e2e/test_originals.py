"""An original in the browser: asked for on a phone, agreed to by a second person, read, and refused where it is gone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select, update

from audit.ingest.pipeline import spool_of, work_off
from audit.ingest.register import Incoming, accept
from soc.approvals.models import Approval
from soc.clock import now
from soc.crypto import Purpose, ring_of
from soc.identity.actors import operator_actor
from soc.logstore import open_store
from soc.logstore.port import SearchRequest
from tests.contract import corpus
from tests.e2e.conftest import Site, Visit, a_site, keep_screenshot
from tests.e2e.looks import faults_of
from tests.soc.crypto.destroyed import destroy_keys

PHONE, PC = (390, 844), (1440, 900)
CITY, ID = "440100", "11010519491231002X"
LOOKS = [("zh", "light", PC), ("en", "dark", PHONE)]


@pytest.fixture(scope="module")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own: its key is destroyed at the end."""
    with a_site(tmp_path_factory.mktemp("originals")) as made:
        yield made


def an_event(site: Site, name: str) -> str:
    """Take one line in and return its event's identifier."""
    database, store = site.database, open_store(site.database.settings)
    spool = spool_of(database.settings)
    line = f'10.0.0.1 - - [22/Nov/2026:10:00:00 +0800] "GET /{name}?id={ID} HTTP/1.1" 200 5 "-" "x"\n'
    accept(database, spool, Incoming(CITY, "nginx", line.encode(), "test"), operator_actor)
    spool.close()
    work_off(database, database.settings, store)
    events = store.search(SearchRequest(limit=10)).events
    return next(str(one["metadata.uid"]) for one in events if name in str(one["http_request.url.path"]))


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "theme", "size"), LOOKS)
def test_an_original_is_asked_for_agreed_to_read_and_closed_again(
    site: Site, visit: Visit, lang: str, theme: str, size: tuple[int, int]
) -> None:
    uid, kind = an_event(site, f"person-{lang}"), f"{lang}-{theme}-{size[0]}"
    asker = visit("analyst", lang=lang, theme=theme, size=size)
    page = asker.page
    page.goto(f"/logs/{uid}")
    page.locator("a[href$='/original/']").click()
    page.locator("textarea[name=reason]").fill("holder of 13800138000")
    page.locator("form button[type=submit]").last.click()
    page.locator("p.wrong").wait_for()
    assert "13800138000" not in page.content()
    assert faults_of(asker, lang) == []
    page.locator("textarea[name=reason]").fill("complaint 42")
    page.locator("form button[type=submit]").last.click()
    page.locator("a[href*='/approvals/']").last.wait_for()
    assert faults_of(asker, lang) == []
    keep_screenshot(page, f"original-asked-{kind}", full=True)

    with site.database.read() as session:
        asked = session.scalars(select(Approval).order_by(Approval.id.desc())).first()
    assert asked is not None
    second = visit("auditor", lang=lang, theme=theme, size=size)
    second.page.goto(f"/approvals/{asked.id}")
    assert faults_of(second, lang) == []
    keep_screenshot(second.page, f"original-approval-{kind}", full=True)
    second.page.locator("form button.primary[type=submit]").last.click()
    second.page.wait_for_url("**/approvals/")

    page.goto(f"/logs/{uid}/original/")
    assert ID not in page.content()
    page.locator("form button.primary").last.click()
    page.locator("#original").wait_for()
    assert ID in page.locator("#original").inner_text()
    assert ID not in page.url
    assert faults_of(asker, lang) == []
    keep_screenshot(page, f"original-read-{kind}", full=True)

    with site.database.write() as session:
        session.execute(update(Approval).values(decided_at=now() - timedelta(hours=1)))
    page.goto(f"/logs/{uid}/original/")
    page.locator("textarea[name=reason]").wait_for()
    assert ID not in page.content()
    assert faults_of(asker, lang) == []


@pytest.mark.browser
def test_an_event_without_an_original_and_one_whose_key_is_gone_say_so(site: Site, visit: Visit) -> None:
    event = corpus.numbered([{"time": now(), "guanlan.org": CITY}], "bare")[0] | {"guanlan.org": CITY}
    open_store(site.database.settings).append(corpus.table([event]), batch="bare")
    asker = visit("analyst", lang="zh", theme="light", size=PHONE)
    asker.page.goto("/logs/bare-0000/original/")
    asker.page.locator(".empty").wait_for()
    assert faults_of(asker, "zh") == []
    uid = an_event(site, "erased")
    asker.page.goto(f"/logs/{uid}/original/")
    asker.page.locator("textarea[name=reason]").fill("complaint 43")
    asker.page.locator("form button[type=submit]").last.click()
    with site.database.read() as session:
        asked = session.scalars(select(Approval).order_by(Approval.id.desc())).first()
    assert asked is not None
    second = visit("auditor", lang="zh", theme="light", size=PC)
    second.page.goto(f"/approvals/{asked.id}")
    second.page.locator("form button.primary[type=submit]").last.click()
    second.page.wait_for_url("**/approvals/")
    destroy_keys(ring_of(site.database.settings), Purpose.ORIGINALS)
    asker.page.goto(f"/logs/{uid}/original/")
    asker.page.locator("form button.primary").last.click()
    asker.page.locator("[role=alert]").wait_for()
    assert "密钥已销毁" in asker.page.content()
    keep_screenshot(asker.page, "original-erased-zh-light-390", full=True)
    assert faults_of(asker, "zh") == []
