"""Where a unit stands and which business line it belongs to: who sees what is in it, so two persons decide."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.approvals.models import Approval
from soc.approvals.service import propose, void
from soc.clock import now
from soc.errors import ConflictError, InputError
from soc.identity.actor import Actor
from soc.text import Message
from soc.tiers.models import Organisation
from soc.tiers.names import shown_name
from soc.tiers.units import checked_line, facts_of, hold_units, is_closed, own_organisation, own_unit, subject_of
from soc.trail import Act, record

#: the approval kind by which units are placed
UNIT_PLACING = "units.place"


@dataclass(frozen=True, slots=True)
class Placing:
    """The organisation above a unit, and its business line; "" for none."""

    code: str
    parent: str
    line: str = ""


def propose_placing(session: Session, actor: Actor, order: Placing, *, reason: str) -> Approval:
    """Ask a second person to agree that a unit stands elsewhere, or belongs to another business line.

    Raises:
        NotFoundError: the unit or the organisation lies outside the actor's own.
        InputError: nothing would change, or the unit would stand below itself.
        ConflictError: one of them is closed.
    """
    unit = _checked(session, actor, order)
    if (unit.parent_code, unit.line or "") == (order.parent, order.line.strip()):
        raise InputError("units.error.same")
    payload = {
        "code": unit.code,
        "parent": order.parent,
        "line": order.line.strip(),
        "before": {"parent": unit.parent_code, "line": unit.line or ""},
    }
    return propose(session, actor, UNIT_PLACING, subject_of(unit), payload, title=unit.name, reason=reason)


def placing_stands(session: Session, approval: Approval) -> bool:
    """Whether the unit stands, and belongs to the line, where it did when this was proposed; it is held meanwhile."""
    unit = session.get_one(Organisation, approval.payload["code"], with_for_update=True)
    before: dict[str, str] = approval.payload["before"]
    return {"parent": unit.parent_code, "line": unit.line or ""} == before


def apply_placing(session: Session, actor: Actor, approval: Approval) -> None:
    """Place the unit: what :data:`UNIT_PLACING` does; raises as :func:`propose_placing`."""
    order = Placing(approval.payload["code"], approval.payload["parent"], approval.payload["line"])
    place_unit(session, actor, order)


def place_unit(session: Session, actor: Actor, order: Placing) -> Organisation:
    """Place a unit with all that is below it; its code stays, since everything of it is known by that.

    Raises:
        NotFoundError, InputError, ConflictError: as :func:`propose_placing`.
    """
    unit = _checked(session, actor, order)
    parent, before, old = session.get_one(Organisation, order.parent), facts_of(unit), unit.path
    for one in session.scalars(select(Organisation).where(Organisation.path.startswith(old, autoescape=True))).all():
        one.path = f"{parent.path}{unit.code}/{one.path.removeprefix(old)}"
    unit.parent_code, unit.line = parent.code, checked_line(order.line)
    record(session, actor, Act.ORGANISATION_CHANGED, subject_of(unit), before=before, after=facts_of(unit))
    void(session, actor, subject_of(unit))  # what else was asked for rested on where it stood
    return unit


def describe_placing(session: Session, _actor: Actor, approval: Approval) -> dict[str, Any]:
    """Tell the second person where the unit stands and where it would."""
    before, after = approval.payload["before"], approval.payload
    facts: list[tuple[Message, Message | str]] = [(Message("units.unit"), _named(session, after["code"]))]
    for label, part in (("units.parent", "parent"), ("units.line", "line")):
        old, new = (_named(session, one[part]) if part == "parent" else one[part] for one in (before, after))
        if old != new:
            facts.append((Message(label), f"{old or '–'} → {new or '–'}"))
    return {"facts": facts}


def _checked(session: Session, actor: Actor, order: Placing) -> Organisation:
    hold_units(session)
    unit, parent = own_unit(session, actor, order.code), own_organisation(session, actor, order.parent)
    if parent.path.startswith(unit.path):
        raise InputError("units.error.below_itself")
    if any(is_closed(session, one, now()) for one in (unit, parent)):
        raise ConflictError("units.error.closed")
    checked_line(order.line)
    return unit


def _named(session: Session, code: str) -> str:
    found = session.get(Organisation, code)
    return code if found is None else f"{shown_name(found)} {code}"
