"""The web application: made once a process, after the fork, from the rooms that there are."""

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from apiflask import APIFlask

from config.settings import Settings
from soc.db import Database
from soc.registry import rooms
from soc.room import resolve
from soc.web import arrival, cookies, csrf, headers, owntypes, requestlog, toasts
from soc.web.api import PREFIX, install_api
from soc.web.context import Kernel, abandon, finish
from soc.web.errors import install_errors
from soc.web.pages import install_pages

if TYPE_CHECKING:
    from soc.logstore.port import LogStore

#: larger forms are refused before they are read; ingest sets its own for its route
LARGEST_FORM_BYTES = 16 * 1024 * 1024
_YEAR_SECONDS = 365 * 86400


def create_app(settings: Settings, database: Database) -> APIFlask:
    """Return the application of one installation; each request acts for whoever sent it, and for nobody else."""
    app = make_app()
    serve(app, settings, database)
    return app


def serve(app: APIFlask, settings: Settings, database: Database) -> None:
    """Have an application answer for an installation, whichever it answered for before."""
    app.extensions["guanlan"] = Kernel(replace(database, acting=None), settings, _store_opener(settings))
    app.config["MAX_CONTENT_LENGTH"] = max(LARGEST_FORM_BYTES, settings.ingest_limit)


def make_app() -> APIFlask:
    """Return every room's pages and API, of no installation yet."""
    app = APIFlask(
        "soc.web",
        title="Guanlan 观澜",
        version="1",
        spec_path=f"{PREFIX}/openapi.json",
        docs_path=None,
        json_errors=False,
        static_folder="../static",
        template_folder="../templates",
    )
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _YEAR_SECONDS  # file names carry their version
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    install_api(app)
    install_errors(app)
    install_pages(app)
    _install_hooks(app)
    for name in (one for room in rooms() for one in room.blueprints):
        app.register_blueprint(resolve(name))
    return app


def _install_hooks(app: APIFlask) -> None:
    app.before_request(requestlog.begin)
    app.before_request(arrival.arrive)
    app.before_request(owntypes.learn)
    # the last registered runs first: the transaction ends before anything is said about it
    for step in (
        requestlog.note,
        headers.secure_headers,
        cookies.keep_shown,
        csrf.keep_door,
        toasts.keep_toasts,
        finish,
    ):
        app.after_request(step)
    app.teardown_request(abandon)
    app.teardown_request(owntypes.unlearn)


def _store_opener(settings: Settings):  # type: ignore[no-untyped-def]
    @cache
    def opened() -> "LogStore":
        from soc.logstore import open_store

        return open_store(settings)

    return opened
