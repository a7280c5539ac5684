"""Scope: an actor sees their own organisation, those below it, and what was granted or shared.

What lies outside looks as if it did not exist: the queries here never load it.
"""

from dataclasses import replace
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from soc.db import Model
from soc.errors import NotFoundError
from soc.identity.actor import Actor
from soc.tiers.guard import codes_below
from soc.tiers.models import Organisation, Share

M = TypeVar("M", bound=Model)


def visible(actor: Actor, org: InstrumentedAttribute[str] | ColumnElement[str]) -> ColumnElement[bool]:
    """Return the clause that keeps rows of the actor's organisations."""
    return org.in_(_codes(actor))


def within(actor: Actor, model: type[M]) -> Select[M]:
    """Select the rows of ``model`` that the actor may see."""
    return select(model).where(visible_items(actor, model))


def visible_items(actor: Actor, model: type[Any]) -> ColumnElement[bool]:
    """Return the clause of :func:`within`: the actor's organisations, and what was shared with theirs alone."""
    shared = select(Share.item_id).where(Share.kind == model.__tablename__, Share.org == actor.org)
    return or_(visible(actor, model.org), model.id.in_(shared))


def parts_within(actor: Actor, model: type[M], whole: Any) -> Select[M]:
    """Select the parts of an item that the actor sees: those of its own organisation, and of others the visible ones.

    ``model`` names by ``part_of`` which column leads to the whole. A share of the whole shows no parts that belong to
    an organisation outside the actor's scope.
    """
    assert model.part_of is not None  # type: ignore[attr-defined]
    column, _ = model.part_of  # type: ignore[attr-defined]
    seen = or_(visible_items(actor, model), model.org == whole.org)  # type: ignore[attr-defined]
    return select(model).where(getattr(model, column) == whole.id, seen)


def find_within(session: Session, actor: Actor, model: type[M], item: UUID | str) -> M:
    """Return one row the actor may see.

    Raises:
        NotFoundError: there is none, or it lies outside the actor's scope.
    """
    try:
        key = item if isinstance(item, UUID) else UUID(item)
    except ValueError:
        raise NotFoundError from None
    found = session.scalar(within(actor, model).where(_key(model) == key))
    if found is None:
        raise NotFoundError
    return found


def _key(model: type[Any]) -> ColumnElement[UUID]:
    key: ColumnElement[UUID] = model.id
    return key


def scope_codes(session: Session, actor: Actor) -> frozenset[str]:
    """Return the codes of all organisations the actor sees, for queries outside the database."""
    return frozenset(session.scalars(_codes(actor)))


def in_scope(session: Session, actor: Actor, org: str) -> bool:
    """Tell whether the actor sees the organisation ``org``."""
    return session.scalar(_codes(actor).where(Organisation.code == org)) is not None


def narrowed(session: Session, actor: Actor, org: str) -> Actor:
    """Return the actor as one who looks at ``org`` and what is below it, and nothing else.

    Raises:
        NotFoundError: it lies outside the actor's scope.
    """
    found = session.scalar(select(Organisation).where(Organisation.code.in_(_codes(actor)), Organisation.code == org))
    if found is None:
        raise NotFoundError
    return actor if org == actor.org else replace(actor, org=org, org_path=found.path, lines=())


def shared_with(session: Session, item: Any) -> list[str]:
    """Return the codes of the organisations an item was shared with."""
    rows = session.scalars(select(Share.org).where(Share.kind == item.__tablename__, Share.item_id == item.id))
    return sorted(rows)


def _codes(actor: Actor) -> Select[str]:
    return select(Organisation.code).where(codes_below(actor.org_path, actor.lines))
