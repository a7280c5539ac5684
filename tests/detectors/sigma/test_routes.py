"""The pages of rules say of each what it means, in the reader's language."""

from uuid import uuid4

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from detectors.sigma.models import DetectionRule
from detectors.sigma.service import keep_library
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from tests.browsing import SignIn, api, app, client, sign_in
from tests.contract import corpus

__all__ = ["api", "app", "client", "sign_in"]
COUNTY = "440103"
WORDS = {
    "zh": ("命中意味着什么", "以 COPY 方式导出高级别数据表", "是哪张表、有多少行", "运维账号的夜间备份"),
    "en": (
        "What a hit means",
        "COPY of a graded table",
        "Which table and how many rows",
        "Nightly backups by",
    ),
}


@pytest.fixture
def rule(database: Database) -> DetectionRule:
    """The rule of COPY, among all that ship."""
    with database.write() as session:
        keep_library(session, operator_actor(session))
    with database.read() as session:
        return session.scalars(select(DetectionRule).where(DetectionRule.title.startswith("COPY of a graded"))).one()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_rule_is_explained_to_an_analyst_of_any_centre(sign_in: SignIn, rule: DetectionRule, lang: str) -> None:
    text = sign_in(Role.ANALYST, COUNTY).get(f"/rules/{rule.id}", headers={"Accept-Language": lang}).text
    head, title, look_at, harmless = WORDS[lang]
    assert [word for word in (head, title, look_at, harmless, "T1048") if word not in text] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_list_is_found_by_either_title_and_narrowed_by_level(
    sign_in: SignIn, rule: DetectionRule, lang: str
) -> None:
    browser = sign_in(Role.ANALYST, COUNTY)
    for words in ("COPY of a graded", "以 COPY 方式导出"):
        text = browser.get("/rules/", query_string={"q": words}, headers={"Accept-Language": lang}).text
        assert WORDS[lang][1] in text
    assert WORDS[lang][1] not in browser.get("/rules/?level=low", headers={"Accept-Language": lang}).text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_log_search_calls_a_rule_by_its_title(
    sign_in: SignIn, app: APIFlask, rule: DetectionRule, lang: str
) -> None:
    rows: list[dict[str, object]] = [{"time": now(), "guanlan.org": COUNTY, "guanlan.rules": [rule.rule_id, "gone"]}]
    made = [event | {"guanlan.org": COUNTY} for event in corpus.numbered(rows, "ruled")]
    app.extensions["guanlan"].open_store().append(corpus.table(made), batch="ruled")
    browser = sign_in(Role.ANALYST, COUNTY)
    part = browser.get("/logs/facets", headers={"Accept-Language": lang}).text
    assert f'<span class="label">{WORDS[lang][1]}' in part
    assert '<span class="label">gone</span>' in part
    asked = {"q": f'guanlan.rules:"{WORDS[lang][1][:6]}'}
    told = browser.get("/logs/complete", query_string=asked, headers={"Accept-Language": lang}).json
    assert [one["text"] for one in told["items"]] == [f'guanlan.rules:"{rule.rule_id}"']  # type: ignore[index]


def test_a_rule_that_is_not_there_is_not_found(sign_in: SignIn, rule: DetectionRule) -> None:
    assert sign_in(Role.ANALYST, COUNTY).get(f"/rules/{uuid4()}").status_code == 404


def test_a_correlation_leads_to_the_events_of_its_rules_and_they_say_that_they_serve_it(
    sign_in: SignIn, rule: DetectionRule, database: Database
) -> None:
    with database.read() as session:
        rows = {one.document.get("name"): one for one in session.scalars(select(DetectionRule))}
    browser, part = sign_in(Role.ANALYST, COUNTY), rows["long_dns_label"]
    assert part.rule_id in browser.get(f"/rules/{rows['dns_tunnel'].id}").text.split("<details>")[0]
    served = "serves correlations"
    english = {"Accept-Language": "en"}
    assert served in browser.get(f"/rules/{part.id}", headers=english).text
    assert served not in browser.get(f"/rules/{rows['dns_tunnel'].id}", headers=english).text
