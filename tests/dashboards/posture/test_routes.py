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


def parts_of(page: str) -> list[str]:
    """Return the addresses of the parts that the page fetches by itself."""
    return [unescape(one) for one in re.findall(r'hx-get="(/posture/[^"]+)" hx-trigger="load"', page)]


def test_the_page_fetches_what_the_logs_say_of_grave_data_as_parts(app: APIFlask, sign_in: SignIn) -> None:
    grave_reads(app)
    browser = sign_in(Role.LEADER)
    addresses = parts_of(browser.get("/posture/?days=7").text)
    assert [re.split(r"[/?]", one)[2] for one in addresses] == ["reads", "ways", "hours"]
    assert all("days=7" in one for one in addresses)
    told = [browser.get(one).text for one in addresses]
    assert not any("<html" in one for one in told)
    assert [one.count("<figure") for one in told] == [1, 1, 1]
    assert {"reader-440100", "reader-440300"} <= set(re.findall(r"reader-\d+", told[0]))


def test_the_parts_are_of_the_organisation_and_the_period_that_the_page_shows(app: APIFlask, sign_in: SignIn) -> None:
    grave_reads(app)
    browser = sign_in(Role.LEADER)
    addresses = parts_of(browser.get("/posture/?org=440100&period=2020-01").text)
    assert all("org=440100" in one for one in addresses)
    assert not any("reader-" in browser.get(one).text for one in addresses)
    today = browser.get(parts_of(browser.get("/posture/?org=440100").text)[0]).text
    assert set(re.findall(r"reader-\d+", today)) == {"reader-440100"}


def test_a_city_sees_no_other_citys_readers(app: APIFlask, sign_in: SignIn) -> None:
    grave_reads(app)
    browser = sign_in(Role.LEADER, "440100")
    assert set(re.findall(r"reader-\d+", browser.get("/posture/reads").text)) == {"reader-440100"}
    for part in ("reads", "ways", "hours"):
        assert browser.get(f"/posture/{part}?org=440300").status_code == 404
        assert browser.get(f"/posture/{part}?days=8").status_code == 422
