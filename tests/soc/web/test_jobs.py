"""The page of the background's work: how far a run is, how long it will take, and the way to stop it."""

from datetime import timedelta
from uuid import UUID

import pytest

from soc import jobs
from soc.clock import now
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.jobs import JobContext, JobRun, RunStatus, enqueue, run_one
from soc.room import JobSpec
from tests.browsing import SignIn

EN = {"Accept-Language": "en"}
STEPS: list[int] = []


def step_by_step(context: JobContext) -> None:
    for done in range(1, 5):
        context.progress(done, 4)
        STEPS.append(done)


@pytest.fixture(autouse=True)
def _specs(monkeypatch: pytest.MonkeyPatch) -> None:
    STEPS.clear()
    specs = {"steps": JobSpec("steps", "tests.soc.web.test_jobs:step_by_step", pausable=True)}
    monkeypatch.setattr(jobs, "job_specs", lambda: specs)
    monkeypatch.setattr("soc.doers.job_title", lambda name: name)


@pytest.fixture
def run_id(database: Database) -> UUID:
    """A run that waits."""
    with database.write() as session:
        return enqueue(session, operator_actor(session), "steps", {}).id


def half_done(database: Database, run_id: UUID) -> None:
    with database.write() as session:
        run = session.get_one(JobRun, run_id)
        run.status, run.done, run.total = RunStatus.RUNNING, 1500, 3000
        run.started_at = now() - timedelta(minutes=10)


def status_of(database: Database, run_id: UUID) -> RunStatus:
    with database.read() as session:
        return session.get_one(JobRun, run_id).status


def test_a_run_shows_how_far_it_is_and_how_long_it_will_take(sign_in: SignIn, database: Database, run_id: UUID) -> None:
    half_done(database, run_id)
    browser = sign_in(Role.SYSADMIN)
    for page in (browser.get("/jobs/", headers=EN).text, browser.get(f"/jobs/{run_id}", headers=EN).text):
        assert "1,500 / 3,000" in page
        assert '<progress max="3000" value="1500"' in page
        assert "10 min" in page
    part = browser.get("/jobs/", headers={"HX-Request": "true", "HX-Target": "jobs-live"}).text
    assert "<html" not in part
    assert "1,500 / 3,000" in part


def test_a_run_that_waits_is_cancelled_at_once_and_never_begins(
    sign_in: SignIn, database: Database, run_id: UUID
) -> None:
    browser = sign_in(Role.SYSADMIN)
    assert f'action="/jobs/{run_id}/cancel"' in browser.get("/jobs/").text
    assert browser.send(f"/jobs/{run_id}/cancel").status_code == 302
    assert status_of(database, run_id) is RunStatus.CANCELLED
    assert not run_one(database, "w1")
    assert STEPS == []
    assert browser.send(f"/jobs/{run_id}/cancel").status_code == 409
    assert f"/jobs/{run_id}/cancel" not in browser.get(f"/jobs/{run_id}").text


def test_a_run_that_is_asked_to_stop_stops_at_its_next_step(
    sign_in: SignIn, database: Database, run_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, told = sign_in(Role.SYSADMIN), JobContext.progress

    def asked_at_two(context: JobContext, done: int, total: int) -> None:
        if done == 2:
            assert browser.send(f"/jobs/{run_id}/cancel").status_code == 302
        told(context, done, total)

    monkeypatch.setattr(JobContext, "progress", asked_at_two)
    assert run_one(database, "w1")
    assert status_of(database, run_id) is RunStatus.CANCELLED
    assert STEPS == [1]


def test_a_run_is_held_and_goes_on(sign_in: SignIn, database: Database, run_id: UUID) -> None:
    browser = sign_in(Role.SYSADMIN)
    browser.send(f"/jobs/{run_id}/pause")
    assert status_of(database, run_id) is RunStatus.PAUSED
    assert not run_one(database, "w1")
    browser.send(f"/jobs/{run_id}/resume")
    assert run_one(database, "w1")
    assert STEPS == [1, 2, 3, 4]


def test_who_may_only_look_stops_nothing_and_a_neighbour_sees_nothing(
    sign_in: SignIn, database: Database, run_id: UUID
) -> None:
    assert sign_in(Role.ANALYST).send(f"/jobs/{run_id}/cancel").status_code == 403
    assert sign_in(Role.SYSADMIN, "440300").send(f"/jobs/{run_id}/cancel").status_code == 404
    assert str(run_id) not in sign_in(Role.SYSADMIN, "440300").get("/jobs/").text
    assert status_of(database, run_id) is RunStatus.QUEUED
