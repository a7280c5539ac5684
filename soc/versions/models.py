"""One version of one document of one organisation."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from soc.db import Identified, Model
from soc.tiers.models import Scoped


class VersionStatus(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    #: approved, waiting for its time
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"


class PolicyVersion(Scoped, Identified, Model):
    """A document's body as it was at one time; never changed once proposed."""

    __tablename__ = "policy_versions"
    #: what is in force above counts below where nothing else does
    read_from_below: ClassVar = "status = 'active'"
    __table_args__ = (
        UniqueConstraint("kind", "org", "number"),
        Index(
            "uq_policy_versions_one_active",
            "kind",
            "org",
            unique=True,
            sqlite_where=text("status = 'active'"),
            postgresql_where=text("status = 'active'"),
        ),
    )
    kind: Mapped[str]
    number: Mapped[int]
    title: Mapped[str]
    body: Mapped[dict[str, Any]]
    digest: Mapped[str]
    status: Mapped[VersionStatus] = mapped_column(default=VersionStatus.DRAFT)
    #: the version this one was made from; None for the first
    base_number: Mapped[int | None]
    author_id: Mapped[str]
    author_name: Mapped[str]
    created_at: Mapped[datetime]
    active_from: Mapped[datetime | None]
    superseded_at: Mapped[datetime | None]
