"""Units below a centre: made, renamed, closed, opened again; where they stand takes two persons (:mod:`.placing`).

Only what lies below one's own organisation is one's to change: a business line granted across tiers opens what
is in a unit, not the unit itself.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, exists, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from soc.errors import ConflictError, InputError, NotFoundError
from soc.identity.actor import Actor
from soc.identity.models import ApiToken, Person
from soc.tiers.models import Organisation, Tier, UnitKind
from soc.trail import Act, Subject, record

#: characters of a unit's whole code, of its name, of the name of a business line
LONGEST_CODE, LONGEST_NAME, LONGEST_LINE = 40, 80, 40
_TREE_KEY = 0x756E6974
_SUFFIX = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
_NUMBERED = re.compile(r"-(\d{2,6})")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUnit:
    """A unit to be made under an organisation; ``suffix`` ends its code, the next number where there is none."""

    parent: str
    name: str
    kind: UnitKind
    name_en: str = ""
    line: str = ""
    suffix: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """What one person may change of a unit: neither where it stands nor its business line."""

    name: str
    kind: UnitKind
    name_en: str = ""
    expires_at: datetime | None = None


class UnitInUseError(ConflictError):
    """A unit is not closed over the heads of those in it."""

    def __init__(self, persons: int, units: int, tokens: int) -> None:
        """Count active persons, open units below it and tokens that hold."""
        super().__init__("units.error.in_use", persons=persons, units=units, tokens=tokens)


def add_unit(session: Session, actor: Actor, order: NewUnit, *, at: datetime) -> Organisation:
    """Make a unit.

    Raises:
        NotFoundError: the organisation above it lies outside the actor's own.
        InputError: its name, code or end cannot be used.
        ConflictError: its code or its name is taken there, or what is above it is closed.
    """
    hold_units(session)
    parent = own_organisation(session, actor, order.parent)
    if is_closed(session, parent, at):
        raise ConflictError("units.error.closed")
    name = _checked_name(session, parent.code, order.name, at, but=None)
    _check_end(order.expires_at, at)
    code = _code(session, parent, order.suffix)
    unit = Organisation(
        code=code, name=name, name_en=order.name_en.strip(), parent_code=parent.code, path=f"{parent.path}{code}/",
        tier=Tier.UNIT, kind=order.kind, line=checked_line(order.line), expires_at=order.expires_at,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(unit)
    except IntegrityError as error:  # somebody took the code at this very moment
        raise ConflictError("units.error.code_taken", code=code) from error
    record(session, actor, Act.ORGANISATION_CREATED, subject_of(unit), after=facts_of(unit))
    return unit


def change_unit(session: Session, actor: Actor, code: str, facts: UnitFacts, *, at: datetime) -> Organisation:
    """Rename a unit, say what it is and when it ends.

    Raises:
        NotFoundError: it lies outside the actor's own organisation, or is no unit.
        InputError: a name or an end cannot be used.
        ConflictError: its name is taken there, or it is closed.
    """
    hold_units(session)
    unit = own_unit(session, actor, code)
    if not unit.is_open(at):
        raise ConflictError("units.error.closed")
    name = _checked_name(session, str(unit.parent_code), facts.name, at, but=unit.code)
    if facts.expires_at != unit.expires_at:
        _check_end(facts.expires_at, at)
    before = facts_of(unit)
    unit.name, unit.name_en = name, facts.name_en.strip()
    unit.kind, unit.expires_at = facts.kind, facts.expires_at
    record(session, actor, Act.ORGANISATION_CHANGED, subject_of(unit), before=before, after=facts_of(unit))
    return unit


def close_unit(session: Session, actor: Actor, code: str, *, at: datetime) -> Organisation:
    """Close a unit: it takes nobody in any more; what belongs to it stays, seen by those above.

    Raises:
        NotFoundError: it lies outside the actor's own organisation, or is no unit.
        UnitInUseError: active persons, open units or tokens are in it.
        ConflictError: it is closed already.
    """
    hold_units(session)
    unit = own_unit(session, actor, code)
    if not unit.is_open(at):
        raise ConflictError("units.error.closed")
    persons, units, tokens = _held(session, unit, at)
    if persons or units or tokens:
        raise UnitInUseError(persons, units, tokens)
    return _end_at(session, actor, unit, at)


def reopen_unit(session: Session, actor: Actor, code: str, *, at: datetime) -> Organisation:
    """Open a closed unit again, without an end.

    Raises:
        NotFoundError: it lies outside the actor's own organisation, or is no unit.
        ConflictError: it is open, what is above it is closed, or another unit has its name by now.
    """
    hold_units(session)
    unit = own_unit(session, actor, code)
    if unit.is_open(at):
        raise ConflictError("units.error.open")
    parent = session.get_one(Organisation, unit.parent_code)
    if is_closed(session, parent, at):
        raise ConflictError("units.error.closed")
    _checked_name(session, parent.code, unit.name, at, but=unit.code)
    return _end_at(session, actor, unit, None)


def _end_at(session: Session, actor: Actor, unit: Organisation, end: datetime | None) -> Organisation:
    before = facts_of(unit)
    unit.expires_at = end
    record(session, actor, Act.ORGANISATION_CHANGED, subject_of(unit), before=before, after=facts_of(unit))
    return unit


def hold_units(session: Session) -> None:
    """Let others change units only after this transaction: no unit is made below one that moves (SQLite has one writer)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TREE_KEY})


