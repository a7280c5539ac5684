import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from config.settings import Settings
from playbooks.errors import OutcomeError, RunOverError
from playbooks.models import Effect, PlaybookRun, RunStatus, StepRun, StepStatus
from playbooks.runner import advance_run, lease_of, movable
from playbooks.runs import StepDone, cancel_run, finish_step, steps_of
from soc.clock import now
from soc.db import Database
from soc.errors import NotFoundError
from soc.identity.actor import Role
from soc.identity.actors import operator_actor
from soc.jobs import Lease, hold
from soc.trail.watch import watching
from tests.conftest import NOON, add_test_person
from tests.playbooks.cacao.documents import HOST
from tests.playbooks.conftest import Gateway, RunIt
from tests.playbooks.flows import END, ask, call, flow, sid

RunOf = Callable[[UUID], PlaybookRun]
COUNTER = {"__n__": {"type": "integer", "value": "0"}}


def steps(database: Database, run_id: UUID) -> list[StepRun]:
    with database.read() as session:
        return steps_of(session, session.get_one(PlaybookRun, run_id))


def waiting(database: Database, run_id: UUID) -> StepRun:
    return next(one for one in steps(database, run_id) if one.status is StepStatus.MANUAL)


def finish(database: Database, run_id: UUID, **results: Any) -> None:
    found = waiting(database, run_id)
    with database.write() as session:
        named = {f"__{name}__": value for name, value in results.items()}
        finish_step(session, operator_actor(session), StepDone(found.id, True, named), at=now())
    advance_run(database, run_id)


def test_a_request_goes_out_under_run_and_invocation_id(
    gateway: Gateway, run_it: RunIt, run_of: RunOf, database: Database
) -> None:
    run_id = run_it(flow(gateway.port, call(2)))
    assert run_of(run_id).status is RunStatus.SUCCEEDED
    with database.read() as session:
        effect = session.scalars(select(Effect)).one()
    assert gateway.asked == [("POST", "/block", f"{run_id}/{effect.id}", b"")]


def test_each_target_and_each_turn_of_a_loop_has_a_key_of_its_own(
    gateway: Gateway, run_it: RunIt, run_of: RunOf, database: Database
) -> None:
    other, loop = HOST[:-1] + "6", sid("while-condition", 5)
    turning = {"type": "while-condition", "condition": "__go__:value == 'yes'", "on_true": sid("action", 6)}
    document = flow(
        gateway.port,
        (loop, turning | {"on_completion": END}),
        call(6, sid("action", 7), targets=[HOST, other]),
        ask(7, None, out_args=["__go__"]),
        variables={"__go__": {"type": "string", "value": "yes"}},
    )
    document["target_definitions"][other] = document["target_definitions"][HOST]
    run_id = run_it(document)
    finish(database, run_id, go="yes")
    finish(database, run_id, go="no")
    assert run_of(run_id).status is RunStatus.SUCCEEDED
    assert len(set(gateway.keys)) == len(gateway.keys) == 4
    assert all(key.startswith(f"{run_id}/") for key in gateway.keys)


def test_a_killed_worker_sends_the_same_key_again_and_no_other(
    gateway: Gateway, run_it: RunIt, run_of: RunOf, database: Database
) -> None:
    run_id = run_it(flow(gateway.port, call(2)), moves=0)
    gateway.gate.clear()
    worker = subprocess.Popen([sys.executable, "-c", _WORK, str(run_id)], env=environment(database.settings))
    assert gateway.came.wait(60)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    gateway.gate.set()
    with database.write() as session:  # the dead worker's claim runs out
        session.execute(update(Lease).values(until=now() - timedelta(seconds=1)))
    advance_run(database, run_id)
    assert run_of(run_id).status is RunStatus.SUCCEEDED
    assert len(gateway.keys) == 2
    assert len(set(gateway.keys)) == 1


_WORK = """
import sys
from uuid import UUID
from config.settings import Settings
from soc.acting import SystemPath
from soc.db import Database
from soc.registry import load_models
from playbooks.runner import advance_run, lease_of, movable
load_models()
advance_run(Database.open(Settings.load()).acting_for(SystemPath.JOBS), UUID(sys.argv[1]))
"""


def environment(settings: Settings) -> dict[str, str]:
    targets = ",".join(settings.playbook_targets)
    told = {"SOC_HOME": str(settings.home), "SOC_DATABASE_URL": settings.database_url, "SOC_PLAYBOOK_TARGETS": targets}
    return {**os.environ, **told}


def test_a_run_that_another_worker_holds_is_left_alone(gateway: Gateway, run_it: RunIt, database: Database) -> None:
    run_id = run_it(flow(gateway.port, call(2)), moves=0)
    with database.write() as session:
        hold(session, lease_of(run_id), "another", at=now())
    advance_run(database, run_id)
    assert gateway.asked == []


