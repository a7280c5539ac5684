from uuid import UUID

import pytest

from playbooks.board import Board, board_of
from playbooks.models import PlaybookRun, StepStatus
from soc.db import Database
from soc.text import speaking
from tests.playbooks.conftest import Gateway, RunIt
from tests.playbooks.flows import END, ask, call, flow, sid


def board(database: Database, run_id: UUID) -> Board:
    with database.read() as session:
        return board_of(session, session.get_one(PlaybookRun, run_id))


def to_come(found: Board) -> set[str]:
    return {step.step_id for phase in found.phases for step in phase.steps if step.status is None}


def asked(number: int, *, ok: str, bad: str) -> tuple[str, dict[str, object]]:
    """A manual step that leads to two places."""
    name, step = ask(number, None)
    return name, step | {"on_success": ok, "on_failure": bad}


def test_what_only_a_failure_leads_to_is_not_to_come(gateway: Gateway, run_it: RunIt, database: Database) -> None:
    first = asked(2, ok=sid("action", 3), bad=sid("action", 4))
    run_id = run_it(flow(gateway.port, first, ask(3), ask(4, sid("action", 3))))
    assert to_come(board(database, run_id)) == {sid("action", 3)}


def test_a_branch_that_was_not_taken_is_not_to_come(gateway: Gateway, run_it: RunIt, database: Database) -> None:
    chosen = {
        "type": "if-condition", "condition": "__hit__:value == 'yes'",
        "on_true": sid("action", 3), "on_false": sid("action", 4), "on_completion": sid("action", 5),
    }  # fmt: skip
    steps = ((sid("if-condition", 2), chosen), ask(3, sid("end", 90)), ask(4, sid("end", 90)), ask(5))
    variables = {"__hit__": {"type": "string", "value": "yes"}}
    ends = (sid("end", 90), {"type": "end"})
    found = board(database, run_it(flow(gateway.port, *steps, ends, variables=variables)))
    assert to_come(found) == {sid("action", 5)}
    assert (found.done, found.total) == (0, 2)


def test_before_it_begins_every_step_on_the_good_way_is_to_come(
    gateway: Gateway, run_it: RunIt, database: Database
) -> None:
    run_id = run_it(flow(gateway.port, ask(2, sid("action", 3)), call(3)), moves=0)
    assert to_come(board(database, run_id)) == {sid("action", 2), sid("action", 3)}


def test_a_finished_run_has_nothing_to_come(gateway: Gateway, run_it: RunIt, database: Database) -> None:
    found = board(database, run_it(flow(gateway.port, call(2, END))))
    assert to_come(found) == set()
    assert [step.status for phase in found.phases for step in phase.steps] == [StepStatus.SUCCEEDED]


@pytest.mark.parametrize(("lang", "name"), [("zh", "电话联系"), ("en", "Call them")])
def test_a_step_is_named_in_the_readers_language_where_it_has_words(
    gateway: Gateway, run_it: RunIt, database: Database, lang: str, name: str
) -> None:
    words = {"zh": {"name": "电话联系"}, "en": {"name": "Call them"}}
    extension = {"extension-definition--6f7d5b0e-3f0c-4b57-9d0a-5a2f5f0b7c11": {"type": "guanlan-step", "words": words}}
    spoken, own = ask(2, sid("action", 3), step_extensions=extension), ask(3, name="Foreign step")
    run_id = run_it(flow(gateway.port, spoken, own))
    with speaking(lang):
        ((first, second),) = [phase.steps for phase in board(database, run_id).phases]
        assert (first.name, first.command, second.name) == (name, "", "Foreign step")
