from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from detectors.findings import EntityKind, Finding
from detectors.sigma.findings import raise_hits
from detectors.sigma.models import DetectionRule, RuleCounter
from detectors.sigma.rules import LIBRARY, read_rules
from detectors.sigma.service import keep_library
from detectors.sigma.stage import tag_hits
from soc.accounts.models import Account
from soc.accounts.service import AccountEntry, map_accounts
from soc.db import Database
from soc.exposure import Basis
from soc.identity.actors import operator_actor
from soc.logstore import open_store
from soc.room import BatchContext
from tests.conftest import NOON
from tests.detectors.sigma.test_stage import an_event, frame_of


@pytest.fixture
def context(database: Database) -> BatchContext:
    with database.write() as session:
        keep_library(session, operator_actor(session))
    store = open_store(database.settings)
    return BatchContext(database=database, settings=database.settings, store=store, org="440000", log_name="pgaudit")


def copied(number: int, **changes: Any) -> dict[str, Any]:
    return an_event(
        "copy_out_of_graded_table",
        {
            "metadata.uid": f"u{number}", "api.operation": "COPY", "guanlan.export": True, "guanlan.rows": None,
            "guanlan.rows_basis": "unknown", "guanlan.rows_bound": 5000, "guanlan.tables": ["hr.staff"],
            "time": NOON + timedelta(minutes=number), **changes,
        },
    )  # fmt: skip


def run(context: BatchContext, *events: dict[str, Any]) -> list[Finding]:
    raise_hits(context, tag_hits(context, frame_of(*events)))
    with context.database.read() as session:
        return list(session.scalars(select(Finding).order_by(Finding.first_at)))


def test_hits_of_one_rule_person_and_hour_are_one_finding_with_its_range(context: BatchContext) -> None:
    (finding,) = run(context, *(copied(number) for number in range(5)))
    assert finding.rule_id is not None
    assert (finding.rows_low, finding.rows_high, finding.rows_basis) == (0, 5000, Basis.UNKNOWN)
    assert len(finding.events) == 5
    assert finding.entity_name == "li.na"


def test_tables_add_up_and_the_same_table_does_not(context: BatchContext) -> None:
    other = copied(2, **{"guanlan.tables": ["toll.etc_user"], "guanlan.rows_bound": 700})
    (finding,) = run(context, copied(0), copied(1), other)
    assert finding.rows_high == 5700


def test_another_hour_and_another_person_are_findings_of_their_own(context: BatchContext) -> None:
    found = run(context, copied(0), copied(90), copied(1, **{"actor.user.name": "wang.wei"}))
    assert len(found) == 3


def test_the_same_batch_again_raises_nothing_new(context: BatchContext) -> None:
    run(context, copied(0))
    assert len(run(context, copied(0))) == 1


def test_a_quiet_batch_raises_nothing_and_what_rules_cost_is_kept(context: BatchContext) -> None:
    assert run(context, an_event("copy_out_of_graded_table", {})) == []
    with context.database.read() as session:
        rules = session.scalars(select(RuleCounter)).all()
    assert len(rules) == sum(rule.parsed is not None for rule in read_rules(LIBRARY))
    assert {rule.events for rule in rules} == {1}
    assert {rule.hits for rule in rules} == {0}


def test_a_rule_that_is_switched_off_is_not_matched(context: BatchContext) -> None:
    with context.database.write() as session:
        for rule in session.scalars(select(DetectionRule)):
            rule.enabled = False
    assert run(context, copied(0)) == []


def test_a_known_account_is_named_as_the_habits_name_it_at_its_persons_organisation(context: BatchContext) -> None:
    with context.database.write() as session:
        session.add(Account(org="440104", name="li.na", person="GD00019", post="执法办案"))
    (finding,) = run(context, copied(0, **{"guanlan.person": "GD00019"}))
    assert (finding.org, finding.entity_kind, finding.entity_name) == ("440104", "person", "li.na")


def test_what_an_application_did_for_somebody_known_is_theirs_and_the_rest_the_applications(
    context: BatchContext,
) -> None:
    with context.database.write() as session:
        operator = operator_actor(session)
        map_accounts(session, operator, [AccountEntry("440000", "zhang", "窗口", person="GD1")])
        map_accounts(session, operator, [AccountEntry("440000", "svc", "", person="GD9", is_service=True)])
    claim = {"guanlan.asked_by": "zhang", "guanlan.asked_by_basis": "comment", "guanlan.asked_by_confidence": 80}
    mine = {"actor.user.name": "svc", "guanlan.person": None}
    found = run(
        context,
        copied(0, **mine, **claim),
        copied(1, **mine),
        copied(2, **mine, **{**claim, "guanlan.asked_by_confidence": 30}),
    )
    told = {one.entity_name: (one.entity_kind, len(one.events)) for one in found}
    assert told == {"zhang": (EntityKind.PERSON, 1), "svc": (EntityKind.ACCOUNT, 2)}
    reasons = {one.entity_name: [reason["key"] for reason in one.reasons] for one in found}
    assert "behaviour.reason.asked_comment" in reasons["zhang"]
    assert "behaviour.reason.asked_comment" not in reasons["svc"]