def test_a_target_that_is_not_allowed_is_never_called(gateway: Gateway, run_it: RunIt, run_of: RunOf) -> None:
    run_id = run_it(flow(gateway.port, call(2, command="GET http://localhost/latest/meta-data")))
    found = run_of(run_id)
    assert found.status is RunStatus.FAILED
    assert found.reason == {"key": "playbooks.http.not_allowed", "params": {"target": "localhost:80"}}
    assert gateway.asked == []


def test_a_redirect_is_not_followed(gateway: Gateway, run_it: RunIt, run_of: RunOf) -> None:
    gateway.status, gateway.headers = 302, {"Location": "http://169.254.169.254/"}
    run_id = run_it(flow(gateway.port, call(2)))
    assert run_of(run_id).reason == {"key": "playbooks.http.status", "params": {"status": 302}}
    assert len(gateway.asked) == 1


def test_a_failure_goes_where_the_step_says(gateway: Gateway, run_it: RunIt, run_of: RunOf) -> None:
    gateway.status = 500
    name, step = call(2, None, on_success=END, on_failure=sid("action", 3))
    run_id = run_it(flow(gateway.port, (name, step), call(3, command="DELETE /undo", on_failure=END, then=None)))
    assert [method for method, *_ in gateway.asked] == ["POST", "DELETE"]
    assert run_of(run_id).status is RunStatus.SUCCEEDED


def test_a_failure_nobody_handles_runs_the_exception_and_ends_failed(
    gateway: Gateway, run_it: RunIt, run_of: RunOf, database: Database
) -> None:
    gateway.status = 500
    document = flow(gateway.port, call(2), ask(3), workflow_exception=sid("action", 3))
    run_id = run_it(document)
    assert run_of(run_id).status is RunStatus.WAITING
    finish(database, run_id)
    found = run_of(run_id)
    assert (found.status, found.reason and found.reason["key"]) == (RunStatus.FAILED, "playbooks.http.status")


def test_a_manual_step_waits_for_a_person_and_keeps_what_they_say(
    gateway: Gateway, run_it: RunIt, run_of: RunOf, database: Database
) -> None:
    one = ask(2, sid("action", 3), out_args=["__ip__"], step_variables={"__ip__": {"type": "ipv4-addr"}})
    run_id = run_it(flow(gateway.port, one, call(3, command="POST /block/__ip__:value")), moves=2)
    assert run_of(run_id).status is RunStatus.WAITING
    finish(database, run_id, ip="198.51.100.7")
    assert [path for _, path, *_ in gateway.asked] == ["/block/198.51.100.7"]
    assert run_of(run_id).status is RunStatus.SUCCEEDED


@pytest.mark.parametrize("results", [{}, {"ip": "no address"}, {"other": "1"}, {"ip": ""}])
def test_what_does_not_fit_the_out_args_is_refused_and_the_step_waits_on(
    gateway: Gateway, run_it: RunIt, database: Database, results: dict[str, str]
) -> None:
    one = ask(2, out_args=["__ip__"], step_variables={"__ip__": {"type": "ipv4-addr"}})
    run_id = run_it(flow(gateway.port, one))
    with pytest.raises(OutcomeError):
        finish(database, run_id, **results)
    assert waiting(database, run_id).done_by is None


def test_a_step_is_finished_once(gateway: Gateway, run_it: RunIt, database: Database) -> None:
    run_id = run_it(flow(gateway.port, ask(2)))
    found = waiting(database, run_id)
    finish(database, run_id)
    with database.write() as session, pytest.raises(RunOverError):
        finish_step(session, operator_actor(session), StepDone(found.id, ok=True), at=NOON)


def test_a_manual_step_runs_out_of_time(gateway: Gateway, run_it: RunIt, run_of: RunOf, database: Database) -> None:
    run_id = run_it(flow(gateway.port, ask(2, timeout=1)))
    with database.write() as session:
        session.execute(update(StepRun).values(deadline_at=NOON))
    advance_run(database, run_id)
    assert run_of(run_id).reason == {"key": "playbooks.run.timed_out", "params": {}}


def test_branches_run_side_by_side_and_the_flow_goes_on_after_the_last(
    gateway: Gateway, run_it: RunIt, run_of: RunOf, database: Database
) -> None:
    fork = {"type": "parallel", "next_steps": [sid("action", 3), sid("action", 4)], "on_completion": sid("action", 5)}
    document = flow(
        gateway.port, (sid("parallel", 2), fork), call(3, command="GET /left"), ask(4), call(5, command="GET /after")
    )
    run_id = run_it(document)
    assert [path for _, path, *_ in gateway.asked] == ["/left"]
    finish(database, run_id)
    assert [path for _, path, *_ in gateway.asked] == ["/left", "/after"]
    assert run_of(run_id).status is RunStatus.SUCCEEDED


@pytest.mark.parametrize(("value", "path"), [("9", ["/high"]), ("1", ["/low"])])
def test_an_if_takes_one_branch(gateway: Gateway, run_it: RunIt, value: str, path: list[str]) -> None:
    choice = {
        "type": "if-condition",
        "condition": "__n__:value > 5",
        "on_true": sid("action", 3),
        "on_false": sid("action", 4),
        "on_completion": END,
    }
    document = flow(
        gateway.port,
        (sid("if-condition", 2), choice),
        call(3, command="GET /high"),
        call(4, command="GET /low"),
        variables=COUNTER,
    )
    run_it(document, n=value)
    assert [found for _, found, *_ in gateway.asked] == path


