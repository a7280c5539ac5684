"""What happens to every request before its view: language, who it is, whether they may."""

import binascii
from base64 import b64decode

from flask import g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from soc.acting import SystemPath
from soc.clock import now
from soc.db import Database
from soc.errors import UnauthenticatedError
from soc.identity.actors import actor_of
from soc.identity.admission import admitted
from soc.text import LANGUAGES, set_language
from soc.tiers.models import Organisation
from soc.tiers.scope import visible
from soc.web import sessions
from soc.web.context import current_database, current_settings
from soc.web.cookies import SESSION, read_shown
from soc.web.csrf import check_csrf
from soc.web.guard import check_access
from soc.web.headers import csp_nonce

API_PREFIX = "/api/"
#: where senders of logs knock that can show a token only as a password or an API key
SHIPPERS = "/api/v1/opensearch"
#: pages somebody may see although the password must be changed first
_BEFORE_PASSWORD = frozenset({"account.password", "account.change_password", "login.logout", "static"})


class PasswordDueError(UnauthenticatedError):
    """Signed in with a one-time password, which must be changed first."""


def arrive() -> None:
    """Prepare one request, in the order in which the parts need one another."""
    csp_nonce()
    read_shown()
    set_language(chosen_language())
    if request.endpoint == "static":
        return
    identify()
    if request.endpoint is None:
        return  # the router's own 404 or 405 follows, inside the frame of whoever is signed in
    check_csrf()
    check_access()
    _check_password()


def chosen_language() -> str:
    """Return the language asked for: kept choice, else what the browser accepts, else Chinese."""
    kept = g.shown.lang
    return kept or request.accept_languages.best_match(LANGUAGES, "zh") or "zh"


def identify() -> None:
    """Find out who asks: a bearer token on the API, else the session's cookie.

    In a short transaction of its own: the request's may be a writing one, and what must be
    committed apart from it (a refusal, a failed sign-in) would wait for its lock for ever.
    """
    if request.path.startswith(API_PREFIX):
        _identify_token()
    elif cookie := request.cookies.get(SESSION):
        _identify_session(cookie)


def is_api() -> bool:
    """Tell whether the request is for the JSON API."""
    return request.path.startswith(API_PREFIX)


def _identify_token() -> None:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    g.bearer = True  # no cookie counts on the API, so that no page can borrow one
    secret = _shown(kind.lower(), secret.strip())
    if secret:
        g.actor = admitted(_door(), secret, request.remote_addr, at=now())


def _shown(kind: str, secret: str) -> str:
    """Return the token that is shown: by itself, or to senders' own door as a password or within an API key."""
    if kind == "bearer":
        return secret
    if kind not in {"basic", "apikey"} or not request.path.startswith(f"{SHIPPERS}/"):
        return ""
    try:
        pair = b64decode(secret, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return secret if kind == "apikey" else ""  # an API key may be the token as it is
    return pair.partition(":")[2]


def _identify_session(cookie: str) -> None:
    at = now()
    with _door().read() as session:
        found = sessions.find(session, cookie, current_settings(), at=at)
        if found is None:
            return
        g.actor, g.person, g.csrf = actor_of(session, found.person), found.person, found.csrf
        _find_focus(session)
    if found.stale:
        sessions.touch(_door(), cookie, at=at)


def _door() -> Database:
    """The database as whoever asks who this is."""
    return current_database().acting_for(SystemPath.SIGN_IN)


def _find_focus(session: Session) -> None:
    code = g.shown.org
    if code and code != g.actor.org:
        query = select(Organisation).where(Organisation.code == code, visible(g.actor, Organisation.code))
        g.focus = session.scalar(query)


def _check_password() -> None:
    person = g.get("person")
    if person is not None and person.must_change_password and request.endpoint not in _BEFORE_PASSWORD:
        raise PasswordDueError("errors.password_due")
