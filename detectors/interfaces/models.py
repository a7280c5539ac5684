"""How far the batches of an organisation were counted up into its interfaces."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from soc.db import Identified, Model
from soc.tiers.models import Scoped


class InterfaceMark(Scoped, Identified, Model):
    """The last batch that was counted, by when it was stored and its id; it moves with the counts, or not at all."""

    __tablename__ = "interface_marks"
    __table_args__ = (UniqueConstraint("org"),)
    stored_at: Mapped[datetime]
    batch_id: Mapped[UUID]
    counted_at: Mapped[datetime]
    #: paths and interfaces that were not kept, since there were too many
    left_out: Mapped[int] = mapped_column(default=0)
