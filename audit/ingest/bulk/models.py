"""Documents that came with an id of their own: sent again, they are known."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from soc.db import Identified, Model
from soc.tiers.models import Scoped


class TakenDocument(Scoped, Identified, Model):
    """The index and id of one document, as a digest: an id may be whatever the sender made of its content."""

    __tablename__ = "ingest_documents"
    __table_args__ = (UniqueConstraint("org", "digest"),)
    #: SHA-256 of index, NUL and id, in hex
    digest: Mapped[str]
    taken_at: Mapped[datetime] = mapped_column(index=True)
