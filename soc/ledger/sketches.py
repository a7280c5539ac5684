"""Sketches of items, kept beside them, and the pairs of items whose values are the same."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from soc.db import Identified, Model
from soc.tiers.models import Scoped


class LedgerSketch(Scoped, Identified, Model):
    """What an item's values are, without any of them (see soc.ledger.sketch)."""

    __tablename__ = "ledger_sketches"
    item_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_items.id", ondelete="CASCADE"), unique=True)
    packed: Mapped[bytes] = mapped_column(LargeBinary)
    #: different values seen, as the sketch estimates them
    values: Mapped[int]
    #: whether every row was read; of a sample only what was in it is known
    complete: Mapped[bool]
    #: the key it was made with: sketches of two keys have nothing to do with one another
    key: Mapped[str]
    made_at: Mapped[datetime]


class LedgerTwin(Scoped, Identified, Model):
    """One item beside another whose values are the same ones; each pair has a row for either side."""

    __tablename__ = "ledger_twins"
    __table_args__ = (UniqueConstraint("item_id", "other_id"),)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_items.id", ondelete="CASCADE"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_items.id", ondelete="CASCADE"), index=True)
    #: share of the values of both that both have
    similarity: Mapped[float]
    #: share of the item's values that the other has
    contained: Mapped[float]
    #: share of the other's values that the item has
    containing: Mapped[float]
    #: whether every row of both was read
    complete: Mapped[bool]
    found_at: Mapped[datetime]
