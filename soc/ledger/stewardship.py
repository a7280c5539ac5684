"""Who stands behind data and how it is kept: the fields that a source hands down to what lies in it.

A field set on a source holds for its schemas, tables and items until one of them says otherwise.
The value in force stands in each row, so that a list of 35,000 items filters and counts on one
table; ``own`` names the fields that were said of the row itself.
"""

from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import ColumnElement, ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from soc.ledger.levels import Level


class Domain(StrEnum):
    """业务领域: the business domain, as the taxonomy's codes begin."""

    PLANNING = "GH"
    CONSTRUCTION = "JY"
    TRANSPORT = "ZY"
    ENFORCEMENT = "ZF"
    SAFETY = "AQ"
    SUPPORT = "ZC"


class Layer(StrEnum):
    """The three layers of 三层五库: as it came, put into form, made for use."""

    SOURCE = "source"
    STANDARD = "standard"
    APPLICATION = "application"


class Store(StrEnum):
    """The five stores of 三层五库."""

    RAW = "raw"
    BASE = "base"
    THEME = "theme"
    SPECIAL = "special"
    SHARE = "share"


class Lifecycle(StrEnum):
    """Where data stands between being planned and being destroyed."""

    PLANNED = "planned"
    IN_USE = "in_use"
    ARCHIVED = "archived"
    TO_DESTROY = "to_destroy"
    DESTROYED = "destroyed"


class Sharing(StrEnum):
    """共享属性: 无条件, 有条件, 不予; the last two need a reason."""

    UNCONDITIONAL = "unconditional"
    CONDITIONAL = "conditional"
    NONE = "none"


class Opening(StrEnum):
    """开放属性: whether it may be opened to the public."""

    OPEN = "open"
    CONDITIONAL = "conditional"
    CLOSED = "closed"


class Rhythm(StrEnum):
    """How often data is brought up to date."""

    REAL_TIME = "real_time"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    IRREGULAR = "irregular"
    NEVER = "never"


#: what is handed down, in the order of pages and forms; the enums have their words in the catalogue
FIELDS: "MappingProxyType[str, type[StrEnum] | None]" = MappingProxyType(
    {
        "owner": None,
        "operator": None,
        "system": None,
        "domain": Domain,
        "layer": Layer,
        "store": Store,
        "standard": None,
        "steward": None,
        "lifecycle": Lifecycle,
        "sharing": Sharing,
        "sharing_reason": None,
        "share_way": None,
        "opening": Opening,
        "rhythm": Rhythm,
    }
)
LONGEST = 200
#: months until a level is looked at again (reference, protection baseline: our own proposal)
REVIEW_MONTHS = MappingProxyType(
    {Level.G1: 24, Level.G2: 12, Level.G3: 12, Level.G4: 6, Level.IMPORTANT: 6, Level.CORE: 6}
)


class Stewarded:
    """Mixin: the handed-down fields. Every value is the one in force."""

    #: 数源部门, an organisation's code
    @declared_attr
    def owner(cls) -> Mapped[str | None]:  # noqa: N805
        """Code of the organisation whose data it is."""
        return mapped_column(ForeignKey("organisations.code"))

    #: who runs it: a contractor or an office, in words
    operator: Mapped[str | None]
    #: the system it comes from
    system: Mapped[str | None]
    domain: Mapped[Domain | None]
    layer: Mapped[Layer | None]
    store: Mapped[Store | None]
    #: 一标准: the data element or standard it follows
    standard: Mapped[str | None]
    #: 一责: the post that answers for it
    steward: Mapped[str | None]
    lifecycle: Mapped[Lifecycle | None]
    sharing: Mapped[Sharing | None]
    sharing_reason: Mapped[str | None]
    #: 共享方式: by interface, by database, by file …
    share_way: Mapped[str | None]
    opening: Mapped[Opening | None]
    rhythm: Mapped[Rhythm | None]
    #: ",owner,domain,": what was said of this row itself
    own: Mapped[str] = mapped_column(default="")


def own_fields(row: Stewarded) -> tuple[str, ...]:
    """The fields that were said of this row itself."""
    return tuple(name for name in (row.own or "").split(",") if name)


def with_own(own: str, name: str, *, said: bool) -> str:
    """``own`` with a field added, or taken away."""
    names = [one for one in own.split(",") if one and one != name] + ([name] if said else [])
    return f",{','.join(sorted(names))}," if names else ""


def says(model: type[Stewarded], name: str) -> ColumnElement[bool]:
    """The clause for rows of which a field was said itself."""
    return model.own.contains(f",{name},", autoescape=True)


def domain_of(category: str | None) -> Domain | None:
    """The business domain that a category of the taxonomy belongs to."""
    code = (category or "")[:2]
    return Domain(code) if code in {one.value for one in Domain} else None
