from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.cacao.problem import Code, Problem, Status
from playbooks.cacao.validate import judge
from tests.playbooks.cacao.documents import AGENT, CALL, END, HOST, NOWHERE, START, raw, right


def codes(document: Any) -> set[tuple[str, str]]:
    return {(one.step, one.code.value) for one in judge(raw(document)).problems}


def test_a_right_playbook_is_accepted_without_a_word() -> None:
    verdict = judge(raw(right()))
    assert (verdict.status, verdict.problems) == (Status.ACCEPTED, ())
    assert verdict.id == right()["id"]


@pytest.mark.parametrize("via", ["on_completion", "on_success", "on_failure", "on_true", "on_false"])
def test_a_reference_to_no_step_refuses_and_names_the_step_that_holds_it(via: str) -> None:
    document = right()
    document["workflow"][CALL][via] = NOWHERE
    assert (CALL, "dangling_step") in codes(document)
    assert judge(raw(document)).status is Status.REFUSED
    assert judge(raw(document)).id is None


@pytest.mark.parametrize(("name", "value"), [("next_steps", [NOWHERE, END]), ("cases", {"1": NOWHERE})])
def test_references_in_lists_and_cases_are_followed_too(name: str, value: Any) -> None:
    document = right()
    document["workflow"][CALL][name] = value
    assert (CALL, "dangling_step") in codes(document)


@pytest.mark.parametrize("start", [NOWHERE, "", None, 7, []])
def test_a_start_that_names_nothing_refuses(start: Any) -> None:
    document = right() | {"workflow_start": start}
    assert ("workflow_start", "dangling_start") in codes(document)


def test_a_circle_is_endless_at_the_steps_of_the_circle() -> None:
    document = right()
    document["workflow"][CALL]["on_completion"] = CALL
    found = {step for step, code in codes(document) if code == "endless"}
    assert found == {CALL}


def test_a_circle_with_a_way_out_on_failure_is_not_endless() -> None:
    document = right()
    del document["workflow"][CALL]["on_completion"]
    document["workflow"][CALL] |= {"on_success": CALL, "on_failure": END}
    assert judge(raw(document)).status is Status.ACCEPTED


def test_one_branch_that_never_ends_refuses_though_the_others_end() -> None:
    document = right()
    loop, fork = CALL[:-1] + "6", "parallel--00000000-0000-4000-8000-000000000007"
    document["workflow"][loop] = document["workflow"][CALL] | {"on_completion": loop}
    document["workflow"][fork] = {"type": "parallel", "next_steps": [CALL, loop], "on_completion": END}
    document["workflow"][START]["on_completion"] = fork
    assert {step for step, code in codes(document) if code == "endless"} == {loop}


def test_a_flow_that_just_stops_reaches_no_end() -> None:
    document = right()
    del document["workflow"][CALL]["on_completion"]
    assert (CALL, "endless") in codes(document)


def test_the_last_step_of_a_branch_comes_back_to_its_loop() -> None:
    document = right()
    loop = "while-condition--00000000-0000-4000-8000-000000000008"
    document["workflow"][loop] = {
        "type": "while-condition",
        "condition": "__n__:value < 3",
        "on_true": CALL,
        "on_completion": END,
    }
    document["workflow"][START]["on_completion"] = loop
    del document["workflow"][CALL]["on_completion"]
    assert judge(raw(document)).status is Status.ACCEPTED


@pytest.mark.parametrize(
    "address", ["a@b.cn;`id`", "a@b.cn && id", "$(id)@b.cn", "a@b.cn\nBcc: x@y", "a|b@c.cn", "<a@b.cn>"]
)
def test_shell_text_in_a_contact_refuses_with_the_agent_named(address: str) -> None:
    document = right()
    document["agent_definitions"][AGENT]["contact"]["email"]["home"] = address
    assert (AGENT, "unsafe_email") in codes(document)
    assert judge(raw(document)).status is Status.REFUSED


@pytest.mark.parametrize("address", ["o'brien@example.org", "张三@example.cn", "first.last+tag@sub.example.org"])
def test_unusual_but_honest_addresses_pass(address: str) -> None:
    document = right()
    document["agent_definitions"][AGENT]["contact"]["email"]["work"] = address
    assert judge(raw(document)).status is Status.ACCEPTED


def test_a_link_that_runs_code_refuses() -> None:
    document = right() | {"external_references": [{"name": "x", "url": " JavaScript:alert(1)"}]}
    assert ("external_references", "unsafe_url") in codes(document)


def _start_at_an_action(document: dict[str, Any]) -> None:
    document["workflow_start"] = CALL


