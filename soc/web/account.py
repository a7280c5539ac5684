"""One's own account: password and second factor."""

import base64
import secrets
from dataclasses import dataclass, field

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from soc.clock import now
from soc.crypto.sealing import seal
from soc.errors import InputError
from soc.identity.login import TOTP_STEP_SECONDS, prove_password, totp
from soc.identity.models import Person
from soc.identity.persons import change_password as set_password
from soc.trail import Act, record
from soc.web import sessions
from soc.web.context import current_actor, current_database, current_session, current_settings
from soc.web.cookies import SESSION
from soc.web.errors import text_of
from soc.web.forms import read_form
from soc.web.frame import local_target
from soc.web.guard import signed_in
from soc.web.toasts import toast

bp = Blueprint("account", __name__, url_prefix="/account")
_SECRET_BYTES = 20


@dataclass(frozen=True, slots=True)
class NewPassword:
    """The password form."""

    old: str = field(metadata={"longest": 256})
    new: str = field(metadata={"longest": 256})
    again: str = field(metadata={"longest": 256})
    next: str = ""


@dataclass(frozen=True, slots=True)
class NewFactor:
    """A secret shown by the page before, and the first code made from it."""

    secret: str = field(metadata={"longest": 64})
    code: str = field(metadata={"longest": 12})
    #: where there is a factor already: a stolen session must not replace it
    password: str = field(default="", metadata={"longest": 256})


@bp.get("/")
@signed_in
def show() -> ResponseReturnValue:
    """Show one's own account."""
    return render_template("account/show.html", person=g.person)


@bp.get("/password")
@signed_in
def password() -> ResponseReturnValue:
    """Show the password form."""
    return _password_form(None)


@bp.post("/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Set a new password; every other session of the person ends."""
    given = read_form(NewPassword)
    try:
        if given.new != given.again:
            raise InputError("errors.password_again")
        prove_password(current_database(), g.person, given.old, at=now())  # before the request's own transaction
        session = current_session()
        set_password(session, current_actor(), _me(), given.old, given.new)
    except InputError as error:
        g.refused = True
        return _password_form(text_of(error)), error.status
    sessions.end_all(session, g.person.id, but=request.cookies.get(SESSION))
    toast("web.account.password_changed")
    return redirect(local_target(given.next))


@bp.get("/second-factor")
@signed_in
def second_factor() -> ResponseReturnValue:
    """Show a new secret to put into an authenticator."""
    return _factor_form(base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode(), None)


@bp.post("/second-factor")
@signed_in
def set_second_factor() -> ResponseReturnValue:
    """Switch the second factor on, once a code proves that the authenticator has the secret."""
    given = read_form(NewFactor)
    try:
        secret = base64.b32decode(given.secret)
    except ValueError:
        secret = b""
    step = int(now().timestamp()) // TOTP_STEP_SECONDS
    if len(secret) != _SECRET_BYTES or given.code.replace(" ", "") not in {totp(secret, step), totp(secret, step - 1)}:
        g.refused = True
        return _factor_form(given.secret, text_of(InputError("errors.code_wrong"))), 422
    if g.person.totp_secret is not None:
        try:
            prove_password(current_database(), g.person, given.password, at=now())
        except InputError as error:
            g.refused = True
            return _factor_form(given.secret, text_of(error)), error.status
    person = _me()
    person.totp_secret = seal(current_settings(), "totp", secret, person.id.bytes)
    person.totp_last_step = step
    record(current_session(), current_actor(), Act.SECOND_FACTOR_SET, person)
    toast("web.account.factor_set")
    return redirect(url_for(".show"))


def _me() -> Person:
    """Return one's own row, in the request's transaction."""
    return current_session().get_one(Person, g.person.id)


def _password_form(problem: str | None) -> str:
    target = local_target(request.values.get("next"))
    template = "account/password_due.html" if g.person.must_change_password else "account/password.html"
    return render_template(template, problem=problem, next=target)


def _factor_form(secret: str, problem: str | None) -> str:
    shown = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    replaces = g.person.totp_secret is not None
    return render_template("account/second_factor.html", secret=secret, shown=shown, problem=problem, replaces=replaces)