@pytest.mark.parametrize(("value", "path"), [("1", ["/one"]), ("7", ["/other"])])
def test_a_switch_takes_the_case_or_the_default(gateway: Gateway, run_it: RunIt, value: str, path: list[str]) -> None:
    choice = {
        "type": "switch-condition",
        "switch": "__n__:value",
        "on_completion": END,
        "cases": {"1": sid("action", 3), "default": sid("action", 4)},
    }
    document = flow(
        gateway.port,
        (sid("switch-condition", 2), choice),
        call(3, command="GET /one"),
        call(4, command="GET /other"),
        variables=COUNTER,
    )
    run_it(document, n=value)
    assert [found for _, found, *_ in gateway.asked] == path


def test_a_condition_without_a_value_fails_with_its_reason(gateway: Gateway, run_it: RunIt, run_of: RunOf) -> None:
    choice = {"type": "if-condition", "condition": "__no__:value > 5", "on_true": END, "on_completion": END}
    run_id = run_it(flow(gateway.port, (sid("if-condition", 2), choice)))
    reason = run_of(run_id).reason
    assert reason == {"key": "playbooks.condition.no_value", "params": {"name": "__no__"}}


def test_a_loop_that_never_ends_is_stopped(
    gateway: Gateway, run_it: RunIt, run_of: RunOf, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playbooks.flow.MOST_TURNS", 5)
    turning = {"type": "while-condition", "condition": "1 = 1", "on_true": sid("end", 3), "on_completion": END}
    document = flow(gateway.port, (sid("while-condition", 2), turning), (sid("end", 3), {"type": "end"}))
    run_id = run_it(document)
    assert run_of(run_id).reason == {"key": "playbooks.run.too_many_turns", "params": {"limit": 5}}


def test_a_playbook_calls_another_and_waits_for_it(
    gateway: Gateway, run_it: RunIt, run_of: RunOf, database: Database
) -> None:
    inner = flow(gateway.port, call(2, command="GET /inner")) | {"id": "playbook--00000000-0000-4000-8000-0000000000ee"}
    run_it(inner, moves=0)
    calling = {"type": "playbook-action", "playbook_id": inner["id"], "on_completion": END}
    run_id = run_it(flow(gateway.port, (sid("playbook-action", 2), calling)))
    with database.read() as session:
        called = session.scalars(select(PlaybookRun).where(PlaybookRun.parent_step.is_not(None))).one()
    advance_run(database, called.id)
    advance_run(database, run_id)
    assert run_of(run_id).status is RunStatus.SUCCEEDED
    assert [path for _, path, *_ in gateway.asked] == ["/inner"]


def test_a_cancelled_run_does_nothing_more(gateway: Gateway, run_it: RunIt, run_of: RunOf, database: Database) -> None:
    run_id = run_it(flow(gateway.port, ask(2, sid("action", 3)), call(3)))
    with database.write() as session:
        cancel_run(session, operator_actor(session), run_id, at=NOON)
    advance_run(database, run_id)
    assert run_of(run_id).status is RunStatus.CANCELLED
    assert {one.status for one in steps(database, run_id)} == {StepStatus.SUCCEEDED, StepStatus.CANCELLED}
    assert gateway.asked == []


def test_a_run_of_another_organisation_looks_missing(gateway: Gateway, run_it: RunIt, database: Database) -> None:
    from soc.identity.actors import actor_of

    run_id = run_it(flow(gateway.port, ask(2)))
    with database.write() as session:
        stranger = actor_of(session, add_test_person(session, Role.COMMANDER, "440100"))
        with pytest.raises(NotFoundError):
            cancel_run(session, stranger, run_id, at=NOON)
        with pytest.raises(NotFoundError):
            finish_step(session, stranger, StepDone(waiting(database, run_id).id, ok=True), at=NOON)


def test_a_run_that_waits_for_a_person_is_not_looked_at_again(
    gateway: Gateway, run_it: RunIt, database: Database
) -> None:
    run_id = run_it(flow(gateway.port, ask(2)), moves=0)
    assert movable(database, at=now()) == [run_id]
    advance_run(database, run_id)
    assert movable(database, at=now()) == []


def test_every_move_of_a_run_leaves_an_entry_in_the_trail(gateway: Gateway, run_it: RunIt, database: Database) -> None:
    fork = {"type": "parallel", "next_steps": [sid("action", 3), sid("action", 4)], "on_completion": sid("action", 5)}
    steps_ = [(sid("parallel", 2), fork), call(3), ask(4), call(5)]
    with watching() as watch:
        run_id = run_it(flow(gateway.port, *steps_), moves=2)
        finish(database, run_id)
    assert watch.offences == []