def _dangling_exception(document: dict[str, Any]) -> None:
    document["workflow_exception"] = NOWHERE


def _undefined_agent(document: dict[str, Any]) -> None:
    document["agent_definitions"] = {AGENT[:-1] + "9": {"type": "individual", "name": "x"}}


def _undefined_target(document: dict[str, Any]) -> None:
    del document["target_definitions"]


def _unknown_command(document: dict[str, Any]) -> None:
    document["workflow"][CALL]["commands"][0]["type"] = "telepathy"


def _no_name(document: dict[str, Any]) -> None:
    del document["name"]


def _misspelt(document: dict[str, Any]) -> None:
    document["playbook_extension"] = {}


def _late_february(document: dict[str, Any]) -> None:
    document["created"] = "2026-02-30T00:00:00Z"


def _agent_field(document: dict[str, Any]) -> None:
    document["agent_definitions"][AGENT]["banana"] = "rama"


@pytest.mark.parametrize(
    ("change", "step", "code"),
    [
        (_start_at_an_action, "workflow_start", "start_type"),
        (_dangling_exception, "workflow_exception", "dangling_exception"),
        (_undefined_agent, CALL, "undefined_agent"),
        (_undefined_target, CALL, "undefined_target"),
        (_unknown_command, CALL, "unknown_command"),
        (_no_name, "name", "missing"),
        (_misspelt, "playbook_extension", "unknown_property"),
        (_late_february, "created", "bad_value"),
        (_agent_field, AGENT, "unknown_property"),
    ],
)
def test_what_can_be_mended_makes_a_draft(change: Any, step: str, code: str) -> None:
    document = right()
    change(document)
    verdict = judge(raw(document))
    assert (verdict.status, verdict.id) == (Status.DRAFT, right()["id"])
    assert {(one.step, one.code.value) for one in verdict.problems} == {(step, code)}


def test_a_past_end_and_agents_outside_the_vocabulary_are_no_problem() -> None:
    document = right() | {"valid_until": "2020-01-01T00:00:00Z"}
    robot = "robot--00000000-0000-4000-8000-00000000000c"
    document["agent_definitions"][robot] = {"type": "robot", "name": "r2", "wheels": 2}
    document["workflow"][CALL]["agent"] = robot
    assert judge(raw(document)).status is Status.ACCEPTED


def test_an_address_whose_id_and_type_disagree_refuses() -> None:
    document = right()
    document["target_definitions"][HOST]["type"] = "invalid"
    assert (HOST, "contradictory_type") in codes(document)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", Code.NOT_JSON),
        (b"{", Code.NOT_JSON),
        (b"\xff\xfe{}", Code.NOT_JSON),
        (b'{"a": "\\ud800"}', Code.NOT_JSON),
        (b"[]", Code.NOT_V2),
        (b"{}", Code.NOT_V2),
        (b'{"type": "playbook", "spec_version": "1.1"}', Code.NOT_V2),
        (b'{"a": 1, "a": 2}', Code.DUPLICATE_KEY),
        (b'{"a": NaN}', Code.NOT_A_NUMBER),
        (b'{"a": 1e999}', Code.NOT_A_NUMBER),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, Code.TOO_DEEP),
        (b" " * (9 * 1024 * 1024), Code.TOO_LARGE),
    ],
)
def test_what_is_no_playbook_is_refused_with_its_reason(text: bytes, code: Code) -> None:
    verdict = judge(text)
    assert [one.code for one in verdict.problems] == [code]
    assert (verdict.status, verdict.id) == (Status.REFUSED, None)


def test_brackets_within_strings_do_not_count_as_depth() -> None:
    assert judge(raw(right() | {"description": '[{"' * 500 + "\\"})).status is Status.ACCEPTED


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(sorted(right())), _json)
def test_any_value_anywhere_gets_a_verdict_with_messages(name: str, value: Any) -> None:
    verdict = judge(raw(right() | {name: value}))
    assert all(one.message("zh") and one.message("en") for one in verdict.problems)
    assert (verdict.status is Status.ACCEPTED) == (not verdict.problems)


@given(st.sampled_from([START, CALL, END]), st.text(max_size=12) | st.sampled_from(["on_completion", "cases"]), _json)
def test_any_property_of_a_step_gets_a_verdict(step: str, name: str, value: Any) -> None:
    document = right()
    document["workflow"][step][name] = value
    assert judge(raw(document)).status in Status


def test_a_stored_problem_reads_back_the_same() -> None:
    problem = Problem(CALL, Code.UNDEFINED_AGENT, {"target": AGENT})
    assert Problem.from_stored(problem.stored()) == problem
