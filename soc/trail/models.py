"""The rows of the trail.

Every column is a whole number, text or bytes, so that both engines give back exactly what was
written and any change of it shows. There is no foreign key and no update: an entry outlives
what it speaks of.
"""

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from soc.db import Model


class TrailEntry(Model):
    """One deed; written once, by ``soc.trail.record`` alone."""

    __tablename__ = "trail_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    #: RFC 3339 in UTC with microseconds: text, since it is part of the leaf byte for byte
    at: Mapped[str] = mapped_column(index=True)
    actor_kind: Mapped[str]
    #: a person's id, never a name: names are looked up, or sealed in ``private``
    actor_id: Mapped[str] = mapped_column(index=True)
    actor_org: Mapped[str]
    act: Mapped[str] = mapped_column(index=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[str] = mapped_column(index=True)
    #: the organisation the subject belongs to: whose trail this is
    org: Mapped[str] = mapped_column(index=True)
    #: before, after and note with a salt, sealed
    private: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: SM3 of what is sealed: the leaf binds it without telling it
    private_digest: Mapped[str | None]
    #: the key of the seal
    seal_key: Mapped[str]
    #: HMAC-SM3 over every other column
    seal: Mapped[str]


#: what the leaf of the Merkle log holds, in this order
LEAF_FIELDS = (
    "id",
    "at",
    "actor_kind",
    "actor_id",
    "actor_org",
    "act",
    "subject_kind",
    "subject_id",
    "org",
    "private_digest",
)
