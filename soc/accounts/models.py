"""An account of a logged system, mapped to the person behind it."""

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
    is_service: Mapped[bool] = mapped_column(default=False)
