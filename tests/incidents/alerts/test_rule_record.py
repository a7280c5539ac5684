"""How a rule has done: its findings by day, its alerts by verdict, within the reader's scope."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from detectors.findings import FindingKind
from detectors.sigma.models import DetectionRule
from detectors.sigma.service import keep_library
from incidents.alerts.models import AlertStatus, Verdict
from incidents.alerts.rule_record import record_of
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Actor, Role
from soc.identity.actors import operator_actor
from tests.browsing import SignIn
from tests.conftest import MakePerson
from tests.incidents.exceptions.telling import CITY, raised

ZONE = ZoneInfo("Asia/Shanghai")
RULE = "11111111-0000-4000-8000-000000000001"


def test_findings_and_verdicts_of_the_scope_are_summed_up(
    session: Session, operator: Actor, person: MakePerson
) -> None:
    verdicts = (Verdict.TRUE_POSITIVE, Verdict.BENIGN, Verdict.FALSE_POSITIVE, Verdict.UNCLEAR, None)
    for days, verdict in enumerate(verdicts):
        at = now() - timedelta(days=3 * days + 1)
        _, alert = raised(session, operator, kind=FindingKind.RULE, rule_id=RULE, at=at, first_at=at, last_at=at)
        assert alert is not None
        if verdict is not None:
            alert.status, alert.verdict = AlertStatus.CLOSED, verdict
    long_ago = now() - timedelta(days=100)
    raised(session, operator, kind=FindingKind.RULE, rule_id=RULE, first_at=long_ago, last_at=long_ago)
    raised(session, operator, kind=FindingKind.RULE, rule_id="another", entity_name="other")
    raised(session, operator, kind=FindingKind.RULE, rule_id=RULE, org="440300")
    session.flush()
    found = record_of(session, person(Role.ANALYST, org=CITY), RULE, at=now(), zone=ZONE)
    assert (found.findings, found.alerts, found.open, found.judged, found.precision) == (5, 5, 1, 3, 33)
    assert [count for _, count in found.days] == [1, 1, 1, 1, 1]


def test_before_anybody_judged_nothing_is_said_of_how_often_it_is_right(
    session: Session, operator: Actor, person: MakePerson
) -> None:
    raised(session, operator, kind=FindingKind.RULE, rule_id=RULE)
    found = record_of(session, person(Role.ANALYST, org=CITY), RULE, at=now(), zone=ZONE)
    assert (found.alerts, found.judged, found.precision) == (1, 0, None)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_rules_page_shows_it(sign_in: SignIn, database: Database, lang: str) -> None:
    with database.write() as session:
        operator = operator_actor(session)
        keep_library(session, operator)
        rule = session.scalars(select(DetectionRule).order_by(DetectionRule.title).limit(1)).one()
        page = rule.id
        _, alert = raised(session, operator, kind=FindingKind.RULE, rule_id=rule.rule_id)
        assert alert is not None
        alert.status, alert.verdict = AlertStatus.CLOSED, Verdict.TRUE_POSITIVE
    analyst, stranger = sign_in(Role.ANALYST, CITY), sign_in(Role.ANALYST, "440300")
    assert f"/alerts/rules/{page}" in analyst.get(f"/rules/{page}?lang={lang}").text
    shown = analyst.get(f"/alerts/rules/{page}?lang={lang}").text
    assert "100<small>%" in shown
    assert "100<small>%" not in stranger.get(f"/alerts/rules/{page}?lang={lang}").text
    assert analyst.get(f"/alerts/rules/{alert.id}").status_code == 404
