"""Sources and scans that tests of the ledger start from."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.settings import Settings
from soc.identity.actor import Actor
from soc.ledger.levels import Level
from soc.ledger.models import LedgerItem, LedgerSchema, LedgerTable, ScanRun, Source
from soc.ledger.service import store_scan
from soc.ledger.sources import NewSource, add_source
from soc.ledger.types import types
from soc.ledger.values import ScannedColumn, ScannedTable, ScanReport
from soc.tiers.models import Organisation, Tier
from tests.conftest import NOON

CITY, COUNTY, OFFICE, OTHER, PROVINCE = "440100", "440103", "44010001", "440300", "440000"


def column(name: str, kind: str | None = None, **more: Any) -> ScannedColumn:
    """A column of a type, as a scan hands it over."""
    known = types()[kind] if kind else None
    level = more.pop("level", known.level if known else Level.G1)
    entity = known.entity if known else None
    return ScannedColumn(name, kind, entity, 0.97 if kind else 0.0, "high" if kind else "low", level, **more)


def table(name: str, *columns: ScannedColumn, rows: int = 300, **more: Any) -> ScannedTable:
    """A table of columns."""
    return ScannedTable(name, rows, columns, **more)


PEOPLE = table("public.people", column("sfzh", "resident_id"), column("phone", "mobile"), column("n"))
CARS = table("public.cars", column("plate", "plate"), column("owner_phone", "mobile"), category="ZY02")


def report(*tables: ScannedTable, after: int = 0, **more: Any) -> ScanReport:
    """A scan, ``after`` hours after noon."""
    at = NOON + timedelta(hours=after)
    return ScanReport(started_at=at, finished_at=at, tables=tables, **more)


def a_source(session: Session, actor: Actor, settings: Settings, org: str = CITY, name: str = "运政库") -> Source:
    """A registered database."""
    made = add_source(session, actor, settings, NewSource(name, "postgresql://reader:x@10.0.0.9:5432/gd", org))
    session.flush()
    return made


def scanned(session: Session, actor: Actor, source: Source, *tables: ScannedTable, **more: Any) -> ScanRun:
    """Store a scan of a source."""
    run = store_scan(session, actor, source, report(*(tables or (PEOPLE, CARS)), **more))
    session.flush()
    return run


def an_office(session: Session, code: str = OFFICE, parent: str = CITY) -> Organisation:
    """An office below a centre."""
    above = session.get_one(Organisation, parent)
    made = Organisation(code=code, name="运输管理处", parent_code=parent, path=f"{above.path}{code}/", tier=Tier.UNIT)
    session.add(made)
    session.flush()
    return made


def item_of(session: Session, name: str) -> LedgerItem:
    """The one item of a name."""
    return session.scalars(select(LedgerItem).where(LedgerItem.name == name)).one()


def table_of(session: Session, name: str) -> LedgerTable:
    """The one table of a name."""
    return session.scalars(select(LedgerTable).where(LedgerTable.name == name)).one()


def schema_of(session: Session, name: str = "public") -> LedgerSchema:
    """The one schema of a name."""
    return session.scalars(select(LedgerSchema).where(LedgerSchema.name == name)).one()
