"""An account of a logged system, mapped to the person behind it."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from soc.db import Identified, Model
from soc.tiers.models import Scoped


class Account(Scoped, Identified, Model):
    """Who works under an account name; ``org`` is the organisation whose logs name it."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("org", "name"),)
    name: Mapped[str]
    #: a stable reference to the person (a staff number), null for a service account
    person: Mapped[str | None]
    #: 岗位: the peer group
    post: Mapped[str]
    #: an application works under it for many persons: what it does is nobody's until it is known who asked
    is_service: Mapped[bool] = mapped_column(default=False)
    #: what the application is called, where somebody said so
    application: Mapped[str] = mapped_column(default="")
    #: when this was last said; None in rows from before it was kept
    changed_at: Mapped[datetime | None]
