"""A proposal and its second person, held apart by the database itself."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from soc.db import Identified, Model
from soc.tiers.models import Scoped


class ApprovalStatus(StrEnum):
    """Where a proposal stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    #: what it was about was edited after it was proposed
    VOID = "void"


class Approval(Scoped, Identified, Model):
    """Something one person asked for and another must agree to."""

    __tablename__ = "approvals"
    __table_args__ = (
        CheckConstraint("decider_id IS NULL OR decider_id <> proposer_id", name="two_persons"),
        CheckConstraint("status <> 'approved' OR decider_id IS NOT NULL", name="approved_by_somebody"),
    )
    kind: Mapped[str] = mapped_column(index=True)
    #: what it is about: kind and id of an item, or a name
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    title: Mapped[str]
    payload: Mapped[dict[str, Any]]
    #: SHA-256 of the canonical payload: the second person approves this and nothing else
    digest: Mapped[str]
    reason: Mapped[str]
    proposer_id: Mapped[str]
    proposer_name: Mapped[str]
    decider_id: Mapped[str | None]
    decider_name: Mapped[str | None]
    decision_note: Mapped[str | None]
    status: Mapped[ApprovalStatus] = mapped_column(default=ApprovalStatus.PENDING, index=True)
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
