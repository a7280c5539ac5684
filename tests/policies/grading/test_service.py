"""Policies with versions: what-if counts, approval takes two, the ledger follows."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from policies.grading.policy import KIND, default_body
from policies.grading.service import active_policy, submit, what_if
from soc.approvals.service import approve
from soc.errors import ForbiddenError
from soc.identity.actor import Actor, Role
from soc.ledger.levels import Level
from soc.ledger.models import LedgerItem, LedgerTable
from soc.ledger.service import Correction, correct_item, history_of, store_scan
from soc.ledger.sources import NewSource, add_source
from soc.ledger.types import types
from soc.ledger.values import ScannedColumn, ScannedTable, ScanReport
from soc.versions.service import FaultyBodyError, Order, roll_back
from tests.conftest import NOON

MakePerson = Callable[..., Actor]
ORG = "440000"


@pytest.fixture
def ledger(session: Session, operator: Actor, settings: Settings) -> dict[str, LedgerItem]:
    """Two codes and a telephone in one table."""
    source = add_source(session, operator, settings, NewSource("库", "sqlite:///a.db", "440100"))
    columns = tuple(_column(name, kind) for name, kind in (("a", "uscc"), ("b", "uscc"), ("c", "mobile")))
    table = ScannedTable("t", 9, columns, level=Level.G3)
    store_scan(session, operator, source, ScanReport(NOON, NOON, (table,)))
    session.flush()
    return {item.name: item for item in session.scalars(select(LedgerItem))}


def level_of(item: LedgerItem) -> str:
    return item.level.value


def _column(name: str, kind: str) -> ScannedColumn:
    known = types()[kind]
    return ScannedColumn(name, kind, known.entity, 0.9, "high", known.level)


def changed(**levels: str) -> dict[str, Any]:
    body = dict(default_body())
    return body | {"types": body["types"] | levels}


def test_what_if_counts_what_would_move_and_stores_nothing(
    session: Session, operator: Actor, ledger: dict[str, LedgerItem]
) -> None:
    effect = what_if(session, operator, None, changed(uscc="G4"))
    assert (effect.items, effect.changed) == (3, 2)
    assert [(one.org, one.before, one.after, one.items) for one in effect.moves] == [("440100", "G1", "G4", 2)]
    assert level_of(ledger["a"]) == "G1"


def test_what_an_owner_corrected_is_not_counted(
    session: Session, operator: Actor, ledger: dict[str, LedgerItem]
) -> None:
    correct_item(session, operator, ledger["a"], Correction("uscc", Level.G2), at=NOON)
    assert what_if(session, operator, None, changed(uscc="G4")).changed == 1


def test_a_second_person_puts_a_policy_in_force_and_the_ledger_follows(
    session: Session, person: MakePerson, ledger: dict[str, LedgerItem]
) -> None:
    author, second = person(Role.POLICY, ORG), person(Role.POLICY, ORG, username="second")
    waiting = submit(session, author, ORG, Order(changed(uscc="G4"), "新规定"))
    with pytest.raises(ForbiddenError):
        approve(session, author, waiting.id, at=NOON)
    assert level_of(ledger["a"]) == "G1"
    approve(session, second, waiting.id, at=NOON)
    assert level_of(ledger["a"]) == "G4"
    assert [one.cause for one in history_of(session, ledger["a"])] == ["graded"]
    assert session.scalars(select(LedgerTable)).one().level is Level.G4
    assert active_policy(session, ORG).types["uscc"] is Level.G4


def test_a_roll_back_takes_two_persons_as_well(
    session: Session, person: MakePerson, ledger: dict[str, LedgerItem]
) -> None:
    author, second = person(Role.POLICY, ORG), person(Role.POLICY, ORG, username="second")
    approve(session, second, submit(session, author, ORG, Order(changed(uscc="G4"), "新规定")).id, at=NOON)
    again = roll_back(session, author, KIND, ORG, 1, reason="撤回")
    assert level_of(ledger["a"]) == "G4"
    approve(session, second, again.id, at=NOON)
    assert level_of(ledger["a"]) == "G1"


def test_a_faulty_policy_is_not_even_a_draft(session: Session, person: MakePerson) -> None:
    with pytest.raises(FaultyBodyError) as caught:
        submit(session, person(Role.POLICY, ORG), ORG, Order({"types": {"mobile": "G9"}}, "-"))
    assert [one.path for one in caught.value.problems] == ["types/mobile"]
