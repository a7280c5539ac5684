"""Pages of the administrators: who there is, what they hold, what they may be given."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, or_

from soc.clock import now
from soc.errors import SocError
from soc.identity.actor import Role
from soc.identity.models import ApiToken, Person, PersonRole
from soc.identity.persons import NewPerson, add_person, end_person, propose_roles
from soc.identity.reach import Reach, lines_held, lines_of, propose_line, propose_move, withdraw_line
from soc.identity.tokens import create_token, revoke_token, scopes_of
from soc.text import t
from soc.tiers.scope import find_within, within
from soc.web import sessions
from soc.web.context import current_actor, current_session, current_settings, viewer
from soc.web.errors import text_of
from soc.web.forms import FormError, read_form
from soc.web.guard import requires
from soc.web.paging import page_of
from soc.web.people.choices import end_of, own_organisations
from soc.web.tables import Choice, Column, Filter, TableSpec
from soc.web.toasts import toast

bp = Blueprint("people", __name__, url_prefix="/people")


@dataclass(frozen=True, slots=True)
class PersonForm:
    """A new account."""

    username: str = field(metadata={"longest": 64})
    display_name: str = field(metadata={"longest": 64})
    org: str = field(metadata={"longest": 40})
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class RolesForm:
    """The roles somebody is to hold, and why."""

    reason: str = field(metadata={"longest": 500})
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveForm:
    """Where somebody is to work, and why."""

    org: str = field(metadata={"longest": 40})
    reason: str = field(metadata={"longest": 500})


@dataclass(frozen=True, slots=True)
class LineForm:
    """The business line somebody is to see, below which organisation, and why."""

    line: str = field(metadata={"longest": 40})
    root: str = field(metadata={"longest": 40})
    reason: str = field(metadata={"longest": 500})


@dataclass(frozen=True, slots=True)
class WithdrawalForm:
    """The grant that is to end."""

    grant: UUID


@dataclass(frozen=True, slots=True)
class TokenForm:
    """A new bearer token."""

    name: str = field(metadata={"longest": 80})
    org: str = field(metadata={"longest": 40})
    scopes: tuple[str, ...] = ()
    expires_on: date | None = None


def _held(value: str) -> ColumnElement[bool]:
    return Person.roles.any(PersonRole.role == Role(value))


def _active(value: str) -> ColumnElement[bool]:
    return Person.active.is_(value == "active")


def _named(text: str) -> ColumnElement[bool]:
    return or_(Person.username.icontains(text, autoescape=True), Person.display_name.icontains(text, autoescape=True))


PEOPLE = TableSpec(
    "people",
    (
        Column("name", "web.people.name", Person.display_name),
        Column("username", "web.login.username", Person.username),
        Column("org", "word.organisation", Person.org),
        Column("roles", "word.role"),
        Column("status", "word.status", Person.active),
        Column("factor", "web.account.factor"),
        Column("created", "web.people.created", Person.created_at),
    ),
    default_sort="username",
    filters=(
        Filter("role", "word.role", lambda: [Choice(one.value, t(f"role.{one.value}")) for one in Role], _held),
        Filter(
            "state",
            "word.status",
            lambda: [Choice("active", t("web.people.active")), Choice("ended", t("web.people.ended"))],
            _active,
        ),
    ),
    search=_named,
)
TOKENS = TableSpec(
    "tokens",
    (
        Column("name", "word.name", ApiToken.name),
        Column("org", "word.organisation", ApiToken.org),
        Column("scopes", "web.people.scopes"),
        Column("created", "web.people.created", ApiToken.created_at),
        Column("ends", "web.people.expires", ApiToken.expires_at),
        Column("do", ""),
    ),
    default_sort="-created",
)


@bp.get("/")
@requires("people.read")
def index() -> ResponseReturnValue:
    """List the persons of the organisation and those below."""
    page = page_of(within(viewer(), Person), PEOPLE, request.args)
    return render_template("people/index.html", page=page, may_write=current_actor().may("people.write"))


@bp.get("/<uuid:person_id>")
@requires("people.read", item=Person)
def show(person_id: UUID) -> ResponseReturnValue:
    """Show one account."""
    session, actor = current_session(), current_actor()
    person = find_within(session, actor, Person, person_id)
    return render_template(
        "people/show.html",
        person=person,
        roles=list(Role),
        grants=lines_held(session, person),
        lines=lines_of(session, actor),
        organisations=own_organisations(),
        may_write=actor.may("people.write"),
    )


@bp.get("/new")
@requires("people.write")
def new() -> ResponseReturnValue:
    """Show the form of a new account, at an organisation where the address names one."""
    return _new_form({"org": request.args.get("org", "")}, {})


@bp.post("/")
@requires("people.write")
def create() -> ResponseReturnValue:
    """Make an account; its one-time password is shown once, on this answer alone."""
    try:
        given = read_form(PersonForm)
        order = NewPerson(
            username=given.username,
            display_name=given.display_name,
            org=given.org,
            expires_at=end_of(given.expires_on),
        )
        person, password = add_person(current_session(), current_actor(), order)
    except FormError as error:
        return _new_form(dict(request.form), error.texts()), error.status
    except SocError as error:
        return _new_form(dict(request.form), {"username": text_of(error)}), error.status
    return render_template("people/made.html", person=person, password=password)


@bp.post("/<uuid:person_id>/roles")
@requires("people.write", item=Person)
def ask_roles(person_id: UUID) -> ResponseReturnValue:
    """Propose roles; a second person decides."""
    given = read_form(RolesForm)
    propose_roles(current_session(), current_actor(), person_id, frozenset(given.roles), reason=given.reason)
    toast("web.people.roles_proposed")
    return redirect(url_for(".show", person_id=person_id))


@bp.post("/<uuid:person_id>/move")
@requires("people.write", item=Person)
def ask_move(person_id: UUID) -> ResponseReturnValue:
    """Propose that somebody works elsewhere; a second person decides."""
    given = read_form(MoveForm)
    propose_move(current_session(), current_actor(), person_id, given.org, reason=given.reason)
    toast("web.people.roles_proposed")
    return redirect(url_for(".show", person_id=person_id))


@bp.post("/<uuid:person_id>/lines")
@requires("people.write", item=Person)
def ask_line(person_id: UUID) -> ResponseReturnValue:
    """Propose a business line; a second person decides."""
    given = read_form(LineForm)
    reach = Reach(given.line, given.root)
    propose_line(current_session(), current_actor(), person_id, reach, reason=given.reason)
    toast("web.people.roles_proposed")
    return redirect(url_for(".show", person_id=person_id))


@bp.post("/<uuid:person_id>/lines/withdraw")
@requires("people.write", item=Person)
def withdraw(person_id: UUID) -> ResponseReturnValue:
    """Take a business line from somebody, now."""
    withdraw_line(current_session(), current_actor(), person_id, read_form(WithdrawalForm).grant)
    toast("web.people.line_withdrawn")
    return redirect(url_for(".show", person_id=person_id))


@bp.post("/<uuid:person_id>/end")
@requires("people.write", item=Person)
def end(person_id: UUID) -> ResponseReturnValue:
    """End an account and all its sessions, now."""
    person = end_person(current_session(), current_actor(), person_id)
    sessions.end_all(current_session(), person.id)
    toast("web.people.was_ended")
    return redirect(url_for(".show", person_id=person_id))


@bp.get("/tokens")
@requires("people.read")
def tokens() -> ResponseReturnValue:
    """List the tokens of the organisation and those below."""
    page = page_of(within(viewer(), ApiToken), TOKENS, request.args)
    return render_template(
        "people/tokens.html",
        page=page,
        scopes=scopes_of(current_actor(), demo=current_settings().demo),
        organisations=own_organisations(),
        now=now(),
        may_write=current_actor().may("people.write"),
    )


@bp.post("/tokens")
@requires("people.write")
def make_token() -> ResponseReturnValue:
    """Make a token; it is shown once, on this answer alone."""
    given = read_form(TokenForm)
    made = create_token(
        current_session(),
        current_actor(),
        given.org,
        given.scopes,
        name=given.name,
        expires_at=end_of(given.expires_on),
        demo=current_settings().demo,
    )
    return render_template("people/token_made.html", made=made)


@bp.post("/tokens/<uuid:token_id>/revoke")
@requires("people.write", item=ApiToken)
def revoke(token_id: UUID) -> ResponseReturnValue:
    """End a token now."""
    token = find_within(current_session(), current_actor(), ApiToken, token_id)
    revoke_token(current_session(), current_actor(), token, at=now())
    toast("web.people.token_revoked")
    return redirect(url_for(".tokens"))


def _new_form(values: dict[str, str], problems: dict[str, str]) -> str:
    organisations = own_organisations()
    return render_template("people/new.html", values=values, problems=problems, organisations=organisations)
