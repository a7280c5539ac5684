"""What logs name and a page tells of: a table, an address, an application. References to them name nobody.

A reference is the value itself, sealed under the installation's key: pages are found by it without a list of all
values that any log ever had, and no address of a page has a table's name or an IP in it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from config.settings import Settings
from soc.crypto import Purpose, SealError, seal_steadily, unseal_steadily
from soc.errors import NotFoundError
from soc.logstore.lucene import term

TABLES, ADDRESS, APPLICATION, ACCOUNT = "guanlan.tables", "src_endpoint.ip", "actor.app_name", "actor.user.name"
ORG, DATABASE = "guanlan.org", "database.name"


class Kind(StrEnum):
    """What has a page; the value is the last part of the page's endpoint."""

    TABLE = "table"
    ADDRESS = "address"
    APPLICATION = "application"


#: the columns whose values have a page; an account has this one where an application works under it
KINDS: Mapping[str, Kind] = {
    TABLES: Kind.TABLE,
    ADDRESS: Kind.ADDRESS,
    APPLICATION: Kind.APPLICATION,
    ACCOUNT: Kind.APPLICATION,
}


@dataclass(frozen=True, slots=True)
class LogEntity:
    """A value of a column of the logs; of ``org`` and ``database`` alone where they are said.

    A table stands in one database and an account is one organisation's: the same name elsewhere is another's.
    """

    field: str
    name: str
    org: str = ""
    database: str = ""

    @property
    def kind(self) -> Kind:
        """What it is."""
        return KINDS[self.field]

    @property
    def query(self) -> str:
        """The search for its events, as people write it."""
        told = ((self.field, self.name), (ORG, self.org), (DATABASE, self.database))
        return " AND ".join(term(name, value) for name, value in told if value)


def entity_of_value(field: str, name: str, *, org: str = "", database: str = "") -> LogEntity:
    """Return what a value of a column names; what does not belong to its kind is left out."""
    if field == TABLES:
        return LogEntity(field, name, org, database)
    return LogEntity(field, name, org if field == ACCOUNT else "")


def reference_of(settings: Settings, entity: LogEntity) -> str:
    """Return what stands for an entity in an address: the same each time, and only this installation reads it."""
    told = [entity.field, entity.name, entity.org, entity.database]
    return seal_steadily(settings, Purpose.ENTITY_LINKS, json.dumps(told, ensure_ascii=False, separators=(",", ":")))


def entity_of_reference(settings: Settings, reference: str, kind: Kind | None = None) -> LogEntity:
    """Return what a reference stands for.

    Raises:
        NotFoundError: no reference of this installation, or not one of ``kind``.
    """
    try:
        found = LogEntity(*json.loads(unseal_steadily(settings, Purpose.ENTITY_LINKS, reference)))
    except SealError:
        raise NotFoundError from None
    if kind is not None and found.kind is not kind:
        raise NotFoundError
    return found
