"""Short words after an act: shown on the page that follows, or on this one where htmx asked.

They travel in a cookie for one page, as message ids: no text of the user's own passes through.
"""

import base64
import json
from dataclasses import dataclass

from flask import Response, g, request

from soc.text import UnknownMessageError, known, t
from soc.web.context import current_settings

COOKIE = "soc_said"
_LONGEST = 1500
_TONES = frozenset({"good", "bad", "plain"})


@dataclass(frozen=True, slots=True)
class Toast:
    """One short word."""

    text: str
    tone: str


def toast(key: str, tone: str = "good", **params: str | int) -> None:
    """Say message ``key`` on the next page; tone is good, bad or plain.

    Raises:
        UnknownMessageError: the catalogue has no such message; its words would never be shown.
    """
    if not known(key):
        raise UnknownMessageError(key)
    g.setdefault("said", []).append({"key": key, "tone": tone, "params": params})


def toasts() -> list[Toast]:
    """Return what the page before, or this request, had to say, and forget it."""
    waiting = _read(request.cookies.get(COOKIE, "")) + g.pop("said", [])
    g.said_shown = True
    return [one for one in map(_toast, waiting) if one is not None]


def keep_toasts(response: Response) -> Response:
    """Carry what was said to the next page, or to the page that htmx keeps."""
    said = g.get("said", [])
    if said and request.headers.get("HX-Request") and not 300 <= response.status_code < 400:
        shown = [one for one in map(_toast, said) if one is not None]
        response.headers["HX-Trigger"] = json.dumps({"toast": [{"text": s.text, "tone": s.tone} for s in shown]})
    elif said:
        text = base64.urlsafe_b64encode(json.dumps(said).encode()).decode()
        secure = current_settings().secure_cookies
        if len(text) <= _LONGEST:
            response.set_cookie(COOKIE, text, max_age=60, httponly=True, samesite="Lax", secure=secure)
    elif g.get("said_shown") and COOKIE in request.cookies:
        response.delete_cookie(COOKIE)
    return response


def _read(text: str) -> list[dict[str, object]]:
    try:
        found = json.loads(base64.urlsafe_b64decode(text.encode())) if text else []
    except ValueError:
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _toast(one: dict[str, object]) -> Toast | None:
    params = one.get("params")
    tone = str(one.get("tone"))
    try:
        text = t(str(one.get("key")), **(params if isinstance(params, dict) else {}))
    except (UnknownMessageError, LookupError, TypeError, ValueError):
        return None  # the cookie is the browser's: what it holds may be anything
    return Toast(text, tone if tone in _TONES else "plain")
