"""What was found each day of how a figure has moved."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from soc.db import Identified, Model
from soc.tiers.models import Scoped


class BehaviourDrift(Scoped, Identified, Model):
    """One figure of one organisation's logs in the week that ends with ``day``, against the weeks before."""

    __tablename__ = "behaviour_drifts"
    __table_args__ = (UniqueConstraint("org", "figure", "day"),)
    day: Mapped[date]
    figure: Mapped[str]
    #: the population stability index, and what chance and the weeks' own differences explain of it
    moved: Mapped[float]
    noise: Mapped[float]
    #: {"edges", "before", "after", "middle_before", "middle_after"}
    bands: Mapped[dict[str, Any]]
    #: how many looks in a row it has been beyond
    days_beyond: Mapped[int] = mapped_column(default=0)
    looked_at: Mapped[datetime]

    @property
    def beyond(self) -> bool:
        """Whether it moved further than that."""
        return self.moved > self.noise
