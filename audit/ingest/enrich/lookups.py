"""What events are joined with: the ledger and the accounts, read anew only when they change.

Logs of an organisation speak of its own sources and of those below it. Of a source above they speak
only where the record names that very database: then its level counts, and no name of a column that
the statement did not say itself. Of anybody else's sources they never do (docs/decisions/012).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import polars as pl
from sqlalchemy import select

from audit.ingest.enrich.asked import Register
from soc.accounts.service import account_frame
from soc.accounts.service import freshness as accounts_freshness
from soc.db import Database
from soc.ledger.catalogue import catalogue
from soc.ledger.catalogue import freshness as ledger_freshness
from soc.tiers.models import Organisation


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
    #: of a source above whoever logs: what they did not say themselves is not told
    above: bool = False


#: table name, with and without its schema → the tables of that name, the likeliest first
Tables = dict[str, list[KnownTable]]


class Nearness(IntEnum):
    """How near a source is to whoever logs."""

    OWN = 0
    BELOW = 1
    ABOVE = 2


@dataclass(slots=True)
class Lookups:
    """Ledger, accounts and organisations as of ``mark``."""

    mark: object
    ledger: pl.DataFrame
    accounts: pl.DataFrame
    #: where each organisation stands
    paths: Mapping[str, str] = field(default_factory=dict)
    _tables: dict[tuple[str, str], Tables] = field(default_factory=dict)
    _accounts: dict[str, pl.DataFrame] = field(default_factory=dict)
    _registers: dict[str, Register] = field(default_factory=dict)

    def tables_of(self, org: str, database: str | None) -> Tables:
        """Return the tables that a record of ``org`` may speak of, on the database that it names."""
        key = (org, (database or "").lower())
        if key not in self._tables:
            self._tables[key] = _indexed(self._reach(*key))
        return self._tables[key]

    def accounts_of(self, org: str) -> pl.DataFrame:
        """Return the accounts that logs of ``org`` may name: its own, then those below, one of each name."""
        if org not in self._accounts:
            known = self.accounts.with_columns(self._nearness(self.accounts["org"], org))
            mine = known.filter(pl.col("near") < Nearness.ABOVE)
            self._accounts[org] = mine.sort("near").unique("name", keep="first")
        return self._accounts[org]

    def register_of(self, org: str) -> Register:
        """Return who can have asked through an application whose statements are in the logs of ``org``."""
        if org not in self._registers:
            self._registers[org] = Register.of(self.accounts_of(org))
        return self._registers[org]

    def _reach(self, org: str, database: str) -> pl.DataFrame:
        ledger = self.ledger.with_columns(self._nearness(self.ledger["org"], org))
        named = (pl.col("database").str.to_lowercase() == database) & (pl.col("database") != "")
        ledger = ledger.filter((pl.col("near") < Nearness.ABOVE) | (named & pl.col("near").is_not_null()))
        here = ledger.filter(named)
        return (here if here.height else ledger).sort("near", maintain_order=True)

    def _nearness(self, orgs: pl.Series, org: str) -> pl.Series:
        near = {code: self._near(code, org) for code in orgs.unique()}
        return pl.Series("near", [near[code] for code in orgs], dtype=pl.Int8)

    def _near(self, code: str, org: str) -> Nearness | None:
        if code == org:
            return Nearness.OWN
        one, two = self.paths.get(code, ""), self.paths.get(org, "")
        if not one or not two:
            return None
        if one.startswith(two):
            return Nearness.BELOW
        return Nearness.ABOVE if two.startswith(one) else None


_held: dict[str, Lookups] = {}


def lookups_of(database: Database) -> Lookups:
    """Return what is known now; kept while neither ledger nor accounts nor organisations change."""
    place = str(database.engine.url)
    with database.read() as session:
        rows = session.execute(select(Organisation.code, Organisation.path)).all()
        paths = {row.code: row.path for row in rows}
        mark = (ledger_freshness(session), accounts_freshness(session), paths)
        held = _held.get(place)
        if held is None or held.mark != mark:
            held = _held[place] = Lookups(mark, catalogue(session), account_frame(session), paths)
    return held


def _indexed(ledger: pl.DataFrame) -> Tables:
    whole: dict[tuple[str, str, str], KnownTable] = {}
    for row in ledger.iter_rows(named=True):
        key = (row["org"], row["source"], row["table"].lower())
        made = KnownTable(row["table"].lower(), row["rows"], above=row["near"] == Nearness.ABOVE)
        table = whole.setdefault(key, made)
        table.columns[row["column"].lower()] = KnownColumn(
            row["org"], row["database"], row["column"], row["type"], row["category"], row["level"], row["level_rank"]
        )
    tables: Tables = {}
    for table in whole.values():
        for name in {table.name, table.name.rpartition(".")[2]}:
            tables.setdefault(name, []).append(table)
    return tables
