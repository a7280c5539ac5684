"""Requests that change something must come from our own pages.

Two checks: the browser's own word on where the request comes from, and a token that only our
pages hold. Bearer requests carry no cookie and need neither.
"""

import hmac
import secrets
from urllib.parse import urlsplit

from flask import Response, g, request

from soc.errors import ForbiddenError
from soc.web.context import SAFE_METHODS
from soc.web.cookies import DOOR, set_door

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"


def csrf_token() -> str:
    """Return the token for this page's forms; where nobody is signed in, one bound to a cookie of its own."""
    signed_in = g.get("csrf")
    if signed_in:
        return str(signed_in)
    if "door" not in g:
        known = request.cookies.get(DOOR, "")
        g.door = known if len(known) >= 32 else secrets.token_urlsafe(32)
        g.door_new = g.door != known
    return str(g.door)


def keep_door(response: Response) -> Response:
    """Hand out the pre-session where a form was rendered with it."""
    if g.get("door_new"):
        set_door(response, g.door)
    return response


def check_csrf() -> None:
    """Refuse a change that another site's page could have sent.

    Raises:
        ForbiddenError: another origin, or no token or a wrong one.
    """
    if request.method in SAFE_METHODS or g.get("bearer"):
        return
    if _foreign():
        raise ForbiddenError("errors.csrf")
    expected = g.get("csrf") or request.cookies.get(DOOR, "")
    given = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if not expected or not hmac.compare_digest(expected.encode(), given.encode()):
        raise ForbiddenError("errors.csrf")


def _foreign() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        return True
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host
