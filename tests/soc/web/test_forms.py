"""Forms: what a dataclass lets in."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from soc.web.forms import FormError, parse_form

ZONE = ZoneInfo("Asia/Shanghai")


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Order:
    name: str = field(metadata={"longest": 8})
    count: int = field(default=1, metadata={"least": 0, "most": 9})
    share: float = 0.5
    urgent: bool = False
    colour: Colour | None = None
    at: datetime | None = None
    day: date | None = None
    owner: UUID | None = None
    tags: tuple[str, ...] = ()


def read(**given: str | list[str]) -> Order:
    pairs = [(k, one) for k, v in given.items() for one in (v if isinstance(v, list) else [v])]
    return parse_form(Order, MultiDict(pairs), ZONE)


def problem(**given: str | list[str]) -> dict[str, str]:
    with pytest.raises(FormError) as caught:
        read(**given)
    return {name: message.key for name, message in caught.value.problems.items()}


def test_values_come_as_their_types() -> None:
    order = read(
        name=" a ", count="3", urgent="on", colour="red", at="2026-11-22T15:04", day="2026-11-22", tags=["x", "y"]
    )
    assert order == Order(
        "a", 3, 0.5, True, Colour.RED, datetime(2026, 11, 22, 7, 4, tzinfo=UTC), date(2026, 11, 22), None, ("x", "y")
    )


def test_a_field_nobody_declared_is_refused() -> None:
    assert problem(name="a", org="440000") == {"org": "web.form.unknown_field"}


def test_the_token_of_the_form_is_no_field() -> None:
    assert read(name="a", csrf_token="x").name == "a"


def test_every_problem_is_told_at_once() -> None:
    assert problem(count="many", colour="green", at="noon", day="today", owner="me") == {
        "name": "web.form.missing",
        "count": "web.form.number",
        "colour": "web.form.choice",
        "at": "web.form.time",
        "day": "web.form.date",
        "owner": "web.form.choice",
    }


@pytest.mark.parametrize("count", ["-1", "10", "99999999999999999999"])
def test_a_number_out_of_range_is_refused(count: str) -> None:
    assert problem(name="a", count=count) == {"count": "web.form.range"}


@pytest.mark.parametrize("share", ["nan", "NaN"])
def test_what_is_no_number_is_refused(share: str) -> None:
    assert problem(name="a", share=share) == {"share": "web.form.range"}


def test_too_long_a_text_is_refused() -> None:
    assert problem(name="123456789") == {"name": "web.form.too_long"}


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\x7fb"])
def test_control_characters_are_refused(text: str) -> None:
    assert problem(name=text) == {"name": "web.form.control"}


def test_a_field_given_twice_is_refused() -> None:
    assert problem(name=["a", "b"]) == {"name": "web.form.twice"}


@given(st.dictionaries(st.sampled_from([*Order.__dataclass_fields__, "other"]), st.text(max_size=30)))
def test_whatever_is_sent_is_an_order_or_a_form_error(sent: dict[str, str]) -> None:
    try:
        told: object = parse_form(Order, MultiDict(sent), ZONE)
    except FormError as error:
        told = error.problems
    assert told
