"""A trial's province as an installation knows it: its tables in the ledger, its people in the register of accounts."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from detectors.behaviour.facts import EntityKey
from soc.accounts.service import AccountEntry, map_accounts
from soc.db import Database, new_id
from soc.demo.leaks.province import Trial
from soc.demo.leaks.services import BACKUP, SERVICES
from soc.demo.leaks.staff import Worker
from soc.demo.leaks.tables import TrialTable, trial_tables
from soc.demo.serverlog import DATABASE
from soc.identity.actors import operator_actor
from soc.ledger.levels import Level
from soc.ledger.models import LedgerItem, LedgerTable, Source

#: accounts that applications work under
SERVICE_ACCOUNTS = (*(one.account for one in SERVICES), BACKUP[0])
_SERVICE_POST = "服务账号"
_MADE = datetime(2025, 1, 1, tzinfo=UTC)


def install(database: Database, trial: Trial, org: str) -> None:
    """Enter the trial's tables and accounts; the logs are those of ``org``."""
    with database.write() as session:
        source = Source(
            id=new_id(), org=org, name="trial", kind="postgresql", address="trial", database=DATABASE, sealed_url=b"",
            added_at=_MADE,
        )  # fmt: skip
        session.add(source)
        session.flush()
        for table in trial_tables():
            session.add_all(_entered(table, source, org))
            session.flush()
        map_accounts(session, operator_actor(session), _entries(trial.staff, org))


def _entered(table: TrialTable, source: Source, org: str) -> Iterable[LedgerTable | LedgerItem]:
    gravest = max((Level(column.level) for column in table.columns), key=lambda level: level.rank)
    row = LedgerTable(
        id=new_id(), org=org, source_id=source.id, name=table.name, rows=table.rows, level=gravest,
        first_seen=_MADE, last_seen=_MADE,
    )  # fmt: skip
    yield row
    for place, column in enumerate(table.columns):
        yield LedgerItem(
            org=org, table_id=row.id, source_id=source.id, name=column.name, place=place, type=column.type,
            level=Level(column.level), first_seen=_MADE, last_seen=_MADE,
        )  # fmt: skip


def _entries(staff: Iterable[Worker], org: str) -> list[AccountEntry]:
    people = [AccountEntry(one.org, one.account, one.post.value, one.person) for one in staff]
    services = [AccountEntry(org, name, _SERVICE_POST, is_service=True) for name in SERVICE_ACCOUNTS]
    return people + services


def keys_on(staff: Iterable[Worker], day: int, org: str) -> dict[str, EntityKey]:
    """Return who stands behind each account on a day: the register is kept up to date when people move."""
    people = {
        one.account: EntityKey("person", one.person, one.account, one.post_on(day).value, service=False, org=one.org)
        for one in staff
    }
    services = {
        name: EntityKey("account", name, name, _SERVICE_POST, service=True, org=org) for name in SERVICE_ACCOUNTS
    }
    return people | services


def reference_of(entity: str) -> str:
    """Return how the habits name a leak's entity."""
    return f"account:{entity}" if entity in SERVICE_ACCOUNTS else f"person:{entity}"


def first_instant(day: date) -> datetime:
    """Return the instant at which a day begins in China."""
    return datetime.fromisoformat(f"{day.isoformat()}T00:00:00+08:00").astimezone(UTC)
