import io
from uuid import UUID

import pytest
from sqlalchemy import select

from playbooks.models import Playbook, PlaybookRun, RunStatus, StepRun, StepStatus
from playbooks.runner import advance_run
from soc.db import Database
from soc.identity.actor import Role
from tests.browsing import SignIn
from tests.playbooks.cacao.documents import CALL, raw, right
from tests.playbooks.conftest import Gateway, RunIt
from tests.playbooks.flows import ask, call, flow, sid


def waiting(database: Database) -> StepRun:
    with database.read() as session:
        return session.scalars(select(StepRun).where(StepRun.status == StepStatus.MANUAL)).one()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_library_a_playbook_and_a_run_are_drawn(
    gateway: Gateway, run_it: RunIt, sign_in: SignIn, database: Database, lang: str
) -> None:
    run_id = run_it(flow(gateway.port, ask(2, sid("action", 3)), call(3)))
    with database.read() as session:
        playbook = session.scalars(select(Playbook.id)).one()
    browser = sign_in(Role.COMMANDER, "440000")
    for path in ("/playbooks/", f"/playbooks/{playbook}", f"/playbooks/runs/{run_id}"):
        assert browser.get(f"{path}?lang={lang}").status_code == 200, path


def test_a_manual_step_is_reported_from_the_board(
    gateway: Gateway, run_it: RunIt, sign_in: SignIn, database: Database
) -> None:
    one = ask(2, sid("action", 3), out_args=["__ip__"], step_variables={"__ip__": {"type": "ipv4-addr"}})
    run_id = run_it(flow(gateway.port, one, call(3, command="POST /block/__ip__:value")))
    browser = sign_in(Role.COMMANDER, "440000")
    assert 'name="out:__ip__"' in browser.get(f"/playbooks/runs/{run_id}").text
    step = waiting(database).id
    bad = browser.send(f"/playbooks/steps/{step}", {"ok": "1", "out:__ip__": "nonsense"})
    assert bad.status_code == 422
    good = {"ok": "1", "note": "done", "out:__ip__": "198.51.100.7"}
    assert browser.send(f"/playbooks/steps/{step}", good).status_code == 302
    advance_run(database, run_id)
    assert [path for _, path, *_ in gateway.asked] == ["/block/198.51.100.7"]


def test_a_run_is_cancelled_from_the_board(
    gateway: Gateway, run_it: RunIt, sign_in: SignIn, database: Database
) -> None:
    run_id = run_it(flow(gateway.port, ask(2)))
    sign_in(Role.COMMANDER, "440000").send(f"/playbooks/runs/{run_id}/cancel")
    with database.read() as session:
        assert session.get_one(PlaybookRun, run_id).status is RunStatus.CANCELLED


def test_an_uploaded_playbook_is_taken_in_or_refused_with_reasons(sign_in: SignIn, database: Database) -> None:
    browser = sign_in(Role.COMMANDER, "440100")
    looping = right()
    looping["workflow"][CALL]["on_completion"] = CALL
    for document, status in ((right(), 302), (looping, 422), ({"type": "x"}, 422)):
        form = {"file": (io.BytesIO(raw(document)), "../../etc/passwd")}
        answer = browser.send("/playbooks/import", form, content_type="multipart/form-data")
        assert answer.status_code == status
    with database.read() as session:
        assert [(one.org, one.name) for one in session.scalars(select(Playbook))] == [("440100", right()["name"])]


def test_an_analyst_reads_the_board_and_starts_nothing(
    gateway: Gateway, run_it: RunIt, sign_in: SignIn, database: Database
) -> None:
    run_id = run_it(flow(gateway.port, ask(2)))
    browser = sign_in(Role.ANALYST, "440000")
    assert browser.get(f"/playbooks/runs/{run_id}").status_code == 200
    step: UUID = waiting(database).id
    assert browser.send(f"/playbooks/steps/{step}", {"ok": "1"}).status_code == 403
    with database.read() as session:
        playbook = session.scalars(select(Playbook.id)).one()
    assert browser.send(f"/playbooks/{playbook}/run").status_code == 403


def test_playbooks_and_runs_of_another_organisation_look_missing(
    gateway: Gateway, run_it: RunIt, sign_in: SignIn, database: Database
) -> None:
    run_id = run_it(flow(gateway.port, ask(2)))
    browser = sign_in(Role.COMMANDER, "440300")
    with database.read() as session:
        playbook = session.scalars(select(Playbook.id)).one()
    for path in (f"/playbooks/{playbook}", f"/playbooks/runs/{run_id}"):
        assert browser.get(path).status_code == 404, path
    assert browser.send(f"/playbooks/steps/{waiting(database).id}", {"ok": "1"}).status_code == 404
