"""Correlations: what several hits say together, window by window and group by group."""

from random import Random
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sigma.correlations import SigmaCorrelationRule

from detectors.sigma.correlation import Hit, correlated, fields_of, names_of, unsupported


def a_correlation(
    kind: str, condition: Any = None, *, rules: Any = ("a",), timespan: str = "10s", **more: Any
) -> SigmaCorrelationRule:
    body = {"type": kind, "timespan": timespan, "group-by": ["user"], **more}
    if rules is not None:
        body["rules"] = list(rules)
    if condition is not None:
        body["condition"] = condition
    return SigmaCorrelationRule.from_dict({"title": "t", "correlation": body})


def hits(*told: tuple[float, str] | tuple[float, str, str], group: str = "u") -> list[Hit]:
    return [Hit(number, one[0], one[1], (group,), one[2:]) for number, one in enumerate(told)]


def test_enough_hits_within_the_timespan_are_told_and_others_are_not() -> None:
    rule = a_correlation("event_count", {"gte": 3})
    assert correlated(rule, hits((0, "a"), (20, "a"), (25, "a"), (30, "a"), (60, "a"))) == [1, 2, 3]


def test_each_group_counts_for_itself() -> None:
    rule = a_correlation("event_count", {"gte": 2})
    mixed = [Hit(number, number, "a", (group,)) for number, group in enumerate("xyx")]
    assert correlated(rule, mixed) == [0, 2]


def test_different_values_are_counted_once() -> None:
    rule = a_correlation("value_count", {"gte": 3, "field": "table"})
    assert correlated(rule, hits((0, "a", "t1"), (1, "a", "t1"), (2, "a", "t2"), (3, "a", "t2"))) == []
    assert correlated(rule, hits((0, "a", "t1"), (1, "a", "t1"), (2, "a", "t2"), (3, "a", "t3"))) == [0, 1, 2, 3]


def test_too_few_is_judged_by_whole_windows() -> None:
    rule = a_correlation("event_count", {"lt": 3})
    assert correlated(rule, hits((0, "a"), (1, "a"), (2, "a"), (50, "a"))) == [3]


@pytest.mark.parametrize(
    ("kind", "condition", "fires"),
    [
        ("value_sum", {"gt": 59, "field": "bytes"}, True),
        ("value_sum", {"gt": 60, "field": "bytes"}, False),
        ("value_avg", {"gte": 20, "field": "bytes"}, True),
        ("value_avg", {"gt": 20, "field": "bytes"}, False),
        ("value_median", {"gte": 10, "field": "bytes"}, True),
        ("value_percentile", {"gte": 40, "field": "bytes", "percentile": 90}, True),
        ("value_percentile", {"gte": 41, "field": "bytes", "percentile": 90}, False),
    ],
)
def test_numbers_are_summed_and_ranked(kind: str, condition: dict[str, Any], fires: bool) -> None:
    found = correlated(
        a_correlation(kind, condition), hits((0, "a", "10"), (1, "a", "10"), (2, "a", "40"), (3, "a", "-"))
    )
    assert bool(found) is fires


def test_all_rules_within_the_timespan_in_any_order() -> None:
    rule = a_correlation("temporal", rules=("a", "b", "c"))
    assert correlated(rule, hits((0, "c"), (1, "b"), (2, "a"))) == [0, 1, 2]
    assert correlated(rule, hits((0, "c"), (1, "b"), (20, "a"))) == []


def test_in_order_means_one_after_another() -> None:
    rule = a_correlation("temporal_ordered", rules=("a", "b"))
    assert correlated(rule, hits((0, "b"), (1, "a"))) == []
    assert correlated(rule, hits((0, "b"), (1, "a"), (2, "b"))) == [0, 1, 2]
    assert correlated(rule, hits((0, "a"), (30, "b"))) == []


def test_one_event_is_not_two_steps() -> None:
    rule = a_correlation("temporal_ordered", rules=("a", "a"))
    assert correlated(rule, hits((0, "a"))) == []
    assert correlated(rule, hits((0, "a"), (3, "a"))) == [0, 1]


