"""Views are kept, found and removed; what one shows is asked anew, within the scope of whoever opens it."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from soc.db import new_id
from soc.errors import ConflictError, InputError, NotFoundError
from soc.identity.actor import Actor, ActorKind
from soc.trail import Act, record
from soc.web.views.models import SavedView

#: what is of one look at a list and not of the list
PASSING = frozenset({"page", "open", "lang", "theme"})
#: of one person on one page
MOST = 50


def _mine(actor: Actor) -> ColumnElement[bool]:
    return SavedView.person_id == UUID(actor.id)


def views_of(session: Session, actor: Actor, page: str) -> Sequence[SavedView]:
    """The person's own views of a page and those that others of their organisation share, by name."""
    if actor.kind is not ActorKind.PERSON:
        return ()
    seen = or_(_mine(actor), SavedView.shared & (SavedView.org == actor.org))
    return session.scalars(select(SavedView).where(SavedView.page == page, seen).order_by(SavedView.name)).all()


def save_view(
    session: Session, actor: Actor, page: str, name: str, query: str, *, shared: bool, at: datetime
) -> SavedView:
    """Keep a list as it stands, in place of the person's view of that name.

    Raises:
        InputError: it has no name.
        ConflictError: the person has too many of this page.
    """
    name, query = name.strip(), lasting(query)
    if not name:
        raise InputError("errors.views.no_name")
    mine = (_mine(actor), SavedView.page == page)
    view = session.scalars(select(SavedView).where(*mine, SavedView.name == name)).first()
    if view is None:
        if (session.scalar(select(func.count()).select_from(SavedView).where(*mine)) or 0) >= MOST:
            raise ConflictError("errors.views.many", most=MOST)
        view = SavedView(id=new_id(), org=actor.org, person_id=UUID(actor.id), page=page, name=name)
        session.add(view)
    view.query, view.shared, view.saved_at = query, shared, at
    session.flush()
    record(session, actor, Act.VIEW_SAVED, view, after={"page": page, "name": name, "shared": shared})
    return view


def remove_view(session: Session, actor: Actor, view_id: UUID) -> SavedView:
    """Take one's own view away.

    Raises:
        NotFoundError: there is none, or it is another's.
    """
    view = session.scalars(select(SavedView).where(_mine(actor), SavedView.id == view_id)).first()
    if view is None:
        raise NotFoundError
    record(session, actor, Act.VIEW_REMOVED, view, before={"page": view.page, "name": view.name})
    session.delete(view)
    return view


def lasting(query: str) -> str:
    """A query string without what passes: the page one is on, the item that is open."""
    return urlencode(sorted((key, value) for key, value in parse_qsl(query) if key not in PASSING))
