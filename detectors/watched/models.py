"""A subject that is watched: its value sealed, its token shown."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from soc.db import Identified, Model
from soc.tiers.models import Scoped


class WatchStatus(StrEnum):
    """Where a watch stands."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    REFUSED = "refused"
    ENDED = "ended"


class WatchedSubject(Scoped, Identified, Model):
    """One subject; logs of its organisation and of those below are watched until ``expires_at``."""

    __tablename__ = "watched_subjects"
    type: Mapped[str]
    #: of the key that was today's when it was proposed; what it is known by
    token: Mapped[str] = mapped_column(index=True)
    #: the value, for the tokens of keys that come after
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    label: Mapped[str]
    reason: Mapped[str]
    #: who asked for it and answers for it
    owner: Mapped[str]
    expires_at: Mapped[datetime]
    status: Mapped[WatchStatus] = mapped_column(default=WatchStatus.PROPOSED)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
