"""Imports of catalogues on their way in, and what was last agreed with each catalogue."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from policies.ledger.exchange.form import Sheet
from soc.db import Identified, Model
from soc.tiers.models import Scoped


class ImportStatus(StrEnum):
    """Where an import stands."""

    OPEN = "open"
    MERGED = "merged"
    DISCARDED = "discarded"


class RowStatus(StrEnum):
    """Where one row of an import stands."""

    WAITING = "waiting"
    MERGED = "merged"
    #: of something that the ledger does not know, and nobody took it in
    LEFT = "left"


class CatalogueImport(Scoped, Identified, Model):
    """One file of one catalogue, brought in to be merged."""

    __tablename__ = "catalogue_imports"
    #: which catalogue: 一体化数字平台, 一网共享 …
    catalogue: Mapped[str]
    name: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    status: Mapped[ImportStatus] = mapped_column(default=ImportStatus.OPEN)
    rows: Mapped[int] = mapped_column(default=0)
    #: rows and columns that could not be used: {"sheet", "line", "key", "params"}
    faults: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    merged_at: Mapped[datetime | None]
    merged_by: Mapped[str | None]


class CatalogueRow(Scoped, Identified, Model):
    """One row of an import: what the catalogue says of an item or a table, which it may mean."""

    __tablename__ = "catalogue_rows"
    __table_args__ = (Index("ix_catalogue_rows_import_id_line", "import_id", "line"),)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("catalogue_imports.id", ondelete="CASCADE"))
    sheet: Mapped[Sheet]
    line: Mapped[int]
    #: how the row names itself
    label: Mapped[str]
    theirs: Mapped[dict[str, Any]]
    #: by what it is known: resource code, table, column …
    named: Mapped[dict[str, Any]]
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_items.id", ondelete="SET NULL"), index=True)
    table_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_tables.id", ondelete="SET NULL"), index=True)
    status: Mapped[RowStatus] = mapped_column(default=RowStatus.WAITING)


class CatalogueAgreed(Scoped, Identified, Model):
    """What was last agreed with one catalogue of an item or a table: the base of the next merge."""

    __tablename__ = "catalogue_agreed"
    __table_args__ = (UniqueConstraint("catalogue", "item_id"), UniqueConstraint("catalogue", "table_id"))
    catalogue: Mapped[str]
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_items.id", ondelete="CASCADE"), index=True)
    table_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_tables.id", ondelete="CASCADE"), index=True)
    values: Mapped[dict[str, Any]]
    at: Mapped[datetime]
