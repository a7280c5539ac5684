"""The frame of every page: menu, switcher, clocks, search; and the small routes it calls."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from soc.centre import Centre, centre_of
from soc.identity.actor import Actor
from soc.identity.models import Person
from soc.registry import rooms
from soc.room import Hit, MenuEntry, resolve
from soc.text import t
from soc.tiers.models import Organisation
from soc.tiers.names import shown_name
from soc.tiers.scope import visible
from soc.web.chips import Chip
from soc.web.context import current_actor, current_database, current_session, viewer
from soc.web.cookies import show_organisation
from soc.web.guard import signed_in

bp = Blueprint("frame", __name__, url_prefix="/frame")
_MOST_HITS = 8
_MOST_CHIPS = 3
_SHORTEST = 2
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class MenuLine:
    """One line of the rail."""

    label: str
    url: str
    icon: str
    current: bool
    count: int


@dataclass(frozen=True, slots=True)
class ShownOrganisation:
    """An organisation as the switcher shows it."""

    code: str
    name: str
    name_en: str
    tier: str
    #: the name in the reader's language
    shown: str


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """Who is signed in, for the corner of the page."""

    name: str
    initial: str
    roles: str
    organisation: str


class Frame:
    """What the frame's templates ask for; each part is worked out only where it is drawn."""

    @property
    def menu(self) -> list[MenuLine]:
        """The lines this person's roles open, in the order of their day."""
        if "menu" not in g:
            g.menu = _menu(g.actor) if g.get("actor") else []
        lines: list[MenuLine] = g.menu
        return lines

    @property
    def chips(self) -> list[Chip]:
        """The clocks that end first."""
        return _chips(viewer()) if g.get("actor") else []

    @property
    def centre(self) -> Centre | None:
        """Which centre the installation is for, where somebody said so."""
        if "session" in g:
            return centre_of(current_session())
        with current_database().read() as session:  # the form of a sign-in that was refused writes nothing
            return centre_of(session)

    @property
    def organisation(self) -> ShownOrganisation | None:
        """The organisation the pages are narrowed to."""
        return _once_shown(viewer().org) if g.get("actor") else None

    @property
    def person(self) -> ShownPerson | None:
        """Who is signed in."""
        person: Person | None = g.get("person")
        if person is None:
            return None
        return _once(("person", person.id), lambda: _shown_person(person))


def _once(name: Hashable, make: Callable[[], Part]) -> Part:
    """Work a part of the frame out once a request, however often the templates name it."""
    if "frame_parts" not in g:
        g.frame_parts = {}
    kept: dict[Hashable, Part] = g.frame_parts
    if name not in kept:
        kept[name] = make()
    return kept[name]


def _shown_person(person: Person) -> ShownPerson:
    roles = t("web.roles_joined").join(t(f"role.{held.role.value}") for held in person.roles)
    home = _once_shown(person.org)
    initial = person.display_name[:1].upper()
    return ShownPerson(person.display_name, initial, roles, home.shown if home else person.org)


def _menu(actor: Actor) -> list[MenuLine]:
    lines = (entry for room in rooms() for entry in room.menu)
    entries = sorted(lines, key=lambda entry: (entry.first_for not in actor.roles, entry.order))
    offered = [entry for entry in entries if actor.may(entry.permission) and _exists(entry)]
    here = max((url_for(entry.endpoint) for entry in offered if _holds(entry)), key=len, default="")
    return [_line(entry, actor, here) for entry in offered]


def _holds(entry: MenuEntry) -> bool:
    """Whether the page asked for lies below an entry's own: of several, the nearest is the current one."""
    url = url_for(entry.endpoint)
    return request.path == url or (url != "/" and request.path.startswith(url.rstrip("/") + "/"))


def _exists(entry: MenuEntry) -> bool:
    return entry.endpoint in current_app.view_functions


def _line(entry: MenuEntry, actor: Actor, here: str) -> MenuLine:
    url = url_for(entry.endpoint)
    count = int(resolve(entry.count)(current_session(), actor)) if entry.count else 0
    return MenuLine(t(entry.key), url, entry.icon, url == here, count)


def _chips(actor: Actor) -> list[Chip]:
    found: list[Chip] = []
    for room in rooms():
        for chip in room.chips:
            if actor.may(chip.permission):
                found.extend(resolve(chip.render)(current_session(), actor))
    return sorted(found, key=lambda one: one.due_at)[:_MOST_CHIPS]


def _once_shown(code: str) -> ShownOrganisation | None:
    return _once(("organisation", code), lambda: _shown_organisation(code))


def _shown_organisation(code: str) -> ShownOrganisation | None:
    one = current_session().get(Organisation, code)
    return None if one is None else _shown(one)


def _shown(one: Organisation) -> ShownOrganisation:
    return ShownOrganisation(one.code, one.name, one.name_en, one.tier.value, shown_name(one))


@bp.get("/organisations")
@signed_in
def organisations() -> ResponseReturnValue:
    """List the organisations one may narrow the pages to: one's own and those below."""
    actor = current_actor()
    query = select(Organisation).where(visible(actor, Organisation.code)).order_by(Organisation.path)
    shown = [_shown(one) for one in current_session().scalars(query)]
    back = _local(request.args.get("back", "/"))
    return render_template("frame/organisations.html", organisations=shown, focus=viewer().org, back=back)


@bp.get("/focus/<org>")
@signed_in
def focus(org: str) -> ResponseReturnValue:
    """Narrow the pages to one organisation; what lies outside the scope changes nothing."""
    actor = current_actor()
    query = select(Organisation.code).where(Organisation.code == org, visible(actor, Organisation.code))
    found = current_session().scalar(query)
    if found is not None:
        show_organisation(None if found == actor.org else found)
    return redirect(_local(request.args.get("back", "/")))


@bp.get("/chips")
@signed_in
def chips() -> ResponseReturnValue:
    """Return the clocks again, for the page that stays open."""
    return render_template("frame/chips.html")


@bp.get("/search")
@signed_in
def search() -> ResponseReturnValue:
    """Search everywhere one may look."""
    text = request.args.get("q", "").strip()[:200]
    hits = find_everywhere(text) if len(text) >= _SHORTEST else []
    template = "frame/found.html" if request.headers.get("HX-Request") else "frame/search.html"
    return render_template(template, text=text, hits=hits)


def find_everywhere(text: str) -> list[Hit]:
    """Ask every room's search within the viewer's scope."""
    actor = viewer()
    found: list[Hit] = []
    for room in rooms():
        for provider in room.search:
            if actor.may(provider.permission):
                found.extend(resolve(provider.find)(current_session(), actor, text)[:_MOST_HITS])
    return found


def _local(url: str) -> str:
    """Return the path of a URL of ours; another site's leads to the start."""
    parts = urlsplit(url)
    if parts.scheme or parts.netloc or not url.startswith("/") or url.startswith(("//", "/\\")):
        return "/"
    return url


def local_target(url: str | None) -> str:
    """Return where to go on to: a path of ours, whatever was asked for."""
    return _local(url or "/")
