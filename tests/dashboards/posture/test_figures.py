from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from dashboards.posture.figures import posture
from dashboards.posture.indicators import Span
from incidents.alerts.models import Alert, AlertStatus, Severity, Verdict
from soc.exposure import NOTHING, Basis, Figure
from soc.identity.actor import Role
from soc.ledger.levels import Level
from soc.ledger.models import ItemStatus, LedgerItem, LedgerTable, Source
from tests.conftest import NOON, MakePerson

SPAN = Span(NOON - timedelta(days=30), NOON)


def a_table(session: Session, org: str) -> LedgerTable:
    source = Source(org=org, name=f"db-{org}", kind="sqlite", address="x", sealed_url=b"x", added_at=NOON)
    session.add(source)
    session.flush()
    table = LedgerTable(org=org, source_id=source.id, name="t", first_seen=NOON, last_seen=NOON)
    session.add(table)
    session.flush()
    return table


def an_item(session: Session, table: LedgerTable, name: str, level: Level, status: ItemStatus) -> None:
    session.add(
        LedgerItem(
            org=table.org,
            table_id=table.id,
            source_id=table.source_id,
            name=name,
            type="resident_id",
            level=level,
            status=status,
            first_seen=NOON,
            last_seen=NOON,
        )
    )
    session.flush()


def an_alert(session: Session, org: str, **changes: Any) -> Alert:
    values: dict[str, Any] = {
        "org": org, "entity_kind": "person", "entity": "e", "entity_name": "n", "kind": "behaviour",
        "title": {"key": "rules.title", "params": {}}, "title_text": "", "reasons": [], "parts": [], "score": 95,
        "severity": Severity.CRITICAL, "level": "G4", "events": [], "first_at": NOON - timedelta(days=2),
        "last_at": NOON - timedelta(days=2), "opened_at": NOON - timedelta(days=2), "changed_at": NOON,
        "rows_low": 100, "rows_high": 500, "rows_basis": Basis.UNKNOWN,
    }  # fmt: skip
    alert = Alert(**{**values, **changes})
    session.add(alert)
    session.flush()
    return alert


def test_a_city_counts_itself_and_its_counties_and_nothing_of_its_neighbour(
    session: Session, person: MakePerson
) -> None:
    for org in ("440100", "440103", "440300"):
        an_item(session, a_table(session, org), "id", Level.G4, ItemStatus.PROPOSED)
        an_alert(session, org)
    found = posture(session, person(Role.LEADER, "440100"), SPAN, at=NOON)
    assert found.centre.counts.sensitive == 2
    assert found.centre.counts.alerts == 2
    assert {one.org.code for one in found.below if one.counts.alerts} == {"440103"}
    assert all(one.org.code.startswith("4401") for one in found.below)


def test_confirming_an_item_moves_the_grading_indicator(session: Session, person: MakePerson) -> None:
    table, leader = a_table(session, "440100"), person(Role.LEADER, "440100")
    an_item(session, table, "a", Level.G4, ItemStatus.PROPOSED)
    an_item(session, table, "b", Level.G4, ItemStatus.PROPOSED)
    assert posture(session, leader, SPAN, at=NOON).centre.indicators["B1"].value == 0
    session.query(LedgerItem).filter_by(name="a").one().status = ItemStatus.CONFIRMED
    session.flush()
    assert posture(session, leader, SPAN, at=NOON).centre.indicators["B1"].value == pytest.approx(0.5)


def test_rows_of_a_false_positive_are_no_exposure_and_one_without_a_bound_opens_the_range(
    session: Session, person: MakePerson
) -> None:
    leader = person(Role.LEADER)
    an_alert(session, "440100")
    an_alert(session, "440300", verdict=Verdict.FALSE_POSITIVE, status=AlertStatus.CLOSED)
    counts = posture(session, leader, SPAN, at=NOON).centre.counts
    assert counts.rows == Figure(100, 500, Basis.UNKNOWN)
    an_alert(session, "440500", rows_high=None)
    counts = posture(session, leader, SPAN, at=NOON).centre.counts
    assert counts.rows == Figure(200, None, Basis.UNKNOWN)


def test_persons_of_several_alerts_may_be_the_same_and_the_least_certain_basis_speaks(
    session: Session, person: MakePerson
) -> None:
    for org, low, high, basis in (
        ("440100", 30, 40, Basis.MEASURED),
        ("440100", 20, 25, Basis.ESTIMATED),
        ("440103", 5, 6, Basis.MEASURED),
    ):
        an_alert(session, org, persons_low=low, persons_high=high, persons_basis=basis, rows_basis=Basis.MEASURED)
    counts = posture(session, person(Role.LEADER, "440100"), SPAN, at=NOON).centre.counts
    assert counts.persons == Figure(30, 71, Basis.ESTIMATED)
    assert counts.rows == Figure(300, 1500, Basis.MEASURED)


@pytest.mark.parametrize(("after", "value"), [(timedelta(hours=3), 1.0), (timedelta(hours=5), 0.0)])
def test_a_grave_alert_is_in_time_within_four_hours(
    session: Session, person: MakePerson, after: timedelta, value: float
) -> None:
    alert = an_alert(session, "440100", status=AlertStatus.CLOSED)
    alert.closed_at = alert.opened_at + after
    session.flush()
    assert posture(session, person(Role.LEADER), SPAN, at=NOON).centre.indicators["F1"].value == value


def test_an_empty_installation_has_no_score_rather_than_a_full_one(session: Session, person: MakePerson) -> None:
    found = posture(session, person(Role.LEADER), SPAN, at=NOON)
    assert found.centre.score.value is None
    assert found.centre.counts.rows == found.centre.counts.persons == NOTHING
    assert len(found.below) == 21
