"""What events are joined with: the ledger and the accounts, read anew only when they change."""

from dataclasses import dataclass, field

import polars as pl

from soc.accounts.service import account_frame
from soc.accounts.service import freshness as accounts_freshness
from soc.db import Database
from soc.ledger.catalogue import catalogue
from soc.ledger.catalogue import freshness as ledger_freshness


@dataclass(frozen=True, slots=True)
class KnownColumn:
    """A column of the ledger."""

    org: str
    database: str
    name: str
    type: str | None
    category: str | None
    level: str
    rank: int


@dataclass(slots=True)
class KnownTable:
    """A table of the ledger: its columns by name, and how many rows it has at most."""

    name: str
    rows: int | None
    columns: dict[str, KnownColumn] = field(default_factory=dict)


#: table name, with and without its schema → the tables of that name
Tables = dict[str, list[KnownTable]]


@dataclass(slots=True)
class Lookups:
    """Ledger and accounts as of ``mark``."""

    mark: object
    ledger: pl.DataFrame
    accounts: pl.DataFrame
    by_org: dict[str, Tables] = field(default_factory=dict)

    def tables_of(self, org: str) -> Tables:
        """Return the tables that logs of ``org`` may speak of: its own, before those of others."""
        if org not in self.by_org:
            own = self.ledger.filter(pl.col("org") == org)
            self.by_org[org] = _indexed(own if own.height else self.ledger)
        return self.by_org[org]


_held: dict[str, Lookups] = {}


def lookups_of(database: Database) -> Lookups:
    """Return what is known now; kept while neither ledger nor accounts change."""
    place = str(database.engine.url)
    with database.read() as session:
        mark = (ledger_freshness(session), accounts_freshness(session))
        held = _held.get(place)
        if held is None or held.mark != mark:
            held = _held[place] = Lookups(mark, catalogue(session), account_frame(session))
    return held


def _indexed(ledger: pl.DataFrame) -> Tables:
    whole: dict[tuple[str, str, str], KnownTable] = {}
    for row in ledger.iter_rows(named=True):
        key = (row["org"], row["source"], row["table"].lower())
        table = whole.setdefault(key, KnownTable(row["table"].lower(), row["rows"]))
        table.columns[row["column"].lower()] = KnownColumn(
            row["org"], row["database"], row["column"], row["type"], row["category"], row["level"], row["level_rank"]
        )
    tables: Tables = {}
    for table in whole.values():
        for name in {table.name, table.name.rpartition(".")[2]}:
            tables.setdefault(name, []).append(table)
    return tables
