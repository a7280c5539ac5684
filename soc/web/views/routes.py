"""Saving and removing views; a page shows its own with the macro ``views``."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

from soc.clock import now
from soc.errors import InputError
from soc.web.context import current_actor, current_session
from soc.web.forms import read_form
from soc.web.guard import signed_in
from soc.web.toasts import toast
from soc.web.views.models import SavedView
from soc.web.views.service import lasting, remove_view, save_view, views_of

bp = Blueprint("views", __name__, url_prefix="/views")


@dataclass(frozen=True, slots=True)
class ViewForm:
    """A list to keep: the page's endpoint, its query string and the name given."""

    page: str = field(metadata={"longest": 80})
    name: str = field(metadata={"longest": 60})
    query: str = field(default="", metadata={"longest": 2000})
    shared: bool = False


@dataclass(frozen=True, slots=True)
class RemovalForm:
    """The view to take away."""

    view: UUID


@dataclass(frozen=True, slots=True)
class Shown:
    """A view as its page links to it."""

    id: UUID
    name: str
    url: str
    shared: bool
    mine: bool
    current: bool


@bp.post("/save")
@signed_in
def save() -> ResponseReturnValue:
    """Keep a list as it stands."""
    form = read_form(ViewForm)
    url = _url(form.page, form.query)
    save_view(current_session(), current_actor(), form.page, form.name, form.query, shared=form.shared, at=now())
    toast("views.saved", name=form.name)
    return redirect(url)


@bp.post("/remove")
@signed_in
def remove() -> ResponseReturnValue:
    """Take one's own view away; the list stays as it is."""
    view = remove_view(current_session(), current_actor(), read_form(RemovalForm).view)
    toast("views.removed", name=view.name)
    return redirect(_url(view.page, view.query))


def shown_views() -> list[Shown]:
    """The views of the page that is asked for, for its template."""
    actor, page, here = current_actor(), str(request.endpoint), lasting(request.query_string.decode("utf-8", "replace"))
    found = views_of(current_session(), actor, page)
    return [_shown(one, mine=str(one.person_id) == actor.id, here=here) for one in found]


def _shown(view: SavedView, *, mine: bool, here: str) -> Shown:
    return Shown(view.id, view.name, _url(view.page, view.query), view.shared, mine, view.query == here)


def _url(page: str, query: str) -> str:
    """Where a view leads: a page of ours that takes nothing but a query string."""
    if not any(not rule.arguments and "GET" in (rule.methods or ()) for rule in _rules(page)):
        raise InputError("errors.views.no_page")
    kept = lasting(query)
    return url_for(page) + (f"?{kept}" if kept else "")


def _rules(page: str) -> list[Rule]:
    return list(current_app.url_map.iter_rules(page)) if page in current_app.view_functions else []
