"""Weak spots from found to closed, with exceptions that end."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from detectors.weaknesses.catalogue import checks
from detectors.weaknesses.looking import Seen
from detectors.weaknesses.models import SpotStatus, WeakSpot
from detectors.weaknesses.service import (
    bear,
    count_waiting,
    expire,
    find_spot,
    hand_out,
    keep_foreign,
    notes_of,
    store_looks,
    take_up,
)
from detectors.weaknesses.values import Hit, NotCheckedError
from soc.clock import now
from soc.errors import ConflictError, InputError, NotFoundError
from soc.identity.actor import Actor, Role
from soc.ledger.levels import Level
from soc.ledger.models import Source
from soc.ledger.service import store_scan
from soc.ledger.sources import NewSource, add_source
from soc.ledger.values import ScannedTable, ScanReport
from tests.conftest import NOON

MakePerson = Callable[..., Actor]
CITY = "440100"
NO_TLS, GRANTS = checks()["pg.no_tls"], checks()["pg.public_grants"]


@pytest.fixture
def source(session: Session, operator: Actor, settings: Settings) -> Source:
    """A database of a city with one grave and one harmless table."""
    made = add_source(session, operator, settings, NewSource("库", "postgresql://a/b", CITY))
    tables = (ScannedTable("public.people", 9, (), level=Level.G4), ScannedTable("public.codes", 9, (), level=Level.G1))
    store_scan(session, operator, made, ScanReport(NOON, NOON, tables))
    session.flush()
    return made


def found(check: str = "pg.no_tls", *subjects: str, table: str = "") -> Seen:
    hits = tuple(Hit(one, {"name": "ssl", "value": "off"}, table=table) for one in subjects or ("",))
    return Seen(checks()[check], hits)


def spot_of(session: Session) -> WeakSpot:
    return session.scalars(select(WeakSpot)).one()


def history(session: Session) -> list[str]:
    return [one.what for one in reversed(notes_of(session, spot_of(session)))]


def test_a_spot_is_weighed_by_the_gravest_data_behind_it(session: Session, operator: Actor, source: Source) -> None:
    store_looks(session, operator, source, [found()])
    assert (spot_of(session).level, spot_of(session).score) == (Level.G4, 78)


def test_a_spot_of_one_table_is_weighed_by_that_table(session: Session, operator: Actor, source: Source) -> None:
    store_looks(session, operator, source, [found("pg.public_grants", "public.codes", table="public.codes")])
    assert (spot_of(session).level, spot_of(session).score) == (Level.G1, 48)


def test_seen_twice_is_one_spot(session: Session, operator: Actor, source: Source) -> None:
    for _ in range(2):
        store_looks(session, operator, source, [found()])
    assert history(session) == ["found"]


def test_what_a_later_look_does_not_find_is_closed_and_opens_again_when_it_is_back(
    session: Session, operator: Actor, source: Source
) -> None:
    store_looks(session, operator, source, [found()])
    run = store_looks(session, operator, source, [Seen(NO_TLS)])
    assert (run.closed, spot_of(session).status) == (1, SpotStatus.CLOSED)
    store_looks(session, operator, source, [found()])
    assert spot_of(session).status is SpotStatus.OPEN
    assert history(session) == ["found", "closed", "found_again"]


def test_a_check_that_could_not_look_closes_nothing(session: Session, operator: Actor, source: Source) -> None:
    store_looks(session, operator, source, [found()])
    run = store_looks(session, operator, source, [Seen(NO_TLS, unseen=NotCheckedError("weak.unseen.refused"))])
    assert (run.closed, spot_of(session).status) == (0, SpotStatus.OPEN)
    assert run.unseen == [{"check": "pg.no_tls", "key": "weak.unseen.refused", "params": {}}]


def test_a_task_is_closed_by_the_look_that_finds_it_mended(
    session: Session, operator: Actor, person: MakePerson, source: Source
) -> None:
    store_looks(session, operator, source, [found()])
    hand_out(session, person(Role.OWNER, CITY), spot_of(session), assignee="数据库组", due_at=now() + timedelta(days=7))
    assert spot_of(session).status is SpotStatus.TASK
    store_looks(session, operator, source, [Seen(NO_TLS)])
    assert history(session) == ["found", "task", "closed"]


def test_an_exception_holds_until_its_day_and_through_looks(
    session: Session, operator: Actor, person: MakePerson, source: Source
) -> None:
    store_looks(session, operator, source, [found()])
    until = now() + timedelta(days=30)
    bear(session, person(Role.POLICY, CITY), spot_of(session), why="内网专线", until=until)
    store_looks(session, operator, source, [found()])
    assert spot_of(session).status is SpotStatus.EXCEPTED
    assert expire(session, operator, at=until - timedelta(seconds=1)) == 0
    assert expire(session, operator, at=until) == 1
    assert history(session) == ["found", "excepted", "expired"]


def test_an_exception_is_taken_back_before_its_day(
    session: Session, operator: Actor, person: MakePerson, source: Source
) -> None:
    store_looks(session, operator, source, [found()])
    bear(session, person(Role.POLICY), spot_of(session), why="x", until=now() + timedelta(days=1))
    take_up(session, person(Role.POLICY), spot_of(session))
    assert spot_of(session).status is SpotStatus.OPEN


def test_an_exception_of_yesterday_is_refused(session: Session, operator: Actor, source: Source) -> None:
    store_looks(session, operator, source, [found()])
    with pytest.raises(InputError, match="past"):
        bear(session, operator, spot_of(session), why="x", until=now() - timedelta(days=1))


def test_what_is_closed_is_neither_handed_out_nor_borne(session: Session, operator: Actor, source: Source) -> None:
    store_looks(session, operator, source, [found()])
    store_looks(session, operator, source, [Seen(NO_TLS)])
    with pytest.raises(ConflictError):
        hand_out(session, operator, spot_of(session), assignee="x", due_at=None)
    with pytest.raises(ConflictError):
        bear(session, operator, spot_of(session), why="x", until=now() + timedelta(days=1))


def test_another_scanners_results_are_weighed_alike_and_closed_by_no_look_of_ours(
    session: Session, operator: Actor, source: Source
) -> None:
    results = [("CVE-2026-1", 4, Hit("db01:5432", {"place": "db01:5432"}), "old library")] * 2
    keep_foreign(session, operator, source, "trivy", results)
    store_looks(session, operator, source, [Seen(NO_TLS)])
    spot = spot_of(session)
    assert (spot.check, spot.title, spot.score, spot.status) == (
        "trivy:CVE-2026-1",
        "old library",
        100,
        SpotStatus.OPEN,
    )


def test_spots_of_another_organisation_look_missing_and_are_not_counted(
    session: Session, operator: Actor, person: MakePerson, source: Source
) -> None:
    store_looks(session, operator, source, [found()])
    assert count_waiting(session, person(Role.OWNER, CITY)) == 1
    stranger = person(Role.OWNER, "440300")
    assert count_waiting(session, stranger) == 0
    with pytest.raises(NotFoundError):
        find_spot(session, stranger, spot_of(session).id)
