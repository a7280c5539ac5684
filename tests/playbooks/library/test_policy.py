from datetime import timedelta
from typing import Any
from uuid import UUID

import polars as pl
import pytest
from sqlalchemy import select

from incidents.cases.evidence import content_of, evidence_of
from incidents.cases.models import Incident
from incidents.policy import on_finding
from playbooks.cacao.validate import judge
from playbooks.library import shipped
from playbooks.models import Playbook, PlaybookRun, RunStatus, StepRun, StepStatus
from playbooks.runner import advance_run
from playbooks.runs import StepDone, finish_step, steps_of
from playbooks.workflow import Workflow, needs_second_person, phase_of, verb_of
from soc.approvals.models import Approval
from soc.approvals.service import approve
from soc.clock import now
from soc.db import Database
from soc.errors import ForbiddenError
from soc.events import dispatch
from soc.identity.actor import Role
from soc.identity.actors import actor_of, operator_actor
from soc.logstore import open_store
from soc.ocsf.schema import EVENT_SCHEMA
from tests.conftest import NOON, add_test_person
from tests.incidents.findings import finding


@pytest.fixture
def run_id(database: Database) -> UUID:
    """A theft was found; its incident is open and its playbook waits."""
    store(database, ["e1", "e2"])
    with database.write() as session:
        on_finding(session, operator_actor(session), finding(score=95), at=NOON)
    dispatch(database)
    with database.read() as session:
        found = session.scalars(select(PlaybookRun)).one().id
    advance_run(database, found)
    return found


def store(database: Database, uids: list[str]) -> None:
    rows: list[dict[str, Any]] = [
        {
            "metadata.uid": uid,
            "guanlan.batch": "b",
            "guanlan.position": place,
            "guanlan.org": "440100",
            "time": NOON + timedelta(seconds=place),
            "metadata.log_name": "pgaudit",
            "class_uid": 6005,
        }
        for place, uid in enumerate(uids)
    ]
    empty = pl.from_arrow(EVENT_SCHEMA.empty_table())
    assert isinstance(empty, pl.DataFrame)
    frame = pl.concat([empty, pl.DataFrame(rows)], how="diagonal_relaxed")
    open_store(database.settings).append(frame.to_arrow().cast(EVENT_SCHEMA), batch="b")


def finish_manual_steps(database: Database, run_id: UUID) -> None:
    with database.write() as session:
        run = session.get_one(PlaybookRun, run_id)
        workflow = Workflow.read(session.get_one(Playbook, run.playbook_row).text)
        for step in steps_of(session, run):
            if step.status is StepStatus.MANUAL:
                results = dict.fromkeys(workflow.step(step.step_id).get("out_args", []), "7")
                finish_step(session, operator_actor(session), StepDone(step.id, ok=True, results=results), at=now())
    advance_run(database, run_id)


def status_of(database: Database, run_id: UUID) -> RunStatus:
    with database.read() as session:
        return session.get_one(PlaybookRun, run_id).status


def test_every_shipped_playbook_is_accepted_and_has_three_phases() -> None:
    for path in shipped():
        assert judge(path.read_bytes()).problems == ()
        steps = Workflow.read(path.read_text(encoding="utf-8")).document["workflow"].values()
        assert {phase_of(step) for step in steps} >= {"before", "during", "after"}
        verbs = {found["verb"]: needs_second_person(step) for step in steps if (found := verb_of(step))}
        assert verbs == {"evidence_snapshot": False, "lock_account": True}


def test_an_incident_starts_its_playbook_with_what_is_known(database: Database, run_id: UUID) -> None:
    with database.read() as session:
        run = session.get_one(PlaybookRun, run_id)
        incident = session.scalars(select(Incident)).one()
    assert (run.incident_id, run.org) == (incident.id, "440100")
    assert run.variables["__account__"]["value"] == "zhang_wei"
    assert run.variables["__source__"]["value"] == "practitioners"


def test_the_account_is_locked_only_after_a_second_person_agreed(database: Database, run_id: UUID) -> None:
    for _ in range(2):
        finish_manual_steps(database, run_id)
    with database.write() as session:
        asked = session.scalars(select(Approval)).one()
        waiting = session.get_one(StepRun, UUID(asked.payload["step_run"]))
        assert waiting.status is StepStatus.APPROVAL
        assert asked.payload["args"] == {"source": "practitioners", "account": "zhang_wei"}
        second = actor_of(session, add_test_person(session, Role.COMMANDER, "440100"))
        with pytest.raises(ForbiddenError):
            approve(session, operator_actor(session), asked.id, at=NOON)
        approve(session, second, asked.id, at=NOON)
        assert (waiting.status, waiting.approved_by) == (StepStatus.READY, second.name)


def test_the_snapshot_seals_the_events_of_the_incident(database: Database, run_id: UUID) -> None:
    for _ in range(2):
        finish_manual_steps(database, run_id)
    with database.read() as session:
        (taken,) = evidence_of(session, session.scalars(select(Incident)).one())
        content = content_of(database.settings, taken)
    assert content.count(b"\n") == 2
    assert content.index(b'"e1"') < content.index(b'"e2"')


def test_the_playbook_is_worked_to_its_end_by_hand_where_no_source_is_registered(
    database: Database, run_id: UUID
) -> None:
    for _ in range(2):
        finish_manual_steps(database, run_id)
    with database.write() as session:
        asked = session.scalars(select(Approval)).one()
        approve(session, actor_of(session, add_test_person(session, Role.COMMANDER, "440000")), asked.id, at=NOON)
    advance_run(database, run_id)
    for _ in range(8):
        finish_manual_steps(database, run_id)
    assert status_of(database, run_id) is RunStatus.SUCCEEDED
