"""From a batch over HTTP to the event on the search page, with a real cluster as the log store."""

import gzip
import os
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database
from soc.identity.actor import Role
from soc.jobs import carry_out, context_of, job_specs
from soc.logstore.cluster import connected
from soc.logstore.opensearch import OpenSearchLogStore
from tests.audit.ingest.at_work import nginx
from tests.browsing import Api, Browser, SignIn, api, app, client, sign_in  # noqa: F401 - fixtures

pytestmark = pytest.mark.opensearch
CITY, COUNTY, SIBLING = "440100", "440103", "440300"
#: letters only: some made-up digits look like a telephone, and are hidden as one
WORD = "probepath"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Settings that name the cluster; its stream is this test's own, since others use the node too."""
    url = os.environ.get("SOC_TEST_OPENSEARCH_URL")
    if not url:
        pytest.skip("needs OpenSearch: SOC_TEST_OPENSEARCH_URL is not set")
    stream = f"guanlan-test-{uuid4().hex[:12]}"
    monkeypatch.setattr(OpenSearchLogStore.__init__, "__defaults__", (stream,))
    yield Settings.load({"SOC_HOME": str(tmp_path / "home"), "SOC_OPENSEARCH_URL": url})
    cluster = connected(url)
    cluster.indices.delete_data_stream(name=stream, ignore=[404])
    cluster.indices.delete_index_template(name=stream, ignore=[404])


def work(database: Database) -> None:
    """Let the worker's job of every second run once, as the worker does."""
    carry_out(job_specs()["ingest"], context_of(database.acting_for(SystemPath.JOBS), None, {}))


def page_with(browser: Browser) -> str:
    """Return the search page once it shows the word; a cluster shows what it took at its next refresh."""
    for _ in range(100):
        page = browser.get(f"/logs/?q={WORD}&period=all").text
        if f"/{WORD}/a" in page:
            return page
        time.sleep(0.1)
    pytest.fail(f"{WORD} is not found")


def test_a_batch_over_http_is_found_on_the_search_page_by_its_own_and_by_nobody_else(
    api: Api,  # noqa: F811
    sign_in: SignIn,  # noqa: F811
    database: Database,
) -> None:
    sender, body = api("logs.write", "logs.read", org=COUNTY), nginx(f"/{WORD}/a", f"/{WORD}/b")
    packed = {"data": gzip.compress(body), "headers": {"Content-Encoding": "gzip"}}
    answer = sender.post("/api/v1/logs/nginx", **packed)
    assert answer.json == {"accepted": 2, "duplicates": 0, "quarantined": 0}
    work(database)
    page = page_with(sign_in(Role.ANALYST, CITY))
    assert f"/{WORD}/b" in page
    assert not (database.settings.home / "logs.delta").exists(), "the embedded store was asked"
    found = sender.get(f"/api/v1/logs?q={WORD}").json
    assert found is not None
    assert (found["total"], {one["org"] for one in found["events"]}) == (2, {COUNTY})
    event = found["events"][0]["metadata"]["uid"]
    assert WORD in sign_in(Role.ANALYST, COUNTY).get(f"/logs/{event}").text
    stranger = sign_in(Role.ANALYST, SIBLING)
    assert f"/{WORD}/a" not in stranger.get(f"/logs/?q={WORD}&period=all").text
    assert stranger.get(f"/logs/{event}").status_code == 404


def test_the_same_batch_again_is_found_once(api: Api, sign_in: SignIn, database: Database) -> None:  # noqa: F811
    sender, body = api("logs.write", "logs.read", org=CITY), nginx(f"/{WORD}/a")
    for duplicates in (0, 1):
        answer = sender.post("/api/v1/logs/nginx", data=body)
        assert answer.json == {"accepted": 1 - duplicates, "duplicates": duplicates, "quarantined": 0}
        work(database)
    page_with(sign_in(Role.ANALYST, CITY))
    assert sender.get(f"/api/v1/logs?q={WORD}").json["total"] == 1  # type: ignore[index]
