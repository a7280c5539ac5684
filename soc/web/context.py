"""What one request stands on: its transaction, its actor, the store.

One session a request: read-only for safe methods, else a writing transaction that is
committed once, when the response is known to be no error.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from flask import Response, current_app, g, request
from sqlalchemy.orm import Session

from config.settings import Settings
from soc.acting import Acting
from soc.db import Database
from soc.errors import UnauthenticatedError
from soc.identity.actor import Actor
from soc.tiers.models import Organisation

if TYPE_CHECKING:
    from soc.logstore.port import LogStore

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class _RefusedError(Exception):
    """Thrown into the writing transaction of a refused request, so that it rolls back."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """What the application was made with."""

    database: Database
    settings: Settings
    open_store: Callable[[], "LogStore"]


def kernel() -> Kernel:
    """Return what the running application was made with."""
    return cast(Kernel, current_app.extensions["guanlan"])


def current_database() -> Database:
    """Return the state database, for what must be committed apart from the request; it acts for whoever asks."""
    actor = cast(Actor | None, g.get("actor"))
    database = kernel().database
    return database if actor is None else database.acting_for(Acting.of(actor))


def current_settings() -> Settings:
    """Return the installation's settings."""
    return kernel().settings


def current_store() -> "LogStore":
    """Return the log store, opened at first use (never before a fork)."""
    return kernel().open_store()


def current_session() -> Session:
    """Return this request's one session."""
    if "session" not in g:
        stack = ExitStack()
        database = current_database()
        g.session = stack.enter_context(database.read() if request.method in SAFE_METHODS else database.write())
        g.session_stack = stack
    return cast(Session, g.session)


def current_actor() -> Actor:
    """Return who asks.

    Raises:
        UnauthenticatedError: nobody is signed in.
    """
    actor = g.get("actor")
    if actor is None:
        raise UnauthenticatedError("errors.sign_in")
    return cast(Actor, actor)


def viewer() -> Actor:
    """Return the actor narrowed to the organisation chosen in the switcher: lists and figures use it."""
    actor = current_actor()
    focus = cast(Organisation | None, g.get("focus"))
    if focus is None or focus.code == actor.org:
        return actor
    return replace(actor, org=focus.code, org_path=focus.path, lines=())


def finish(response: Response) -> Response:
    """Commit the request's transaction, or roll it back where the response is an error."""
    stack = cast(ExitStack | None, g.pop("session_stack", None))
    g.pop("session", None)
    if stack is None:
        return response
    if response.status_code >= 400 or g.get("refused"):
        _abandon(stack)
    else:
        stack.close()
    return response


def abandon(_error: BaseException | None = None) -> None:
    """Give the transaction up at the request's end, whatever happened before."""
    stack = cast(ExitStack | None, g.pop("session_stack", None))
    g.pop("session", None)
    if stack is not None:
        _abandon(stack)


def _abandon(stack: ExitStack) -> None:
    refusal = _RefusedError()
    try:
        stack.__exit__(_RefusedError, refusal, None)
    except _RefusedError:
        return