def test_a_condition_in_words_may_leave_a_rule_out() -> None:
    rule = a_correlation("temporal", "login and not approved", rules=None)
    assert names_of(rule) == ("login", "approved")
    assert correlated(rule, hits((0, "login"))) == [0]
    assert correlated(rule, hits((0, "approved"), (1, "login"))) == []
    assert unsupported(a_correlation("temporal_ordered", "a and b", rules=None))


def test_an_alias_names_the_field_of_each_rule() -> None:
    aliases = {"user": {"a": "actor.user.name", "b": "winlog.user"}}
    rule = a_correlation("value_count", {"gte": 2, "field": "user"}, rules=("a", "b", "c"), aliases=aliases)
    assert fields_of(rule, "a") == (("actor.user.name",), ("actor.user.name",))
    assert fields_of(rule, "b") == (("winlog.user",), ("winlog.user",))
    assert fields_of(rule, "c") == (("user",), ("user",))


TOLD = st.lists(
    st.tuples(st.integers(1, 40), st.sampled_from("abc"), st.sampled_from(["1", "2", "5", "x"])), max_size=14
)


@given(told=TOLD, least=st.integers(1, 5))
def test_windows_that_move_say_what_every_window_looked_at_by_itself_says(
    told: list[tuple[int, str, str]], least: int
) -> None:
    seen = sorted(hits(*told), key=lambda hit: (hit.at, hit.number))
    measures: dict[str, Any] = {
        "event_count": len,
        "value_count": lambda window: len({hit.values for hit in window}),
        "value_sum": lambda window: sum(_numbers(window)) if _numbers(window) else None,
        "value_median": lambda window: median(_numbers(window)) if _numbers(window) else None,
        "temporal": lambda window: len({hit.rule for hit in window}),
    }
    for kind, measure in measures.items():
        condition = {"gte": least, "field": "f"} if kind.startswith("value") else {"gte": least}
        rule = a_correlation(kind, condition, rules=("a", "b", "c"))
        wanted: set[int] = set()
        for last in seen:
            window = [hit for hit in seen if last.at - 10 <= hit.at <= last.at]
            found = measure(window)
            if found is not None and found >= least:
                wanted |= {hit.number for hit in window}
        assert correlated(rule, seen) == sorted(wanted), kind


@given(told=TOLD)
def test_a_chain_is_found_where_there_is_one(told: list[tuple[int, str, str]]) -> None:
    seen = sorted(hits(*told), key=lambda hit: (hit.at, hit.number))
    chains = [
        (one, two, three)
        for one in seen if one.rule == "a"
        for two in seen if two.rule == "b" and one.at <= two.at
        for three in seen if three.rule == "c" and two.at <= three.at <= one.at + 10
    ]  # fmt: skip
    found = correlated(a_correlation("temporal_ordered", rules=("a", "b", "c")), seen)
    assert bool(found) is bool(chains)
    assert {hit.number for chain in chains for hit in chain} <= set(found)


def test_an_event_of_two_steps_ends_the_chain_that_another_began() -> None:
    rule = a_correlation("temporal_ordered", rules=("a", "b"))
    both = [Hit(0, 1, "a", ("u",)), Hit(1, 2, "a", ("u",)), Hit(1, 2, "b", ("u",))]
    assert correlated(rule, both) == [0, 1]
    assert correlated(rule, both[1:]) == []


@given(told=TOLD, order=st.randoms(use_true_random=False))
def test_hits_of_one_moment_may_come_in_any_order(told: list[tuple[int, str, str]], order: Random) -> None:
    mixed = list(told)
    order.shuffle(mixed)
    for kind in ("event_count", "value_sum", "temporal", "temporal_ordered"):
        condition = {"gte": 3, "field": "f"} if kind.startswith("value") else {"gte": 2}
        rule = a_correlation(kind, None if kind.endswith("ordered") else condition, rules=("a", "b", "a"))
        found = [sorted(group[number] for number in correlated(rule, hits(*group))) for group in (told, mixed)]
        assert found[0] == found[1], kind


def _numbers(window: list[Hit]) -> list[float]:
    return [float(hit.values[0]) for hit in window if hit.values[0] != "x"]
