"""An alert that a rule raised says what the rule means, to its reader in their language."""

import pytest

from incidents.alerts.intake import take_in
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.room import BatchContext
from tests.browsing import SignIn, api, app, client, sign_in
from tests.conftest import NOON
from tests.detectors.sigma.test_findings import context, copied, run
from tests.incidents.findings import finding

__all__ = ["api", "app", "client", "context", "sign_in"]
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


def test_an_alert_of_a_habit_names_no_rule(sign_in: SignIn, context: BatchContext) -> None:
    with context.database.write() as session:
        path = f"/alerts/{take_in(session, operator_actor(session), finding(), at=NOON).id}"
    text = sign_in(Role.ANALYST, "440000").get(path, headers={"Accept-Language": "zh"}).text
    assert WORDS["zh"][0] not in text
