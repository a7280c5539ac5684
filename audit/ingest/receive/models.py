"""Who sends logs, and when each was heard last: what falls silent is told by it."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from soc.db import Identified, Model
from soc.tiers.models import Scoped


class LogSender(Scoped, Identified, Model):
    """One sender at one receiver, with a small delay: its last word is written seldom, not with each message."""

    __tablename__ = "ingest_senders"
    __table_args__ = (UniqueConstraint("org", "receiver", "sender"),)
    #: ``tcp:5514``, ``http``, ``opensearch``
    receiver: Mapped[str]
    #: an address, or a token's name
    sender: Mapped[str]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    #: when it was told that nothing comes any more; None while it is heard
    silent_at: Mapped[datetime | None]