def own_organisation(session: Session, actor: Actor, code: str) -> Organisation:
    """Return the actor's own organisation or one below it.

    Raises:
        NotFoundError: it lies elsewhere, or there is none.
    """
    mine = Organisation.path.startswith(actor.org_path, autoescape=True)
    query = select(Organisation).where(Organisation.code == code, mine)
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFoundError("errors.organisation_unknown")
    return found


def own_unit(session: Session, actor: Actor, code: str) -> Organisation:
    """Return a unit below the actor's organisation, or their own.

    Raises:
        NotFoundError: it lies elsewhere, or is no unit.
    """
    found = own_organisation(session, actor, code)
    if found.tier is not Tier.UNIT:
        raise NotFoundError("errors.organisation_unknown")
    return found


def is_closed(session: Session, org: Organisation, at: datetime) -> bool:
    """Tell whether an organisation, or one above it, has ended."""
    above = org.path.strip("/").split("/")
    ended = exists().where(Organisation.code.in_(above), Organisation.expires_at <= at)
    return bool(session.scalar(select(ended)))


def subject_of(unit: Organisation) -> Subject:
    """Return what the trail and proposals know a unit by; those in it may read what was done to it."""
    return Subject(Organisation.__tablename__, unit.code, unit.code)


def not_ended(org: InstrumentedAttribute[str], at: datetime) -> ColumnElement[bool]:
    """Return the clause that an organisation and all above it are open: accounts and tokens end with theirs."""
    own, above = aliased(Organisation), aliased(Organisation)
    below = func.substr(own.path, 1, func.length(above.path)) == above.path
    return ~exists().where(own.code == org, above.expires_at <= at, below)


def facts_of(unit: Organisation) -> dict[str, str | None]:
    """Return what an entry of the trail says of a unit."""
    return {
        "name": unit.name,
        "name_en": unit.name_en,
        "parent": unit.parent_code,
        "kind": unit.kind.value if unit.kind else None,
        "line": unit.line,
        "ends": unit.expires_at.astimezone(UTC).isoformat() if unit.expires_at else None,
    }


def checked_line(line: str) -> str | None:
    """Return the name of a business line; None where there is none.

    Raises:
        InputError: it is too long.
    """
    if len(line.strip()) > LONGEST_LINE:
        raise InputError("units.error.line", most=LONGEST_LINE)
    return line.strip() or None


def _checked_name(session: Session, parent: str, name: str, at: datetime, *, but: str | None) -> str:
    name = name.strip()
    if not 2 <= len(name) <= LONGEST_NAME:
        raise InputError("units.error.name", most=LONGEST_NAME)
    beside = select(Organisation).where(Organisation.parent_code == parent, Organisation.name == name)
    if any(one.code != but and one.is_open(at) for one in session.scalars(beside)):
        raise ConflictError("units.error.name_taken")
    return name


def _check_end(expires_at: datetime | None, at: datetime) -> None:
    if expires_at is not None and expires_at <= at:
        raise InputError("units.error.end")


def _code(session: Session, parent: Organisation, suffix: str) -> str:
    code = f"{parent.code}-{suffix.strip() or _next_number(session, parent.code)}"
    if suffix.strip() and not _SUFFIX.fullmatch(suffix.strip()):
        raise InputError("units.error.code")
    if len(code) > LONGEST_CODE:
        raise InputError("units.error.code_long", most=LONGEST_CODE)
    if session.get(Organisation, code) is not None:
        raise ConflictError("units.error.code_taken", code=code)
    return code


def _next_number(session: Session, parent: str) -> str:
    query = select(Organisation.code).where(Organisation.code.startswith(f"{parent}-", autoescape=True))
    used = [_NUMBERED.fullmatch(code.removeprefix(parent)) for code in session.scalars(query)]
    return f"{max((int(one[1]) for one in used if one), default=0) + 1:02d}"


def _held(session: Session, unit: Organisation, at: datetime) -> tuple[int, int, int]:
    """Return how many active persons, open units and tokens that hold are in a unit."""
    persons = select(func.count(Person.id)).where(
        Person.org == unit.code, Person.active, (Person.expires_at.is_(None)) | (Person.expires_at > at)
    )
    units = select(func.count(Organisation.code)).where(
        Organisation.parent_code == unit.code, (Organisation.expires_at.is_(None)) | (Organisation.expires_at > at)
    )
    tokens = select(func.count(ApiToken.id)).where(
        ApiToken.org == unit.code, ApiToken.revoked_at.is_(None),
        (ApiToken.expires_at.is_(None)) | (ApiToken.expires_at > at),
    )  # fmt: skip
    persons_in, units_in, tokens_in = (session.scalar(one) or 0 for one in (persons, units, tokens))
    return persons_in, units_in, tokens_in
