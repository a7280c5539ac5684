"""Trying a recognizer in the background: on the ledger, on a source's fresh values, cancelled, by those who may."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from config.settings import Settings
from detectors.workshop.service import order_trial
from soc.db import Database
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.jobs import JobRun, RunStatus, cancel, enqueue, run_one
from soc.ledger.levels import Level
from soc.ledger.models import LedgerItem, Source
from soc.ledger.service import store_scan
from soc.ledger.sources import NewSource, add_source
from soc.ledger.values import ScannedColumn, ScannedTable, ScanReport
from tests.browsing import Browser, SignIn
from tests.conftest import NOON
from tests.detectors.workshop.making import CITY, ferry_pass
from tests.detectors.workshop.test_routes import form

PASSES = [f"FD-{1000 + at}-{'ABCDEFGH'[at % 8]}{'KLMN'[at % 4]}" for at in range(60)]


@pytest.fixture
def source(database: Database, settings: Settings, tmp_path: Path) -> Source:
    """A database whose column c2 has passes, in the ledger as a plate's column; and a table under a mark of secrets."""
    path = tmp_path / "ferries.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE boarding (seat TEXT, c2 TEXT)")
        connection.executemany(
            "INSERT INTO boarding VALUES (?, ?)", [(f"row {at}", one) for at, one in enumerate(PASSES)]
        )
        connection.execute("CREATE TABLE plans (text TEXT)")
        connection.execute("INSERT INTO plans VALUES ('机密★10年')")
    with database.write() as session:
        operator = operator_actor(session)
        found = add_source(session, operator, settings, NewSource("渡轮", f"sqlite:///{path}", CITY))
        column = ScannedColumn("c2", "uscc", "USCC", 0.9, "high", Level.G1)
        store_scan(session, operator, found, ScanReport(NOON, NOON, (ScannedTable("boarding", 60, (column,)),)))
        session.flush()
        session.expunge(found)
    return found


def order(database: Database, source: Source | None = None, **changed: Any) -> JobRun:
    """Order a trial as the operator, carry it out, and return its run."""
    with database.write() as session:
        operator, table = operator_actor(session), ferry_pass(positive=["FD-9999-ZZ"], **changed)
        run_id = order_trial(session, operator, CITY, table, source).id
    assert run_one(database, "tests")
    with database.read() as session:
        return session.get_one(JobRun, run_id)


def found_in(run: JobRun) -> dict[str, Any]:
    assert run.status is RunStatus.DONE, run.message
    assert run.message is not None
    return dict(run.message["params"])


def test_a_source_is_read_by_the_engine_and_what_would_change_is_told(database: Database, source: Source) -> None:
    run = order(database, source)
    found = found_in(run)
    assert (found["count"], found["collisions"], found["seen"]) == (1, 1, 1)
    assert found["left_out"] == 1  # what bears a mark of state secrets is not read
    assert found["found"] == [
        {"name": "boarding.c2", "type": "uscc", "collides": True, "by_name": False, "by_shape": True}
        | {"shape": "AA-9999-AA"}
    ]  # fmt: skip


def test_of_the_values_nothing_is_kept(database: Database, source: Source) -> None:
    run = order(database, source)
    kept = json.dumps([run.params, run.message], ensure_ascii=False)
    assert not [one for one in PASSES if one in kept]
    assert "FD-9999-ZZ" not in kept
    assert "plans" not in kept
    with database.read() as session:
        assert session.scalar(select(LedgerItem.type)) == "uscc"
        assert session.scalar(select(func.count()).select_from(LedgerItem)) == 1


def test_on_the_ledger_it_is_judged_by_names_and_shapes(database: Database, source: Source) -> None:
    found = found_in(order(database, names=["c2"]))
    assert [(one["name"], one["by_name"], one["collides"]) for one in found["found"]] == [("boarding.c2", True, True)]
    assert found["seen"] == 1


