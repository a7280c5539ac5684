"""What every template may use: texts, assets, links, shapes of values."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, g, request, url_for
from werkzeug.datastructures import MultiDict

from soc.doers import job_title
from soc.ledger.types import category_title
from soc.logstore.exposed import rows_of
from soc.text import Message, language, t
from soc.web import show
from soc.web.context import current_settings
from soc.web.csrf import csrf_token
from soc.web.entity_links import entity_page
from soc.web.frame import Frame
from soc.web.headers import csp_nonce
from soc.web.organisations import org_name
from soc.web.paging import with_args
from soc.web.toasts import toasts
from soc.web.who import who

STATIC = Path(__file__).parent.parent / "static"


@dataclass(frozen=True, slots=True)
class Ui:
    """How this page is shown."""

    lang: str
    theme: str | None
    rail: str | None
    demo: bool


def _called(name: str) -> str:
    """What the shipped content calls so, in the page's language."""
    return category_title(name, language())


def install_pages(app: Flask) -> None:
    """Give the templates their functions and filters."""
    app.jinja_env.filters.update(
        moment=show.moment,
        moment_full=show.moment_full,
        iso=show.iso,
        ago=show.ago,
        left=show.left,
        span=show.span,
        number=show.number,
        percent=show.percent,
        fragment=show.fragment,
        words=words,
        org_name=org_name,
        who=who,
        called=_called,
        job_title=job_title,
        rows_read=rows_of,
    )
    app.jinja_env.globals.update(
        t=t,
        asset=asset,
        icon_url=icon_url,
        csrf_token=csrf_token,
        csp_nonce=csp_nonce,
        here=here,
        toasts=toasts,
        due_state=show.due_state,
        diff_lines=show.diff_lines,
        spark_points=show.spark_points,
        entity_page=entity_page,
        frame=Frame(),
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_of_this_request)


def _of_this_request() -> dict[str, Any]:
    shown = g.get("shown")
    ui = Ui(language(), shown.theme if shown else None, shown.rail if shown else None, current_settings().demo)
    return {"ui": ui, "layout": layout()}


def layout() -> str:
    """Return the template an item's page stands in: the flyout where htmx asked for it, else the full page."""
    return "flyout.html" if wants_flyout() else "page.html"


def wants_flyout() -> bool:
    """Tell whether the answer goes into the flyout of a page that is open."""
    return request.headers.get("HX-Target") == "flyout"


def words(stored: object) -> str:
    """Render a stored message ({"key", "params"} or a Message) in the reader's language; text stays as it is."""
    if isinstance(stored, Message):
        return stored.render()
    if isinstance(stored, dict) and "key" in stored:
        return Message.from_json(stored).render()
    return "" if stored is None else str(stored)


def here(**changed: str | None) -> str:
    """Return this page's URL with some arguments replaced."""
    kept = MultiDict((k, v) for k, v in request.args.items(multi=True) if k not in {"lang", "theme"})
    return request.path + with_args(kept, **changed)


def asset(name: str) -> str:
    """Return a static file's URL; it changes with the file, so that browsers may keep it for ever."""
    return url_for("static", filename=name, v=_version(name))


def icon_url(name: str) -> str:
    """Return the URL of one symbol of the sprite."""
    return f"{asset('vendor/icons.svg')}#{name}"


@cache
def _version(name: str) -> str:
    path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "0"
