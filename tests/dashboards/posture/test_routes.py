"""The posture's page: its figures at once, and what the access logs say as a part that comes after."""

import re
from datetime import timedelta
from html import unescape

from apiflask import APIFlask

from soc.clock import now
from soc.identity.actor import Role
from soc.logstore import open_store
from soc.web.context import Kernel
from tests.browsing import SignIn
from tests.contract import corpus


def grave_reads(app: APIFlask) -> None:
    """Store reads of G4 data by one user of 广州 and one of 深圳."""
    kernel: Kernel = app.extensions["guanlan"]
    rows: list[dict[str, object]] = [
        {
            "time": now() - timedelta(hours=3),
            "actor.user.name": f"reader-{org}",
            "guanlan.level_rank": 4,
            "guanlan.rows": 4321,
            "guanlan.org": org,
        }
        for org in ("440100", "440300")
    ]
    made = corpus.numbered(rows, "b")
    for event, row in zip(made, rows, strict=True):
        event["guanlan.org"] = row["guanlan.org"]
    open_store(kernel.settings).append(corpus.table(made), batch="b")


def part_of(page: str) -> str:
    """Return the address of the part that the page fetches by itself."""
    found = re.search(r'id="posture-reads" hx-get="([^"]+)" hx-trigger="load"', page)
    assert found
    return unescape(found.group(1))


def test_the_page_fetches_who_read_grave_data_as_a_part(app: APIFlask, sign_in: SignIn) -> None:
    grave_reads(app)
    browser = sign_in(Role.LEADER)
    address = part_of(browser.get("/posture/?days=7").text)
    part = browser.get(address).text
    assert "days=7" in address
    assert "<html" not in part
    assert {"reader-440100", "reader-440300"} <= set(re.findall(r"reader-\d+", part))
    assert part.count("<figure") == 3


def test_the_part_is_of_the_organisation_and_the_period_that_the_page_shows(app: APIFlask, sign_in: SignIn) -> None:
    grave_reads(app)
    browser = sign_in(Role.LEADER)
    address = part_of(browser.get("/posture/?org=440100&period=2020-01").text)
    assert "org=440100" in address
    assert "reader-" not in browser.get(address).text
    today = browser.get(part_of(browser.get("/posture/?org=440100").text)).text
    assert set(re.findall(r"reader-\d+", today)) == {"reader-440100"}


def test_a_city_sees_no_other_citys_readers(app: APIFlask, sign_in: SignIn) -> None:
    grave_reads(app)
    browser = sign_in(Role.LEADER, "440100")
    assert set(re.findall(r"reader-\d+", browser.get("/posture/reads").text)) == {"reader-440100"}
    assert browser.get("/posture/reads?org=440300").status_code == 404
    assert browser.get("/posture/reads?days=8").status_code == 422
