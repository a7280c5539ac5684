"""Organisations: the centres of three tiers and the units below them."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from soc.db import Identified, Model


class Tier(StrEnum):
    """Where an organisation stands."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    #: an office, a subordinate body, an enterprise or a contractor below a centre
    UNIT = "unit"


class UnitKind(StrEnum):
    """What a unit is to the centre above it."""

    #: 处室
    OFFICE = "office"
    #: 直属单位
    AFFILIATE = "affiliate"
    ENTERPRISE = "enterprise"
    CONTRACTOR = "contractor"


class Organisation(Model):
    """A node of the tree; the code of a centre is its GB/T 2260 division."""

    __tablename__ = "organisations"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("organisations.code"))
    #: "/440000/440100/": its own code last, so that a prefix is a subtree
    path: Mapped[str] = mapped_column(unique=True)
    tier: Mapped[Tier]
    #: a unit's only; None in units from before it was kept
    kind: Mapped[UnitKind | None]
    #: 业务条线: the business line a unit belongs to, across tiers
    line: Mapped[str | None]
    #: cell of the tile map, a city's only
    tile_x: Mapped[int | None]
    tile_y: Mapped[int | None]
    #: a unit and its accounts and tokens end here: a contractor's contract runs out, or somebody closed it
    expires_at: Mapped[datetime | None]

    def is_open(self, at: datetime) -> bool:
        """Tell whether it has not ended by itself; one above it may have."""
        return self.expires_at is None or self.expires_at > at


class Scoped:
    """Mixin: belongs to an organisation, and is seen by it and those above.

    PostgreSQL holds every table of such a model to this by itself (:mod:`soc.tiers.rowlevel`); what
    departs from it is said here, by the model.
    """

    #: (column, table): part of an item of that table, so that a share of the item shows it too
    part_of: ClassVar[tuple[str, str] | None] = None
    #: which rows of the organisations above are read from below, as SQL: what is in force for all of them
    read_from_below: ClassVar[str | None] = None
    #: (table, column): what holds something of one's own is read, a source by whoever an item of it belongs to
    read_with: ClassVar[tuple[tuple[str, str], ...]] = ()
    #: word that may be left for the organisations above
    sent_upwards: ClassVar[bool] = False

    @declared_attr
    def org(cls) -> Mapped[str]:  # noqa: N805
        """Code of the organisation it belongs to."""
        return mapped_column(ForeignKey("organisations.code"), index=True)


class Share(Identified, Model):
    """One item shown to one more organisation, that organisation alone."""

    __tablename__ = "shares"
    __table_args__ = (UniqueConstraint("kind", "item_id", "org"),)
    kind: Mapped[str]
    item_id: Mapped[UUID]
    org: Mapped[str] = mapped_column(ForeignKey("organisations.code"), index=True)
    #: whose the item is: they see and end the share, whoever it is with
    owner: Mapped[str] = mapped_column(ForeignKey("organisations.code"), index=True)
