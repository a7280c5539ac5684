"""Signing in and out: password, then the one-time code where somebody has one."""

import base64
import json
from dataclasses import dataclass, field

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from soc.clock import now
from soc.crypto.sealing import seal, unseal
from soc.errors import LimitError, SocError, UnauthenticatedError
from soc.identity.login import authenticate
from soc.identity.models import Person
from soc.trail import Act, record
from soc.web import sessions
from soc.web.context import current_actor, current_database, current_session, current_settings
from soc.web.cookies import SESSION, drop_session, set_session
from soc.web.csrf import csrf_token
from soc.web.errors import text_of
from soc.web.forms import FormError, read_form
from soc.web.frame import local_target
from soc.web.guard import public, signed_in

bp = Blueprint("login", __name__)
#: how long the code's page may stay open
_CODE_SECONDS = 180
_PURPOSE = "login"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The sign-in form."""

    username: str = field(default="", metadata={"longest": 64})
    password: str = field(default="", metadata={"longest": 256})
    next: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """The one-time code, with the first step sealed so that no browser can read or alter it."""

    step: str
    code: str = field(default="", metadata={"longest": 12})


@bp.get("/login")
@public
def form() -> ResponseReturnValue:
    """Show the sign-in form; whoever is signed in goes on."""
    target = local_target(request.args.get("next"))
    if g.get("actor") is not None:
        return redirect(target)
    return render_template("login/form.html", next=target, username="", problem=None)


@bp.post("/login")
@public
def sign_in() -> ResponseReturnValue:
    """Sign in with name and password."""
    try:
        given = read_form(Credentials)
    except FormError:
        given = Credentials(username=request.form.get("username", "")[:64])
    return _try(given.username, given.password, None, local_target(given.next))


@bp.post("/login/code")
@public
def second_step() -> ResponseReturnValue:
    """Sign in with the one-time code, after the password."""
    given = read_form(Code)
    first = _opened(given.step)
    if first is None:
        return redirect(url_for(".form"))
    return _try(first["username"], first["password"], given.code.replace(" ", ""), local_target(first["next"]))


def _try(username: str, password: str, code: str | None, target: str) -> ResponseReturnValue:
    begun: list[str] = []
    old = request.cookies.get(SESSION)

    def begin(session: Session, person: Person) -> None:
        sessions.forget_ended(session, current_settings(), at=now())
        begun.append(sessions.start(session, person.id, current_settings(), at=now(), old=old))

    try:
        authenticate(current_database(), username, password, code=code, at=now(), also=begin)
    except UnauthenticatedError as error:
        if error.key in {"errors.code_needed", "errors.code_wrong"}:
            return _ask_code(username, password, target, error if code else None)
        return _refused(username, target, error)
    except LimitError as error:
        return _refused(username, target, error)
    response = redirect(target)
    set_session(response, begun[0])  # type: ignore[arg-type]
    return response


def _refused(username: str, target: str, error: SocError) -> ResponseReturnValue:
    g.refused = True
    page = render_template("login/form.html", next=target, username=username, problem=text_of(error))
    return page, error.status


def _ask_code(username: str, password: str, target: str, error: SocError | None) -> ResponseReturnValue:
    step = _closed({"username": username, "password": password, "next": target})
    page = render_template("login/code.html", step=step, problem=text_of(error) if error else None)
    return page, 401 if error else 200


def _closed(first: dict[str, str]) -> str:
    """Seal the first step for the form of the second: encrypted, bound to this browser, short-lived."""
    plain = json.dumps({**first, "until": now().timestamp() + _CODE_SECONDS}).encode()
    return base64.urlsafe_b64encode(seal(current_settings(), _PURPOSE, plain, csrf_token().encode())).decode()


def _opened(text: str) -> dict[str, str] | None:
    try:
        plain = unseal(current_settings(), _PURPOSE, base64.urlsafe_b64decode(text), csrf_token().encode())
        first: dict[str, str] = json.loads(plain)
    except (SocError, ValueError):
        return None
    return first if float(first["until"]) > now().timestamp() else None


@bp.post("/logout")
@signed_in
def logout() -> ResponseReturnValue:
    """Sign out: the session's row goes, so that a copied cookie is worth nothing."""
    session = current_session()
    if cookie := request.cookies.get(SESSION):
        sessions.end(session, cookie)
        record(session, current_actor(), Act.SIGNED_OUT, g.person)
    response = redirect(url_for(".form"))
    drop_session(response)  # type: ignore[arg-type]
    return response
