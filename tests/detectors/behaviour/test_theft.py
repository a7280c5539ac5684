"""The whole way on several seeds: the theft comes first, and without it nothing scores as high."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from audit.ingest.followers import ingest_file
from audit.ingest.formats import ParseOptions
from config.settings import Settings
from detectors.backtest import judged_day
from detectors.behaviour import stage
from detectors.behaviour.store import days_between
from detectors.discovery.scan import Orders, scan
from detectors.discovery.service import Location, report_of, store
from detectors.findings import Finding, FindingKind
from soc.clock import now
from soc.db import Database
from soc.demo.history import history_lines
from soc.demo.people_map import map_demo_accounts
from soc.demo.province import province
from soc.demo.theft import plan_theft
from soc.demo.theft_log import theft_lines
from soc.demo.world import World
from soc.demo.write import write
from soc.identity.actors import operator_actor

DAY = date(2026, 11, 20)
DAYS = 12
#: chosen after the detector was written
SEEDS = (101, 2027, 31337)


@pytest.mark.slow
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_theft_is_first_and_without_it_nothing_is_as_high(
    seed: int, database: Database, settings: Settings, tmp_path: Path
) -> None:
    stage._judges.clear()
    world = World.of(seed, "small")
    _scan(database, settings, world, tmp_path / "province.db")
    with database.write() as session:
        map_demo_accounts(session, operator_actor(session), seed, "small")
    _ingest(database, settings, tmp_path / "history.log", "".join(history_lines(world, DAY, DAYS)))
    ordinary = _highest(database)
    _ingest(database, settings, tmp_path / "theft.log", "".join(theft_lines(world, DAY)))
    with database.read() as session:
        found = list(session.scalars(select(Finding).order_by(Finding.score.desc())))
    assert (found[0].entity_name, found[0].kind) == (plan_theft(world).thief.name, FindingKind.BEHAVIOUR)
    assert found[0].org == plan_theft(world).thief.org
    assert found[0].score >= 80
    assert ordinary <= found[0].score - 30


def _scan(database: Database, settings: Settings, world: World, path: Path) -> None:
    write(str(path), province(world), lambda _name, _rows: None)
    began = now()
    report = report_of(scan([f"sqlite:///{path}"], Orders()), started_at=began, finished_at=now(), full=False)
    with database.write() as session:
        actor = operator_actor(session)
        store(session, actor, settings, Location("province", f"sqlite:///{path}"), actor.org, report)


def _ingest(database: Database, settings: Settings, path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    ingest_file(database, settings, path, "pgaudit", None, ParseOptions())


def _highest(database: Database) -> int:
    """The highest score of anybody on any day of the last half of the history, findings of rules among them."""
    with database.read() as session:
        known = days_between(session, "440000", date(2026, 1, 1), date(2027, 1, 1))
        raised = session.scalars(select(Finding.score)).all()
    days = sorted({one.day for one in known})[7:]
    judged = [one for day in days for one in judged_day(known, [one for one in known if one.day == day], day) or ()]
    return max([one.unusual.score for one in judged] + list(raised), default=0)
