"""The ledger follows the policy: after a scan, and tier by tier."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from policies.grading.applying import after_scan
from policies.grading.policy import KIND, default_body
from policies.grading.service import active_policy, submit, what_if
from soc.approvals.service import approve
from soc.events import OutboxEvent
from soc.identity.actor import Actor, Role
from soc.ledger.levels import Level
from soc.ledger.models import LedgerItem, LedgerTable, Source
from soc.ledger.service import Correction, correct_item, history_of, store_scan
from soc.ledger.sources import NewSource, add_source
from soc.ledger.types import types
from soc.ledger.values import ReviewOpened, ScannedColumn, ScannedTable, ScanReport, SourceScanned
from soc.versions.service import FaultyBodyError, Order, find_version
from soc.versions.service import what_if as what_if_of
from tests.conftest import NOON

MakePerson = Callable[..., Actor]
PROVINCE, CITY, OTHER = "440000", "440100", "440300"


def scanned(name: str, *kinds: str, rows: int = 9) -> ScannedTable:
    columns = tuple(
        ScannedColumn(f"c{at}", kind, types()[kind].entity, 0.9, "high", types()[kind].level)
        for at, kind in enumerate(kinds)
    )
    return ScannedTable(name, rows, columns, level=Level.G3)


@pytest.fixture
def scan(session: Session, operator: Actor, settings: Settings) -> Callable[..., Source]:
    """Store a scan of tables at an organisation, and grade it as the news of it does."""

    def stored(org: str, *tables: ScannedTable) -> Source:
        source = add_source(session, operator, settings, NewSource(f"库{org}", f"sqlite:///{org}.db", org))
        store_scan(session, operator, source, ScanReport(NOON, NOON, tables))
        after_scan(session, operator, SourceScanned(str(source.id), org, len(tables), 0, 0))
        session.flush()
        return source

    return stored


def items(session: Session, org: str) -> Iterator[LedgerItem]:
    yield from session.scalars(select(LedgerItem).where(LedgerItem.org == org).order_by(LedgerItem.name))


def changed(**levels: str) -> dict[str, Any]:
    body = dict(default_body())
    return body | {"types": body["types"] | levels}


def put_in_force(session: Session, person: MakePerson, org: str, body: dict[str, Any]) -> None:
    author = person(Role.POLICY, org)
    waiting = submit(session, author, org, Order(body, "新规定"))
    approve(session, person(Role.POLICY, PROVINCE), waiting.id, at=NOON)


def test_a_city_may_be_stricter_for_itself_and_for_nobody_else(
    session: Session, person: MakePerson, scan: Callable[..., Source]
) -> None:
    scan(CITY, scanned("t", "uscc"))
    scan(OTHER, scanned("t", "uscc"))
    put_in_force(session, person, CITY, changed(uscc="G3"))
    assert [one.level for one in items(session, CITY)] == [Level.G3]
    assert [one.level for one in items(session, OTHER)] == [Level.G1]


def test_a_city_may_not_be_laxer_and_is_told_where(session: Session, person: MakePerson) -> None:
    with pytest.raises(FaultyBodyError) as refused:
        submit(session, person(Role.POLICY, CITY), CITY, Order(changed(mobile="G1"), "放宽"))
    assert [one.path for one in refused.value.problems] == ["types/mobile"]


def test_what_becomes_stricter_in_the_province_reaches_a_city_with_a_document_of_its_own(
    session: Session, person: MakePerson, scan: Callable[..., Source]
) -> None:
    scan(CITY, scanned("t", "uscc", "mobile"))
    put_in_force(session, person, CITY, changed(mobile="G4"))
    put_in_force(session, person, PROVINCE, changed(uscc="G2"))
    assert [one.level for one in items(session, CITY)] == [Level.G2, Level.G4]
    assert active_policy(session, CITY).types["uscc"] is Level.G2


def test_the_second_person_from_above_sees_what_changes_in_the_city_alone(
    session: Session, person: MakePerson, scan: Callable[..., Source]
) -> None:
    scan(CITY, scanned("t", "uscc"))
    scan(OTHER, scanned("t", "uscc"))
    waiting = submit(session, person(Role.POLICY, CITY), CITY, Order(changed(uscc="G3"), "从严"))
    above = person(Role.POLICY, PROVINCE)
    seen = what_if_of(session, above, find_version(session, above, KIND, CITY, waiting.payload["number"]))
    assert [(one.org, one.items) for one in seen.moves] == [(CITY, 1)]


def test_what_an_owner_corrected_stands_through_scans_and_versions(
    session: Session, operator: Actor, person: MakePerson, scan: Callable[..., Source]
) -> None:
    scan(CITY, scanned("t", "uscc"))
    (item,) = items(session, CITY)
    correct_item(session, operator, item, Correction("uscc", Level.G4), at=NOON)
    put_in_force(session, person, PROVINCE, changed(uscc="G2"))
    assert [one.level for one in items(session, CITY)] == [Level.G4]
    assert session.scalars(select(LedgerTable)).one().level is Level.G4


def test_a_table_judged_important_stays_so_whatever_rules_say(
    session: Session, person: MakePerson, scan: Callable[..., Source]
) -> None:
    scan(CITY, scanned("t", "uscc"))
    session.scalars(select(LedgerTable)).one().level = Level.IMPORTANT
    put_in_force(session, person, PROVINCE, changed(uscc="G2"))
    assert session.scalars(select(LedgerTable)).one().level is Level.IMPORTANT


def test_a_change_of_level_is_in_the_history_with_the_version_that_made_it(
    session: Session, person: MakePerson, scan: Callable[..., Source]
) -> None:
    scan(CITY, scanned("t", "uscc"))
    put_in_force(session, person, PROVINCE, changed(uscc="G2"))
    (item,) = items(session, CITY)
    newest = history_of(session, item)[0]
    assert (newest.cause, newest.why, newest.after) == ("graded", "grading v2", {"level": "G2"})


def test_a_rule_that_comes_into_force_opens_reviews_once(
    session: Session, person: MakePerson, scan: Callable[..., Source]
) -> None:
    scan(CITY, scanned("t", "uscc"))
    rule = {"id": "r1", "when": {"any": ["uscc"]}, "then": {"review": "I"}}
    body = dict(default_body()) | {"rules": [rule]}
    put_in_force(session, person, PROVINCE, body)
    put_in_force(session, person, PROVINCE, body | {"title": "再来一次"})
    opened = session.scalars(select(OutboxEvent).where(OutboxEvent.name == ReviewOpened.name)).all()
    assert [one.payload["reasons"] for one in opened] == [["important.rule:r1"]]


def test_what_if_says_what_hangs_on_the_levels_and_stores_nothing(
    session: Session, operator: Actor, scan: Callable[..., Source]
) -> None:
    scan(CITY, scanned("t", "uscc", "mobile"))
    (code, phone) = items(session, CITY)
    code.sharing = "unconditional"  # type: ignore[assignment]
    session.flush()
    effect = what_if(session, operator, None, changed(uscc="G4", mobile="G2"))
    told = {one["what"]: one["count"] for one in effect.touched if "params" not in one}
    assert told == {
        "grading.touched.up": 1,
        "grading.touched.down": 1,
        "grading.touched.tables": 1,
        "grading.touched.protection": 2,
        "grading.touched.sharing_unconditional": 1,
    }
    assert (code.level, phone.level) == (Level.G1, Level.G3)


def test_after_a_scan_the_ledger_says_what_the_policy_says_of_the_whole_table(
    session: Session, person: MakePerson, scan: Callable[..., Source]
) -> None:
    rule = {"id": "r1", "when": {"all": ["uscc", "plate"], "tiers": ["city"]}, "then": {"level": "G4", "to": "columns"}}
    put_in_force(session, person, PROVINCE, dict(default_body()) | {"rules": [rule]})
    scan(CITY, scanned("t", "uscc", "plate"))
    scan(PROVINCE, scanned("t", "uscc", "plate"))
    assert [one.level for one in items(session, CITY)] == [Level.G4, Level.G4]
    assert Level.G4 not in [one.level for one in items(session, PROVINCE)]
