"""An alert that a rule raised says what the rule means, to its reader in their language."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from detectors.findings import Finding
from detectors.sigma.findings import raise_hits
from detectors.sigma.stage import tag_hits
from incidents.alerts.intake import take_in
from soc.identity.actor import Role
from soc.identity.actors import actor_of, operator_actor
from soc.room import BatchContext
from tests.browsing import SignIn, api, app, client, sign_in
from tests.conftest import NOON, add_test_person
from tests.detectors.sigma.own.writing import CITY, COUNTY, TAG, TEXT, own, put_in_force
from tests.detectors.sigma.test_findings import context, copied, run
from tests.detectors.sigma.test_stage import an_event, frame_of
from tests.incidents.findings import finding

__all__ = ["api", "app", "client", "context", "sign_in"]
WRITERS = (Role.POLICY, Role.COMMANDER)
WORDS = {
    "zh": ("规则说明", "以 COPY 方式导出高级别数据表", "是哪张表、有多少行", "运维账号的夜间备份"),
    "en": ("What the rules say", "COPY of a graded table", "Which table and how many rows", "Nightly backups by"),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_alert_explains_the_rule_behind_it(sign_in: SignIn, context: BatchContext, lang: str) -> None:
    (raised,) = run(context, copied(0))
    with context.database.write() as session:
        alert = take_in(session, operator_actor(session), finding(finding_id=raised.id, org=raised.org), at=NOON)
        path = f"/alerts/{alert.id}"
    text = sign_in(Role.ANALYST, "440000").get(path, headers={"Accept-Language": lang}).text
    assert [word for word in WORDS[lang] if word not in text] == []


@pytest.mark.parametrize("org", [CITY, COUNTY])
def test_an_alert_of_an_organisations_own_rule_explains_it_here_and_below(
    sign_in: SignIn, context: BatchContext, org: str
) -> None:
    context = replace(context, org=org)
    with context.database.write() as session:
        author, second = (actor_of(session, add_test_person(session, role, CITY)) for role in WRITERS)
        put_in_force(
            session, author, second, CITY, own(TEXT.replace("level:", "description: Nobody works then.\nlevel:"))
        )
    line = an_event("dump_tool", {"guanlan.org": org, "actor.app_name": "nightshift", "metadata.uid": "u-own"})
    raise_hits(context, tag_hits(context, frame_of(line)))
    with context.database.write() as session:
        raised = session.scalars(select(Finding).where(Finding.rule_id == TAG)).one()
        alert = take_in(session, operator_actor(session), finding(finding_id=raised.id, org=org), at=NOON)
        path = f"/alerts/{alert.id}"
    text = sign_in(Role.ANALYST, org).get(path, headers={"Accept-Language": "en"}).text
    assert "Tool of the night shift" in text
    assert "Nobody works then." in text
    assert f"/rules/of/{TAG}" in text


def test_an_alert_of_a_habit_names_no_rule(sign_in: SignIn, context: BatchContext) -> None:
    with context.database.write() as session:
        path = f"/alerts/{take_in(session, operator_actor(session), finding(), at=NOON).id}"
    text = sign_in(Role.ANALYST, "440000").get(path, headers={"Accept-Language": "zh"}).text
    assert WORDS["zh"][0] not in text
