"""The lineage as it is kept: edges between columns by name, led to items of the ledger where it knows them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from soc.db import Identified, Model
from soc.ledger.lineage.edges import Origin, Transform
from soc.tiers.models import Scoped


class LedgerEdge(Scoped, Identified, Model):
    """A column and one that it is made of; ``org`` is whose statement said so."""

    __tablename__ = "ledger_edges"
    __table_args__ = (Index("ix_ledger_edges_org_origin", "org", "origin"),)
    source_id: Mapped[UUID | None] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    origin: Mapped[Origin]
    #: a view's name, a file and its line, a statement's fingerprint
    detail: Mapped[str] = mapped_column(default="")
    up_table: Mapped[str]
    up_column: Mapped[str]
    down_table: Mapped[str]
    down_column: Mapped[str]
    up_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_items.id", ondelete="SET NULL"), index=True)
    down_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_items.id", ondelete="SET NULL"), index=True)
    transform: Mapped[Transform]
    #: 0 to 1
    confidence: Mapped[float]
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
