"""Rules as this installation keeps them, and how each has done."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from detectors.sigma.rules import RuleStatus
from soc.db import Identified, Model


class DetectionRule(Identified, Model):
    """A Sigma rule; shared by all organisations, so it has none."""

    __tablename__ = "detection_rules"
    #: the rule's own id (a UUID in Sigma); unique here
    rule_id: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    title_zh: Mapped[str | None]
    level: Mapped[str]
    document: Mapped[dict[str, Any]]
    status: Mapped[RuleStatus]
    reason: Mapped[str] = mapped_column(default="")
    enabled: Mapped[bool] = mapped_column(default=True)
    #: shipped with the product, or imported
    shipped: Mapped[bool] = mapped_column(default=False)
    imported_at: Mapped[datetime]


class RuleCounter(Model):
    """How a rule does: counts that can be made anew from the log store, so they are no part of the rule."""

    __tablename__ = "rule_counters"
    rule_id: Mapped[str] = mapped_column(primary_key=True)
    hits: Mapped[int] = mapped_column(default=0)
    last_hit_at: Mapped[datetime | None]
    #: microseconds spent on it, and events it was matched on: what it costs
    cost_us: Mapped[int] = mapped_column(default=0)
    events: Mapped[int] = mapped_column(default=0)
    #: the last thing that went wrong while matching
    error: Mapped[str | None]
