import io
import json
import zipfile
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
import pytest
from sqlalchemy import select, update

from incidents.cases.evidence import chain_of, content_of, evidence_of, unbroken
from incidents.cases.models import Custody, Incident
from incidents.cases.package import package_of
from incidents.cases.timeline import entries_of
from incidents.errors import EvidenceHeldError
from incidents.policy import on_finding
from playbooks.cacao.validate import judge
from playbooks.library import EDITION, shipped
from playbooks.models import Playbook, PlaybookRun, RunStatus, StepRun, StepStatus
from playbooks.runner import advance_run
from playbooks.runs import StepDone, finish_step, steps_of
from playbooks.words import step_text, variable_label
from playbooks.workflow import EXTENSION, Workflow, needs_second_person, phase_of, verb_of
from soc.approvals.models import Approval, ApprovalStatus
from soc.approvals.service import approve
from soc.clock import now
from soc.db import Database
from soc.doers import doer_in_words
from soc.errors import ForbiddenError
from soc.events import dispatch
from soc.identity.actor import Role
from soc.identity.actors import actor_of, operator_actor
from soc.logstore import open_store
from soc.ocsf.schema import EVENT_SCHEMA
from soc.text import LANGUAGES, Message, speaking
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
                declared = workflow.document["playbook_variables"]
                names = workflow.step(step.step_id).get("out_args", [])
                results = {name: "true" if declared[name]["type"] == "bool" else "7" for name in names}
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
        assert verbs == {
            "evidence_snapshot": False, "lock_account": True, "unlock_account": True, "release_evidence": True
        }  # fmt: skip


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.name)
def test_every_shipped_step_and_variable_speaks_both_languages(path: Path) -> None:
    document = Workflow.read(path.read_text(encoding="utf-8")).document
    acted = {name: step for name, step in document["workflow"].items() if step["type"] == "action"}
    for name, step in acted.items():
        found = {}
        for lang in LANGUAGES:
            with speaking(lang):
                found[lang] = (step_text(step, "name"), step_text(step, "description"))
        assert all(found["zh"][0] != found[lang][0] for lang in LANGUAGES if lang != "zh"), name
        assert found["en"][0].isascii() or "–" in found["en"][0], name
        assert bool(found["zh"][1]) == bool(found["en"][1]), name
    for name, declared in document["playbook_variables"].items():
        with speaking("en"):
            assert variable_label(document, name, declared).isascii(), name


def test_an_edition_is_as_new_as_its_newest_text() -> None:
    days = [json.loads(path.read_bytes())["modified"][:10] for path in shipped()]
    assert max(days) == EDITION


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
    work_to_the_end(database, run_id)
    assert status_of(database, run_id) is RunStatus.SUCCEEDED


def work_to_the_end(database: Database, run_id: UUID) -> None:
    """Do what persons do, and agree as the second one wherever one is asked."""
    with database.write() as session:
        second = actor_of(session, add_test_person(session, Role.COMMANDER, "440000"))
    for _ in range(20):
        finish_manual_steps(database, run_id)
        with database.write() as session:
            for asked in session.scalars(select(Approval).where(Approval.status == ApprovalStatus.PENDING)).all():
                approve(session, second, asked.id, at=NOON)
        advance_run(database, run_id)
        if status_of(database, run_id).over:
            return


def told(database: Database) -> list[tuple[str, str]]:
    """The timeline, oldest first, in English."""
    with database.read() as session, speaking("en"):
        entries = entries_of(session, operator_actor(session), session.scalars(select(Incident)).one())
        return [(one.who, Message.from_json(one.text).render()) for one in reversed(entries)]


def test_the_timeline_says_why_and_who_in_words(database: Database, run_id: UUID) -> None:
    work_to_the_end(database, run_id)
    lines = told(database)
    assert lines[0][1] == "An alert's score of 95 reached the 80 at which an incident is opened"
    assert "The category is “Data leak”: “Response to a data leak” was started" in lines[1][1]
    texts = [text for _, text in lines]
    assert "Step done: Check the contact tree and the duty roster; name the commander" in texts
    assert any(text.startswith("The step “Lock the database account” waits for a second person") for text in texts)
    assert any(text.startswith("Step not done: Lock the database account") for text in texts)
    assert ("commander-440000", "Agreed to the step “Hand the evidence over”") in [(w[:16], text) for w, text in lines]
    assert texts[-1] == "Playbook “Response to a data leak” ended: Succeeded"
    assert {doer_in_words(who) == who for who, _ in lines if not who.startswith("commander")} <= {False}


def test_where_nothing_can_be_locked_the_timeline_says_that_it_goes_by_hand(database: Database) -> None:
    with database.write() as session:
        on_finding(session, operator_actor(session), finding(score=95, details={}), at=NOON)
    dispatch(database)
    assert any("the account is disabled by hand" in text for _, text in told(database))


def test_evidence_leaves_only_after_two_persons_agreed(database: Database, run_id: UUID) -> None:
    for _ in range(2):
        finish_manual_steps(database, run_id)
    with database.write() as session:
        incident = session.scalars(select(Incident)).one()
        with pytest.raises(EvidenceHeldError):
            package_of(session, operator_actor(session), database.settings, incident)
    work_to_the_end(database, run_id)
    with database.write() as session:
        incident = session.scalars(select(Incident)).one()
        packed = zipfile.ZipFile(io.BytesIO(package_of(session, operator_actor(session), database.settings, incident)))
        (taken,) = evidence_of(session, incident)
        assert unbroken(taken, chain_of(session, taken))
    manifest = json.loads(packed.read("manifest.json"))
    (piece,) = manifest["evidence"]
    assert sha256(packed.read(piece["file"])).hexdigest() == piece["sha256"] == taken.sha256
    assert [(link["act"], link["holder"]) for link in piece["custody"]][-1] == ("handed_over", "7")


def test_altered_evidence_is_not_released(database: Database, run_id: UUID) -> None:
    for _ in range(2):
        finish_manual_steps(database, run_id)
    with database.write() as session:
        (taken,) = evidence_of(session, session.scalars(select(Incident)).one())
        session.execute(update(Custody).where(Custody.evidence_id == taken.id).values(holder="somebody else"))
    work_to_the_end(database, run_id)
    assert any(text.startswith("Step not done: Hand the evidence over") for _, text in told(database))


def test_a_playbook_cannot_do_without_the_second_person_where_data_leaves() -> None:
    quiet = {"step_extensions": {EXTENSION: {"verb": "release_evidence", "second_person": False}}}
    assert needs_second_person(quiet)
