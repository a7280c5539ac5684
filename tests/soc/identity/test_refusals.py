"""Bad tokens of one source are counted, and it waits; good ones are taken all the same."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from config.settings import Settings
from soc.db import Database
from soc.errors import UnauthenticatedError
from soc.identity.actors import operator_actor
from soc.identity.admission import admitted
from soc.identity.refusals import (
    MOST,
    WAIT,
    WINDOW,
    TokenRefusals,
    TooManyRefusedError,
    forget_refusals,
    has_form,
    source_of,
)
from soc.identity.tokens import create_token
from soc.trail import Act, TrailEntry
from tests.conftest import NOON

HERE, ELSEWHERE = "203.0.113.7", "203.0.113.8"
BAD = "gl_" + "x" * 43


def refused(database: Database, times: int, *, address: str = HERE, secret: str = BAD, after: float = 0) -> list[str]:
    """Send bad tokens, and say how each was answered."""
    answers = []
    for _ in range(times):
        with pytest.raises((UnauthenticatedError, TooManyRefusedError)) as told:
            admitted(database, secret, address, at=NOON + timedelta(seconds=after))
        answers.append(told.value.key)
    return answers


def good(database: Database) -> str:
    with database.write() as session:
        return create_token(session, operator_actor(session), "440100", ("logs.write",)).token


def test_a_source_may_err_now_and_then_and_then_has_to_wait(database: Database) -> None:
    answers = refused(database, MOST + 3)
    assert answers == ["errors.token_invalid"] * MOST + ["errors.token_flood"] * 3


@pytest.mark.parametrize("secret", [BAD, "nonsense", "gl_short", "x" * 5000])
def test_what_has_not_even_the_form_of_a_token_is_counted_too(database: Database, secret: str) -> None:
    refused(database, MOST, secret=secret)
    assert refused(database, 1) == ["errors.token_flood"]


def test_a_good_token_is_taken_from_a_source_that_has_to_wait(database: Database) -> None:
    token = good(database)
    refused(database, MOST + 1)
    assert admitted(database, token, HERE, at=NOON).org == "440100"


def test_another_source_is_not_made_to_wait(database: Database) -> None:
    refused(database, MOST + 1)
    assert refused(database, 1, address=ELSEWHERE) == ["errors.token_invalid"]


def test_the_wait_ends_by_itself_and_is_not_drawn_out_by_asking(database: Database) -> None:
    refused(database, MOST)
    refused(database, 3, after=WAIT.total_seconds() - 1)
    assert refused(database, 1, after=WAIT.total_seconds() + 1) == ["errors.token_invalid"]


def test_a_token_mistyped_once_an_hour_never_adds_up(database: Database) -> None:
    apart = WINDOW.total_seconds() + 1
    answers = [refused(database, 1, after=apart * turn)[0] for turn in range(MOST + 5)]
    assert set(answers) == {"errors.token_invalid"}


def test_a_wait_leaves_one_entry_and_no_address_in_clear(database: Database) -> None:
    refused(database, MOST + 10)
    with database.read() as session:
        entries = session.scalars(select(TrailEntry).where(TrailEntry.act == Act.TOKEN_FLOOD.value)).all()
        sources = session.scalars(select(TokenRefusals.source)).all()
    assert len(entries) == 1
    assert HERE not in f"{entries[0].subject_id}{sources}"


def test_what_no_longer_counts_is_forgotten(database: Database) -> None:
    refused(database, MOST)
    refused(database, 1, address=ELSEWHERE)
    for moment, left in ((NOON + WINDOW * 2, 1), (NOON + WAIT + WINDOW * 2, 0)):
        with database.write() as session:
            forget_refusals(session, at=moment)
        with database.read() as session:
            assert session.scalar(select(func.count()).select_from(TokenRefusals)) == left


def test_a_token_of_ours_has_the_form(database: Database) -> None:
    assert has_form(good(database))


@given(st.text(max_size=80))
def test_what_has_the_form_is_short_and_plain(text: str) -> None:
    assert not has_form(text) or (text.isascii() and len(text) == 46)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        (None, "not an address", True),
    ],
)
def test_a_source_is_an_address_or_a_network_of_ipv6(settings: Settings, one: str, two: str, same: bool) -> None:
    assert (source_of(settings, one) == source_of(settings, two)) is same
