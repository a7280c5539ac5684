"""Ordinary work raises next to nothing: a fortnight in which nobody does wrong, in the database and on the web."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from audit.ingest.bench import opened
from audit.ingest.followers import ingest_file
from audit.ingest.formats import ParseOptions
from config.settings import Settings
from detectors.discovery.scan import Orders, scan
from detectors.discovery.service import Location, report_of, store
from detectors.findings import Finding, FindingKind
from detectors.sigma.rules import LIBRARY, read_file
from soc.clock import now
from soc.db import Database
from soc.demo.history import history_lines
from soc.demo.people_map import map_demo_accounts
from soc.demo.province import province
from soc.demo.weblog import web_lines
from soc.demo.world import World
from soc.demo.write import write
from soc.identity.actors import operator_actor

pytestmark = pytest.mark.slow
SEED, DAY, DAYS = 7, date(2026, 11, 20), 14
#: a nightly dump by an account that no rule knows to be the backup's: told once a night by three rules, for people to except
NIGHTLY = {"dump_tool", "copy_out_of_graded_table", "export_off_hours"}
MOST_A_DAY = 3


@pytest.fixture(scope="module")
def raised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[str, date]]]:
    """Name of the rule and day of each finding of a rule of single events."""
    folder = tmp_path_factory.mktemp("honest")
    with opened(Settings.load({"SOC_HOME": str(folder)})) as (settings, database):
        work(settings, database, folder)
        names = {str(rule.id): path.stem for path in LIBRARY.glob("*.yml") for rule in read_file(path)}
        with database.read() as session:
            found = list(session.scalars(select(Finding).where(Finding.kind == FindingKind.RULE)))
        yield [(names[one.rule_id], one.first_at.date()) for one in found if one.rule_id in names]


def work(settings: Settings, database: Database, folder: Path) -> None:
    """Grade the province's tables, then take in its logs."""
    world, url = World.of(SEED, "small"), f"sqlite:///{folder / 'province.db'}"
    write(url, province(world), lambda *_: None)
    began = now()
    report = report_of(scan([url], Orders()), started_at=began, finished_at=now(), full=False)
    with database.write() as session:
        actor = operator_actor(session)
        store(session, actor, settings, Location("province", url), actor.org, report)
        map_demo_accounts(session, actor, SEED, "small")
    for name, lines in (("pgaudit", history_lines(world, DAY, DAYS)), ("nginx", web_lines(world, DAY, DAYS))):
        path = folder / f"{name}.log"
        path.write_text("".join(lines), encoding="utf-8")
        ingest_file(database, settings, path, name, None, ParseOptions())


def test_ordinary_work_raises_only_what_people_must_except_once(raised: list[tuple[str, date]]) -> None:
    assert {name for name, _ in raised} == NIGHTLY


def test_ordinary_work_raises_few_findings_a_day(raised: list[tuple[str, date]]) -> None:
    assert max(Counter(day for _, day in raised).values()) <= MOST_A_DAY