def test_what_lies_outside_the_organisation_is_not_counted(database: Database, source: Source) -> None:
    with database.write() as session:
        operator = operator_actor(session)
        run_id = order_trial(session, operator, "440300", ferry_pass(names=["c2"]), None).id
    run_one(database, "tests")
    with database.read() as session:
        assert found_in(session.get_one(JobRun, run_id))["seen"] == 0


def test_a_source_that_does_not_answer_is_named(database: Database, settings: Settings, tmp_path: Path) -> None:
    with database.write() as session:
        gone = add_source(
            session, operator_actor(session), settings, NewSource("x", f"sqlite:///{tmp_path}/no.db", CITY)
        )
        session.flush()
        session.expunge(gone)
    run = order(database, gone)
    assert (run.status, bool(run.message)) == (RunStatus.FAILED, True)


def test_one_who_asks_anew_ends_their_trial_before(database: Database) -> None:
    with database.write() as session:
        operator = operator_actor(session)
        first = order_trial(session, operator, CITY, ferry_pass(), None).id
        order_trial(session, operator, CITY, ferry_pass(), None)
        assert session.get_one(JobRun, first).status is RunStatus.CANCELLED


def test_a_trial_that_is_cancelled_while_it_runs_keeps_nothing(database: Database, source: Source) -> None:
    from detectors.workshop.jobs import try_recognizer
    from soc.jobs import CancelledError, context_of

    with database.write() as session:
        operator = operator_actor(session)
        run = order_trial(session, operator, CITY, ferry_pass(), source)
        run.status = RunStatus.RUNNING
        session.flush()
        cancel(session, operator, run.id)
        run_id, params = run.id, run.params
    with pytest.raises(CancelledError):
        try_recognizer(context_of(database, run_id, params))
    with database.read() as session:
        assert session.get_one(JobRun, run_id).message is None


class TestPages:
    """The editor's panel."""

    def begin(self, browser: Browser, **more: Any) -> str:
        answer = browser.send("/recognizers/trials", form(**more))
        assert answer.status_code == 200
        found = re.search(r"/recognizers/trials/([0-9a-f-]{36})", answer.text)
        assert found is not None, answer.text
        return found[0]

    def test_it_runs_and_shows_what_it_found(self, sign_in: SignIn, database: Database, source: Source) -> None:
        author = sign_in(Role.POLICY, CITY)
        assert "渡轮" in author.get("/recognizers/edit").text
        at = self.begin(author, source=str(source.id))
        assert "hx-trigger" in author.get(at).text
        assert run_one(database, "tests")
        page = author.get(at).text
        assert "hx-trigger" not in page
        assert "boarding.c2" in page
        assert "AA-9999-AA" in page

    def test_it_is_cancelled(self, sign_in: SignIn, database: Database) -> None:
        author = sign_in(Role.POLICY, CITY)
        at = self.begin(author)
        assert "已取消" in author.send(f"{at}/cancel").text
        assert not run_one(database, "tests")

    def test_a_faulty_recognizer_is_not_tried(self, sign_in: SignIn, database: Database) -> None:
        answer = sign_in(Role.POLICY, CITY).send("/recognizers/trials", form(pattern="x*"))
        assert "空值" in answer.text
        with database.read() as session:
            assert session.scalar(select(func.count()).select_from(JobRun)) == 0

    def test_a_source_of_another_organisation_looks_missing(self, sign_in: SignIn, source: Source) -> None:
        stranger = sign_in(Role.POLICY, "440300")
        assert stranger.send("/recognizers/trials", form(source=str(source.id))).status_code == 404
        assert stranger.send("/recognizers/trials", form(source="x")).status_code == 404

    def test_no_other_job_is_shown_or_ended_here(self, sign_in: SignIn, database: Database, source: Source) -> None:
        with database.write() as session:
            params = {"source": str(source.id)}
            run = enqueue(session, operator_actor(session), "discovery.scan", params, org=CITY).id
        author = sign_in(Role.POLICY, CITY)
        assert author.send(f"/recognizers/trials/{run}/cancel").status_code == 409
        with database.read() as session:
            assert session.get_one(JobRun, run).status is RunStatus.QUEUED
