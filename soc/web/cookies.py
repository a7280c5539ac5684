"""The three cookies: who is signed in, the pre-session of forms, and how the page is shown."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from flask import Response, g, request

from soc.text import LANGUAGES
from soc.web.context import current_settings

SESSION = "soc_session"
DOOR = "soc_door"
SHOWN = "soc_ui"
_YEAR_SECONDS = 365 * 86400
_THEMES = ("light", "dark")
_ORG = re.compile(r"[0-9A-Za-z.-]{1,40}")


@dataclass(frozen=True, slots=True)
class Shown:
    """How somebody wants the pages: a cookie of theirs, never trusted for more than this."""

    lang: str | None = None
    theme: str | None = None
    rail: str | None = None
    org: str | None = None

    @classmethod
    def read(cls, text: str) -> "Shown":
        """Read the cookie; what is not understood is left out."""
        pairs = dict(part.split(":", 1) for part in text.split("|") if ":" in part)
        org = pairs.get("org", "")
        return cls(
            lang=pairs.get("lang") if pairs.get("lang") in LANGUAGES else None,
            theme=pairs.get("theme") if pairs.get("theme") in _THEMES else None,
            rail="narrow" if pairs.get("rail") == "narrow" else None,
            org=org if _ORG.fullmatch(org) else None,
        )

    def text(self) -> str:
        """Return the cookie's value."""
        pairs = (("lang", self.lang), ("theme", self.theme), ("rail", self.rail), ("org", self.org))
        return "|".join(f"{name}:{value}" for name, value in pairs if value)


def read_shown() -> None:
    """Take language, theme and focus from the cookie, changed by ``?lang=`` and ``?theme=``."""
    stored = Shown.read(request.cookies.get(SHOWN, ""))
    wanted = stored
    if request.args.get("lang") in LANGUAGES:
        wanted = replace(wanted, lang=request.args["lang"])
    if (theme := request.args.get("theme")) in {*_THEMES, "auto"}:
        wanted = replace(wanted, theme=None if theme == "auto" else theme)
    g.shown, g.shown_changed = wanted, wanted != stored


def show_organisation(code: str | None) -> None:
    """Narrow the pages to one organisation, or widen them again."""
    g.shown, g.shown_changed = replace(g.shown, org=code), True


def keep_shown(response: Response) -> Response:
    """Give the changed preferences back to the browser; its scripts may read them."""
    if g.get("shown_changed"):
        _set(response, SHOWN, g.shown.text(), httponly=False, max_age=_YEAR_SECONDS)
    return response


def set_session(response: Response, value: str) -> None:
    """Hand the session's id to the browser; it lives as long as the browser does."""
    _set(response, SESSION, value)


def set_door(response: Response, value: str) -> None:
    """Hand out the pre-session that binds the sign-in form to this browser."""
    _set(response, DOOR, value, samesite="Strict")


def drop_session(response: Response) -> None:
    """Take the session's id back."""
    response.delete_cookie(SESSION, path="/", httponly=True, samesite="Lax", secure=current_settings().secure_cookies)


def _set(
    response: Response, name: str, value: str, *, httponly: bool = True, max_age: int | None = None,
    samesite: Literal["Lax", "Strict"] = "Lax",
) -> None:  # fmt: skip
    secure = current_settings().secure_cookies
    response.set_cookie(name, value, path="/", httponly=httponly, samesite=samesite, secure=secure, max_age=max_age)
