"""Persons, their roles, tokens and failed logins."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from soc.db import Identified, Model
from soc.identity.actor import THREE_ADMINISTRATORS, Role
from soc.tiers.models import Scoped

_ADMINISTRATORS = ", ".join(f"'{role}'" for role in sorted(THREE_ADMINISTRATORS))


class Person(Scoped, Identified, Model):
    """Somebody with an account of their own."""

    __tablename__ = "persons"
    username: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    #: argon2id, encoded
    password_hash: Mapped[str]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    #: sealed TOTP secret; None until enrolled
    totp_secret: Mapped[bytes | None]
    #: the last time step a code was taken from: a code is good once (RFC 6238 §5.2)
    totp_last_step: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    #: a contractor's account ends by itself
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    roles: Mapped[list["PersonRole"]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class PersonRole(Model):
    """A role somebody holds; two of the three administrators' roles cannot meet in one person."""

    __tablename__ = "person_roles"
    __table_args__ = (
        UniqueConstraint("person_id", "administrator"),
        CheckConstraint(f"(role IN ({_ADMINISTRATORS})) = (administrator IS NOT NULL)", name="three_administrators"),
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(primary_key=True)
    #: 1 for a role of the three, else NULL; unique with the person, so there is one at most
    administrator: Mapped[int | None]

    @classmethod
    def of(cls, role: Role) -> "PersonRole":
        """Return the row that grants ``role``."""
        return cls(role=role, administrator=1 if role in THREE_ADMINISTRATORS else None)


class BusinessLineGrant(Identified, Model):
    """A business line (业务条线) somebody sees across tiers below an organisation."""

    __tablename__ = "business_line_grants"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    line: Mapped[str]
    root: Mapped[str] = mapped_column(ForeignKey("organisations.code"))


class ApiToken(Scoped, Identified, Model):
    """A bearer token; only its digest is kept."""

    __tablename__ = "api_tokens"
    digest: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class LoginCounter(Model):
    """Failed logins of one name, known or not; committed on its own, since it must survive the refusal."""

    __tablename__ = "login_counters"
    #: digest of the name: what was typed may be a password
    name_digest: Mapped[str] = mapped_column(primary_key=True)
    attempts: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]
